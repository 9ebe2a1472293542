/**
 * How often one caller may ask: who is known by a token or a session by that, whatever address many of them share; who is not, by
 * the address. A refusal says which limit it was, and the key that sets it.
 */
import type { Millis } from '../../../core/types.ts';
import type { Queue } from '../../../core/metrics.ts';
import type { Principal } from '../../access/principal.ts';
import type { HttpAnswer } from '../../server/http-message.ts';
import { type Rate, RateLimit } from '../rate-limit.ts';
import { errorAnswer } from '../responses.ts';

/** The kinds of limits, named as in the configuration under `http.limits`. */
export const RATE_NAMES = ['requests', 'events', 'connections', 'links', 'callbacks'] as const;
export type RateName = (typeof RATE_NAMES)[number];

const WHAT: Readonly<Record<RateName, string>> = {
  requests: 'requests',
  events: 'requests with events',
  connections: 'live connections',
  links: 'visits of links',
  callbacks: 'callbacks',
};

export class RequestRate {
  readonly #name: RateName;
  readonly #rate: Rate;
  readonly #limit: RateLimit;

  constructor(name: RateName, rate: Rate, now: () => Millis) {
    this.#name = name;
    this.#rate = rate;
    this.#limit = new RateLimit(rate, now);
  }

  queue(name: string): Queue {
    return this.#limit.queue(name);
  }

  /** The answer to one too many; undefined: go on. `principal`: null where nobody is known. */
  refuses(principal: Pick<Principal, 'name' | 'session'> | null, address: string): HttpAnswer | undefined {
    const waitMs = this.#limit.take(callerOf(principal, address));
    if (waitMs === 0) return undefined;
    const { perSecond, burst } = this.#rate;
    const key = `http.limits.${this.#name}`;
    const whose =
      principal === null ? `the address ${address}` : principal.session === undefined ? 'this token' : 'this display';
    return errorAnswer(
      'rate_limited',
      `too many ${WHAT[this.#name]} of ${whose}: ${perSecond} a second, ${burst} at once (${key})`,
      { limit: key, per_second: perSecond, burst },
      { 'retry-after': String(Math.max(1, Math.ceil(waitMs / 1_000))) },
    );
  }
}

function callerOf(principal: Pick<Principal, 'name' | 'session'> | null, address: string): string {
  if (principal === null) return `address ${address}`;
  return principal.session === undefined ? `token ${principal.name}` : `session ${principal.session}`;
}
