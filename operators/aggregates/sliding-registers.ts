/**
 * HyperLogLog from which hashes can be taken out again: for each register how often each rank was counted in. A byte a rank up
 * to 7, side by side with the highest one, so that a hash costs one look at memory; what a byte cannot hold, and the one hash
 * in 128 with a higher rank, is tallied. The number of registers of each rank is kept too, so that an estimate costs the same
 * whatever was counted. 128 KiB.
 */
import { byteAt, countAt, numberAt } from '../../engine/core/must.ts';
import { emptyHistogram, estimateOf, RANKS, REGISTERS, type RankHistogram } from './hyperloglog.ts';
import { copyTally, countIn, countOut, emptyTally, isIn, type Tally } from './tally.ts';

export interface SlidingRegisters {
  /** Eight bytes a register: its highest rank, and how often ranks 1 to 7 were counted. */
  readonly bytes: Uint8Array;
  /** By cell (`cellOf`): higher ranks, and of the lower ones what is beyond MOST. */
  readonly rest: Tally;
  /** Different cells that were counted. */
  cells: number;
  readonly histogram: RankHistogram;
}

const WIDTH = 8;
/** A byte that says so has counts in `rest` beside it, or may have. */
const MOST = 255;

export function emptyRegisters(): SlidingRegisters {
  const histogram = emptyHistogram();
  histogram[0] = REGISTERS;
  return { bytes: new Uint8Array(REGISTERS * WIDTH), rest: emptyTally(), cells: 0, histogram };
}
export function copyRegisters({ bytes, rest, cells, histogram }: SlidingRegisters): SlidingRegisters {
  return { bytes: bytes.slice(), rest: copyTally(rest), cells, histogram: histogram.slice() };
}

export function cellIn(into: SlidingRegisters, cell: number, by = 1): void {
  const { bytes } = into;
  const rank = cell % RANKS;
  const row = (cell - rank) / (RANKS / WIDTH);
  if (rank < WIDTH) {
    const before = byteAt(bytes, row + rank);
    const after = Math.min(MOST, before + by);
    bytes[row + rank] = after;
    if (before + by > after) countIn(into.rest, cell, before + by - after);
    if (before > 0) return;
  } else if (!countIn(into.rest, cell, by)) return;
  into.cells += 1;
  const highest = byteAt(bytes, row);
  if (rank > highest) setHighest(into, row, highest, rank);
}

/**
 * Before these hashes are counted in or out: their registers are read all at once, so that memory is waited for once and not
 * for each.
 */
export function fetchRegisters({ bytes, rest }: SlidingRegisters, hashes: readonly number[]): void {
  let sum = 0;
  for (let i = 0; i < hashes.length; i++) sum += byteAt(bytes, (numberAt(hashes, i) & (REGISTERS - 1)) * WIDTH);
  rest.fetched = (rest.fetched + sum) | 0;
}

/** One that was counted in before. */
export function cellOut(from: SlidingRegisters, cell: number): void {
  const { bytes, rest } = from;
  const rank = cell % RANKS;
  const row = (cell - rank) / (RANKS / WIDTH);
  if (rank < WIDTH) {
    const before = byteAt(bytes, row + rank);
    if (before === MOST && isIn(rest, cell)) {
      countOut(rest, cell);
      return;
    }
    bytes[row + rank] = before - 1;
    if (before > 1) return;
  } else if (!countOut(rest, cell)) return;
  from.cells -= 1;
  if (rank < byteAt(bytes, row)) return;
  let next = rank - 1;
  while (next >= WIDTH && !isIn(rest, cell - rank + next)) next -= 1;
  if (next < WIDTH) while (next > 0 && bytes[row + next] === 0) next -= 1;
  setHighest(from, row, rank, next);
}
function setHighest({ bytes, histogram }: SlidingRegisters, row: number, before: number, rank: number): void {
  bytes[row] = rank;
  histogram[before] = countAt(histogram, before) - 1;
  histogram[rank] = countAt(histogram, rank) + 1;
}

/** The highest rank of each register. */
export function registersWithin({ bytes }: SlidingRegisters): Uint8Array {
  return Uint8Array.from({ length: REGISTERS }, (_, register) => byteAt(bytes, register * WIDTH));
}
export function estimateWithin({ histogram }: SlidingRegisters): number {
  return estimateOf(histogram);
}
