/**
 * The keys and slices of all KPIs that read the same events, cut time the same way and have the same set of keys. An event
 * is put once into one row of one slice, whatever the number and length of the windows over it.
 */
import { ensure, numberAt } from '../../../engine/core/must.ts';
import type { Millis } from '../../../engine/core/types.ts';
import { removeSketch, type AnyAggregate, type AnyCellAggregate, type Sketchable } from '../../aggregates/aggregate.ts';
import type { SlicedWindows } from '../../windows/windows.ts';
import { rowFormOf, type RowForm } from '../saved/saved-rows.ts';
import { Bucket } from './bucket.ts';
import type { KeyDirectory } from '../keys/key-directory.ts';
import type { KeyEntry } from '../keys/key-entry.ts';

export interface Column {
  readonly aggregate: AnyAggregate;
  /** Which of the shared read's measured values it takes. */
  readonly measure: number;
  /** First cell in a row, or number among the row's sketches. */
  readonly at: number;
}
interface CellColumn extends Column {
  readonly aggregate: AnyCellAggregate;
}

export class SliceTable {
  readonly directory: KeyDirectory;
  readonly columns: readonly Column[];
  /** How its rows are written. */
  readonly rowForm: RowForm;
  /** Cells and sketches a row. */
  readonly width: number;
  readonly sketches: number;
  readonly buckets = new Map<Millis, Bucket>();
  /** Of the slices, rising. */
  readonly starts: Millis[] = [];
  /** From which watermark on no window needs the slice that starts there. */
  readonly expiryOf: (sliceStart: Millis) => Millis;
  /** With changes since the last delta. */
  touchedBuckets: Bucket[] = [];
  readonly #slicing: SlicedWindows;
  readonly #cellColumns: readonly CellColumn[];
  readonly #sketchColumns: readonly Column[];
  /** The slice of the event before. */
  #start: Millis = NaN;
  #end: Millis = NaN;
  #bucket: Bucket | null = null;

  constructor(options: {
    directory: KeyDirectory;
    columns: readonly Column[];
    slicing: SlicedWindows;
    expiryOf: (sliceStart: Millis) => Millis;
  }) {
    this.directory = options.directory;
    this.columns = options.columns;
    this.rowForm = rowFormOf(options.columns.map((column) => column.aggregate));
    this.#slicing = options.slicing;
    this.expiryOf = options.expiryOf;
    this.#cellColumns = options.columns.filter((column): column is CellColumn => column.aggregate.form === 'cells');
    this.#sketchColumns = options.columns.filter((column) => column.aggregate.form === 'sketch');
    this.width = this.#cellColumns.reduce((width, column) => width + column.aggregate.width, 0);
    this.sketches = this.#sketchColumns.length;
  }

