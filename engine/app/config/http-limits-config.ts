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
  readonly frames: RateConfig;
  readonly links: RateConfig;
  readonly callbacks: RateConfig;
  readonly bodyBytes: number;
  readonly bodiesBytes: number;
  readonly answersBytes: number;
  readonly messageBytes: number;
  readonly concurrent: number;
  readonly histories: number;
  readonly tickets: number;
}

/** So many a second, so many at once, unless it is said. */
const RATES = {
  requests: [100, 500],
  events: [500, 1000],
  connections: [200, 5000],
  frames: [10, 60],
  links: [1, 30],
  callbacks: [20, 200],
} as const;
type RateKey = keyof typeof RATES;

const CALLER = 'of one token, display or (where neither is given) address';
const rate = (key: RateKey, what: string): JsonObject =>
  object(what, {
    per_second: count('so many a second in the long run', RATES[key][0], 1, MOST),
    burst: count('so many at once', RATES[key][1], 1, MOST),
  });

export const HTTP_LIMITS_SCHEMA: JsonObject = object('what one caller, and all of them together, may ask', {
  requests: rate('requests', `requests to the API ${CALLER}`),
  events: rate('events', `requests with events ${CALLER}`),
  connections: rate('connections', `live connections that begin ${CALLER}`),
  frames: rate('frames', 'messages that come over one live connection'),
  links: rate('links', 'visits of the pages behind links of notices, of one address'),
  callbacks: rate('callbacks', 'callbacks of the tools that hooks call, of one address'),
  body: bytes('longest body of a request, unpacked', '4MiB'),
  bodies: bytes(
    'bodies of requests that are here at a time, of all callers; one as long as `body` always fits',
    '64MiB',
  ),
  answers: bytes('answers that wait for their clients to take them, of all callers', '64MiB'),
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
  const rateOf = (key: RateKey): RateConfig => {
    const one = section.section(key);
    const [perSecond, burst] = RATES[key];
    return { perSecond: one.number('per_second', perSecond), burst: one.number('burst', burst) };
  };
  return {
    requests: rateOf('requests'),
    events: rateOf('events'),
    connections: rateOf('connections'),
    frames: rateOf('frames'),
    links: rateOf('links'),
    callbacks: rateOf('callbacks'),
    bodyBytes: section.bytes('body', 4 * KIB * KIB),
    bodiesBytes: section.bytes('bodies', 64 * KIB * KIB),
    answersBytes: section.bytes('answers', 64 * KIB * KIB),
    messageBytes: section.bytes('message', 16 * KIB),
    concurrent: section.number('concurrent', 512),
    histories: section.number('histories', 8),
    tickets: section.number('tickets', 1000),
  };
}
