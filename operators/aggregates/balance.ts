import { countCells } from './cells.ts';
import { difference } from './intervals.ts';
import { topShare } from './proportion.ts';
import { boundedMean } from './sum.ts';
import type { InvertibleCellAggregate } from './aggregate.ts';

/** Share at or above `high` less the share at or below `low`, in points (−100…100). Cells: n, high, low. */
function balance(high: number, low: number): InvertibleCellAggregate {
  return countCells({
    width: 3,
    add(cells, at, value) {
      cells[at] = (cells[at] ?? 0) + 1;
      if (value >= high) cells[at + 1] = (cells[at + 1] ?? 0) + 1;
      else if (value <= low) cells[at + 2] = (cells[at + 2] ?? 0) + 1;
    },
    lowerAt(cells, at) {
      const n = cells[at] ?? 0;
      if (n === 0) return { value: null, n, interval: null };
      const up = cells[at + 1] ?? 0;
      const down = cells[at + 2] ?? 0;
      const interval = difference(up, down, n);
      return {
        value: ((up - down) / n) * 100,
        n,
        interval: interval === null ? null : [interval[0] * 100, interval[1] * 100],
      };
    },
  });
}

/** Promoters (9–10) less detractors (0–6), of all answers, × 100. */
export const nps: InvertibleCellAggregate = balance(9, 6);

/** CES 2.0 (1–7), its three usages: the mean · percent of 5 and more · percent {6, 7} less percent {1, 2, 3}. */
export const ces: Readonly<Record<'mean' | 'top' | 'index', InvertibleCellAggregate>> = {
  mean: boundedMean([1, 7]),
  top: topShare(5),
  index: balance(6, 3),
};