  /** The slice that holds `ts`, made if need be. */
  bucketAt(ts: Millis): Bucket {
    if (this.#bucket !== null && ts >= this.#start && ts < this.#end) return this.#bucket;
    this.#start = this.#slicing.sliceOf(ts);
    this.#end = this.#slicing.sliceEnd(this.#start);
    this.#bucket = this.buckets.get(this.#start) ?? this.openBucket(this.#start);
    return this.#bucket;
  }
  openBucket(start: Millis): Bucket {
    const bucket = new Bucket(start, this.expiryOf(start), this.width, this.sketches);
    this.buckets.set(start, bucket);
    const starts = this.starts;
    const last = starts.at(-1);
    if (last === undefined || last < start) starts.push(start);
    else starts.splice(this.indexFrom(start), 0, start);
    return bucket;
  }

  /** The key's row in a slice, made if need be. */
  rowOf(bucket: Bucket, entry: KeyEntry): number {
    if (entry.bucket === bucket) return entry.row;
    let row = bucket.rowOf(entry);
    const isParked = row >= 0;
    if (!isParked) {
      row = bucket.addRow(entry);
      entry.slices += 1;
    }
    if (entry.bucket !== null && !entry.isParked) entry.bucket.park(entry, entry.row);
    entry.bucket = bucket;
    entry.row = row;
    entry.isParked = isParked;
    return row;
  }

  /** Adds what was measured in an event to a row. */
  add(bucket: Bucket, row: number, numbers: Float64Array, values: readonly (Sketchable | undefined)[]): void {
    const base = row * this.width;
    for (const { aggregate, measure, at } of this.#cellColumns) {
      const value = numbers[measure] ?? NaN;
      // NaN, and only NaN, differs from itself: nothing was measured.
      if (value === value) aggregate.add(bucket.cells, base + at, value);
    }
    for (const { aggregate, measure, at } of this.#sketchColumns) {
      const value = values[measure];
      if (value !== undefined && aggregate.form === 'sketch') {
        let state = bucket.sketch(row, at);
        if (state === undefined) bucket.putSketch(row, at, (state = aggregate.zero()));
        aggregate.add(state, value);
      }
    }
    if (bucket.touch(row)) this.touchedBuckets.push(bucket);
  }

  /** Takes out again what was added of an event that no longer holds. */
  remove(bucket: Bucket, row: number, numbers: Float64Array, values: readonly (Sketchable | undefined)[]): void {
    for (const { aggregate, measure, at } of this.#cellColumns) {
      const value = numbers[measure] ?? NaN; // not measured
      if (value !== value) continue;
      ensure('remove' in aggregate, 'what may be withdrawn can be taken out again');
      const part = new Float64Array(aggregate.width);
      aggregate.add(part, 0, value);
      aggregate.remove(bucket.cells, row * this.width + at, part, 0);
    }
    for (const { aggregate, measure, at } of this.#sketchColumns) {
      const value = values[measure];
      const state = bucket.sketch(row, at);
      if (value === undefined || state === undefined || aggregate.form !== 'sketch') continue;
      const part = aggregate.zero();
      aggregate.add(part, value);
      removeSketch(aggregate, state, part);
    }
    if (bucket.touch(row)) this.touchedBuckets.push(bucket);
  }

  /** Adds a row of another bucket of this table's form, whose sketches are given away with it. */
  merge(bucket: Bucket, row: number, from: Bucket, fromRow: number): void {
    for (const { aggregate, at } of this.#cellColumns) {
      aggregate.merge(bucket.cells, row * this.width + at, from.cells, fromRow * this.width + at);
    }
    for (const { aggregate, at } of this.#sketchColumns) {
      const state = from.sketch(fromRow, at);
      if (state === undefined || aggregate.form !== 'sketch') continue;
      const into = bucket.sketch(row, at);
      if (into === undefined) bucket.putSketch(row, at, state);
      else aggregate.merge(into, state);
    }
    if (bucket.touch(row)) this.touchedBuckets.push(bucket);
  }

  /** Index of the first slice at or after `start`. */
  indexFrom(start: Millis): number {
    let low = 0;
    let high = this.starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (numberAt(this.starts, middle) < start) low = middle + 1;
      else high = middle;
    }
    return low;
  }
  /** The slices within [start, end), in order. */
  *between(start: Millis, end: Millis): Generator<Bucket> {
    for (let i = this.indexFrom(start); i < this.starts.length; i++) {
      const at = this.starts[i] ?? end;
      if (at >= end) return;
      const bucket = this.buckets.get(at);
      if (bucket !== undefined) yield bucket;
    }
  }
  /** The rows of one key within [start, end), in order. */
  overRows(entry: KeyEntry, start: Millis, end: Millis, visit: (bucket: Bucket, row: number) => void): void {
    for (let i = this.indexFrom(start); i < this.starts.length; i++) {
      const at = this.starts[i] ?? end;
      if (at >= end) return;
      const bucket = this.buckets.get(at);
      const row = bucket?.rowOf(entry) ?? -1;
      if (bucket !== undefined && row >= 0) visit(bucket, row);
    }
  }
  firstFrom(start: Millis): Millis | undefined {
    return this.starts[this.indexFrom(start)];
  }

  /** When the oldest slice is no longer needed. */
  get expiresAt(): Millis {
    const first = this.starts[0];
    return first === undefined ? Infinity : (this.buckets.get(first)?.expiry ?? Infinity);
  }

  /** Frees the slices that no window needs at this watermark, and the keys that are left without any. */
  expire(watermark: Millis): void {
    let gone = 0;
    for (const start of this.starts) {
      const bucket = this.buckets.get(start);
      if (bucket === undefined || bucket.expiry > watermark) break;
      gone += 1;
      this.buckets.delete(start);
      if (this.#bucket === bucket) this.#bucket = null;
      for (const entry of bucket.entries) {
        if (entry.bucket === bucket) {
          entry.bucket = null;
          entry.row = -1;
        }
        entry.slices -= 1;
        if (entry.shown !== 0) this.directory.changed(entry);
        if (entry.slices === 0) this.directory.remove(entry);
      }
      // A freed slice needs no record of its last changes either: its absence follows from the watermark.
      bucket.takeTouched();
    }
    if (gone > 0) this.starts.splice(0, gone);
  }
}
