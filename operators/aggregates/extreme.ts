import { cellAt, numberAt } from '../../engine/core/must.ts';
import { cellAggregate } from './cells.ts';
import type { SelectiveCellAggregate } from './aggregate.ts';

/** Cells: n, the extreme. What was taken out of a minimum cannot be known, so neither has an inverse. */
function extreme(
  better: (a: number, b: number) => boolean,
  valueOf: (best: number) => number | null = (best) => best,
): SelectiveCellAggregate {
  const cells = cellAggregate({
    width: 2,
    add(cells, at, value) {
      const n = cellAt(cells, at);
      if (n === 0 || better(value, cellAt(cells, at + 1))) cells[at + 1] = value;
      cells[at] = n + 1;
    },
    merge(cells, at, from, fromAt) {
      const added = cellAt(from, fromAt);
      if (added === 0) return;
      const n = cellAt(cells, at);
      const value = cellAt(from, fromAt + 1);
      if (n === 0 || better(value, cellAt(cells, at + 1))) cells[at + 1] = value;
      cells[at] = n + added;
    },
    lowerAt(cells, at) {
      const n = numberAt(cells, at);
      return { value: n === 0 ? null : valueOf(numberAt(cells, at + 1)), n, interval: null };
    },
  });
  return { ...cells, better };
}

export const min: SelectiveCellAggregate = extreme((a, b) => a < b);
export const max: SelectiveCellAggregate = extreme((a, b) => a > b);
/** Ages of what waits; one below 0 says that nothing does. */
export const oldest: SelectiveCellAggregate = extreme(
  (a, b) => a > b,
  (age) => (age < 0 ? null : age),
);
