/** How often an address may come with answers: a person with a link, a tool with its callbacks. */
import type { Queue } from '../../../core/metrics.ts';
import type { Millis } from '../../../core/types.ts';
import { RequestRate } from '../../http/limits/request-rates.ts';
import type { Rate } from '../../http/rate-limit.ts';

const LINKS: Rate = { perSecond: 1, burst: 30 };
const CALLBACKS: Rate = { perSecond: 20, burst: 200 };

export class AnswerRates {
  readonly links: RequestRate;
  readonly callbacks: RequestRate;

  constructor(
    now: () => Millis,
    { links = LINKS, callbacks = CALLBACKS }: { readonly links?: Rate; readonly callbacks?: Rate } = {},
  ) {
    this.links = new RequestRate('links', links, now);
    this.callbacks = new RequestRate('callbacks', callbacks, now);
  }

  queues(): readonly Queue[] {
    return [this.links.queue('link_callers'), this.callbacks.queue('callback_callers')];
  }
}
