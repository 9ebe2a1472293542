/** How many frames one live connection may send, pings and pongs too: a burst to subscribe with, then a few a second. */
import type { Millis } from '../../core/types.ts';
import { type Rate, RateLimit } from '../http/rate-limit.ts';

const USUAL: Rate = { perSecond: 10, burst: 60 };

export class FrameRate {
  readonly #rate: Rate;
  readonly #limit: RateLimit;

  constructor(now: () => Millis, rate: Rate = USUAL) {
    this.#rate = rate;
    this.#limit = new RateLimit(rate, now, 1);
  }

  /** What is said of one too many; undefined: go on. */
  refuses(): string | undefined {
    if (this.#limit.take('') === 0) return undefined;
    const { perSecond, burst } = this.#rate;
    return `too many frames of this connection: ${perSecond} a second, ${burst} at once (http.limits.frames)`;
  }
}
