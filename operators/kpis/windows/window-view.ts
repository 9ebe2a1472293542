/**
 * The windows of one KPI over the slices of a table: when they close, what late events change, and what fills now.
 * Windows of one slice are read off it; of overlapping and growing ones a running total is kept (running-window.ts).
 */
import { START_OF_TIME, type Millis } from '../../../engine/core/types.ts';
import type { Lowered, LowerContext } from '../../aggregates/aggregate.ts';
import type { SlicedWindows } from '../../windows/windows.ts';
import type { Bucket } from '../slices/bucket.ts';
import type { KeyEntry } from '../keys/key-entry.ts';
import { lateValues } from './late-values.ts';
import type { PartOps } from '../slices/part.ts';
import type { KpiCollector, Report, Window } from '../output/report.ts';
import { RunningWindow } from './running-window.ts';
import type { SliceTable } from '../slices/slice-table.ts';

/** How often a window was reported again: by its end, by the key's serial. */
type Revisions = Map<Millis, Map<number, number>>;

const LEAST_SPAN_MS = 1000;

export class WindowView {
  readonly table: SliceTable;
  /** Its number among the views of the table. */
  readonly index: number;
  readonly windows: SlicedWindows;
  readonly report: Report;
  readonly latenessMs: Millis;
  /** Which measured value of the shared read it takes. */
  readonly measure: number;
  /** The end of the next window that is not empty; Infinity: none. */
  next: Millis = Infinity;
  readonly revisions: Revisions = new Map();
  /** Revisions set since the last delta. */
  touchedRevisions: { readonly end: Millis; readonly serial: number; readonly revision: number }[] = [];
  readonly #ops: PartOps;
  /** null: windows of one slice. */
  readonly #running: RunningWindow | null;
  /** Slices before it are out of the live window, and their keys have seen that. */
  #shownFrom: Millis = -Infinity;
  /** Slices before it came into the live window, and their keys have seen that: a sender's clock may be ahead. */
  #shownUntil: Millis = Infinity;

  constructor(options: {
    table: SliceTable;
    index: number;
    windows: SlicedWindows;
    report: Report;
    ops: PartOps;
    measure: number;
  }) {
    this.table = options.table;
    this.index = options.index;
    this.windows = options.windows;
    this.report = options.report;
    this.latenessMs = options.report.kpi.allowedLatenessMs;
    this.#ops = options.ops;
    this.measure = options.measure;
    this.#running =
      options.windows.shape === 'single' ? null : new RunningWindow({ ...options, ops: options.ops.totals });
  }

  // ── Time goes on ──────────────────────────────────────────────────────────────────────────────────────────────

  /** A slice that is not closed gets its first data: its first window is to be closed. Returns what is next. */
  expect(bucket: Bucket): Millis {
    return (this.next = Math.min(this.next, this.windows.endAfter(bucket.start)));
  }

  /** Closes the window that ends at `next` and reports each key that has data in it. */
  fire(watermark: Millis, out: KpiCollector): void {
    const end = this.next;
    const window = { start: this.windows.startOf(end), end };
    if (this.#running === null) this.#fireSlice(window, watermark, out);
    else this.#fireRunning(this.#running, window, watermark, out);
    this.#plan(end);
  }

  #fireSlice(window: Window, watermark: Millis, out: KpiCollector): void {
    const bucket = this.table.buckets.get(window.start);
    if (bucket === undefined) return;
    const context = { spanMs: window.end - window.start };
    // New rows can only come with events, never while a window fires.
    const rows = bucket.entries.length;
    for (let row = 0; row < rows; row++) {
      const entry = bucket.entries[row];
      if (entry !== undefined && this.#ops.nOf(bucket, row) > 0) {
        this.report.final(entry, window, this.#ops.lowerOf(bucket, row, context), 0, watermark, out);
      }
    }
  }

  #fireRunning(running: RunningWindow, window: Window, watermark: Millis, out: KpiCollector): void {
    const context = { spanMs: window.end - window.start };
    running.moveTo(window);
    running.forEach((entry, total) => {
      if (running.ops.n(total) > 0) {
        this.report.final(entry, window, running.ops.lower(total, context), 0, watermark, out);
      }
    });
  }

