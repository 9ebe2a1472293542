/**
 * Rows of one slice in saved state: of each the key's serial, its cells as absolute values, its sketches. Written and read here
 * alone, each way in one pass without a copy, since rows are what state mostly consists of.
 */
import type { Millis } from '../../../engine/core/types.ts';
import type { AnyAggregate } from '../../aggregates/aggregate.ts';
import type { ByteReader, ByteWriter } from './bytes.ts';
import { skipSketch, type Sketch } from './saved-sketch.ts';

/** How the rows of a table are laid out. */
export interface RowForm {
  /** Cells a row. */
  readonly width: number;
  readonly sketches: readonly Sketch[];
}
export function rowFormOf(aggregates: readonly AnyAggregate[]): RowForm {
  return {
    width: aggregates.reduce((sum, aggregate) => sum + (aggregate.form === 'cells' ? aggregate.width : 0), 0),
    sketches: aggregates.filter((aggregate) => aggregate.form === 'sketch'),
  };
}

/** Rows side by side, as a slice holds them. */
export interface RowsOut {
  readonly start: Millis;
  readonly serials: Float64Array;
  readonly cells: Float64Array;
}
/** `sketch` writes a sketch of a row, the one at this number among the row's. */
export function writeRows(
  to: ByteWriter,
  { width, sketches }: RowForm,
  { start, serials, cells }: RowsOut,
  rows: readonly number[],
  sketch: (row: number, at: number, aggregate: Sketch) => void,
): void {
  to.number(start);
  to.uint(rows.length);
  for (const row of rows) {
    to.row(serials[row] as number, cells, row * width, width);
    if (sketches.length > 0) sketches.forEach((aggregate, at) => sketch(row, at, aggregate));
  }
}

/** What takes in the rows of a slice. */
export interface RowsIn {
  /** A row begins: its cells go into `cells`, from here on. */
  row(serial: number): number;
  readonly cells: Float64Array;
  /** Reads the sketch at this number among the row's. */
  sketch(from: ByteReader, at: number, aggregate: Sketch): void;
  /** The row is complete. */
  end?(): void;
}
/** `open` says what takes the rows of the slice that starts here; null: nothing does, they are passed over. */
export function readRows(from: ByteReader, { width, sketches }: RowForm, open: (start: Millis) => RowsIn | null): void {
  const into = open(from.number());
  for (let count = from.uint(); count > 0; count--) {
    const serial = from.uint();
    if (into === null) {
      from.skipNumbers(width);
      for (const aggregate of sketches) skipSketch(from, aggregate);
      continue;
    }
    const first = into.row(serial);
    from.numbers(into.cells, first, width);
    if (sketches.length > 0) sketches.forEach((aggregate, at) => into.sketch(from, at, aggregate));
    into.end?.();
  }
}
