/**
 * The part of a window that one measure holds, in whichever form its aggregate has: cells in a row of a slice, or a sketch
 * beside it. Lets the windows be folded the same way for both.
 */
import {
  isInvertibleCells,
  isInvertibleSketch,
  type AnyAggregate,
  type LowerContext,
  type Lowered,
  type Sketchable,
  type SketchState,
} from '../aggregates/types.ts';
import type { Bucket } from './bucket.ts';
import type { ByteReader, ByteWriter } from './bytes.ts';

export type Part = Float64Array | SketchState;

export interface PartOps {
  readonly invertible: boolean;
  fresh(): Part;
  copy(part: Part): Part;
  /** Adds what a row of a slice holds. */
  take(into: Part, bucket: Bucket, row: number): void;
  /** Takes it out again; only where `invertible`. */
  drop(from: Part, bucket: Bucket, row: number): void;
  merge(into: Part, from: Part): void;
  lift(value: Sketchable): Part;
  add(part: Part, value: Sketchable): void;
  n(part: Part): number;
  lower(part: Part, context: LowerContext): Lowered;
  /** The same straight from a row of a slice. */
  nOf(bucket: Bucket, row: number): number;
  lowerOf(bucket: Bucket, row: number, context: LowerContext): Lowered;
  write(part: Part, to: ByteWriter): void;
  read(from: ByteReader): Part;
  /** Parts are large: better few of them and a little more work. */
  readonly bulky: boolean;
}

/** `at`: the measure's first cell in a row, or its number among the row's sketches. */
export function partOps(aggregate: AnyAggregate, at: number): PartOps {
  return aggregate.form === 'cells' ? cellOps(aggregate, at) : sketchOps(aggregate, at);
}

function notInvertible(): never {
  throw new Error('this aggregate has no inverse');
}

function cellOps(aggregate: Extract<AnyAggregate, { form: 'cells' }>, at: number): PartOps {
  const { width } = aggregate;
  const remove = isInvertibleCells(aggregate) ? aggregate.remove : undefined;
  return {
    invertible: remove !== undefined,
    fresh: () => new Float64Array(width),
    copy: (part) => Float64Array.from(part as Float64Array),
    take(into, bucket, row) {
      aggregate.merge(into as Float64Array, 0, bucket.cells, row * bucket.width + at);
    },
    drop(from, bucket, row) {
      (remove ?? notInvertible)(from as Float64Array, 0, bucket.cells, row * bucket.width + at);
    },
    merge(into, from) {
      aggregate.merge(into as Float64Array, 0, from as Float64Array, 0);
    },
    lift(value) {
      const part = new Float64Array(width);
      aggregate.add(part, 0, value as number);
      return part;
    },
    add(part, value) {
      aggregate.add(part as Float64Array, 0, value as number);
    },
    n: (part) => (part as Float64Array)[0] ?? 0,
    lower: (part, context) => aggregate.lowerAt(part as Float64Array, 0, context),
    nOf: (bucket, row) => bucket.cells[row * bucket.width + at] ?? 0,
    lowerOf: (bucket, row, context) => aggregate.lowerAt(bucket.cells, row * bucket.width + at, context),
    write(part, to) {
      for (const cell of part as Float64Array) to.number(cell);
    },
    read: (from) => Float64Array.from({ length: width }, () => from.number()),
    bulky: false,
  };
}

function sketchOps(aggregate: Extract<AnyAggregate, { form: 'sketch' }>, at: number): PartOps {
  const remove = isInvertibleSketch(aggregate)
    ? (state: SketchState, from: SketchState) => aggregate.remove(state, from)
    : undefined;
  return {
    invertible: remove !== undefined,
    fresh: () => aggregate.zero(),
    copy: (part) => aggregate.combine(aggregate.zero(), part as SketchState),
    take(into, bucket, row) {
      const state = bucket.sketch(row, at);
      if (state !== undefined) aggregate.merge(into as SketchState, state);
    },
    drop(from, bucket, row) {
      const state = bucket.sketch(row, at);
      if (state !== undefined) (remove ?? notInvertible)(from as SketchState, state);
    },
    merge(into, from) {
      aggregate.merge(into as SketchState, from as SketchState);
    },
    lift: (value) => aggregate.lift(value),
    add(part, value) {
      aggregate.add(part as SketchState, value);
    },
    n: (part) => (part as SketchState).n,
    lower: (part, context) => aggregate.lower(part as SketchState, context),
    nOf: (bucket, row) => bucket.sketch(row, at)?.n ?? 0,
    lowerOf: (bucket, row, context) => aggregate.lower(bucket.sketch(row, at) ?? aggregate.zero(), context),
    write(part, to) {
      aggregate.write(part as SketchState, to);
    },
    read: (from) => aggregate.read(from),
    bulky: true,
  };
}
