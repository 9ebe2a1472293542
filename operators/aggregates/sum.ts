import { cellAt, numberAt } from '../../engine/core/must.ts';
import { invertibleCellAggregate } from './cells.ts';
import { addExact, exactValue, mergeExact, removeExact } from './exact-sum.ts';
import { meanInterval } from './intervals.ts';
import type { InvertibleCellAggregate, Lowered } from './aggregate.ts';

/** Cells: n, sum (2). */
export const sum: InvertibleCellAggregate = invertibleCellAggregate({
  width: 3,
  add(cells, at, value) {
    cells[at] = cellAt(cells, at) + 1;
    addExact(cells, at + 1, value);
  },
  merge(cells, at, from, fromAt) {
    cells[at] = cellAt(cells, at) + cellAt(from, fromAt);
    mergeExact(cells, at + 1, from, fromAt + 1);
  },
  remove(cells, at, from, fromAt) {
    cells[at] = cellAt(cells, at) - cellAt(from, fromAt);
    removeExact(cells, at + 1, from, fromAt + 1);
  },
  lowerAt(cells, at) {
    const n = numberAt(cells, at);
    return { value: n === 0 ? null : exactValue(cells, at + 1), n, interval: null };
  },
});

/** The mean with the interval of its standard error, held within `bounds`. Cells: n, sum (2), sum of squares (2). */
export function boundedMean(bounds: readonly [number, number] | null): InvertibleCellAggregate {
  return invertibleCellAggregate({
    width: 5,
    add(cells, at, value) {
      cells[at] = cellAt(cells, at) + 1;
      addExact(cells, at + 1, value);
      addExact(cells, at + 3, value * value);
    },
    merge(cells, at, from, fromAt) {
      cells[at] = cellAt(cells, at) + cellAt(from, fromAt);
      mergeExact(cells, at + 1, from, fromAt + 1);
      mergeExact(cells, at + 3, from, fromAt + 3);
    },
    remove(cells, at, from, fromAt) {
      cells[at] = cellAt(cells, at) - cellAt(from, fromAt);
      removeExact(cells, at + 1, from, fromAt + 1);
      removeExact(cells, at + 3, from, fromAt + 3);
    },
    lowerAt(cells, at): Lowered {
      const n = numberAt(cells, at);
      if (n === 0) return { value: null, n, interval: null };
      const total = exactValue(cells, at + 1);
      const interval = meanInterval(n, total, exactValue(cells, at + 3));
      if (interval === null || bounds === null) return { value: total / n, n, interval };
      return {
        value: total / n,
        n,
        interval: [Math.max(bounds[0], interval[0]), Math.min(bounds[1], interval[1])],
      };
    },
  });
}

export const mean: InvertibleCellAggregate = boundedMean(null);
/** The mean of values normalised to 0–100 (`percentOfScale`). */
export const mean100: InvertibleCellAggregate = boundedMean([0, 100]);
