/**
 * The saved form of a table: keys by serial, rows of slices as absolute values ("put"), revisions, quotes. What is gone is
 * never written down: it follows from the watermark. Layout of a part: sections, each a tag and its content (see `write…`).
 */
import { EngineError } from '../../../engine/core/errors.ts';
import type { Millis, State } from '../../../engine/core/types.ts';
import type { AnyAggregate } from '../../aggregates/aggregate.ts';
import type { Bucket } from '../slices/bucket.ts';
import { ByteReader, type ByteWriter } from './bytes.ts';
import type { PartOps } from '../slices/part.ts';
import type { Birth } from '../birth.ts';
import type { Quote } from '../output/quote.ts';
import { readSessions, readStretches } from '../sessions/saved-sessions.ts';
import type { SavedSession } from '../sessions/session.ts';
import { NO_SKETCH, sketchesOf, skipSketch, writeChanges, writeSketch } from './saved-sketch.ts';
import type { Column } from '../slices/slice-table.ts';

export const TAG = { keys: 1, rows: 2, revisions: 3, quotes: 4, stretches: 5, sessions: 6, births: 7 } as const;

/** First byte of each part. In the first form every sketch was written whole, in the second those of sessions still were. */
const FORMAT = 3;
/** Of sums that partitions tell each other: with no changes in them, former versions read them too. */
export const SUMS_FORMAT = 1;

export interface SavedHead {
  readonly watermark: Millis;
  readonly maxTs: Millis;
  readonly nextSerial: number;
}
/** Begins each part. */
export function writeHead(to: ByteWriter, { watermark, maxTs, nextSerial }: SavedHead, format = FORMAT): void {
  to.uint(format);
  to.number(watermark);
  to.number(maxTs);
  to.uint(nextSerial);
}
export function readHead(from: ByteReader): SavedHead {
  const format = from.uint();
  if (format < 1 || format > FORMAT) throw unreadable(`its format is ${format}, not ${FORMAT}`);
  return { watermark: from.number(), maxTs: from.number(), nextSerial: from.uint() };
}
export function readerOf(part: State): ByteReader {
  if (!(part instanceof Uint8Array)) throw unreadable('it is not bytes');
  return new ByteReader(part);
}
export function unreadable(reason: string): EngineError {
  return new EngineError('STATE_MISMATCH', ['kpis', reason]);
}

/** What must be known to read the sections of a table. */
export interface TableForm {
  readonly dimensions: number;
  readonly aggregates: readonly AnyAggregate[];
  /** Of sessions. */
  readonly ops: PartOps | undefined;
}
export function readSection(from: ByteReader, tag: number, into: SavedTable, form: TableForm): void {
  if (tag === TAG.keys) readKeys(from, form.dimensions, { add: (serial, values) => into.keys.set(serial, values) });
  else if (tag === TAG.rows) readRows(from, form.aggregates, into);
  else if (tag === TAG.revisions) readRevisions(from, into);
  else if (tag === TAG.quotes) readQuotes(from, into);
  else if (tag === TAG.stretches && form.ops !== undefined) readStretches(from, form.ops, into.sessions);
  else if (tag === TAG.sessions && form.ops !== undefined) readSessions(from, form.ops, into.sessions);
  else if (tag === TAG.births) readBirths(from, into);
  else throw unreadable(`it has a section ${tag}`);
}

export interface SavedRevision {
  readonly end: Millis;
  readonly serial: number;
  readonly revision: number;
}

export function writeKeys(
  to: ByteWriter,
  table: number,
  keys: readonly { readonly serial: number; readonly values: readonly string[] }[],
): void {
  to.uint(TAG.keys);
  to.uint(table);
  to.uint(keys.length);
  for (const { serial, values } of keys) {
    to.uint(serial);
    for (const value of values) to.string(value);
  }
}

