/** When each key is looked at next: for its first record that time has not passed, and for what happens by itself. Nothing is searched. */
import type { Millis } from '../../../engine/core/types.ts';
import { SlotHeap } from '../../shared/slot-heap.ts';
import type { KeyColumns } from './key-columns.ts';

export class KeySchedule {
  readonly #columns: KeyColumns;
  readonly #pending: SlotHeap;
  readonly #timers: SlotHeap;

  constructor(columns: KeyColumns) {
    this.#columns = columns;
    const comesFirst = (a: number, b: number): boolean => columns.comesFirst(a, b);
    this.#pending = new SlotHeap(comesFirst);
    this.#timers = new SlotHeap(comesFirst);
  }

  /** Infinity: no record waits, or nothing happens. */
  set(slot: number, recordAt: Millis, timerAt: Millis): void {
    this.#pending.set(slot, recordAt);
    this.#timers.set(slot, timerAt);
  }
  /** What `run` sets is brought into order once, when it is done: for all keys that were restored. */
  fill(run: () => void): void {
    this.#pending.fill(() => this.#timers.fill(run));
  }
  /** The earliest; Infinity: there is none. */
  get at(): Millis {
    return Math.min(this.#pending.firstAt, this.#timers.firstAt);
  }
  /** Of those of one instant, the earliest, the lowest by clock and key. */
  firstOf(at: Millis): number {
    if (this.#pending.firstAt > at) return this.#timers.first;
    if (this.#timers.firstAt > at) return this.#pending.first;
    const [record, timer] = [this.#pending.first, this.#timers.first];
    return this.#columns.comesFirst(record, timer) ? record : timer;
  }
  clear(): void {
    this.#pending.clear();
    this.#timers.clear();
  }
}
