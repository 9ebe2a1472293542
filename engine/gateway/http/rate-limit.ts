/** Token buckets, one a caller; the number of callers remembered is bounded (the one unseen longest is forgotten first). */
import type { Millis } from '../../core/types.ts';
import type { Queue } from '../../core/metrics.ts';

export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

export class RateLimit {
  readonly #rate: Rate;
  readonly #now: () => Millis;
  readonly #maxCallers: number;
  #forgotten = 0;
  readonly #buckets = new Map<string, { tokens: number; at: Millis }>();

  constructor(rate: Rate, now: () => Millis, maxCallers = 10_000) {
    this.#rate = rate;
    this.#now = now;
    this.#maxCallers = maxCallers;
  }

  /** 0: go on; else how many milliseconds until the tokens are there. */
  take(caller: string, tokens = 1): Millis {
    const now = this.#now();
    const bucket = this.#buckets.get(caller) ?? { tokens: this.#rate.burst, at: now };
    const { perSecond, burst } = this.#rate;
    bucket.tokens = Math.min(burst, bucket.tokens + (Math.max(0, now - bucket.at) * perSecond) / 1_000);
    bucket.at = now;
    this.#buckets.delete(caller);
    this.#buckets.set(caller, bucket);
    if (this.#buckets.size > this.#maxCallers) this.#forgetOldest();
    if (bucket.tokens < tokens) return Math.ceil(((tokens - bucket.tokens) * 1_000) / perSecond);
    bucket.tokens -= tokens;
    return 0;
  }

  get callers(): number {
    return this.#buckets.size;
  }

  queue(name: string): Queue {
    return { queue: name, depth: this.#buckets.size, limit: this.#maxCallers, refused: this.#forgotten };
  }

  #forgetOldest(): void {
    for (const caller of this.#buckets.keys()) {
      this.#buckets.delete(caller);
      this.#forgotten += 1;
      return;
    }
  }
}
