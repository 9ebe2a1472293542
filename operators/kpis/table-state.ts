/**
 * The saved form of a table: keys by serial, rows of slices as absolute values ("put"), revisions, quotes. What is gone is
 * never written down: it follows from the watermark. Layout of a part: sections, each a tag and its content (see `write…`).
 */
import { EngineError } from '../../engine/core/errors.ts';
import type { Millis } from '../../engine/core/types.ts';
import type { AnyAggregate } from '../aggregates/types.ts';
import type { Bucket } from './bucket.ts';
import type { ByteReader, ByteWriter } from './bytes.ts';
import { KeyEntry } from './key-entry.ts';
import type { Quote } from './samples.ts';
import type { Column, SliceTable } from './slice-table.ts';

export const TAG = { time: 0, keys: 1, rows: 2, revisions: 3, quotes: 4, sessions: 5 } as const;

export interface SavedRevision {
  readonly end: Millis;
  readonly serial: number;
  readonly revision: number;
}

export function writeKeys(to: ByteWriter, table: number, keys: readonly KeyEntry[]): void {
  to.uint(TAG.keys);
  to.uint(table);
  to.uint(keys.length);
  for (const { serial, values } of keys) {
    to.uint(serial);
    for (const value of values) to.string(value);
  }
}

export function writeRows(
  to: ByteWriter,
  table: number,
  columns: readonly Column[],
  bucket: Bucket,
  rows: readonly number[],
): void {
  to.uint(TAG.rows);
  to.uint(table);
  to.number(bucket.start);
  to.uint(rows.length);
  const sketches = columns.filter((column) => column.aggregate.form === 'sketch');
  const { cells, width } = bucket;
  for (const row of rows) {
    to.uint(bucket.entries[row]?.serial ?? 0);
    const base = row * width;
    for (let i = 0; i < width; i++) to.number(cells[base + i] ?? 0);
    for (const { aggregate, at } of sketches) {
      const state = bucket.sketch(row, at);
      to.uint(state === undefined ? 0 : 1);
      if (state !== undefined && aggregate.form === 'sketch') aggregate.write(state, to);
    }
  }
}

export function writeRevisions(to: ByteWriter, table: number, view: number, revisions: readonly SavedRevision[]): void {
  to.uint(TAG.revisions);
  to.uint(table);
  to.uint(view);
  to.uint(revisions.length);
  for (const { end, serial, revision } of revisions) {
    to.number(end);
    to.uint(serial);
    to.uint(revision);
  }
}

export function writeQuotes(to: ByteWriter, table: number, keys: readonly KeyEntry[]): void {
  to.uint(TAG.quotes);
  to.uint(table);
  to.uint(keys.length);
  for (const { serial, quotes } of keys) {
    to.uint(serial);
    to.uint(quotes?.length ?? 0);
    for (const { ts, text } of quotes ?? []) {
      to.number(ts);
      to.string(text);
    }
  }
}

export interface SavedRow {
  readonly cells: readonly number[];
  /** By number among the row's sketches. */
  readonly sketches: readonly unknown[];
}
/** A table's saved state, put together from its parts: the last put of each thing counts. */
export interface SavedTable {
  readonly keys: Map<number, readonly string[]>;
  readonly slices: Map<Millis, Map<number, SavedRow>>;
  /** By view. */
  readonly revisions: Map<number, SavedRevision[]>;
  readonly quotes: Map<number, Quote[]>;
}
export function emptySavedTable(): SavedTable {
  return { keys: new Map(), slices: new Map(), revisions: new Map(), quotes: new Map() };
}

export function readKeys(from: ByteReader, dimensions: number, into: SavedTable): void {
  for (let count = from.uint(); count > 0; count--) {
    const serial = from.uint();
    into.keys.set(
      serial,
      Array.from({ length: dimensions }, () => from.string()),
    );
  }
}

export function readRows(from: ByteReader, aggregates: readonly AnyAggregate[], into: SavedTable): void {
  const start = from.number();
  const rows = into.slices.get(start) ?? new Map<number, SavedRow>();
  into.slices.set(start, rows);
  const width = aggregates.reduce((sum, aggregate) => sum + (aggregate.form === 'cells' ? aggregate.width : 0), 0);
  const sketches = aggregates.filter((aggregate) => aggregate.form === 'sketch');
  for (let count = from.uint(); count > 0; count--) {
    const serial = from.uint();
    const cells = Array.from({ length: width }, () => from.number());
    rows.set(serial, {
      cells,
      sketches: sketches.map((aggregate) => (from.uint() === 1 ? aggregate.read(from) : undefined)),
    });
  }
}

export function readRevisions(from: ByteReader, into: SavedTable): void {
  const view = from.uint();
  let list = into.revisions.get(view);
  if (list === undefined) into.revisions.set(view, (list = []));
  for (let count = from.uint(); count > 0; count--) {
    list.push({ end: from.number(), serial: from.uint(), revision: from.uint() });
  }
}

export function readQuotes(from: ByteReader, into: SavedTable): void {
  for (let count = from.uint(); count > 0; count--) {
    const serial = from.uint();
    into.quotes.set(
      serial,
      Array.from({ length: from.uint() }, () => ({ ts: from.number(), text: from.string() })),
    );
  }
}

/** Fills an empty table; what its slices no longer need at this watermark stays out. */
export function restoreTable(table: SliceTable, saved: SavedTable, watermark: Millis): void {
  const entries = new Map<number, KeyEntry>();
  for (const start of [...saved.slices.keys()].sort((a, b) => a - b)) {
    if (table.expiryOf(start) <= watermark) continue;
    const bucket = table.openBucket(start);
    for (const [serial, { cells, sketches }] of saved.slices.get(start) ?? []) {
      const entry = entries.get(serial) ?? restoreKey(table, saved, serial);
      entries.set(serial, entry);
      const row = table.rowOf(bucket, entry);
      bucket.cells.set(cells, row * bucket.width);
      sketches.forEach((state, at) => {
        if (state !== undefined) bucket.putSketch(row, at, state as { n: number });
      });
    }
  }
}

function restoreKey(table: SliceTable, saved: SavedTable, serial: number): KeyEntry {
  const values = saved.keys.get(serial);
  if (values === undefined) throw new EngineError('OPERATOR_FAILED', ['kpis', `the saved state has no key ${serial}`]);
  const entry = new KeyEntry(serial, values.join('\u0000'), values);
  const quotes = saved.quotes.get(serial);
  if (quotes !== undefined && quotes.length > 0) entry.quotes = quotes;
  table.keys.set(entry.lookup, entry);
  return entry;
}
