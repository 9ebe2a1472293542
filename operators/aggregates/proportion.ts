import { cellAt, numberAt } from '../../engine/core/must.ts';
import { percentInterval, percentOf } from '../../engine/core/share.ts';
import { countCells } from './cells.ts';
import type { InvertibleCellAggregate, Lowered } from './aggregate.ts';

/** `part` of `n` in percent, with Wilson's interval. */
export function percent(part: number, n: number): Lowered {
  if (n === 0) return { value: null, n, interval: null };
  return { value: percentOf(part, n), n, interval: percentInterval(part, n) };
}

/** Percent of values at or above a limit. Cells: n, how many. */
export function topShare(from: number): InvertibleCellAggregate {
  return countCells({
    width: 2,
    add(cells, at, value) {
      cells[at] = cellAt(cells, at) + 1;
      if (value >= from) cells[at + 1] = cellAt(cells, at + 1) + 1;
    },
    lowerAt: (cells, at) => percent(numberAt(cells, at + 1), numberAt(cells, at)),
  });
}

/** Percent of the answers that are 1 (true) among those that are 0 or 1. */
export const share: InvertibleCellAggregate = topShare(1);

/** What `ratio` measures in one event. */
export const RATIO_PER = 1;
export const RATIO_OF = 2;

/**
 * Percent: how many events were `of` for each that was `per`. The two are counted by themselves, so that answers can be set
 * against invitations; where `of` outnumbers `per` it is no proportion and has no interval. Value: RATIO_PER | RATIO_OF bits.
 */
export const ratio: InvertibleCellAggregate = countCells({
  width: 2,
  add(cells, at, bits) {
    if ((bits & RATIO_PER) !== 0) cells[at] = cellAt(cells, at) + 1;
    if ((bits & RATIO_OF) !== 0) cells[at + 1] = cellAt(cells, at + 1) + 1;
  },
  lowerAt: (cells, at) => percent(numberAt(cells, at + 1), numberAt(cells, at)),
});
