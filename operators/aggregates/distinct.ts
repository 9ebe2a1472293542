/**
 * How many different labels: exact up to 1,000 of them (by a 53-bit hash), then HyperLogLog (2 % is 2.5 standard errors).
 * Which form a state has depends only on the labels in it, so that the laws hold exactly.
 */
import type { ByteReader, ByteWriter } from '../kpis/bytes.ts';
import { addHash, estimate, hash53, mergeRegisters, REGISTERS } from './hyperloglog.ts';
import type { SketchAggregate } from './types.ts';

export interface DistinctState {
  n: number;
  /** One of the two is null. */
  hashes: Set<number> | null;
  registers: Uint8Array | null;
}

const MAX_EXACT = 1000;

function zero(): DistinctState {
  return { n: 0, hashes: new Set(), registers: null };
}
function addLabel(state: DistinctState, hash: number): void {
  if (state.registers !== null) addHash(state.registers, hash);
  else if (state.hashes !== null) {
    state.hashes.add(hash);
    if (state.hashes.size > MAX_EXACT) estimateFrom(state, state.hashes);
  }
}
function estimateFrom(state: DistinctState, hashes: ReadonlySet<number>): Uint8Array {
  const registers = new Uint8Array(REGISTERS);
  for (const hash of hashes) addHash(registers, hash);
  state.registers = registers;
  state.hashes = null;
  return registers;
}

function add(state: DistinctState, value: string | readonly string[]): void {
  state.n += 1;
  if (typeof value === 'string') addLabel(state, hash53(value));
  else for (const label of value) addLabel(state, hash53(label));
}
function merge(state: DistinctState, from: DistinctState): void {
  state.n += from.n;
  if (from.registers !== null) {
    mergeRegisters(state.registers ?? estimateFrom(state, state.hashes ?? new Set()), from.registers);
  }
  for (const hash of from.hashes ?? []) addLabel(state, hash);
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
  lower({ n, hashes, registers }) {
    if (n === 0) return { value: null, n, interval: null };
    return { value: registers === null ? (hashes?.size ?? 0) : Math.round(estimate(registers)), n, interval: null };
  },
  add,
  merge,
  write({ n, hashes, registers }: DistinctState, to: ByteWriter) {
    to.uint(n);
    to.uint(registers === null ? (hashes?.size ?? 0) + 1 : 0);
    if (registers !== null) to.bytes(registers);
    for (const hash of hashes ?? []) to.uint(hash);
  },
  read(from: ByteReader): DistinctState {
    const n = from.uint();
    const size = from.uint();
    if (size === 0) return { n, hashes: null, registers: from.bytes(REGISTERS).slice() };
    return { n, hashes: new Set(Array.from({ length: size - 1 }, () => from.uint())), registers: null };
  },
};