  /** What to close next, after the window that ended at `end`. */
  #plan(end: Millis): void {
    const running = this.#running;
    if (running === null) {
      const first = this.table.firstFrom(end);
      this.next = first === undefined ? Infinity : this.windows.endAfter(first);
      return;
    }
    const next = this.windows.endAfter(end);
    running.closed(end);
    if (running.isEmpty) {
      const first = this.table.firstFrom(running.entered);
      this.next = first === undefined ? Infinity : Math.max(next, this.windows.endAfter(first));
    } else {
      this.next = next;
    }
  }

  nOf(bucket: Bucket, row: number): number {
    return this.#ops.nOf(bucket, row);
  }

  /** Whether a row of a slice holds anything for this view. */
  holds(bucket: Bucket, row: number): boolean {
    const part = this.#ops.fresh();
    this.#ops.take(part, bucket, row);
    return this.#ops.holds(part);
  }

  // ── Late events ───────────────────────────────────────────────────────────────────────────────────────────────

  /** Whether the last window that holds `ts` may still be reported again. */
  accepts(ts: Millis, watermark: Millis): boolean {
    return this.windows.lastEnd(ts) + this.latenessMs > watermark;
  }

  /** Before something behind the watermark is added to a slice. `row`: the key's; −1: it has no data there. */
  release(bucket: Bucket, entry: KeyEntry, row: number, watermark: Millis): void {
    this.#running?.settle(watermark);
    if (row >= 0) this.#running?.release(bucket, entry, row);
  }
  /**
   * After that: the running total follows, and if something was measured, each closed window that holds it and is still within
   * the lateness is reported once more. `added`: how much n grew; `isNew`: it is the key's first data in the slice.
   */
  late(
    bucket: Bucket,
    entry: KeyEntry,
    ts: Millis,
    late: { readonly isMeasured: boolean; readonly added: number; readonly row: number; readonly isNew: boolean },
    watermark: Millis,
    out: KpiCollector,
  ): void {
    this.#running?.retake(bucket, entry, late.row, late.isNew);
    this.#awaitLeaving(bucket);
    const lastEnd = this.windows.lastEnd(ts);
    if (lastEnd > watermark) {
      this.next = Math.min(this.next, Math.max(this.windows.endAfter(bucket.start), this.windows.endAfter(watermark)));
    }
    if (!late.isMeasured) return;
    const ends: Millis[] = [];
    let end = Math.max(this.windows.endAfter(ts), this.windows.endAfter(watermark - this.latenessMs));
    for (; end <= watermark && end <= lastEnd; end = this.windows.endAfter(end)) ends.push(end);
    if (ends.length > 0) this.#reportCorrection(ends, entry, late.added, watermark, out);
  }

  /** What is in the running total leaves it with the next window, which closes even if nothing else is in it. */
  #awaitLeaving(bucket: Bucket): void {
    const running = this.#running;
    if (running === null || bucket.start < running.left || bucket.start >= running.entered) return;
    this.next = Math.min(this.next, this.windows.endAfter(running.entered));
  }

  #reportCorrection(
    ends: readonly Millis[],
    entry: KeyEntry,
    added: number,
    watermark: Millis,
    out: KpiCollector,
  ): void {
    const values =
      this.#running === null ? ends.map((end) => this.#sliceValue(end, entry)) : lateValues(this.#running, ends, entry);
    for (let i = 0; i < ends.length; i++) {
      const end = ends[i];
      const lowered = values[i];
      if (end === undefined || lowered === undefined || (lowered.n === 0 && added >= 0)) continue;
      const known = this.revisions.get(end)?.get(entry.serial);
      // A window without data was not reported when it closed: this is its first report, unless all of it was withdrawn.
      const revision = lowered.n - added > 0 || known !== undefined ? (known ?? 0) + 1 : 0;
      if (revision > 0) this.setRevision(end, entry.serial, revision);
      const window = { start: this.windows.startOf(end), end };
      if (lowered.n === 0) this.report.retract(entry, window, revision, watermark, out);
      else this.report.final(entry, window, lowered, revision, watermark, out);
    }
  }
  setRevision(end: Millis, serial: number, revision: number): void {
    const ofEnd = this.revisions.get(end) ?? new Map<number, number>();
    this.revisions.set(end, ofEnd.set(serial, revision));
    this.touchedRevisions.push({ end, serial, revision });
  }

  #sliceValue(end: Millis, entry: KeyEntry): Lowered {
    const start = this.windows.startOf(end);
    return this.#sliceOver(entry, start, end, { spanMs: end - start });
  }
  #sliceOver(entry: KeyEntry, start: Millis, end: Millis, context: LowerContext): Lowered {
    const part = this.#ops.fresh();
    this.table.overRows(entry, start, end, (bucket, row) => this.#ops.take(part, bucket, row));
    return this.#ops.lower(part, context);
  }

  // ── Live values ───────────────────────────────────────────────────────────────────────────────────────────────

  /** The end of the window that fills at this time. */
  liveEnd(clock: Millis): Millis {
    return this.windows.endAfter(clock);
  }
  /** Calls for each key whose live value changed because slices came into the live window or fell out of it. */
  rollLive(clock: Millis, changed: (entry: KeyEntry) => void): void {
    const end = this.windows.endAfter(clock);
    for (const bucket of this.table.between(this.#shownUntil, end)) bucket.entries.forEach(changed);
    this.#shownUntil = end;
    const from = this.windows.startOf(end);
    if (from <= this.#shownFrom) return;
    for (const bucket of this.table.between(this.#shownFrom, from)) bucket.entries.forEach(changed);
    this.#shownFrom = from;
  }
  /** Shows the key's value of the window that fills now; an empty one once. True when something was shown. */
  show(entry: KeyEntry, clock: Millis, watermark: Millis, out: KpiCollector): boolean {
    const bit = 1 << this.index;
    const window = this.#liveWindow(clock);
    const lowered = this.#liveValue(entry, window, clock);
    const isEmpty = lowered.n === 0;
    if (isEmpty && ((entry.shown | entry.judged) & bit) === 0) return false;
    entry.shown = isEmpty ? entry.shown & ~bit : entry.shown | bit;
    entry.judged = isEmpty ? entry.judged & ~bit : entry.judged | bit;
    this.report.live(entry, window, lowered, clock, watermark, out);
    return true;
  }
  /** Hands the same value to rules that judge it; an empty one once. True when there was one. */
  judge(entry: KeyEntry, clock: Millis, watermark: Millis, out: KpiCollector): boolean {
    if (!this.report.judgedLive) return false;
    const bit = 1 << this.index;
    const window = this.#liveWindow(clock);
    const lowered = this.#liveValue(entry, window, clock);
    const isEmpty = lowered.n === 0;
    if (isEmpty && (entry.judged & bit) === 0) return false;
    entry.judged = isEmpty ? entry.judged & ~bit : entry.judged | bit;
    this.report.judge(entry, window, lowered, clock, watermark, out);
    return true;
  }
  #liveWindow(clock: Millis): Window {
    const end = this.windows.endAfter(clock);
    return { start: this.windows.startOf(end), end };
  }
  #liveValue(entry: KeyEntry, { start, end }: Window, clock: Millis): Lowered {
    // What has passed of a window that began just now is too little to tell a rate by.
    const passed = this.windows.shape === 'sliding' ? end - start : Math.max(clock - start, LEAST_SPAN_MS);
    const context = { spanMs: Math.min(passed, end - start) };
    if (this.#running === null) return this.#sliceOver(entry, start, end, context);
    return this.#running.valueUntil(entry, start, end, context);
  }

  // ── State ─────────────────────────────────────────────────────────────────────────────────────────────────────

  /** After the table got its saved slices: every window that ended by the watermark was reported. */
  rebuild(watermark: Millis): void {
    if (watermark === START_OF_TIME) {
      for (const bucket of this.table.buckets.values()) this.expect(bucket);
      return;
    }
    if (this.#running === null) {
      const first = this.table.starts.find((start) => this.windows.endAfter(start) > watermark);
      this.next = first === undefined ? Infinity : this.windows.endAfter(first);
      return;
    }
    const end = this.windows.endAtOrBefore(watermark);
    this.#running.refill(end);
    this.#plan(end);
  }
  /** Forgets the revisions of windows that cannot be reported any more. */
  expire(watermark: Millis): void {
    for (const end of this.revisions.keys()) {
      if (end + this.latenessMs <= watermark) this.revisions.delete(end);
    }
  }
}
