/**
 * How many different labels: exact up to 1,000 of them (by a 53-bit hash), then HyperLogLog (2 % is 2.5 standard errors).
 * Which form a state has depends only on the labels in it, so that the laws hold exactly.
 */
import type { ByteReader, ByteWriter } from '../kpis/bytes.ts';
import { distinctTotals, MAX_EXACT } from './distinct-total.ts';
import { addHash, estimate, hash53, mergeRegisters, REGISTERS } from './hyperloglog.ts';
import type { Lowered, SketchAggregate } from './types.ts';

export interface DistinctState {
  n: number;
  /** One of the two is null. A short list, a set once it is long. */
  hashes: number[] | Set<number> | null;
  registers: Uint8Array | null;
}

/** Up to here a list is as quick as a set, and a quarter of its size. */
const SHORT = 16;

function zero(): DistinctState {
  return { n: 0, hashes: [], registers: null };
}
function addLabel(state: DistinctState, hash: number): void {
  const { hashes, registers } = state;
  if (registers !== null) addHash(registers, hash);
  else if (Array.isArray(hashes)) {
    if (hashes.includes(hash)) return;
    if (hashes.push(hash) > SHORT) state.hashes = new Set(hashes);
  } else if (hashes !== null) {
    hashes.add(hash);
    if (hashes.size > MAX_EXACT) estimateFrom(state);
  }
}
function estimateFrom(state: DistinctState): Uint8Array {
  const registers = new Uint8Array(REGISTERS);
  for (const hash of state.hashes ?? []) addHash(registers, hash);
  state.registers = registers;
  state.hashes = null;
  return registers;
}
function exactOf({ hashes }: DistinctState): number {
  return hashes === null ? 0 : Array.isArray(hashes) ? hashes.length : hashes.size;
}

function add(state: DistinctState, value: string | readonly string[]): void {
  state.n += 1;
  if (typeof value === 'string') addLabel(state, hash53(value));
  else for (const label of value) addLabel(state, hash53(label));
}
function merge(state: DistinctState, from: DistinctState): void {
  state.n += from.n;
  if (from.registers !== null) mergeRegisters(state.registers ?? estimateFrom(state), from.registers);
  for (const hash of from.hashes ?? []) addLabel(state, hash);
}
function lower(state: DistinctState): Lowered {
  const { n, registers } = state;
  if (n === 0) return { value: null, n, interval: null };
  return { value: registers === null ? exactOf(state) : Math.round(estimate(registers)), n, interval: null };
}

export const distinct: SketchAggregate<DistinctState, string | readonly string[]> = {
  form: 'sketch',
  zero,
  lift(value) {
    const state = zero();
    add(state, value);
    return state;
  },
  combine(a, b) {
    const state = zero();
    merge(state, a);
    merge(state, b);
    return state;
  },
  lower,
  add,
  merge,
  totals: distinctTotals,
  write(state: DistinctState, to: ByteWriter) {
    const { n, hashes, registers } = state;
    to.uint(n);
    to.uint(registers === null ? exactOf(state) + 1 : 0);
    if (registers !== null) to.bytes(registers);
    for (const hash of hashes ?? []) to.uint(hash);
  },
  read(from: ByteReader): DistinctState {
    const n = from.uint();
    const size = from.uint();
    if (size === 0) return { n, hashes: null, registers: from.bytes(REGISTERS).slice() };
    const hashes: number[] = [];
    while (hashes.length < size - 1) hashes.push(from.uint());
    return { n, hashes: hashes.length > SHORT ? new Set(hashes) : hashes, registers: null };
  },
};
