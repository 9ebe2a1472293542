/** One slice of time: for each key with data in it, one row of cells (and sketches), all measures side by side. */
import type { Millis } from '../../../engine/core/types.ts';
import type { SketchState } from '../../aggregates/aggregate.ts';
import type { KeyEntry, LastSlice } from '../keys/key-entry.ts';

/** Where one row in so many is touched, they are looked for in their order. */
const DENSE = 16;

export class Bucket implements LastSlice {
  readonly start: Millis;
  /** From this watermark on no window needs it any more. */
  readonly expiry: Millis;
  /** Cells a row. */
  readonly width: number;
  readonly entries: KeyEntry[] = [];
  cells: Float64Array;
  /** Of the entries, side by side: deltas are written from them. */
  serials: Float64Array;
  /** Of keys that were found elsewhere since; where a key was found last it knows itself. */
  readonly #parked = new Map<KeyEntry, number>();
  /** Sketches a row, side by side; sparse. */
  readonly #sketchesPerRow: number;
  readonly #sketches: (SketchState | undefined)[] = [];
  /** Rows changed since the last delta. */
  #touched: number[] = [];
  #isTouched: Uint8Array;

  /** `rows`: how many fit at first. */
  constructor(start: Millis, expiry: Millis, width: number, sketchesPerRow: number, rows = 8) {
    this.start = start;
    this.expiry = expiry;
    this.width = width;
    this.cells = new Float64Array(rows * width);
    this.serials = new Float64Array(rows);
    this.#isTouched = new Uint8Array(rows);
    this.#sketchesPerRow = sketchesPerRow;
  }

  /** −1: the key has no data here. */
  rowOf(entry: KeyEntry): number {
    return entry.bucket === this ? entry.row : (this.#parked.get(entry) ?? -1);
  }
  addRow(entry: KeyEntry): number {
    const row = this.entries.length;
    this.entries.push(entry);
    if (row >= this.#isTouched.length) this.#grow();
    this.serials[row] = entry.serial;
    return row;
  }
  park(entry: KeyEntry, row: number): void {
    this.#parked.set(entry, row);
  }
  sketch(row: number, at: number): SketchState | undefined {
    return this.#sketches[row * this.#sketchesPerRow + at];
  }
  putSketch(row: number, at: number, state: SketchState): void {
    // Filled without holes, so that the array stays packed.
    const index = row * this.#sketchesPerRow + at;
    while (this.#sketches.length <= index) this.#sketches.push(undefined);
    this.#sketches[index] = state;
  }

  /** True for the first touch of the whole bucket since the last delta. */
  touch(row: number): boolean {
    if (this.#isTouched[row] === 1) return false;
    this.#isTouched[row] = 1;
    return this.#touched.push(row) === 1;
  }
  takeTouched(): readonly number[] {
    const rows = this.#touched;
    const isTouched = this.#isTouched;
    this.#touched = [];
    if (rows.length * DENSE > this.entries.length) {
      // In their order, so that what is read of them lies side by side.
      for (let row = 0, i = 0; i < rows.length; row++) if (isTouched[row] === 1) rows[i++] = row;
      isTouched.fill(0, 0, this.entries.length);
    } else for (const row of rows) isTouched[row] = 0;
    return rows;
  }

  #grow(): void {
    const rows = this.#isTouched.length * 2;
    const touched = new Uint8Array(rows);
    touched.set(this.#isTouched);
    this.#isTouched = touched;
    const cells = new Float64Array(rows * this.width);
    cells.set(this.cells);
    this.cells = cells;
    const serials = new Float64Array(rows);
    serials.set(this.serials);
    this.serials = serials;
  }
}