/** Rows of one slice; `sketches`: large ones as a whole, or as what changed since this was last called for the changes. */
export function writeRows(
  to: ByteWriter,
  table: number,
  columns: readonly Column[],
  bucket: Bucket,
  rows: readonly number[],
  form: 'whole' | 'changes' = 'whole',
): void {
  writeRowsHead(to, table, bucket.start, rows.length);
  const write = form === 'whole' ? writeSketch : writeChanges;
  const sketches = sketchesOf(columns.map((column) => column.aggregate));
  const { cells, width, serials } = bucket;
  for (const row of rows) {
    to.row(serials[row] ?? 0, cells, row * width, width);
    if (sketches.length > 0) sketches.forEach((aggregate, at) => write(to, aggregate, bucket.sketch(row, at)));
  }
}
export function writeSavedRows(
  to: ByteWriter,
  table: number,
  aggregates: readonly AnyAggregate[],
  start: Millis,
  rows: ReadonlyMap<number, SavedRow>,
): void {
  writeRowsHead(to, table, start, rows.size);
  const sketches = sketchesOf(aggregates);
  for (const [serial, row] of rows) {
    to.uint(serial);
    for (const cell of row.cells) to.number(cell);
    for (let at = 0; at < sketches.length; at++) to.bytes(row.sketches[at] ?? NO_SKETCH);
  }
}
function writeRowsHead(to: ByteWriter, table: number, start: Millis, count: number): void {
  to.uint(TAG.rows);
  to.uint(table);
  to.number(start);
  to.uint(count);
}
/** Cells a row. */
export function widthOf(aggregates: readonly AnyAggregate[]): number {
  return aggregates.reduce((sum, aggregate) => sum + (aggregate.form === 'cells' ? aggregate.width : 0), 0);
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

export function writeQuotes(
  to: ByteWriter,
  table: number,
  keys: readonly { readonly serial: number; readonly quotes: readonly Quote[] | null }[],
): void {
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

/** Of the views of a table, or, as view 0, of sessions. */
export function writeBirths(to: ByteWriter, table: number, births: ReadonlyMap<number, Birth>): void {
  to.uint(TAG.births);
  to.uint(table);
  to.uint(births.size);
  for (const [view, { maxTs, watermark }] of births) {
    to.uint(view);
    to.number(maxTs);
    to.number(watermark);
  }
}

export interface SavedRow {
  readonly cells: readonly number[];
  /** By number among the row's sketches, as they were written: changes mean nothing by themselves. */
  readonly sketches: readonly (Uint8Array | undefined)[];
}
/** A table's saved state, put together from its parts: the last put of each thing counts. */
export interface SavedTable {
  readonly keys: Map<number, readonly string[]>;
  readonly slices: Map<Millis, Map<number, SavedRow>>;
  /** By view. */
  readonly revisions: Map<number, SavedRevision[]>;
  readonly sessions: Map<number, readonly SavedSession[]>;
  readonly quotes: Map<number, Quote[]>;
  /** By view; of sessions under 0. */
  readonly births: Map<number, Birth>;
}
export function emptySavedTable(): SavedTable {
  return {
    keys: new Map(),
    slices: new Map(),
    revisions: new Map(),
    sessions: new Map(),
    quotes: new Map(),
    births: new Map(),
  };
}

export function readKeys(
  from: ByteReader,
  dimensions: number,
  into: { readonly add: (serial: number, values: readonly string[]) => void },
): void {
  for (let count = from.uint(); count > 0; count--) {
    const serial = from.uint();
    // Of the exact length: an empty array grows to seventeen places at once.
    const values = new Array<string>(dimensions);
    for (let i = 0; i < dimensions; i++) values[i] = from.string();
    into.add(serial, values);
  }
}

function readRows(from: ByteReader, aggregates: readonly AnyAggregate[], into: SavedTable): void {
  const start = from.number();
  const rows = into.slices.get(start) ?? new Map<number, SavedRow>();
  into.slices.set(start, rows);
  const width = widthOf(aggregates);
  const sketches = sketchesOf(aggregates);
  for (let count = from.uint(); count > 0; count--) {
    const serial = from.uint();
    const cells = Array.from({ length: width }, () => from.number());
    rows.set(serial, {
      cells,
      sketches: sketches.map((aggregate) => from.passed(() => skipSketch(from, aggregate))),
    });
  }
}

function readRevisions(from: ByteReader, into: SavedTable): void {
  const view = from.uint();
  let list = into.revisions.get(view);
  if (list === undefined) into.revisions.set(view, (list = []));
  for (let count = from.uint(); count > 0; count--) {
    list.push({ end: from.number(), serial: from.uint(), revision: from.uint() });
  }
}

function readBirths(from: ByteReader, into: SavedTable): void {
  for (let count = from.uint(); count > 0; count--) {
    const view = from.uint();
    into.births.set(view, { maxTs: from.number(), watermark: from.number() });
  }
}

function readQuotes(from: ByteReader, into: SavedTable): void {
  for (let count = from.uint(); count > 0; count--) {
    const serial = from.uint();
    into.quotes.set(
      serial,
      Array.from({ length: from.uint() }, () => ({ ts: from.number(), text: from.string() })),
    );
  }
}
