/**
 * What one partition adds up between two flushes, by slice and key: no windows, no watermark, nothing kept. Written in the
 * form of a delta of the KPI operator's state (table-state.ts), what comes first needed first, which `mergeSums` reads.
 */
import type { Calendar } from '../../windows/zone-days.ts';
import type { Millis } from '../../../engine/core/types.ts';
import type { AnyAggregate, Sketchable } from '../../aggregates/aggregate.ts';
import type { KpiConfig } from '../kpis-config.ts';
import type { CxEnvelope } from '../../shared/messages.ts';
import { touching } from '../../windows/sessions.ts';
import { requireDuration, slicedWindows, type SlicedWindows } from '../../windows/windows.ts';
import type { ByteWriter } from '../saved/bytes.ts';
import { columnsOf } from '../slices/shared-read.ts';
import { KeyDirectory, type Shared } from '../keys/key-directory.ts';
import type { KeyEntry } from '../keys/key-entry.ts';
import { dimension } from '../keys/key-of.ts';
import type { SessionPlan, TablePlan } from '../layout.ts';
import type { Measured, Measuring } from '../slices/measuring.ts';
import { partOps, type PartOps } from '../slices/part.ts';
import { keepQuote, quoteOf } from '../output/samples.ts';
import { writeStretches } from '../sessions/saved-sessions.ts';
import { newSession, type Session } from '../sessions/session.ts';
import { SliceTable, type Column } from '../slices/slice-table.ts';
import { TAG, writeKeys, writeQuotes, writeSlice, writeTag } from '../saved/table-state.ts';

/** Upper bounds of what things take when written. */
const NUMBER_BYTES = 10;
const ROW_BYTES = 24;
const QUOTE_BYTES = 640;

/** Something a partition adds up into. */
export interface Partial {
  /** Adds the event just measured; returns how many bytes that adds to what is written, at most. */
  add(event: CxEnvelope): number;
  /** KPIs that take a late event with this time. */
  accepting(ts: Millis, watermark: Millis): readonly KpiConfig[];
  /** Writes all of it, and resets. */
  write(to: ByteWriter, number: number): void;
}

export class PartialTable implements Partial {
  readonly #windows: readonly { readonly kpi: KpiConfig; readonly windows: SlicedWindows }[];
  readonly #measuring: Measuring;
  readonly #wantsQuotes: boolean;
  readonly #columns: readonly Column[];
  readonly #rowBytes: number;
  readonly #fresh: () => SliceTable;
  #table: SliceTable;

  /** Throws EngineError WINDOW_INVALID. */
  constructor(plan: TablePlan, measuring: Measuring, calendar: () => Calendar, wantsQuotes: boolean) {
    this.#windows = plan.views.map(({ kpi, window }) => ({ kpi, windows: slicedWindows(window, calendar) }));
    const slicing = this.#windows[0]?.windows;
    if (slicing === undefined) throw new RangeError('a table without views');
    this.#measuring = measuring;
    this.#wantsQuotes = wantsQuotes;
    const columns = columnsOf(plan.columns, measuring.aggregates);
    this.#columns = columns;
    this.#fresh = () =>
      new SliceTable({
        directory: freshDirectory(plan.dimensions, plan.maxKeys),
        columns,
        slicing,
        expiryOf: () => Infinity,
      });
    this.#table = this.#fresh();
    this.#rowBytes = ROW_BYTES + columns.reduce((sum, { aggregate }) => sum + emptyBytes(aggregate), 0);
  }

