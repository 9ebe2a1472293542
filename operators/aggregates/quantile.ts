/**
 * Quantiles by a sketch of logarithmic buckets (DDSketch: Masson, Rim, Lee, "DDSketch: A Fast and Fully-Mergeable Quantile
 * Sketch with Relative-Error Guarantees", VLDB 2019). The result is within 1 % of a value of that rank. Counts only, so parts
 * can be taken out again. Magnitudes from 1e-9 to 1e12; below is 0. At most 2 × 2,420 buckets.
 */
import { cellAt, ensure, numberAt } from '../../engine/core/must.ts';
import type { ByteReader, ByteWriter } from '../kpis/saved/bytes.ts';
import type { InvertibleSketchAggregate, Lowered, SketchChanges } from './aggregate.ts';

/** Positive values lie in positive buckets, negative ones in negative, 0 in 0: buckets sort as values do. */
export interface QuantileState {
  n: number;
  /** While there are few values: the bucket of each, rising. Unused once there is a histogram. */
  few: number[];
  many: Histogram | null;
  /** Buckets whose counts changed since it was written; null: that is not known, or it is written whole anyway. */
  changed: Set<number> | 'none' | null;
}
interface Histogram {
  /** The bucket of the first count: a multiple of BLOCK. */
  base: number;
  counts: Float64Array;
  /** Sums of BLOCK counts each: a rank is found in few steps, however far the values lie apart. */
  blocks: Float64Array;
}

const BLOCK = 64;
/** More values than this make a histogram; it is given up where far fewer are left. */
const MOST_FEW = 32;
const LEAST_MANY = 8;

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

function zero(): QuantileState {
  return { n: 0, few: [], many: null, changed: null };
}
function copy({ n, few, many }: QuantileState): QuantileState {
  return {
    n,
    few: [...few],
    many: many === null ? null : { base: many.base, counts: many.counts.slice(), blocks: many.blocks.slice() },
    changed: null,
  };
}
function add(state: QuantileState, value: number): void {
  addBucket(state, bucketOf(value), 1);
  state.n += 1;
}

function addBucket(state: QuantileState, bucket: number, count: number): void {
  if (state.many === null && state.few.length + count > MOST_FEW) state.many = histogramOf(state);
  if (state.many !== null) {
    if (state.changed === 'none') state.changed = new Set();
    state.changed?.add(bucket);
    bump(state.many, bucket, count);
    return;
  }
  const { few } = state;
  let at = few.length;
  while (at > 0 && numberAt(few, at - 1) > bucket) at--;
  for (let i = 0; i < count; i++) few.splice(at, 0, bucket);
}
function histogramOf(state: QuantileState): Histogram {
  const histogram = { base: 0, counts: new Float64Array(0), blocks: new Float64Array(0) };
  for (const bucket of state.few) bump(histogram, bucket, 1);
  state.few = [];
  return histogram;
}
function bump(histogram: Histogram, bucket: number, count: number): void {
  reserve(histogram, bucket, bucket);
  const at = bucket - histogram.base;
  histogram.counts[at] = cellAt(histogram.counts, at) + count;
  const block = Math.floor(at / BLOCK);
  histogram.blocks[block] = cellAt(histogram.blocks, block) + count;
}
/** Reserves the buckets from `low` to `high`. */
function reserve(histogram: Histogram, low: number, high: number): void {
  const { base, counts, blocks } = histogram;
  if (low >= base && high < base + counts.length) return;
  const isEmpty = counts.length === 0;
  const from = Math.floor((isEmpty ? low : Math.min(low, base)) / BLOCK);
  const to = Math.floor((isEmpty ? high : Math.max(high, base + counts.length - 1)) / BLOCK) + 1;
  histogram.base = from * BLOCK;
  histogram.counts = new Float64Array((to - from) * BLOCK);
  histogram.blocks = new Float64Array(to - from);
  if (isEmpty) return;
  histogram.counts.set(counts, base - histogram.base);
  histogram.blocks.set(blocks, (base - histogram.base) / BLOCK);
}

