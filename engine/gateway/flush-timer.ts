import type { Millis } from '../core/types.ts';

/** Wakes the hub at the earliest time asked for. */
export class FlushTimer {
  readonly #now: () => Millis;
  readonly #flush: () => void;
  #timer: NodeJS.Timeout | undefined;
  #at = Number.POSITIVE_INFINITY;
  #closed = false;

  constructor(now: () => Millis, flush: () => void) {
    this.#now = now;
    this.#flush = flush;
  }

  wake(at: Millis): void {
    if (at >= this.#at || this.#closed) return;
    clearTimeout(this.#timer);
    this.#at = at;
    this.#timer = setTimeout(
      () => {
        this.#at = Number.POSITIVE_INFINITY;
        this.#flush();
      },
      Math.max(0, at - this.#now()),
    );
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }
}
