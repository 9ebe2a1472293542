/**
 * HyperLogLog from which hashes can be taken out again: beside each register's highest rank, how often each of its ranks was
 * counted in. The number of registers of each rank is kept too, so that an estimate costs the same whatever was counted.
 * Some 24 bytes a pair of register and rank, of which a register has about log₂(labels / registers) + 2.
 */
import { emptyHistogram, estimateOf, RANKS, REGISTERS, type RankHistogram } from './hyperloglog.ts';
import { copyTally, countIn, countOut, emptyTally, isIn, type Tally } from './tally.ts';

export interface SlidingRegisters {
  /** Of cells (`cellOf`). */
  readonly cells: Tally;
  readonly registers: Uint8Array;
  readonly histogram: RankHistogram;
}

export function emptyRegisters(): SlidingRegisters {
  const histogram = emptyHistogram();
  histogram[0] = REGISTERS;
  return { cells: emptyTally(), registers: new Uint8Array(REGISTERS), histogram };
}
export function copyRegisters({ cells, registers, histogram }: SlidingRegisters): SlidingRegisters {
  return { cells: copyTally(cells), registers: registers.slice(), histogram: histogram.slice() };
}

export function cellIn({ cells, registers, histogram }: SlidingRegisters, cell: number, by = 1): void {
  if (!countIn(cells, cell, by)) return;
  const register = Math.floor(cell / RANKS);
  const rank = cell % RANKS;
  const before = registers[register] ?? 0;
  if (rank > before) setRank(registers, histogram, register, before, rank);
}
export function cellOut({ cells, registers, histogram }: SlidingRegisters, cell: number): void {
  if (!countOut(cells, cell)) return;
  const register = Math.floor(cell / RANKS);
  const before = cell % RANKS;
  if (before < (registers[register] ?? 0)) return;
  let rank = before - 1;
  while (rank > 0 && !isIn(cells, register * RANKS + rank)) rank -= 1;
  setRank(registers, histogram, register, before, rank);
}
function setRank(
  registers: Uint8Array,
  histogram: RankHistogram,
  register: number,
  before: number,
  rank: number,
): void {
  registers[register] = rank;
  histogram[before] = (histogram[before] ?? 0) - 1;
  histogram[rank] = (histogram[rank] ?? 0) + 1;
}

export function estimateWithin({ histogram }: SlidingRegisters): number {
  return estimateOf(histogram);
}
