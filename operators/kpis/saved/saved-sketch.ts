/** The state of a sketch in a saved row: nothing, all of it, or what changed since it was written before. */
import type { AnyAggregate, SketchState } from '../../aggregates/aggregate.ts';
import type { ByteReader, ByteWriter } from './bytes.ts';

export type Sketch = Extract<AnyAggregate, { form: 'sketch' }>;

const FORM = { none: 0, whole: 1, changes: 2 } as const;
export const NO_SKETCH = Uint8Array.of(FORM.none);

export function writeSketch(to: ByteWriter, aggregate: Sketch, state: SketchState | undefined): void {
  to.uint(state === undefined ? FORM.none : FORM.whole);
  if (state !== undefined) aggregate.write(state, to);
}
/** As a whole the first time, and where that is shorter. */
export function writeChanges(to: ByteWriter, aggregate: Sketch, state: SketchState | undefined): void {
  const { changes } = aggregate;
  if (state !== undefined && changes?.isKnown(state) === true) {
    to.uint(FORM.changes);
    changes.write(state, to);
  } else writeSketch(to, aggregate, state);
  if (state !== undefined) changes?.begin(state);
}

/** `into`: what was read of this row before. */
export function readSketch(
  from: ByteReader,
  aggregate: Sketch,
  into: SketchState | undefined,
): SketchState | undefined {
  const form = from.uint();
  if (form === FORM.none) return into;
  if (form === FORM.whole) return aggregate.read(from);
  if (form !== FORM.changes || aggregate.changes === undefined) {
    throw new RangeError(`the saved state holds a sketch of form ${form}`);
  }
  if (into === undefined) throw new RangeError('the saved state holds changes of what it does not hold');
  aggregate.changes.read(into, from);
  return into;
}
export function skipSketch(from: ByteReader, aggregate: Sketch): void {
  readSketch(from, aggregate, aggregate.zero());
}
