/**
 * Values of the windows that are still filling, for wall-boards and for rules that judge them. A key that has been quiet is
 * shown at once; after that, while it changes, once a pause: the first sign of a change is never held back.
 */
import { START_OF_TIME, type Millis } from '../../../engine/core/types.ts';
import type { KeyDirectory } from '../keys/key-directory.ts';
import type { KeyEntry } from '../keys/key-entry.ts';
import type { KpiCollector } from '../output/report.ts';

/** Values made in one call, so that none takes longer than a few milliseconds. */
const VALUES_A_CALL = 2000;
/** Keys that wait are kept in so many slots a pause: a key may be shown that much of a pause late, never early. */
const SLOTS_A_PAUSE = 16;

/** Whatever has keys with values to show. */
export interface LiveSource {
  readonly directory: KeyDirectory;
  /** Shows the key's live values; returns how many there were. */
  show(entry: KeyEntry, clock: Millis, watermark: Millis, out: KpiCollector): number;
  /** Marks the keys whose live values changed as time went on; returns when that may happen next. */
  roll(clock: Millis): Millis;
}

/** Keys that are due at the same time. */
class DueKeys {
  readonly sources: LiveSource[] = [];
  readonly entries: KeyEntry[] = [];

  add(source: LiveSource, entry: KeyEntry): void {
    this.sources.push(source);
    this.entries.push(entry);
  }
}

export class LivePace {
  readonly #sources: readonly LiveSource[];
  readonly #pauseMs: Millis;
  readonly #slotMs: Millis;
  /** Keys that may be shown now, and how many of them were. */
  #ready = new DueKeys();
  #at = 0;
  /** Keys shown less than a pause ago, by slot. */
  readonly #waiting = new Map<number, DueKeys>();
  #firstSlot = Infinity;
  #lastCall: Millis = START_OF_TIME;
  /** The first instant at which some view shows another window. */
  #rollsAt: Millis = -Infinity;
  #rolled = false;

  constructor(sources: readonly LiveSource[], pauseMs: Millis) {
    this.#sources = sources;
    this.#pauseMs = pauseMs;
    this.#slotMs = Math.max(1, Math.floor(pauseMs / SLOTS_A_PAUSE));
  }

  /** The event-time clock has moved. */
  clock(time: Millis): void {
    if (time >= this.#rollsAt) this.#rolled = true;
  }

  wakeAt(): Millis | undefined {
    if (this.#at < this.#ready.entries.length) return this.#lastCall + 1;
    if (this.#rolled) return START_OF_TIME;
    for (const { directory } of this.#sources) if (directory.queue.length > 0) return START_OF_TIME;
    return this.#firstSlot === Infinity ? undefined : this.#firstSlot * this.#slotMs;
  }

  wake(now: Millis, clock: Millis, watermark: Millis, out: KpiCollector): void {
    this.#lastCall = now;
    if (this.#rolled) this.#roll(clock);
    this.#takeChanged(now);
    this.#takeWaiting(now);
    const { sources, entries } = this.#ready;
    let left = VALUES_A_CALL;
    while (left > 0 && this.#at < entries.length) {
      const source = sources[this.#at];
      const entry = entries[this.#at++];
      if (source === undefined || entry === undefined) continue;
      entry.queued = false;
      entry.shownAt = now;
      // A key that shows nothing costs a little too.
      left -= source.show(entry, clock, watermark, out) + 0.1;
    }
    if (this.#at < entries.length) return;
    this.#ready = new DueKeys();
    this.#at = 0;
  }

  #roll(clock: Millis): void {
    this.#rolled = false;
    this.#rollsAt = Infinity;
    for (const source of this.#sources) this.#rollsAt = Math.min(this.#rollsAt, source.roll(clock));
  }
  #takeChanged(now: Millis): void {
    for (const source of this.#sources) {
      const { queue } = source.directory;
      if (queue.length === 0) continue;
      source.directory.queue = [];
      for (const entry of queue) {
        const due = entry.shownAt + this.#pauseMs;
        if (due <= now) this.#ready.add(source, entry);
        else this.#wait(source, entry, due);
      }
    }
  }
  #wait(source: LiveSource, entry: KeyEntry, due: Millis): void {
    const slot = Math.ceil(due / this.#slotMs);
    let keys = this.#waiting.get(slot);
    if (keys === undefined) this.#waiting.set(slot, (keys = new DueKeys()));
    keys.add(source, entry);
    if (slot < this.#firstSlot) this.#firstSlot = slot;
  }
  #takeWaiting(now: Millis): void {
    if (this.#firstSlot * this.#slotMs > now) return;
    // Few slots: a pause has SLOTS_A_PAUSE of them.
    const due = [...this.#waiting.keys()].filter((slot) => slot * this.#slotMs <= now).sort((a, b) => a - b);
    for (const slot of due) {
      const keys = this.#waiting.get(slot);
      this.#waiting.delete(slot);
      keys?.entries.forEach((entry, i) => {
        const source = keys.sources[i];
        if (source !== undefined) this.#ready.add(source, entry);
      });
    }
    this.#firstSlot = Math.min(Infinity, ...this.#waiting.keys());
  }
}