  add(event: CxEnvelope): number {
    if (!this.#measuring.any(this.#columns)) return 0;
    const { measured } = this.#measuring;
    const table = this.#table;
    const { directory } = table;
    const bucket = table.bucketAt(event.ts);
    const keys = directory.size;
    const rows = bucket.entries.length;
    const entry = directory.of(event.value);
    table.add(bucket, table.rowOf(bucket, entry), measured.numbers, measured.values);
    let bytes = table.sketches === 0 ? 0 : sketchBytes(this.#columns, measured);
    if (directory.size > keys) bytes += keyBytes(entry);
    if (bucket.entries.length > rows) bytes += this.#rowBytes;
    if (this.#wantsQuotes) bytes += addQuote(directory, entry, event);
    return bytes;
  }

  accepting(ts: Millis, watermark: Millis): readonly KpiConfig[] {
    return this.#windows
      .filter(({ kpi, windows }) => windows.lastEnd(ts) + kpi.allowedLatenessMs > watermark)
      .map(({ kpi }) => kpi);
  }

  write(to: ByteWriter, number: number): void {
    const { directory, touchedBuckets, rowForm } = this.#table;
    if (directory.size === 0) return;
    writeKeys(to, number, directory.newKeys);
    if (directory.touchedQuotes.length > 0) writeQuotes(to, number, directory.touchedQuotes);
    for (const bucket of touchedBuckets) writeSlice(to, number, rowForm, bucket, bucket.takeTouched());
    this.#table = this.#fresh();
  }
}

export class PartialSessions implements Partial {
  readonly #plan: SessionPlan;
  readonly #measuring: Measuring;
  readonly #wantsQuotes: boolean;
  readonly #ops: PartOps;
  readonly #sessionBytes: number;
  #directory: KeyDirectory;
  #sessions = new Map<KeyEntry, Session[]>();

  /** Throws EngineError WINDOW_INVALID. */
  constructor(plan: SessionPlan, measuring: Measuring, wantsQuotes: boolean) {
    requireDuration('gap', plan.gapMs);
    const aggregate = measuring.aggregates[plan.measure];
    if (aggregate === undefined) throw new RangeError('sessions without a measure');
    this.#plan = plan;
    this.#measuring = measuring;
    this.#wantsQuotes = wantsQuotes;
    this.#ops = partOps(aggregate, 0);
    this.#sessionBytes = ROW_BYTES + 2 * NUMBER_BYTES + emptyBytes(aggregate);
    this.#directory = freshDirectory(plan.dimensions, plan.kpi.maxKeys);
  }

  add(event: CxEnvelope): number {
    const value = this.#measuring.measured.values[this.#plan.measure];
    const keys = this.#directory.size;
    const entry = this.#directory.of(event.value);
    const all = this.#sessions.get(entry) ?? [];
    this.#sessions.set(entry, all);
    const session = this.#sessionAt(all, event.ts);
    if (value !== undefined) this.#ops.add(session.part, value);
    let bytes = this.#sessionBytes + (this.#ops.isSketch && value !== undefined ? valueBytes(value) : 0);
    if (this.#directory.size > keys) bytes += keyBytes(entry);
    if (this.#wantsQuotes) bytes += addQuote(this.#directory, entry, event);
    return bytes;
  }
  /** The stretch that holds an event at `ts`, made of those that touch it. */
  #sessionAt(all: Session[], ts: Millis): Session {
    const span = { start: ts, end: ts + this.#plan.gapMs };
    const { from, to } = touching(all, span);
    const merged = all.slice(from, to);
    const [first] = merged;
    const start = Math.min(span.start, first?.start ?? span.start);
    const end = Math.max(span.end, merged.at(-1)?.end ?? span.end);
    if (merged.length === 1 && first !== undefined) {
      first.start = start;
      first.end = end;
      return first;
    }
    const session = newSession(0, start, end, this.#ops.fresh());
    for (const { part } of merged) this.#ops.merge(session.part, part);
    all.splice(from, to - from, session);
    return session;
  }

  /** A later event may still keep the session of this one going; whether there is one, who merges the stretches sees. */
  accepting(ts: Millis, watermark: Millis): readonly KpiConfig[] {
    const { kpi, gapMs } = this.#plan;
    return ts + gapMs + kpi.allowedLatenessMs > watermark ? [kpi] : [];
  }

  write(to: ByteWriter, number: number): void {
    if (this.#sessions.size === 0) return;
    const { newKeys, touchedQuotes } = this.#directory;
    writeKeys(to, number, newKeys);
    if (touchedQuotes.length > 0) writeQuotes(to, number, touchedQuotes);
    writeTag(to, TAG.stretches, number);
    writeStretches(
      to,
      this.#ops,
      Array.from(this.#sessions, ([entry, sessions]) => [entry.serial, sessions] as const),
    );
    this.#directory = freshDirectory(this.#plan.dimensions, this.#plan.kpi.maxKeys);
    this.#sessions = new Map();
  }
}

/** What is folded here, for want of space in one flush, is folded there too. */
function freshDirectory(dimensions: readonly string[], maxKeys: number): KeyDirectory {
  const shared: Shared = { nextSerial: 0, folded: 0 };
  return new KeyDirectory(dimensions, dimensions.map(dimension), maxKeys, shared);
}

function addQuote(directory: KeyDirectory, entry: KeyEntry, event: CxEnvelope): number {
  const quote = quoteOf(event.value, event.ts);
  if (quote === null || !keepQuote((entry.quotes ??= []), quote)) return 0;
  directory.touchQuotes(entry);
  return QUOTE_BYTES;
}

function keyBytes(entry: KeyEntry): number {
  return entry.values.reduce((sum, value) => sum + NUMBER_BYTES + 3 * value.length, NUMBER_BYTES);
}
function emptyBytes(aggregate: AnyAggregate): number {
  return NUMBER_BYTES * (aggregate.form === 'cells' ? aggregate.width : 4);
}
function sketchBytes(columns: readonly Column[], { values }: Measured): number {
  let bytes = 0;
  for (const { aggregate, measure } of columns) {
    const value = values[measure];
    if (aggregate.form === 'sketch' && value !== undefined) bytes += valueBytes(value);
  }
  return bytes;
}
function valueBytes(value: Sketchable): number {
  if (typeof value === 'number') return 2 * NUMBER_BYTES;
  if (typeof value === 'string') return 3 * NUMBER_BYTES + 3 * value.length;
  return value.reduce((sum, label) => sum + 3 * NUMBER_BYTES + 3 * label.length, 0);
}