function merge(state: QuantileState, from: QuantileState): void {
  if (from.many === null) for (const bucket of from.few) addBucket(state, bucket, 1);
  else {
    state.changed = null;
    addHistogram((state.many ??= histogramOf(state)), from.many, 1);
  }
  state.n += from.n;
}
function remove(state: QuantileState, from: QuantileState): void {
  state.changed = null;
  const { many } = state;
  if (many === null) for (const bucket of bucketsOf(from)) takeOut(state.few, bucket);
  else if (from.many === null) for (const bucket of from.few) bump(many, bucket, -1);
  else addHistogram(many, from.many, -1);
  state.n -= from.n;
  if (many === null || state.n > LEAST_MANY) return;
  state.few = bucketsOf(state);
  state.many = null;
}
function takeOut(few: number[], bucket: number): void {
  const place = few.indexOf(bucket);
  ensure(place >= 0, 'what is taken out of a quantile was put in');
  few.splice(place, 1);
}
function addHistogram(into: Histogram, from: Histogram, sign: 1 | -1): void {
  reserve(into, from.base, from.base + from.counts.length - 1);
  const shift = from.base - into.base;
  for (let block = 0; block < from.blocks.length; block++) {
    const sum = cellAt(from.blocks, block);
    if (sum === 0) continue;
    const intoBlock = block + shift / BLOCK;
    into.blocks[intoBlock] = cellAt(into.blocks, intoBlock) + sign * sum;
    for (let i = block * BLOCK; i < (block + 1) * BLOCK; i++) {
      into.counts[i + shift] = cellAt(into.counts, i + shift) + sign * cellAt(from.counts, i);
    }
  }
}

/** Each bucket that holds something, rising, with how many. */
function* countsOf({ few, many }: QuantileState): Generator<readonly [bucket: number, count: number]> {
  for (let i = 0; i < few.length;) {
    const bucket = numberAt(few, i);
    const from = i;
    while (few[i] === bucket) i++;
    yield [bucket, i - from];
  }
  if (many === null) return;
  for (let i = 0; i < many.counts.length; i++) {
    const count = cellAt(many.counts, i);
    if (count > 0) yield [many.base + i, count];
  }
}
function bucketsOf(state: QuantileState): number[] {
  if (state.many === null) return [...state.few];
  return [...countsOf(state)].flatMap(([bucket, count]) => new Array<number>(count).fill(bucket));
}

const changes: SketchChanges<QuantileState> = {
  begin(state) {
    state.changed = state.many === null ? null : 'none';
  },
  isKnown: ({ changed }) => changed !== null,
  write({ n, many, changed }, to) {
    const buckets = changed === null || changed === 'none' ? [] : [...changed];
    to.uint(n);
    to.uint(buckets.length);
    for (const bucket of buckets) {
      to.number(bucket);
      to.number(many === null ? 0 : countOf(many, bucket));
    }
  },
  read(state, from) {
    state.n = from.uint();
    const many = (state.many ??= histogramOf(state));
    for (let size = from.uint(); size > 0; size--) {
      const bucket = from.number();
      bump(many, bucket, from.number() - countOf(many, bucket));
    }
  },
};
function write(state: QuantileState, to: ByteWriter): void {
  const counts = [...countsOf(state)];
  to.uint(counts.length);
  for (const [bucket, count] of counts) {
    to.number(bucket);
    to.number(count);
  }
}
function read(from: ByteReader): QuantileState {
  const state = zero();
  for (let size = from.uint(); size > 0; size--) {
    const bucket = from.number();
    const count = from.number();
    addBucket(state, bucket, count);
    state.n += count;
  }
  return state;
}

/** The value at rank q·(n − 1), 0 ≤ q ≤ 1. */
export function quantile(q: number): InvertibleSketchAggregate<QuantileState, number> {
  const lowerAtRank = (state: QuantileState): Lowered => lower(state, q);
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
      merge(state, b);
      return state;
    },
    subtract(whole, part) {
      const state = copy(whole);
      remove(state, part);
      return state;
    },
    lower: lowerAtRank,
    add,
    merge,
    remove,
    totals: { fresh: zero, copy, take: merge, drop: remove, lower: lowerAtRank, isSpent: () => false },
    changes,
    write,
    read,
  };
}

function lower(state: QuantileState, q: number): Lowered {
  const { n, few, many } = state;
  if (n === 0) return { value: null, n: 0, interval: null };
  const rank = q * (n - 1);
  const bucket = many === null ? numberAt(few, Math.floor(rank)) : many.base + indexOf(many, rank);
  return { value: valueOf(bucket), n, interval: null };
}
/** The first count with more than `rank` up to and with it. */
function indexOf({ counts, blocks }: Histogram, rank: number): number {
  let seen = 0;
  let block = 0;
  for (; seen + (blocks[block] ?? Infinity) <= rank; block++) seen += cellAt(blocks, block);
  let at = block * BLOCK;
  for (; at < counts.length - 1; at++) {
    seen += cellAt(counts, at);
    if (seen > rank) break;
  }
  return at;
}

/** Outside the buckets that are kept nothing was counted. */
function countOf({ counts, base }: Histogram, bucket: number): number {
  return counts[bucket - base] ?? 0; // by the line above
}
