/**
 * The windows of one KPI over the slices of a table: when they close, what late events change, and what fills now.
 *
 * Windows of one slice are read off it. Overlapping and growing ones keep, for each key with data, the running total of the
 * window that closed last (`[left, entered)`): a slice is added once when it comes in and taken out once when it leaves.
 */
import { START_OF_TIME, type Millis } from '../../engine/core/types.ts';
import type { Lowered, Sketchable } from '../aggregates/types.ts';
import type { SlicedWindows } from '../windows/windows.ts';
import type { Bucket } from './bucket.ts';
import type { KeyEntry } from './key-entry.ts';
import type { Part, PartOps } from './part.ts';
import type { KpiCollector, Report, Window } from './report.ts';
import type { Running } from './running.ts';
import type { SliceTable } from './slice-table.ts';
import { TwoStacks } from './two-stacks.ts';

/** How often a window was reported anew: by its end, by the key's serial. */
type Revisions = Map<Millis, Map<number, number>>;

const LEAST_SPAN_MS = 1000;

export class WindowView {
  readonly table: SliceTable;
  /** Its number among the views of the table. */
  readonly index: number;
  readonly windows: SlicedWindows;
  readonly report: Report;
  readonly latenessMs: Millis;
  /** Which measured value of the feed it takes. */
  readonly feed: number;
  /** The end of the next window that is not empty; Infinity: none. */
  next: Millis = Infinity;
  readonly revisions: Revisions = new Map();
  /** Revisions set since the last delta. */
  touchedRevisions: { readonly end: Millis; readonly serial: number; readonly revision: number }[] = [];
  readonly #ops: PartOps;
  readonly #stacked: boolean;
  #left: Millis = -Infinity;
  #entered: Millis = -Infinity;
  /** Keys with data in the running window, by serial once sorted. */
  #active: Running[] = [];
  #sorted = true;
  /** Slices before it are out of the live window, and their keys were told so. */
  #shownFrom: Millis = -Infinity;

