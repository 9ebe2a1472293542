/**
 * For each key with data, what it adds up to in the window of one view that closed last, `[left, entered)`: a slice is added
 * once when it comes in and taken out once when it leaves, whatever the length and overlap of the windows.
 */
import type { Millis } from '../../../engine/core/types.ts';
import type { LowerContext, Lowered, Part } from '../../aggregates/aggregate.ts';
import type { SlicedWindows } from '../../windows/windows.ts';
import type { Bucket } from '../slices/bucket.ts';
import type { KeyEntry, Running } from '../keys/key-entry.ts';
import type { Window } from '../output/report.ts';
import type { SliceTable } from '../slices/slice-table.ts';
import { Detour, totalOver, type TotalOps } from './total.ts';

export class RunningWindow {
  readonly table: SliceTable;
  readonly windows: SlicedWindows;
  readonly ops: TotalOps;
  left: Millis = -Infinity;
  entered: Millis = -Infinity;
  /** Of the view: where a key keeps its share. */
  readonly #index: number;
  /** Keys with data, and some that have none any more; by serial once sorted. */
  #active: Running[] = [];
  #sorted = true;

  constructor(options: { table: SliceTable; windows: SlicedWindows; ops: TotalOps; index: number }) {
    this.table = options.table;
    this.windows = options.windows;
    this.ops = options.ops;
    this.#index = options.index;
  }

  get isEmpty(): boolean {
    return !this.#active.some((running) => running.slices > 0);
  }

  /** On to the next window. */
  moveTo(window: Window): void {
    if (this.windows.shape === 'growing') {
      if (this.left !== window.start) this.#clear(window.start);
    } else {
      for (const bucket of this.table.between(this.left, Math.min(window.start, this.entered))) this.#leave(bucket);
      this.left = window.start;
      this.entered = Math.max(this.entered, window.start);
    }
    for (const bucket of this.table.between(this.entered, window.end)) this.#enter(bucket);
    this.entered = window.end;
  }
  /** The window that ended at `end` was reported: if its period is over, so is its sum. */
  closed(end: Millis): void {
    if (this.windows.shape === 'growing' && this.#startAfter(end) >= end) this.#clear(end);
  }
  /** While nothing was there to close, the window stood still: it catches up, empty, with the watermark. */
  settle(watermark: Millis): void {
    const end = this.windows.endAtOrBefore(watermark);
    if (end <= this.entered) return;
    this.#clear(this.#startAfter(end));
    this.entered = end;
  }
  /** From the slices of the table alone: the window that ends at `end`. */
  refill(end: Millis): void {
    this.#clear(this.#startAfter(end));
    for (const bucket of this.table.between(this.left, end)) this.#enter(bucket);
    this.entered = end;
  }
  /** Where the window begins once the one that ends at `end` has closed. */
  #startAfter(end: Millis): Millis {
    return this.windows.shape === 'growing'
      ? this.windows.startOf(this.windows.endAfter(end))
      : this.windows.startOf(end);
  }

  /** Before something late is added to a row of a slice. */
  release(bucket: Bucket, entry: KeyEntry, row: number): void {
    if (!this.#holds(bucket)) return;
    const running = this.#runningOf(entry);
    this.ops.release(this.#totalOf(running), bucket, row);
  }
  /** After that. `isNew`: it is the key's first data in the slice, and nothing was released. */
  retake(bucket: Bucket, entry: KeyEntry, row: number, isNew: boolean): void {
    if (!this.#holds(bucket)) return;
    const running = this.#runningOf(entry);
    if (isNew) running.slices += 1;
    this.ops.take(this.#totalOf(running), bucket, row);
  }
  #holds({ start }: Bucket): boolean {
    return start >= this.left && start < this.entered;
  }

  /** Each key with data and what it adds up to, which is not to be changed; by serial: the same after a restore. */
  forEach(visit: (entry: KeyEntry, total: Part) => void): void {
    let kept = 0;
    for (const running of this.#active) {
      if (running.slices > 0) this.#active[kept++] = running;
      else this.#forget(running);
    }
    this.#active.length = kept;
    if (!this.#sorted) this.#active.sort((a, b) => a.entry.serial - b.entry.serial);
    this.#sorted = true;
    for (const running of this.#active) visit(running.entry, this.#read(running));
  }
  #read(running: Running): Part {
    const total = this.#totalOf(running);
    if (!this.ops.isSpent(total)) return total;
    return (running.total = totalOver(this.ops, this.table, running.entry, this.left, this.entered));
  }

  /** The total of a key, not to be changed. */
  totalOf(entry: KeyEntry): Part {
    return entry.running?.[this.#index]?.total ?? this.ops.fresh();
  }
  /** What the key adds up to in a window that ends later, `[start, end)`. */
  valueUntil(entry: KeyEntry, start: Millis, end: Millis, context: LowerContext): Lowered {
    const { ops, table } = this;
    const running = start < this.entered ? entry.running?.[this.#index] : undefined;
    if (start < this.left || running === undefined) {
      // A key that has no share has no data in the running window either.
      const from = start < this.left ? start : Math.max(start, this.entered);
      return ops.lower(totalOver(ops, table, entry, from, end), context);
    }
    const detour = new Detour(ops, table, entry, this.#totalOf(running));
    detour.drop(this.left, start);
    detour.take(this.entered, end);
    const lowered = detour.lower(start, end, context);
    detour.undo();
    return lowered;
  }

  #enter(bucket: Bucket): void {
    const { entries } = bucket;
    for (let row = 0; row < entries.length; row++) {
      const entry = entries[row];
      if (entry === undefined) continue;
      const running = this.#runningOf(entry);
      running.slices += 1;
      this.ops.take(this.#totalOf(running), bucket, row);
    }
  }
  #leave(bucket: Bucket): void {
    const { entries } = bucket;
    for (let row = 0; row < entries.length; row++) {
      const running = entries[row]?.running?.[this.#index];
      if (running === undefined) continue;
      running.slices -= 1;
      // An empty total is replaced by a new one, so that nothing can be left behind in it.
      if (running.slices === 0) running.total = null;
      else this.ops.drop(this.#totalOf(running), bucket, row);
    }
  }
  #clear(at: Millis): void {
    for (const running of this.#active) this.#forget(running);
    this.#active = [];
    this.#sorted = true;
    this.left = at;
    this.entered = at;
  }

  #runningOf(entry: KeyEntry): Running {
    const shares = (entry.running ??= []);
    let running = shares[this.#index];
    if (running === undefined) {
      running = { entry, slices: 0, total: null };
      shares[this.#index] = running;
      this.#active.push(running);
      this.#sorted = false;
    }
    return running;
  }
  #totalOf(running: Running): Part {
    return (running.total ??= this.ops.fresh());
  }
  #forget(running: Running): void {
    if (running.entry.running !== null) running.entry.running[this.#index] = undefined;
  }
}
