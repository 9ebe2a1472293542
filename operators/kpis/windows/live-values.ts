/**
 * Values of the windows that are still filling, for wall-boards and for rules that judge them. A key that has been quiet is
 * shown at once; after that, while it changes, once a pause: the first sign of a change is never held back. Rules don't wait
 * for the pause: what they judge goes to them at the first wake-up after each change (decision 030).
 */
import { at, must } from '../../../engine/core/must.ts';
import { START_OF_TIME, type Millis } from '../../../engine/core/types.ts';
import type { KeyDirectory } from '../keys/key-directory.ts';
import type { KeyEntry } from '../keys/key-entry.ts';
import type { KpiCollector } from '../output/report.ts';

/** Values made in one call, so that none takes longer than a few milliseconds. */
const VALUES_A_CALL = 2000;
/**
 * Keys that wait are shown in slots, all keys of a slot together, so that they leave in few frames: a key that has just begun to
 * change waits up to a slot longer than the pause, and from then on a pause exactly.
 */
const SLOTS_A_PAUSE = 4;
const LEAST_SLOT_MS = 10;
const LONGEST_SLOT_MS = 25;

/** Whatever has keys with values to show. */
export interface LiveSource {
  readonly directory: KeyDirectory;
  /** Shows the key's live values; returns how many there were. */
  show(entry: KeyEntry, clock: Millis, watermark: Millis, out: KpiCollector): number;
  /** Whether rules judge any of its live values. */
  readonly isJudged: boolean;
  /** Hands those of the key's live values to the next operator that rules judge; returns how many there were. */
  judge(entry: KeyEntry, clock: Millis, watermark: Millis, out: KpiCollector): number;
  /** Marks the keys whose live values changed as time went on; returns when that may happen next. */
  roll(clock: Millis): Millis;
}

/** Keys that are due at the same time, taken in the order in which they were added. */
class DueKeys {
  readonly #sources: LiveSource[] = [];
  readonly #entries: KeyEntry[] = [];
  #taken = 0;

  add(source: LiveSource, entry: KeyEntry): void {
    this.#sources.push(source);
    this.#entries.push(entry);
  }
  get isEmpty(): boolean {
    return this.#taken === this.#entries.length;
  }
  /** Calls for one after the other until that has made `most` values, and returns how many more it might have. */
  take(most: number, make: (source: LiveSource, entry: KeyEntry) => number): number {
    let left = most;
    while (left > 0 && this.#taken < this.#entries.length) {
      const i = this.#taken++;
      // A key that shows nothing costs a little too.
      left -= make(at(this.#sources, i), at(this.#entries, i)) + 0.1;
    }
    if (!this.isEmpty) return 0;
    this.#sources.length = this.#entries.length = this.#taken = 0;
    return left;
  }
  moveTo(other: DueKeys, each: (entry: KeyEntry) => void): void {
    for (; this.#taken < this.#entries.length; this.#taken++) {
      const entry = at(this.#entries, this.#taken);
      each(entry);
      other.add(at(this.#sources, this.#taken), entry);
    }
  }
}

export class LivePace {
  readonly #sources: readonly LiveSource[];
  readonly #pauseMs: Millis;
  readonly #slotMs: Millis;
  /** Keys that may be shown now. */
  readonly #ready = new DueKeys();
  /** Keys that changed less than a pause after they were shown, and that rules are to judge now. */
  readonly #judging = new DueKeys();
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
    const slotMs = Math.min(Math.max(Math.floor(pauseMs / SLOTS_A_PAUSE), LEAST_SLOT_MS), LONGEST_SLOT_MS);
    this.#slotMs = Math.max(1, Math.min(slotMs, pauseMs));
  }

  /** The event-time clock has moved. */
  clock(time: Millis): void {
    if (time >= this.#rollsAt) this.#rolled = true;
  }

  wakeAt(): Millis | undefined {
    if (!this.#ready.isEmpty || !this.#judging.isEmpty) return this.#lastCall + 1;
    if (this.#rolled) return START_OF_TIME;
    for (const { directory } of this.#sources) if (directory.queue.length > 0) return START_OF_TIME;
    return this.#firstSlot === Infinity ? undefined : this.#firstSlot * this.#slotMs;
  }

  wake(now: Millis, clock: Millis, watermark: Millis, out: KpiCollector): void {
    this.#lastCall = now;
    if (this.#rolled) this.#roll(clock);
    this.#takeChanged(now);
    this.#takeWaiting(now);
    const left = this.#judging.take(VALUES_A_CALL, (source, entry) => {
      entry.queued = false;
      return source.judge(entry, clock, watermark, out);
    });
    this.#ready.take(left, (source, entry) => {
      entry.queued = false;
      entry.isWaiting = false;
      // Where there are too many values, each is shown when its time comes.
      if (now - entry.shownAt > this.#slotMs) entry.shownAt = now;
      return source.show(entry, clock, watermark, out);
    });
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
      for (const entry of queue) this.#changed(source, entry, now);
    }
  }
  #changed(source: LiveSource, entry: KeyEntry, now: Millis): void {
    const due = entry.shownAt + this.#pauseMs;
    if (due <= now && !entry.isWaiting) {
      entry.isWaiting = true;
      entry.shownAt = now;
      this.#ready.add(source, entry);
      return;
    }
    // Judged once it was taken, and then free to be queued again.
    if (source.isJudged) this.#judging.add(source, entry);
    if (entry.isWaiting) return;
    entry.isWaiting = true;
    this.#wait(source, entry, due);
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
    // Few slots: a pause has a handful of them.
    const due = [...this.#waiting.keys()].filter((slot) => slot * this.#slotMs <= now).sort((a, b) => a - b);
    for (const slot of due) {
      const keys = must(this.#waiting.get(slot), 'a slot that keys wait in');
      this.#waiting.delete(slot);
      // As of its time, not of a wake-up that came a little later: its next one is a pause after that.
      keys.moveTo(this.#ready, (entry) => (entry.shownAt = slot * this.#slotMs));
    }
    this.#firstSlot = Math.min(Infinity, ...this.#waiting.keys());
  }
}
