/** A table with the windows over it. */
import { numberAt } from '../../../engine/core/must.ts';
import type { Millis } from '../../../engine/core/types.ts';
import type { CxEnvelope } from '../../shared/messages.ts';
import type { Bucket } from '../slices/bucket.ts';
import type { KeyDirectory } from '../keys/key-directory.ts';
import type { KeyEntry } from '../keys/key-entry.ts';
import type { Measured } from '../slices/measuring.ts';
import type { KpiCollector } from '../output/report.ts';
import { keepQuote, mergeQuotes, quoteOf, type Contributor } from '../output/samples.ts';
import type { SliceTable } from '../slices/slice-table.ts';
import type { WindowView } from './window-view.ts';

export class WindowedTable {
  readonly table: SliceTable;
  readonly views: readonly WindowView[];
  readonly directory: KeyDirectory;
  readonly isJudged: boolean;
  readonly #wantsQuotes: boolean;

  constructor(table: SliceTable, views: readonly WindowView[], wantsQuotes: boolean) {
    this.table = table;
    this.views = views;
    this.directory = table.directory;
    this.isJudged = views.some(({ report }) => report.judgedLive);
    this.#wantsQuotes = wantsQuotes;
  }

  /** An event at or after the watermark: no window that holds it has closed. Returns when it makes something due. */
  add(event: CxEnvelope, measured: Measured): Millis {
    const { table } = this;
    const bucket = table.bucketAt(event.ts);
    let due = Infinity;
    if (bucket.entries.length === 0) {
      due = bucket.expiry;
      for (const view of this.views) due = Math.min(due, view.expect(bucket));
    }
    const entry = this.directory.of(event.value);
    table.add(bucket, table.rowOf(bucket, entry), measured.numbers, measured.values);
    if (!entry.queued) this.directory.changed(entry);
    if (this.#wantsQuotes) this.#keepQuote(entry, event);
    return due;
  }

  /** The same for an event behind the watermark, which closed windows may hold. */
  addLate(event: CxEnvelope, measured: Measured, watermark: Millis, out: KpiCollector): Millis {
    const { table, views } = this;
    const bucket = table.bucketAt(event.ts);
    const entry = this.directory.of(event.value);
    const known = bucket.rowOf(entry);
    const isWithdrawn = event.derived === 'withdrawn';
    // Never counted here: the KPI joined after it was said.
    if (isWithdrawn && known < 0) return Infinity;
    for (const view of views) view.release(bucket, entry, known, watermark);
    const row = table.rowOf(bucket, entry);
    const before = views.map((view) => view.nOf(bucket, row));
    if (isWithdrawn) table.remove(bucket, row, measured.numbers, measured.values);
    else table.add(bucket, row, measured.numbers, measured.values);
    this.directory.changed(entry);
    if (this.#wantsQuotes) this.#keepQuote(entry, event);
    let due = table.expiresAt;
    for (let i = 0; i < views.length; i++) {
      const view = views[i];
      if (view === undefined) continue;
      const added = view.nOf(bucket, row) - numberAt(before, i);
      const isMeasured = measured.values[view.measure] !== undefined;
      view.late(bucket, entry, event.ts, { isMeasured, added, row, isNew: known < 0 }, watermark, out);
      due = Math.min(due, view.next);
    }
    return due;
  }

  /**
   * Adds what was added up elsewhere for a key: `from` is a slice of one row. `late` is called with each view that needs it no
   * more; returns when it makes something due.
   */
  merge(from: Bucket, of: Contributor, watermark: Millis, out: KpiCollector, late: (view: WindowView) => void): Millis {
    const { table, views } = this;
    const { start } = from;
    let isNeeded = false;
    let isBehind = false;
    for (const view of views) {
      if (view.accepts(start, watermark)) isNeeded = true;
      else late(view);
      if (view.windows.endAfter(start) <= watermark) isBehind = true;
    }
    if (!isNeeded) return Infinity;
    const bucket = table.bucketAt(start);
    let due = table.expiresAt;
    if (!isBehind && bucket.entries.length === 0) for (const view of views) due = Math.min(due, view.expect(bucket));
    const entry = this.directory.ofValues(of.values);
    const known = bucket.rowOf(entry);
    if (isBehind) for (const view of views) view.release(bucket, entry, known, watermark);
    const row = table.rowOf(bucket, entry);
    const before = isBehind ? views.map((view) => view.nOf(bucket, row)) : [];
    // Before the sketches are given away.
    const holds = isBehind ? views.map((view) => view.holds(from, 0)) : [];
    table.merge(bucket, row, from, 0);
    this.directory.changed(entry);
    if (this.#wantsQuotes) mergeQuotes(this.directory, entry, of);
    if (!isBehind) return due;
    views.forEach((view, i) => {
      const added = view.nOf(bucket, row) - numberAt(before, i);
      const isMeasured = holds[i] ?? false;
      view.late(bucket, entry, start, { isMeasured, added, row, isNew: known < 0 }, watermark, out);
      due = Math.min(due, view.next);
    });
    return due;
  }
  #keepQuote(entry: KeyEntry, event: CxEnvelope): void {
    const quote = quoteOf(event.value, event.ts);
    if (quote !== null && keepQuote((entry.quotes ??= []), quote)) this.directory.touchQuotes(entry);
  }

  /** Frees what no window needs at this watermark. */
  expire(watermark: Millis): void {
    if (this.table.expiresAt > watermark) return;
    this.table.expire(watermark);
    for (const view of this.views) view.expire(watermark);
  }

  /** Shows the key's live values; returns how many there were. */
  show(entry: KeyEntry, clock: Millis, watermark: Millis, out: KpiCollector): number {
    let shown = 0;
    for (const view of this.views) if (view.show(entry, clock, watermark, out)) shown += 1;
    return shown;
  }
  /** Hands those of the key's live values that rules judge to the next operator; returns how many there were. */
  judge(entry: KeyEntry, clock: Millis, watermark: Millis, out: KpiCollector): number {
    let judged = 0;
    for (const view of this.views) if (view.judge(entry, clock, watermark, out)) judged += 1;
    return judged;
  }
  /** Marks the keys whose live values changed as time went on; returns when that may happen next. */
  roll(clock: Millis): Millis {
    let next = Infinity;
    for (const view of this.views) {
      view.rollLive(clock, (entry) => this.directory.changed(entry));
      next = Math.min(next, view.liveEnd(clock));
    }
    return next;
  }
}
