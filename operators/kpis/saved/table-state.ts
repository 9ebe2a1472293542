/**
 * The saved form of a table: keys by serial, rows of slices as absolute values ("put"), revisions, quotes, sessions, births.
 * What is gone is never written down: it follows from the watermark. A part is a head and sections, each a tag, the number of
 * its table, and its content. What a section holds is described once, by an `Item`, for writing and for reading.
 */
import { EngineError } from '../../../engine/core/errors.ts';
import { at, must } from '../../../engine/core/must.ts';
import type { Millis, State } from '../../../engine/core/types.ts';
import type { SketchState } from '../../aggregates/aggregate.ts';
import type { Birth } from '../birth.ts';
import type { Quote } from '../output/quote.ts';
import { readSessions, readStretches } from '../sessions/saved-sessions.ts';
import type { SavedSession } from '../sessions/session.ts';
import type { PartOps } from '../slices/part.ts';
import { ByteReader, type Bytes, type ByteWriter } from './bytes.ts';
import { readRows, writeRows, type RowForm, type RowsIn, type RowsOut } from './saved-rows.ts';
import { skipSketch, writeChanges, writeSketch } from './saved-sketch.ts';

export const TAG = { keys: 1, rows: 2, revisions: 3, quotes: 4, stretches: 5, sessions: 6, births: 7 } as const;

/** First byte of each part. In the first form every sketch was written whole, in the second those of sessions still were. */
const FORMAT = 3;
/** Of sums that partitions tell each other: with no changes in them, former versions read them too. */
export const SUMS_FORMAT = 1;

// ── What is written and read ──────────────────────────────────────────────────────────────────────────────────────

/** One thing of a section: goes over its fields in their order, and gives back what they were. */
type Item<T> = (bytes: Bytes, value: T) => T;

/** Goes over a list: of these when writing, of as many as there are when reading. `visit` gets each. */
function list<T>(
  bytes: Bytes,
  values: readonly T[],
  blank: T,
  item: Item<T>,
  visit: (value: T) => void = ignore,
): void {
  const count = bytes.uint(values.length);
  for (let i = 0; i < count; i++) visit(item(bytes, i < values.length ? at(values, i) : blank));
}
function ignore(): void {}

export interface SavedHead {
  readonly watermark: Millis;
  readonly maxTs: Millis;
  readonly nextSerial: number;
}
const head: Item<SavedHead> = (bytes, { watermark, maxTs, nextSerial }) => ({
  watermark: bytes.number(watermark),
  maxTs: bytes.number(maxTs),
  nextSerial: bytes.uint(nextSerial),
});

export interface SavedKey {
  readonly serial: number;
  readonly values: readonly string[];
}
const key: Item<SavedKey> = (bytes, { serial: given, values }) => {
  const serial = bytes.uint(given);
  // Of the exact length: an empty array grows to seventeen places at once.
  const own = new Array<string>(values.length);
  for (let i = 0; i < values.length; i++) own[i] = bytes.string(at(values, i));
  return { serial, values: own };
};

export interface SavedRevision {
  readonly end: Millis;
  readonly serial: number;
  readonly revision: number;
}
const revision: Item<SavedRevision> = (bytes, value) => ({
  end: bytes.number(value.end),
  serial: bytes.uint(value.serial),
  revision: bytes.uint(value.revision),
});
const NO_REVISION: SavedRevision = { end: 0, serial: 0, revision: 0 };

const quote: Item<Quote> = (bytes, { ts, text }) => ({ ts: bytes.number(ts), text: bytes.string(text) });
const NO_QUOTE: Quote = { ts: 0, text: '' };

interface SavedQuotes {
  readonly serial: number;
  readonly quotes: readonly Quote[] | null;
}
const quotesOfKey: Item<SavedQuotes> = (bytes, { serial: given, quotes }) => {
  const serial = bytes.uint(given);
  const all: Quote[] = [];
  list(bytes, quotes ?? all, NO_QUOTE, quote, (one) => all.push(one));
  return { serial, quotes: all };
};
const NO_QUOTES: SavedQuotes = { serial: 0, quotes: null };

type BirthOfView = readonly [view: number, birth: Birth];
const birth: Item<BirthOfView> = (bytes, [view, { maxTs, watermark }]) => [
  bytes.uint(view),
  { maxTs: bytes.number(maxTs), watermark: bytes.number(watermark) },
];
const BLANK_BIRTH: BirthOfView = [0, { maxTs: 0, watermark: 0 }];

// ── Writing ───────────────────────────────────────────────────────────────────────────────────────────────────────

/** Begins each part. */
export function writeHead(to: ByteWriter, value: SavedHead, format = FORMAT): void {
  to.uint(format);
  head(to, value);
}
export function writeTag(to: ByteWriter, tag: (typeof TAG)[keyof typeof TAG], table: number): void {
  to.uint(tag);
  to.uint(table);
}

export function writeKeys(to: ByteWriter, table: number, keys: readonly SavedKey[]): void {
  writeTag(to, TAG.keys, table);
  list(to, keys, { serial: 0, values: [] }, key);
}

