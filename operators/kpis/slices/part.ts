/**
 * The part of a window that one measure holds, in whichever form its aggregate has: cells in a row of a slice, or a sketch
 * beside it. Lets the windows be folded the same way for both.
 */
import { cellAt, ensure } from '../../../engine/core/must.ts';
import type {
  AnyAggregate,
  AnyCellAggregate,
  LowerContext,
  Lowered,
  Part,
  Sketchable,
  SketchAggregate,
  SketchState,
} from '../../aggregates/aggregate.ts';
import type { Bucket } from './bucket.ts';
import type { ByteReader, ByteWriter } from '../saved/bytes.ts';
import { readSketch, writeChanges, writeSketch } from '../saved/saved-sketch.ts';
import { cellTotals, sketchTotals, type TotalOps } from '../windows/total.ts';

/** `P`: the form of the part, which only the operations of its own measure look into. */
export interface PartOps<P extends Part = Part> {
  readonly isSketch: boolean;
  readonly totals: TotalOps;
  fresh(): P;
  /** Adds what a row of a slice holds. */
  take(into: P, bucket: Bucket, row: number): void;
  merge(into: P, from: P): void;
  /** Replaces what a row of a slice holds; a sketch is given away with it. */
  put(part: P, bucket: Bucket, row: number): void;
  add(part: P, value: Sketchable): void;
  n(part: P): number;
  /** Whether anything was measured in it: a ratio may hold something although its n is 0. */
  holds(part: P): boolean;
  lower(part: P, context: LowerContext): Lowered;
  /** The same straight from a row of a slice. */
  nOf(bucket: Bucket, row: number): number;
  lowerOf(bucket: Bucket, row: number, context: LowerContext): Lowered;
  write(part: P, to: ByteWriter): void;
  read(from: ByteReader): P;
  /** All of it, distinguished from changes; undefined: nothing. */
  save(part: P | undefined, to: ByteWriter): void;
  /** What changed since it was last called, or all of it, whichever is shorter. */
  saveChanges(part: P, to: ByteWriter): void;
  /** Either of them, over what was read before. undefined: that was needed, and is not there. */
  load(from: ByteReader, into: P | undefined): P | undefined;
  /** Marks the current content as saved; changes are tracked from now on. */
  begin(part: P): void;
}

/** `at`: the measure's first cell in a row, or its number among the row's sketches. */
export function partOps(aggregate: AnyAggregate, at: number): PartOps {
  return aggregate.form === 'cells' ? cellOps(aggregate, at) : sketchOps(aggregate, at);
}

function cellOps(aggregate: AnyCellAggregate, at: number): PartOps<Float64Array> {
  const { width } = aggregate;
  const write = (part: Float64Array, to: ByteWriter): void => {
    for (const cell of part) to.number(cell);
  };
  const read = (from: ByteReader): Float64Array => Float64Array.from({ length: width }, () => from.number());
  const save = (part: Float64Array | undefined, to: ByteWriter): void => {
    to.uint(part === undefined ? 0 : 1);
    if (part !== undefined) write(part, to);
  };
  return {
    isSketch: false,
    totals: cellTotals(aggregate, at),
    fresh: () => new Float64Array(width),
    take(into, bucket, row) {
      aggregate.merge(into, 0, bucket.cells, row * bucket.width + at);
    },
    merge(into, from) {
      aggregate.merge(into, 0, from, 0);
    },
    put(part, bucket, row) {
      bucket.cells.set(part, row * bucket.width + at);
    },
    add(part, value) {
      aggregate.add(part, 0, numeric(value));
    },
    n: (part) => cellAt(part, 0),
    holds: (part) => part.some((cell) => cell !== 0),
    lower: (part, context) => aggregate.lowerAt(part, 0, context),
    nOf: (bucket, row) => cellAt(bucket.cells, row * bucket.width + at),
    lowerOf: (bucket, row, context) => aggregate.lowerAt(bucket.cells, row * bucket.width + at, context),
    write,
    read,
    save,
    saveChanges: save,
    load: (from, into) => (from.uint() === 0 ? into : read(from)),
    begin: () => undefined,
  };
}

/** Readers of measures whose aggregate is of cells give numbers. */
function numeric(value: Sketchable): number {
  ensure(typeof value === 'number', 'cells are given numbers');
  return value;
}

function sketchOps(aggregate: SketchAggregate<SketchState>, at: number): PartOps<SketchState> {
  return {
    isSketch: true,
    totals: sketchTotals(aggregate, at),
    fresh: () => aggregate.zero(),
    take(into, bucket, row) {
      const state = bucket.sketch(row, at);
      if (state !== undefined) aggregate.merge(into, state);
    },
    merge(into, from) {
      aggregate.merge(into, from);
    },
    put(part, bucket, row) {
      bucket.putSketch(row, at, part);
    },
    add(part, value) {
      aggregate.add(part, value);
    },
    n: (part) => part.n,
    holds: (part) => part.n > 0,
    lower: (part, context) => aggregate.lower(part, context),
    nOf: (bucket, row) => bucket.sketch(row, at)?.n ?? 0,
    lowerOf: (bucket, row, context) => aggregate.lower(bucket.sketch(row, at) ?? aggregate.zero(), context),
    write(part, to) {
      aggregate.write(part, to);
    },
    read: (from) => aggregate.read(from),
    save(part, to) {
      writeSketch(to, aggregate, part);
    },
    saveChanges(part, to) {
      writeChanges(to, aggregate, part);
    },
    load(from, into) {
      const base = into ?? aggregate.zero();
      const state = readSketch(from, aggregate, base);
      return into === undefined && state === base ? undefined : state;
    },
    begin(part) {
      aggregate.changes?.begin(part);
    },
  };
}
