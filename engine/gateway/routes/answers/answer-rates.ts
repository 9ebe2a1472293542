/** How often an address may come with answers: a person with a link, a tool with its callbacks. */
import type { Queue } from '../../../core/metrics.ts';
import type { Millis } from '../../../core/types.ts';
import { RateLimit, type Rate } from '../../http/rate-limit.ts';

export class AnswerRates {
  readonly links: RateLimit;
  readonly callbacks: RateLimit;

  /** `rate`: of both, where it is not the usual one. */
  constructor(now: () => Millis, rate?: Rate) {
    this.links = new RateLimit(rate ?? { perSecond: 1, burst: 30 }, now);
    this.callbacks = new RateLimit(rate ?? { perSecond: 20, burst: 200 }, now);
  }

  queues(): readonly Queue[] {
    return [this.links.queue('link_callers'), this.callbacks.queue('callback_callers')];
  }
}