  constructor(options: {
    table: SliceTable;
    index: number;
    windows: SlicedWindows;
    report: Report;
    ops: PartOps;
    feed: number;
  }) {
    this.table = options.table;
    this.index = options.index;
    this.windows = options.windows;
    this.report = options.report;
    this.latenessMs = options.report.kpi.allowedLatenessMs;
    this.#ops = options.ops;
    this.feed = options.feed;
    this.#stacked = options.windows.shape === 'sliding' && !options.ops.invertible;
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
    if (this.windows.shape === 'single') {
      this.#fireSlice(window, watermark, out);
    } else {
      this.#moveTo(window);
      this.#fireRunning(window, watermark, out);
    }
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

  #fireRunning(window: Window, watermark: Millis, out: KpiCollector): void {
    const context = { spanMs: window.end - window.start };
    this.#sortActive();
    for (const running of this.#active) {
      const part = this.#read(running);
      if (this.#ops.n(part) > 0) {
        this.report.final(running.entry, window, this.#ops.lower(part, context), 0, watermark, out);
      }
    }
  }

  /** What to close next, after the window that ended at `end`. */
  #plan(end: Millis): void {
    if (this.windows.shape === 'single') {
      const first = this.table.firstFrom(end);
      this.next = first === undefined ? Infinity : this.windows.endAfter(first);
      return;
    }
    const next = this.windows.endAfter(end);
    if (this.windows.shape === 'growing' && this.windows.startOf(next) >= end) this.#clear(end);
    if (this.#active.some((running) => running.slices > 0)) {
      this.next = next;
      return;
    }
    const first = this.table.firstFrom(this.#entered);
    this.next = first === undefined ? Infinity : Math.max(next, this.windows.endAfter(first));
  }

  #moveTo(window: Window): void {
    if (this.windows.shape === 'growing') {
      if (this.#left !== window.start) this.#clear(window.start);
    } else {
      for (const bucket of this.table.between(this.#left, Math.min(window.start, this.#entered))) this.#leave(bucket);
      this.#left = window.start;
      this.#entered = Math.max(this.#entered, window.start);
    }
    for (const bucket of this.table.between(this.#entered, window.end)) this.#enter(bucket);
    this.#entered = window.end;
  }

  #enter(bucket: Bucket): void {
    for (let row = 0; row < bucket.entries.length; row++) {
      const entry = bucket.entries[row];
      if (entry === undefined) continue;
      const running = this.#runningOf(entry);
      running.slices += 1;
      if (running.stacks === null) this.#ops.take(this.#totalOf(running), bucket, row);
      else running.stacks.enter(bucket.start);
    }
  }

  #leave(bucket: Bucket): void {
    for (let row = 0; row < bucket.entries.length; row++) {
      const running = bucket.entries[row]?.running?.[this.index];
      if (running === undefined) continue;
      running.slices -= 1;
      // An empty total is made anew, so that nothing can be left behind in it.
      if (running.slices === 0) running.total = null;
      else if (running.stacks === null) this.#ops.drop(this.#totalOf(running), bucket, row);
    }
  }

  #clear(at: Millis): void {
    for (const running of this.#active) this.#forget(running);
    this.#active = [];
    this.#sorted = true;
    this.#left = at;
    this.#entered = at;
  }

  #runningOf(entry: KeyEntry): Running {
    const all = (entry.running ??= []);
    let running = all[this.index];
    if (running === undefined) {
      running = { entry, slices: 0, listed: true, total: null, stacks: this.#stacked ? this.#stacksOf(entry) : null };
      all[this.index] = running;
      this.#active.push(running);
      this.#sorted = false;
    }
    return running;
  }
  #stacksOf(entry: KeyEntry): TwoStacks {
    return new TwoStacks(this.#ops, (into, start) => this.#takeSlice(into, entry, start));
  }
  #totalOf(running: Running): Part {
    return (running.total ??= this.#ops.fresh());
  }
  #forget(running: Running): void {
    running.listed = false;
    if (running.entry.running !== null) running.entry.running[this.index] = undefined;
  }
  #takeSlice(into: Part, entry: KeyEntry, start: Millis): void {
    const bucket = this.table.buckets.get(start);
    const row = bucket?.rowOf(entry) ?? -1;
    if (bucket !== undefined && row >= 0) this.#ops.take(into, bucket, row);
  }

  /** What the key adds up to in the running window. Not to be changed. */
  #read(running: Running): Part {
    if (running.stacks === null) return this.#totalOf(running);
    running.stacks.leaveBefore(this.#left);
    return running.stacks.query(this.#left);
  }

  /** Keys leave the list when they have no data left; order is by serial, so that it is the same after a restore. */
  #sortActive(): void {
    let kept = 0;
    for (const running of this.#active) {
      if (running.slices > 0) this.#active[kept++] = running;
      else this.#forget(running);
    }
    this.#active.length = kept;
    if (this.#sorted) return;
    this.#active.sort((a, b) => a.entry.serial - b.entry.serial);
    this.#sorted = true;
  }

  nOf(bucket: Bucket, row: number): number {
    return this.#ops.nOf(bucket, row);
  }

  /** What one measured value adds up to. */
  lift(value: Sketchable | undefined): Part | undefined {
    return value === undefined ? undefined : this.#ops.lift(value);
  }
  /** What a row of a slice holds for this view; undefined: nothing. */
  partOf(bucket: Bucket, row: number): Part | undefined {
    const part = this.#ops.fresh();
    this.#ops.take(part, bucket, row);
    const isEmpty = part instanceof Float64Array ? part.every((cell) => cell === 0) : part.n === 0;
    return isEmpty ? undefined : part;
  }

  // ── Late events ───────────────────────────────────────────────────────────────────────────────────────────────

  /** Whether the last window that holds `ts` may still be reported anew. */
  accepts(ts: Millis, watermark: Millis): boolean {
    return this.windows.lastEnd(ts) + this.latenessMs > watermark;
  }

  /**
   * Something behind the watermark was added to `bucket` (`part`; undefined: nothing was measured): the running total follows,
   * and each closed window that holds it and is still within the lateness is reported once more. `added`: how much n grew; `isNew`: the key's first data in the slice.
   */
  late(
    bucket: Bucket,
    entry: KeyEntry,
    ts: Millis,
    part: Part | undefined,
    added: number,
    isNew: boolean,
    watermark: Millis,
    out: KpiCollector,
  ): void {
    this.#settle(watermark);
    if (this.windows.shape !== 'single' && bucket.start >= this.#left && bucket.start < this.#entered) {
      this.#addToRunning(bucket, entry, part, isNew);
    }
    const lastEnd = this.windows.lastEnd(ts);
    if (lastEnd > watermark) {
      this.next = Math.min(this.next, Math.max(this.windows.endAfter(bucket.start), this.windows.endAfter(watermark)));
    }
    if (part === undefined) return;
    const ends: Millis[] = [];
    let end = Math.max(this.windows.endAfter(ts), this.windows.endAfter(watermark - this.latenessMs));
    for (; end <= watermark && end <= lastEnd; end = this.windows.endAfter(end)) ends.push(end);
    if (ends.length > 0) this.#reportAnew(ends, entry, added, watermark, out);
  }

  /** While nothing was there to close, the running window stood still: it catches up, empty, with the watermark. */
  #settle(watermark: Millis): void {
    if (this.windows.shape === 'single') return;
    const end = this.windows.endAtOrBefore(watermark);
    if (end <= this.#entered) return;
    const start = this.#startOfRunning(end);
    this.#clear(start);
    this.#entered = end;
  }
  /** Of the running window once the one that ends at `end` has closed. */
  #startOfRunning(end: Millis): Millis {
    return this.windows.shape === 'growing'
      ? this.windows.startOf(this.windows.endAfter(end))
      : this.windows.startOf(end);
  }

  #addToRunning(bucket: Bucket, entry: KeyEntry, part: Part | undefined, isNew: boolean): void {
    const running = this.#runningOf(entry);
    if (isNew) running.slices += 1;
    const added = part ?? this.#ops.fresh();
    if (running.stacks === null) this.#ops.merge(this.#totalOf(running), added);
    else running.stacks.insert(bucket.start, added);
  }

