import { cellAt, numberAt } from '../../engine/core/must.ts';
import { countCells } from './cells.ts';
import { difference } from './intervals.ts';
import { topShare } from './proportion.ts';
import { boundedMean } from './sum.ts';
import type { InvertibleCellAggregate } from './aggregate.ts';

/** Share at or above `high` less the share that `isLow`, in points (−100…100). Cells: n, high, low. */
function balance(high: number, isLow: (value: number) => boolean): InvertibleCellAggregate {
  return countCells({
    width: 3,
    add(cells, at, value) {
      cells[at] = cellAt(cells, at) + 1;
      if (value >= high) cells[at + 1] = cellAt(cells, at + 1) + 1;
      else if (isLow(value)) cells[at + 2] = cellAt(cells, at + 2) + 1;
    },
    lowerAt(cells, at) {
      const n = numberAt(cells, at);
      if (n === 0) return { value: null, n, interval: null };
      const up = numberAt(cells, at + 1);
      const down = numberAt(cells, at + 2);
      const interval = difference(up, down, n);
      return {
        value: ((up - down) / n) * 100,
        n,
        interval: interval === null ? null : [interval[0] * 100, interval[1] * 100],
      };
    },
  });
}

/** Promoters (9 and more) less detractors (below 7), of all answers, × 100: 6.5 is a detractor, 8.5 is neither. */
export const nps: InvertibleCellAggregate = balance(9, (value) => value < 7);

/** CES 2.0 (1–7), its three usages: the mean · percent of 5 and more · percent {6, 7} less percent {1, 2, 3}. */
export const ces: Readonly<Record<'mean' | 'top' | 'index', InvertibleCellAggregate>> = {
  mean: boundedMean([1, 7]),
  top: topShare(5),
  index: balance(6, (value) => value <= 3),
};
