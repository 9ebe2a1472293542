/**
 * The part of a window that one measure holds, in whichever form its aggregate has: cells in a row of a slice, or a sketch
 * beside it. Lets the windows be folded the same way for both.
 */
import type { AnyAggregate, LowerContext, Lowered, Sketchable, SketchState } from '../../aggregates/aggregate.ts';
import type { Bucket } from './bucket.ts';
import type { ByteReader, ByteWriter } from '../saved/bytes.ts';
import { readSketch, writeChanges, writeSketch } from '../saved/saved-sketch.ts';
import { cellTotals, sketchTotals, type TotalOps } from '../windows/total.ts';

export type Part = Float64Array | SketchState;

export interface PartOps {
  readonly isSketch: boolean;
  readonly totals: TotalOps;
  fresh(): Part;
  /** Adds what a row of a slice holds. */
  take(into: Part, bucket: Bucket, row: number): void;
  merge(into: Part, from: Part): void;
  add(part: Part, value: Sketchable): void;
  n(part: Part): number;
  /** Whether anything was measured in it: a ratio may hold something although its n is 0. */
  holds(part: Part): boolean;
  lower(part: Part, context: LowerContext): Lowered;
  /** The same straight from a row of a slice. */
  nOf(bucket: Bucket, row: number): number;
  lowerOf(bucket: Bucket, row: number, context: LowerContext): Lowered;
  write(part: Part, to: ByteWriter): void;
  read(from: ByteReader): Part;
  /** All of it, told apart from changes; undefined: nothing. */
  save(part: Part | undefined, to: ByteWriter): void;
  /** What changed since it was last called, or all of it, whichever is shorter. */
  saveChanges(part: Part, to: ByteWriter): void;
  /** Either of them, over what was read before. undefined: that was needed, and is not there. */
  load(from: ByteReader, into: Part | undefined): Part | undefined;
  /** It is as it was saved: changes count from here. */
  begin(part: Part): void;
}

/** `at`: the measure's first cell in a row, or its number among the row's sketches. */
export function partOps(aggregate: AnyAggregate, at: number): PartOps {
  return aggregate.form === 'cells' ? cellOps(aggregate, at) : sketchOps(aggregate, at);
}

function cellOps(aggregate: Extract<AnyAggregate, { form: 'cells' }>, at: number): PartOps {
  const { width } = aggregate;
  const write = (part: Part, to: ByteWriter): void => {
    for (const cell of part as Float64Array) to.number(cell);
  };
  const read = (from: ByteReader): Part => Float64Array.from({ length: width }, () => from.number());
  const save = (part: Part | undefined, to: ByteWriter): void => {
    to.uint(part === undefined ? 0 : 1);
    if (part !== undefined) write(part, to);
  };
  return {
    isSketch: false,
    totals: cellTotals(aggregate, at),
    fresh: () => new Float64Array(width),
    take(into, bucket, row) {
      aggregate.merge(into as Float64Array, 0, bucket.cells, row * bucket.width + at);
    },
    merge(into, from) {
      aggregate.merge(into as Float64Array, 0, from as Float64Array, 0);
    },
    add(part, value) {
      aggregate.add(part as Float64Array, 0, value as number);
    },
    n: (part) => (part as Float64Array)[0] ?? 0,
    holds: (part) => (part as Float64Array).some((cell) => cell !== 0),
    lower: (part, context) => aggregate.lowerAt(part as Float64Array, 0, context),
    nOf: (bucket, row) => bucket.cells[row * bucket.width + at] ?? 0,
    lowerOf: (bucket, row, context) => aggregate.lowerAt(bucket.cells, row * bucket.width + at, context),
    write,
    read,
    save,
    saveChanges: save,
    load: (from, into) => (from.uint() === 0 ? into : read(from)),
    begin: () => undefined,
  };
}

function sketchOps(aggregate: Extract<AnyAggregate, { form: 'sketch' }>, at: number): PartOps {
  return {
    isSketch: true,
    totals: sketchTotals(aggregate, at),
    fresh: () => aggregate.zero(),
    take(into, bucket, row) {
      const state = bucket.sketch(row, at);
      if (state !== undefined) aggregate.merge(into as SketchState, state);
    },
    merge(into, from) {
      aggregate.merge(into as SketchState, from as SketchState);
    },
    add(part, value) {
      aggregate.add(part as SketchState, value);
    },
    n: (part) => (part as SketchState).n,
    holds: (part) => (part as SketchState).n > 0,
    lower: (part, context) => aggregate.lower(part as SketchState, context),
    nOf: (bucket, row) => bucket.sketch(row, at)?.n ?? 0,
    lowerOf: (bucket, row, context) => aggregate.lower(bucket.sketch(row, at) ?? aggregate.zero(), context),
    write(part, to) {
      aggregate.write(part as SketchState, to);
    },
    read: (from) => aggregate.read(from),
    save(part, to) {
      writeSketch(to, aggregate, part as SketchState | undefined);
    },
    saveChanges(part, to) {
      writeChanges(to, aggregate, part as SketchState);
    },
    load(from, into) {
      const base = (into ?? aggregate.zero()) as SketchState;
      const state = readSketch(from, aggregate, base);
      return into === undefined && state === base ? undefined : state;
    },
    begin(part) {
      aggregate.changes?.begin(part as SketchState);
    },
  };
}
