/**
 * What a measure adds up, and the laws it keeps (laws.test.ts runs them over every export): `combine` is associative and
 * commutative, `zero()` is its identity, `subtract(combine(a, b), b)` is a, and nothing given is changed.
 *
 * Each comes in two forms of one thing: the pure form the laws speak of, and an in-place form for the hot path.
 */
import { ensure } from '../../engine/core/must.ts';
import type { Json, Millis } from '../../engine/core/types.ts';
import type { ByteReader, ByteWriter } from '../kpis/saved/bytes.ts';

export interface Lowered {
  /** null when n is 0. */
  readonly value: number | null;
  /** How many events were measured. */
  readonly n: number;
  /** 95 %. */
  readonly interval: readonly [number, number] | null;
  readonly detail?: Json;
}

/** What the result may depend on besides the state. */
export interface LowerContext {
  /** The stretch of event time the state stands for. */
  readonly spanMs: Millis;
}

export interface Aggregate<S, X> {
  zero(): S;
  /** The state of one measured value. */
  lift(value: X): S;
  combine(a: S, b: S): S;
  lower(state: S, context: LowerContext): Lowered;
}

/** One whose parts can be taken out again: running totals over sliding windows need nothing else. */
export interface InvertibleAggregate<S, X> extends Aggregate<S, X> {
  /** `whole` without `part`, which was combined into it before. */
  subtract(whole: S, part: S): S;
}

/** A fixed number of cells, all 0 when empty; the first is n. Rows of many measures lie side by side in one Float64Array. */
export type Cells = readonly number[];

type MergeCells = (cells: Float64Array, at: number, from: Float64Array, fromAt: number) => void;

export interface CellAggregate extends Aggregate<Cells, number> {
  readonly form: 'cells';
  readonly width: number;
  /** Adds a measured value to the row at `at`. */
  readonly add: (cells: Float64Array, at: number, value: number) => void;
  readonly merge: MergeCells;
  lowerAt(cells: ArrayLike<number>, at: number, context: LowerContext): Lowered;
}
export interface InvertibleCellAggregate extends CellAggregate, InvertibleAggregate<Cells, number> {
  readonly remove: MergeCells;
}
/** Cells: n, and one of the measured values, the best. What comes next best cannot be known from it. */
export interface SelectiveCellAggregate extends CellAggregate {
  readonly better: (a: number, b: number) => boolean;
}

/** Whatever an expression yields; `undefined` is never measured. */
export type Sketchable = number | string | readonly string[];

/** Anything with more than a few numbers to it: sketches, sets, counters by item. States are plain data and mutable in place. */
export interface SketchAggregate<
  S extends SketchState,
  X extends Sketchable = Sketchable,
  T extends SketchState = SketchState,
> extends Aggregate<S, X> {
  readonly form: 'sketch';
  add(state: S, value: X): void;
  merge(state: S, from: S): void;
  write(state: S, to: ByteWriter): void;
  read(from: ByteReader): S;
  /** For states so large that writing them whole with each commit would cost too much. */
  readonly changes?: SketchChanges<S>;
  readonly totals: WindowTotals<S, T>;
}
/** What changed in a state since it was written, as absolute values: read over what was written before, or over a newer state. */
export interface SketchChanges<S extends SketchState> {
  /** It was written: from now on its changes are kept in mind. */
  begin(state: S): void;
  /** False: it is to be written whole. */
  isKnown(state: S): boolean;
  write(state: S, to: ByteWriter): void;
  read(state: S, from: ByteReader): void;
}
export interface InvertibleSketchAggregate<S extends SketchState, X extends Sketchable = Sketchable>
  extends SketchAggregate<S, X, S>, InvertibleAggregate<S, X> {
  remove(state: S, from: S): void;
}

/**
 * What the states of the slices in a moving window add up to. States come and go in any order, each at a cost of its own size;
 * `lower` gives what combining those that are in would, at a cost that does not grow with their number.
 */
export interface WindowTotals<S, T extends SketchState> {
  fresh(): T;
  copy(total: T): T;
  take(total: T, state: S): void;
  /** One that was taken before. */
  drop(total: T, state: S): void;
  lower(total: T, context: LowerContext): Lowered;
  /** It dropped more than it can account for by itself: to be rebuilt from the slices. */
  isSpent(total: T): boolean;
}

/** A sketch whose state only its own aggregate looks into. */
export type SketchState = { n: number };
/** What is added up of one measure, of a stretch of time or of a running window: cells or a sketch, as its aggregate has it. */
export type Part = Float64Array | SketchState;
export type AnyCellAggregate = InvertibleCellAggregate | SelectiveCellAggregate;
/** Whatever it is, windows of any length and overlap cost the same: by what it is known how. */
export type AnyAggregate = AnyCellAggregate | SketchAggregate<SketchState>;

export function isInvertibleCells(aggregate: AnyCellAggregate): aggregate is InvertibleCellAggregate {
  return 'remove' in aggregate;
}
/** Takes a part out of a state of the same aggregate, which must be able to. */
export function removeSketch<S extends SketchState>(aggregate: SketchAggregate<S>, state: S, part: S): void {
  ensure(isInvertibleSketch(aggregate), 'what may be withdrawn can be taken out again');
  aggregate.remove(state, part);
}
function isInvertibleSketch<S extends SketchState>(
  aggregate: SketchAggregate<S>,
): aggregate is InvertibleSketchAggregate<S> {
  return 'remove' in aggregate;
}
/** Whether what was added can be taken out again, whatever came since. */
export function isInvertible(aggregate: AnyAggregate): boolean {
  return 'remove' in aggregate;
}
