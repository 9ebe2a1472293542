/** `http.limits`: what callers of the gateway may ask of it. A refusal names the key that it came from. */
import type { JsonObject } from '../../core/types.ts';
import { bytes, count, object } from '../../../operators/config/config-schema-forms.ts';
import type { Section } from '../../../operators/config/config-values.ts';

const KIB = 1024;
const MOST = 1_000_000;

export interface RateConfig {
  readonly perSecond: number;
  readonly burst: number;
}

export interface HttpLimitsConfig {
  readonly requests: RateConfig;
  readonly events: RateConfig;
  readonly connections: RateConfig;
  readonly bodyBytes: number;
  readonly messageBytes: number;
  readonly concurrent: number;
  readonly histories: number;
  readonly tickets: number;
}

const rate = (what: string, perSecond: number, burst: number): JsonObject =>
  object(`${what} of one token, display or (where neither is given) address`, {
    per_second: count('so many a second in the long run', perSecond, 1, MOST),
    burst: count('so many at once', burst, 1, MOST),
  });

export const HTTP_LIMITS_SCHEMA: JsonObject = object('what one caller, and all of them together, may ask', {
  requests: rate('requests to the API', 100, 500),
  events: rate('requests with events', 500, 1000),
  connections: rate('live connections that begin', 200, 5000),
  body: bytes('longest body of a request, unpacked', '4MiB'),
  message: bytes('longest message that a wall-board may send', '16KiB'),
  concurrent: count('requests that are being answered, of all callers', 512, 1, 100_000),
  histories: count(
    'histories that are read from the broker at once, of all callers; eight times as many wait',
    8,
    1,
    1000,
  ),
  tickets: count('tickets that are out and not used yet', 1000, 1, 100_000),
});

export function readHttpLimits(section: Section): HttpLimitsConfig {
  const rateOf = (name: string, perSecond: number, burst: number): RateConfig => {
    const one = section.section(name);
    return { perSecond: one.number('per_second', perSecond), burst: one.number('burst', burst) };
  };
  return {
    requests: rateOf('requests', 100, 500),
    events: rateOf('events', 500, 1000),
    connections: rateOf('connections', 200, 5000),
    bodyBytes: section.bytes('body', 4 * KIB * KIB),
    messageBytes: section.bytes('message', 16 * KIB),
    concurrent: section.number('concurrent', 512),
    histories: section.number('histories', 8),
    tickets: section.number('tickets', 1000),
  };
}
