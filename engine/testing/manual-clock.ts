/** A clock that moves only on request. */
import type { Clock, Millis } from '../core/types.ts';

interface Sleeper {
  readonly at: Millis;
  readonly wake: () => void;
}

export class ManualClock implements Clock {
  #now: Millis;
  #sleepers: Sleeper[] = [];
  #setBackBy: Millis = 0;

  constructor(now: Millis = 0) {
    this.#now = now;
  }

  now(): Millis {
    return this.#now;
  }

  readonly elapsed = (): Millis => this.#now + this.#setBackBy;

  /** How many sleep: a test that ends with one pending has left something running. */
  get sleeping(): number {
    return this.#sleepers.length;
  }

  sleepUntil(time: Millis, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(asError(signal.reason));
      if (time <= this.#now) return resolve();
      const sleeper: Sleeper = {
        at: time,
        wake: () => {
          signal.removeEventListener('abort', abort);
          resolve();
        },
      };
      const abort = (): void => {
        this.#sleepers = this.#sleepers.filter(({ wake }) => wake !== sleeper.wake);
        reject(asError(signal.reason));
      };
      signal.addEventListener('abort', abort, { once: true });
      this.#sleepers.push(sleeper);
    });
  }

  /** Wakes, in order, everyone whose time has come. */
  advanceTo(time: Millis): void {
    this.#now = Math.max(this.#now, time);
    const due = this.#sleepers.filter(({ at }) => at <= this.#now).sort((a, b) => a.at - b.at);
    this.#sleepers = this.#sleepers.filter(({ at }) => at > this.#now);
    for (const { wake } of due) wake();
  }

  /** Somebody sets the wall clock back. Who sleeps does so for as long as before: timers do not follow the wall clock. */
  setBackTo(time: Millis): void {
    const by = this.#now - time;
    this.#now = time;
    this.#setBackBy += by;
    this.#sleepers = this.#sleepers.map(({ at, wake }) => ({ at: at - by, wake }));
  }

  advanceBy(ms: Millis): void {
    this.advanceTo(this.#now + ms);
  }

  /** To the next sleeper's time; false: nobody sleeps. */
  advanceToNext(): boolean {
    if (this.#sleepers.length === 0) return false;
    this.advanceTo(Math.min(...this.#sleepers.map(({ at }) => at)));
    return true;
  }
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('aborted');
}
