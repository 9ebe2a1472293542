/**
 * Values of the windows that are still filling, for wall-boards and for rules that judge them: each changed key at most once
 * a pause, in rounds. A round that is too long for one call goes on in the next; the pause is from its end to the next start.
 */
import { START_OF_TIME, type Millis } from '../../engine/core/types.ts';
import type { KeyDirectory } from './key-directory.ts';
import type { KeyEntry } from './key-entry.ts';
import type { KpiCollector } from './report.ts';

/** Values made in one call, so that none takes longer than a few milliseconds. */
const VALUES_A_CALL = 2000;

/** Whatever has keys with values to show. */
export interface LiveSource {
  readonly directory: KeyDirectory;
  /** Shows the key's live values; returns how many there were. */
  show(entry: KeyEntry, clock: Millis, watermark: Millis, out: KpiCollector): number;
  /** Marks the keys whose live values changed as time went on; returns when that may happen next. */
  roll(clock: Millis): Millis;
}

export class LiveRounds {
  readonly #sources: readonly LiveSource[];
  readonly #pauseMs: Millis;
  /** The round at hand: keys by table, and where it stands. */
  #round: { readonly of: LiveSource; readonly keys: readonly KeyEntry[] }[] = [];
  #at = 0;
  #roundEnded: Millis | undefined;
  #lastCall: Millis = START_OF_TIME;
  /** The first instant at which some view shows another window. */
  #rollsAt: Millis = -Infinity;
  #rolled = false;

  constructor(sources: readonly LiveSource[], pauseMs: Millis) {
    this.#sources = sources;
    this.#pauseMs = pauseMs;
  }

  /** The event-time clock has moved. */
  clock(time: Millis): void {
    if (time >= this.#rollsAt) this.#rolled = true;
  }

  wakeAt(): Millis | undefined {
    if (this.#round.length > 0) return this.#lastCall + 1;
    if (!this.#rolled && !this.#sources.some(({ directory }) => directory.queue.length > 0)) return undefined;
    return this.#roundEnded === undefined ? START_OF_TIME : this.#roundEnded + this.#pauseMs;
  }

  wake(now: Millis, clock: Millis, watermark: Millis, out: KpiCollector): void {
    this.#lastCall = now;
    if (this.#round.length === 0) {
      if (this.#roundEnded !== undefined && now < this.#roundEnded + this.#pauseMs) return;
      this.#begin(clock);
    }
    let left = VALUES_A_CALL;
    while (left > 0) {
      const head = this.#round[0];
      if (head === undefined) {
        this.#roundEnded = now;
        return;
      }
      const entry = head.keys[this.#at++];
      if (entry === undefined) {
        this.#round.shift();
        this.#at = 0;
        continue;
      }
      entry.queued = false;
      // A key that shows nothing costs a little too.
      left -= head.of.show(entry, clock, watermark, out) + 0.1;
    }
  }

  #begin(clock: Millis): void {
    if (this.#rolled) {
      this.#rolled = false;
      this.#rollsAt = Infinity;
      for (const source of this.#sources) this.#rollsAt = Math.min(this.#rollsAt, source.roll(clock));
    }
    this.#at = 0;
    for (const of of this.#sources) {
      const { queue } = of.directory;
      if (queue.length === 0) continue;
      this.#round.push({ of, keys: queue });
      of.directory.queue = [];
    }
  }
}