/** Rows of one slice; sketches as a whole, or as what changed since this was last called for the changes. */
export function writeSlice(
  to: ByteWriter,
  table: number,
  form: RowForm,
  slice: RowsOut & { sketch(row: number, at: number): SketchState | undefined },
  rows: readonly number[],
  how: 'whole' | 'changes' = 'whole',
): void {
  writeTag(to, TAG.rows, table);
  const write = how === 'whole' ? writeSketch : writeChanges;
  writeRows(to, form, slice, rows, (row, sketch, aggregate) => write(to, aggregate, slice.sketch(row, sketch)));
}

export function writeRevisions(to: ByteWriter, table: number, view: number, revisions: readonly SavedRevision[]): void {
  writeTag(to, TAG.revisions, table);
  to.uint(view);
  list(to, revisions, NO_REVISION, revision);
}
export function writeQuotes(to: ByteWriter, table: number, keys: readonly SavedQuotes[]): void {
  writeTag(to, TAG.quotes, table);
  list(to, keys, NO_QUOTES, quotesOfKey);
}
/** Of the views of a table, or, as view 0, of sessions. */
export function writeBirths(to: ByteWriter, table: number, births: ReadonlyMap<number, Birth>): void {
  writeTag(to, TAG.births, table);
  list(to, [...births], BLANK_BIRTH, birth);
}

// ── Reading ───────────────────────────────────────────────────────────────────────────────────────────────────────

export function readHead(from: ByteReader): SavedHead {
  const format = from.uint();
  if (format < 1 || format > FORMAT) throw unreadable(`its format is ${format}, not ${FORMAT}`);
  return head(from, { watermark: 0, maxTs: 0, nextSerial: 0 });
}
export function readerOf(part: State): ByteReader {
  if (!(part instanceof Uint8Array)) throw unreadable('it is not bytes');
  return new ByteReader(part);
}
export function unreadable(reason: string): EngineError {
  return new EngineError('STATE_MISMATCH', ['kpis', reason]);
}

export interface SavedRow {
  readonly cells: Float64Array;
  /** By number among the row's sketches, as they were written: changes mean nothing by themselves. */
  readonly sketches: readonly Uint8Array[];
}
/** A table's saved state, put together from its parts: the last put of each thing counts. */
export interface SavedTable {
  readonly keys: Map<number, readonly string[]>;
  readonly slices: Map<Millis, Map<number, SavedRow>>;
  /** By view. */
  readonly revisions: Map<number, SavedRevision[]>;
  readonly sessions: Map<number, readonly SavedSession[]>;
  readonly quotes: Map<number, readonly Quote[]>;
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

/** What must be known to read the sections of a table. */
export interface TableForm {
  readonly dimensions: number;
  readonly rows: RowForm;
  /** Of sessions. */
  readonly ops: PartOps | undefined;
}
export function readSection(from: ByteReader, tag: number, into: SavedTable, form: TableForm): void {
  const { ops } = form;
  if (tag === TAG.keys) readKeys(from, form.dimensions, ({ serial, values }) => into.keys.set(serial, values));
  else if (tag === TAG.rows) readRows(from, form.rows, (start) => new KeptRows(start, form.rows, into));
  else if (tag === TAG.revisions) {
    const view = from.uint();
    const all = into.revisions.get(view) ?? [];
    into.revisions.set(view, all);
    list(from, [], NO_REVISION, revision, (one) => all.push(one));
  } else if (tag === TAG.quotes)
    list(from, [], NO_QUOTES, quotesOfKey, ({ serial, quotes }) => into.quotes.set(serial, must(quotes)));
  else if (tag === TAG.stretches && ops !== undefined) readStretches(from, ops, into.sessions);
  else if (tag === TAG.sessions && ops !== undefined) readSessions(from, ops, into.sessions);
  else if (tag === TAG.births) list(from, [], BLANK_BIRTH, birth, ([view, one]) => into.births.set(view, one));
  else throw unreadable(`it has a section ${tag}`);
}
export function readKeys(from: ByteReader, dimensions: number, visit: (key: SavedKey) => void): void {
  list(from, [], { serial: 0, values: new Array<string>(dimensions).fill('') }, key, visit);
}

/** Rows as they were written, to be written again in another place. */
class KeptRows implements RowsIn {
  cells = new Float64Array(0);
  #sketches: Uint8Array[] = [];
  readonly #rows: Map<number, SavedRow>;
  readonly #width: number;

  constructor(start: Millis, { width }: RowForm, { slices }: SavedTable) {
    this.#width = width;
    this.#rows = slices.get(start) ?? new Map<number, SavedRow>();
    slices.set(start, this.#rows);
  }
  row(serial: number): number {
    this.cells = new Float64Array(this.#width);
    this.#sketches = [];
    this.#rows.set(serial, { cells: this.cells, sketches: this.#sketches });
    return 0;
  }
  sketch(from: ByteReader, _at: number, aggregate: RowForm['sketches'][number]): void {
    this.#sketches.push(from.passed(() => skipSketch(from, aggregate)));
  }
}
