/**
 * How many different labels the slices of a moving window hold together, at the cost of the slices that come and go: each
 * label with the number of slices that hold it. What it reports is exactly what combining the slices would.
 */
import { byteAt, numberAt } from '../../engine/core/must.ts';
import type { DistinctState } from './distinct-state.ts';
import { cellOf, RANKS } from './hyperloglog.ts';
import {
  cellIn,
  cellOut,
  copyRegisters,
  emptyRegisters,
  estimateWithin,
  fetchRegisters,
  type SlidingRegisters,
} from './sliding-registers.ts';
import { copyTally, countIn, countOut, emptyTally, fetchSlots, forEachIn, type Tally } from './tally.ts';
import type { Lowered, WindowTotals } from './aggregate.ts';

export interface DistinctTotal {
  n: number;
  /** Hashes of the slices that know theirs; null: there were more than MAX_KNOWN. */
  known: Tally | null;
  /** Of all slices; null while it is not needed. */
  registers: SlidingRegisters | null;
  /** Slices that hold registers only. */
  coarse: number;
}

/** More labels are estimated. */
export const MAX_EXACT = 1000;
/** Well above and below it, so that a window about that size does not go to and fro. */
const MAX_KNOWN = 2000;
const LEAST_ESTIMATED = 500;

function take(total: DistinctTotal, { n, hashes, registers }: DistinctState): void {
  total.n += n;
  if (hashes !== null) hashesIn(total, hashes);
  if (registers !== null) {
    total.coarse += 1;
    const into = (total.registers ??= registersOf(total.known));
    forEachCell(registers, (cell) => cellIn(into, cell));
  }
  if (total.known === null || total.known.size <= MAX_EXACT) return;
  total.registers ??= registersOf(total.known);
  if (total.known.size > MAX_KNOWN) total.known = null;
}
function drop(total: DistinctTotal, { n, hashes, registers }: DistinctState): void {
  total.n -= n;
  if (hashes !== null) hashesOut(total, hashes);
  if (registers !== null && total.registers !== null) {
    total.coarse -= 1;
    const from = total.registers;
    forEachCell(registers, (cell) => cellOut(from, cell));
  }
  if (total.coarse === 0 && total.known !== null && total.known.size < LEAST_ESTIMATED) total.registers = null;
}

// Lists are read by index, apart from sets: a loop that meets both puts every number on the heap.
function hashesIn({ known, registers }: DistinctTotal, hashes: readonly number[] | Set<number>): void {
  if (isList(hashes)) {
    if (known !== null) fetchSlots(known, hashes);
    if (registers !== null) fetchRegisters(registers, hashes);
    for (let i = 0; i < hashes.length; i++) {
      const hash = numberAt(hashes, i);
      if (known !== null) countIn(known, hash);
      if (registers !== null) cellIn(registers, cellOf(hash));
    }
    return;
  }
  for (const hash of hashes) {
    if (known !== null) countIn(known, hash);
    if (registers !== null) cellIn(registers, cellOf(hash));
  }
}
function hashesOut({ known, registers }: DistinctTotal, hashes: readonly number[] | Set<number>): void {
  if (isList(hashes)) {
    if (known !== null) fetchSlots(known, hashes);
    if (registers !== null) fetchRegisters(registers, hashes);
    for (let i = 0; i < hashes.length; i++) {
      const hash = numberAt(hashes, i);
      if (known !== null) countOut(known, hash);
      if (registers !== null) cellOut(registers, cellOf(hash));
    }
    return;
  }
  for (const hash of hashes) {
    if (known !== null) countOut(known, hash);
    if (registers !== null) cellOut(registers, cellOf(hash));
  }
}
function isList(hashes: readonly number[] | Set<number>): hashes is readonly number[] {
  return Array.isArray(hashes);
}
function registersOf(known: Tally | null): SlidingRegisters {
  const registers = emptyRegisters();
  if (known !== null) forEachIn(known, (hash, count) => cellIn(registers, cellOf(hash), count));
  return registers;
}
function forEachCell(registers: Uint8Array, visit: (cell: number) => void): void {
  for (let register = 0; register < registers.length; register++) {
    const rank = byteAt(registers, register);
    if (rank > 0) visit(register * RANKS + rank);
  }
}

function lower({ n, known, registers, coarse }: DistinctTotal): Lowered {
  if (n === 0) return { value: null, n, interval: null };
  const isExact = coarse === 0 && known !== null && known.size <= MAX_EXACT;
  if (isExact || registers === null) return { value: known?.size ?? 0, n, interval: null };
  return { value: Math.round(estimateWithin(registers)), n, interval: null };
}

export const distinctTotals: WindowTotals<DistinctState, DistinctTotal> = {
  fresh: () => ({ n: 0, known: emptyTally(), registers: null, coarse: 0 }),
  copy: ({ n, known, registers, coarse }) => ({
    n,
    known: known === null ? null : copyTally(known),
    registers: registers === null ? null : copyRegisters(registers),
    coarse,
  }),
  take,
  drop,
  lower,
  /** So few cells are left that the labels may be few enough to be counted exactly; which they are, only the slices know. */
  isSpent: ({ known, registers, coarse }) =>
    known === null && coarse === 0 && (registers === null || registers.cells <= MAX_EXACT),
};
