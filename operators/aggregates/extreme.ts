import { cellAggregate } from './cells.ts';
import type { SelectiveCellAggregate } from './aggregate.ts';

/** Cells: n, the extreme. What was taken out of a minimum cannot be known, so neither has an inverse. */
function extreme(better: (a: number, b: number) => boolean): SelectiveCellAggregate {
  const cells = cellAggregate({
    width: 2,
    add(cells, at, value) {
      const n = cells[at] ?? 0;
      if (n === 0 || better(value, cells[at + 1] ?? 0)) cells[at + 1] = value;
      cells[at] = n + 1;
    },
    merge(cells, at, from, fromAt) {
      const added = from[fromAt] ?? 0;
      if (added === 0) return;
      const n = cells[at] ?? 0;
      const value = from[fromAt + 1] ?? 0;
      if (n === 0 || better(value, cells[at + 1] ?? 0)) cells[at + 1] = value;
      cells[at] = n + added;
    },
    lowerAt(cells, at) {
      const n = cells[at] ?? 0;
      return { value: n === 0 ? null : (cells[at + 1] ?? 0), n, interval: null };
    },
  });
  return { ...cells, better };
}

export const min: SelectiveCellAggregate = extreme((a, b) => a < b);
export const max: SelectiveCellAggregate = extreme((a, b) => a > b);
