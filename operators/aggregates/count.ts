import { cellAt, numberAt } from '../../engine/core/must.ts';
import { countCells } from './cells.ts';
import type { InvertibleCellAggregate } from './aggregate.ts';

/** How many events. */
export const count: InvertibleCellAggregate = countCells({
  width: 1,
  add(cells, at) {
    cells[at] = cellAt(cells, at) + 1;
  },
  lowerAt(cells, at) {
    const n = numberAt(cells, at);
    return { value: n === 0 ? null : n, n, interval: null };
  },
});

/** How many events in each `perMs` of the window (of what has passed of it, while it fills). */
export function rate(perMs: number): InvertibleCellAggregate {
  return countCells({
    width: 1,
    add: count.add,
    lowerAt(cells, at, { spanMs }) {
      const n = numberAt(cells, at);
      return { value: n === 0 ? null : (n * perMs) / spanMs, n, interval: null };
    },
  });
}
