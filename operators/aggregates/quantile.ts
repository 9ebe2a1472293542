/**
 * Quantiles by a sketch of logarithmic buckets (DDSketch: Masson, Rim, Lee, "DDSketch: A Fast and Fully-Mergeable Quantile
 * Sketch with Relative-Error Guarantees", VLDB 2019). The result is within 1 % of a value of that rank. Counts only, so parts
 * can be taken out again. Magnitudes from 1e-9 to 1e12; below is 0. At most 2 × 2,420 buckets.
 */
import type { ByteReader, ByteWriter } from '../kpis/bytes.ts';
import type { InvertibleSketchAggregate, Lowered } from './types.ts';

export interface QuantileState {
  n: number;
  /** Bucket → how many. Positive values in positive buckets, negative ones in negative, 0 in 0: buckets sort as values do. */
  readonly buckets: Map<number, number>;
}

/** A hair under the promised 1 %, for rounding. */
const ACCURACY = 0.0099;
const GAMMA = (1 + ACCURACY) / (1 - ACCURACY);
const LOG_GAMMA = Math.log(GAMMA);
const SMALLEST = 1e-9;
/** Lifts the bucket of the smallest magnitude to 1. */
const OFFSET = 1 - Math.ceil(Math.log(SMALLEST) / LOG_GAMMA);

function bucketOf(value: number): number {
  const magnitude = Math.abs(value);
  if (magnitude < SMALLEST) return 0;
  const bucket = Math.ceil(Math.log(magnitude) / LOG_GAMMA) + OFFSET;
  return value < 0 ? -bucket : bucket;
}
function valueOf(bucket: number): number {
  if (bucket === 0) return 0;
  const magnitude = (2 * GAMMA ** (Math.abs(bucket) - OFFSET)) / (GAMMA + 1);
  return bucket < 0 ? -magnitude : magnitude;
}

function addCounts(state: QuantileState, from: QuantileState, sign: 1 | -1): void {
  for (const [bucket, count] of from.buckets) {
    const sum = (state.buckets.get(bucket) ?? 0) + sign * count;
    if (sum === 0) state.buckets.delete(bucket);
    else state.buckets.set(bucket, sum);
  }
  state.n += sign * from.n;
}

function zero(): QuantileState {
  return { n: 0, buckets: new Map() };
}
function copy(state: QuantileState): QuantileState {
  return { n: state.n, buckets: new Map(state.buckets) };
}
function add(state: QuantileState, value: number): void {
  const bucket = bucketOf(value);
  state.buckets.set(bucket, (state.buckets.get(bucket) ?? 0) + 1);
  state.n += 1;
}

/** The value at rank q·(n − 1), 0 ≤ q ≤ 1. */
export function quantile(q: number): InvertibleSketchAggregate<QuantileState, number> {
  return {
    form: 'sketch',
    zero,
    lift(value) {
      const state = zero();
      add(state, value);
      return state;
    },
    combine(a, b) {
      const state = copy(a);
      addCounts(state, b, 1);
      return state;
    },
    subtract(whole, part) {
      const state = copy(whole);
      addCounts(state, part, -1);
      return state;
    },
    lower: (state) => lower(state, q),
    add,
    merge: (state, from) => addCounts(state, from, 1),
    remove: (state, from) => addCounts(state, from, -1),
    write(state: QuantileState, to: ByteWriter) {
      to.uint(state.buckets.size);
      for (const [bucket, count] of state.buckets) {
        to.number(bucket);
        to.number(count);
      }
    },
    read(from: ByteReader): QuantileState {
      const state = zero();
      for (let size = from.uint(); size > 0; size--) {
        const bucket = from.number();
        const count = from.number();
        state.buckets.set(bucket, count);
        state.n += count;
      }
      return state;
    },
  };
}

function lower(state: QuantileState, q: number): Lowered {
  if (state.n === 0) return { value: null, n: 0, interval: null };
  const rank = q * (state.n - 1);
  let seen = 0;
  let last = 0;
  for (const bucket of [...state.buckets.keys()].sort((a, b) => a - b)) {
    seen += state.buckets.get(bucket) ?? 0;
    last = bucket;
    if (seen > rank) break;
  }
  return { value: valueOf(last), n: state.n, interval: null };
}
