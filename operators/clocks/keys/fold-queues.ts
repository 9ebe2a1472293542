/** By clock, the keys whose records become final, in the order in which they may. Nothing is looked at before the first of them may be. */
import { at as elementAt } from '../../../engine/core/must.ts';
import type { Millis } from '../../../engine/core/types.ts';
import { SlotQueue } from '../../shared/slot-queue.ts';

/** So many keys of a clock at most, with each record that comes in: no event waits for many. */
const MOST_AT_ONCE = 4;

export class FoldQueues {
  readonly #queues: readonly SlotQueue[];
  /** None is due before it. */
  #firstAt: Millis = Infinity;

  constructor(clocks: number) {
    this.#queues = Array.from({ length: clocks }, () => new SlotQueue());
  }

  push(clock: number, slot: number, at: Millis): void {
    elementAt(this.#queues, clock).push(slot, at);
    if (at < this.#firstAt) this.#firstAt = at;
  }
  isDue(now: Millis): boolean {
    return this.#firstAt <= now;
  }
  /** Those that are due, which `fold` may push again. */
  takeDue(now: Millis, fold: (slot: number) => void): void {
    this.#firstAt = Infinity;
    for (let clock = 0; clock < this.#queues.length; clock++) {
      const queue = elementAt(this.#queues, clock);
      for (let i = 0; i < MOST_AT_ONCE && queue.firstAt <= now; i++) fold(queue.shift());
    }
    // What waits behind those that were pushed again may be due before them.
    for (let clock = 0; clock < this.#queues.length; clock++)
      this.#firstAt = Math.min(this.#firstAt, elementAt(this.#queues, clock).firstAt);
  }
  clear(): void {
    for (const queue of this.#queues) queue.clear();
    this.#firstAt = Infinity;
  }
}