  #reportAnew(ends: readonly Millis[], entry: KeyEntry, added: number, watermark: Millis, out: KpiCollector): void {
    const values = this.#valuesAt(ends, entry);
    for (let i = 0; i < ends.length; i++) {
      const end = ends[i];
      const lowered = values[i];
      if (end === undefined || lowered === undefined || lowered.n === 0) continue;
      // A window without data was not reported when it closed: this is its first report.
      const revision = lowered.n - added > 0 ? (this.revisions.get(end)?.get(entry.serial) ?? 0) + 1 : 0;
      if (revision > 0) this.setRevision(end, entry.serial, revision);
      this.report.final(entry, { start: this.windows.startOf(end), end }, lowered, revision, watermark, out);
    }
  }
  setRevision(end: Millis, serial: number, revision: number): void {
    const ofEnd = this.revisions.get(end) ?? new Map<number, number>();
    this.revisions.set(end, ofEnd.set(serial, revision));
    this.touchedRevisions.push({ end, serial, revision });
  }

  /** The key's values of closed windows that follow each other. */
  #valuesAt(ends: readonly Millis[], entry: KeyEntry): readonly Lowered[] {
    const first = ends[0] ?? 0;
    if (this.windows.shape === 'single') return ends.map((end) => this.#sliceValue(end, entry));
    if (this.#stacked || this.windows.startOf(first) < this.#left) {
      if (this.windows.shape === 'growing') return this.#foldForward(ends, entry);
      if (this.#stacked) return this.#foldStacked(ends, entry);
    }
    return this.#ops.invertible ? this.#stepBack(ends, entry) : this.#foldForward(ends, entry);
  }
  #sliceValue(end: Millis, entry: KeyEntry): Lowered {
    const part = this.#ops.fresh();
    const start = this.windows.startOf(end);
    this.#takeSlice(part, entry, start);
    return this.#ops.lower(part, { spanMs: end - start });
  }
  /** From the running total back, window by window. */
  #stepBack(ends: readonly Millis[], entry: KeyEntry): readonly Lowered[] {
    const running = entry.running?.[this.index];
    const part = running?.total == null ? this.#ops.fresh() : this.#ops.copy(running.total);
    const values: Lowered[] = [];
    const first = ends[0] ?? 0;
    const last = ends.at(-1) ?? 0;
    for (let end = this.#entered; end >= first;) {
      const start = this.windows.startOf(end);
      if (end <= last) values.push(this.#ops.lower(part, { spanMs: end - start }));
      const before = this.windows.endAtOrBefore(end - 1);
      this.#overRows(before, end, entry, (bucket, row) => this.#ops.drop(part, bucket, row));
      if (this.windows.shape === 'sliding') {
        this.#overRows(this.windows.startOf(before), start, entry, (bucket, row) => this.#ops.take(part, bucket, row));
      }
      end = before;
    }
    return values.reverse();
  }
  #foldForward(ends: readonly Millis[], entry: KeyEntry): readonly Lowered[] {
    const part = this.#ops.fresh();
    let from = this.windows.startOf(ends[0] ?? 0);
    return ends.map((end) => {
      this.#overRows(from, end, entry, (bucket, row) => this.#ops.take(part, bucket, row));
      from = end;
      return this.#ops.lower(part, { spanMs: end - this.windows.startOf(end) });
    });
  }
  #foldStacked(ends: readonly Millis[], entry: KeyEntry): readonly Lowered[] {
    const stacks = this.#stacksOf(entry);
    let from = this.windows.startOf(ends[0] ?? 0);
    return ends.map((end) => {
      this.#overRows(from, end, entry, (bucket) => stacks.enter(bucket.start));
      from = end;
      const start = this.windows.startOf(end);
      stacks.leaveBefore(start);
      return this.#ops.lower(stacks.query(start), { spanMs: end - start });
    });
  }
  #overRows(start: Millis, end: Millis, entry: KeyEntry, visit: (bucket: Bucket, row: number) => void): void {
    for (const bucket of this.table.between(start, end)) {
      const row = bucket.rowOf(entry);
      if (row >= 0) visit(bucket, row);
    }
  }

  // ── Live values ───────────────────────────────────────────────────────────────────────────────────────────────

  /** The end of the window that fills at this time. */
  liveEnd(clock: Millis): Millis {
    return this.windows.endAfter(clock);
  }
  /** Calls for each key whose live value changed because slices fell out of the live window. */
  rollLive(clock: Millis, changed: (entry: KeyEntry) => void): void {
    const from = this.windows.startOf(this.windows.endAfter(clock));
    if (from <= this.#shownFrom) return;
    for (const bucket of this.table.between(this.#shownFrom, from)) bucket.entries.forEach(changed);
    this.#shownFrom = from;
  }
  /** Shows the key's value of the window that fills now; an empty one once. True when something was shown. */
  show(entry: KeyEntry, clock: Millis, watermark: Millis, out: KpiCollector): boolean {
    const end = this.windows.endAfter(clock);
    const start = this.windows.startOf(end);
    const part = this.#livePart(entry, start, end);
    const bit = 1 << this.index;
    const n = this.#ops.n(part);
    if (n === 0 && (entry.shown & bit) === 0) return false;
    entry.shown = n === 0 ? entry.shown & ~bit : entry.shown | bit;
    // What has passed of a window that began just now is too little to tell a rate by.
    const passed = this.windows.shape === 'sliding' ? end - start : Math.max(clock - start, LEAST_SPAN_MS);
    const spanMs = Math.min(passed, end - start);
    this.report.live(entry, { start, end }, this.#ops.lower(part, { spanMs }), clock, watermark, out);
    return true;
  }
  #livePart(entry: KeyEntry, start: Millis, end: Millis): Part {
    const running = entry.running?.[this.index];
    if (running === undefined || start < this.#left || start >= this.#entered || this.windows.shape === 'single') {
      const part = this.#ops.fresh();
      this.#overRows(start, end, entry, (bucket, row) => this.#ops.take(part, bucket, row));
      return part;
    }
    const part = running.stacks === null ? this.#ops.copy(this.#totalOf(running)) : running.stacks.query(start);
    if (running.stacks === null) {
      this.#overRows(this.#left, start, entry, (bucket, row) => this.#ops.drop(part, bucket, row));
    }
    this.#overRows(this.#entered, end, entry, (bucket, row) => this.#ops.take(part, bucket, row));
    return part;
  }

  // ── State ─────────────────────────────────────────────────────────────────────────────────────────────────────

  /** After the table got its saved slices: every window that ended by the watermark was reported. */
  rebuild(watermark: Millis): void {
    if (watermark === START_OF_TIME) {
      for (const bucket of this.table.buckets.values()) this.expect(bucket);
      return;
    }
    if (this.windows.shape === 'single') {
      const first = this.table.starts.find((start) => this.windows.endAfter(start) > watermark);
      this.next = first === undefined ? Infinity : this.windows.endAfter(first);
      return;
    }
    const end = this.windows.endAtOrBefore(watermark);
    this.#clear(this.#startOfRunning(end));
    for (const bucket of this.table.between(this.#left, end)) this.#enter(bucket);
    this.#entered = end;
    this.#plan(end);
  }
  /** Forgets the revisions of windows that cannot be reported any more. */
  expire(watermark: Millis): void {
    for (const end of this.revisions.keys()) {
      if (end + this.latenessMs <= watermark) this.revisions.delete(end);
    }
  }
}
