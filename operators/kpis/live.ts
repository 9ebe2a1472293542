/**
 * Values of the windows that are still filling, for wall-boards and for rules that judge them: each changed key at most once
 * a pause, in rounds. A round that is too long for one call goes on in the next; the pause is from its end to the next start.
 */
import { START_OF_TIME, type Millis } from '../../engine/core/types.ts';
import type { WindowedTable } from './feed.ts';
import type { KeyEntry } from './key-entry.ts';
import type { KpiCollector } from './report.ts';

/** Values made in one call, so that none takes longer than a few milliseconds. */
const VALUES_A_CALL = 2000;

export class LiveRounds {
  readonly #tables: readonly WindowedTable[];
  readonly #pauseMs: Millis;
  /** The round at hand: keys by table, and where it stands. */
  #round: { readonly of: WindowedTable; readonly keys: readonly KeyEntry[] }[] = [];
  #at = 0;
  #roundEnded: Millis | undefined;
  #lastCall: Millis = START_OF_TIME;
  /** The first instant at which some view shows another window. */
  #rollsAt: Millis = -Infinity;
  #rolled = false;

  constructor(tables: readonly WindowedTable[], pauseMs: Millis) {
    this.#tables = tables;
    this.#pauseMs = pauseMs;
  }

  /** The event-time clock has moved. */
  clock(time: Millis): void {
    if (time >= this.#rollsAt) this.#rolled = true;
  }

  wakeAt(): Millis | undefined {
    if (this.#round.length > 0) return this.#lastCall + 1;
    if (!this.#rolled && !this.#tables.some(({ table }) => table.queue.length > 0)) return undefined;
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
      for (const view of head.of.views) {
        // A key that shows nothing costs a little too.
        left -= view.show(entry, clock, watermark, out) ? 1 : 0.1;
      }
    }
  }

  #begin(clock: Millis): void {
    if (this.#rolled) {
      this.#rolled = false;
      this.#rollsAt = Infinity;
      for (const { table, views } of this.#tables) {
        const changed = (entry: KeyEntry): void => table.changed(entry);
        for (const view of views) {
          view.rollLive(clock, changed);
          this.#rollsAt = Math.min(this.#rollsAt, view.liveEnd(clock));
        }
      }
    }
    this.#at = 0;
    for (const of of this.#tables) {
      if (of.table.queue.length === 0) continue;
      this.#round.push({ of, keys: of.table.queue });
      of.table.queue = [];
    }
  }
}
