/** How many notices a receiver takes: never more than its rates in any of their windows, with a reserve for what is urgent. */
import type { Millis } from '../../core/types.ts';
import type { Rate } from '../hook-rules.ts';

/** Of each rate's notices so many are kept for critical and resolved ones: a quarter, at least one where there are three. */
export function reserveOf({ notices }: Rate): number {
  return notices < 3 ? 0 : Math.max(1, Math.floor(notices / 4));
}

export class SendingRate {
  readonly #rates: readonly Rate[];
  readonly #longest: Millis;
  /** When notices were sent, oldest first; no longer than the longest window. */
  #sent: Millis[] = [];

  constructor(rates: readonly Rate[]) {
    this.#rates = rates;
    this.#longest = Math.max(0, ...rates.map(({ per }) => per));
  }

  /** How many may be sent now. */
  free(now: Millis, isUrgent: boolean): number {
    let free = Number.POSITIVE_INFINITY;
    for (const rate of this.#rates) {
      const used = this.#sent.filter((at) => at > now - rate.per).length;
      free = Math.min(free, rate.notices - used - (isUrgent ? 0 : reserveOf(rate)));
    }
    return Math.max(0, free);
  }

  /** False: nothing limits, and nothing is counted. */
  take(now: Millis): boolean {
    if (this.#rates.length === 0) return false;
    this.#sent = this.#sent.filter((at) => at > now - this.#longest);
    this.#sent.push(now);
    return true;
  }

  setBack(by: Millis): void {
    this.#sent = this.#sent.map((at) => at - by);
  }

  saved(): readonly Millis[] {
    return [...this.#sent];
  }

  restore(sent: readonly Millis[]): void {
    this.#sent = [...sent];
  }
}
