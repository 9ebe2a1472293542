/** Bad input of many kinds, made from a seed: for tests that send it between good events and look where it goes. */

export interface BadMessage {
  /** What is bad about it. */
  readonly kind: string;
  readonly subject: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly data: Uint8Array;
  /** Last token of the DLQ subject it belongs on. */
  readonly reason: string;
}
type Made = Omit<BadMessage, 'kind' | 'subject' | 'headers'> & Partial<BadMessage>;

/** A sequence of numbers in [0, n) that is the same for the same seed (mulberry32). */
export function dice(seed: number): (n: number) => number {
  let state = seed >>> 0;
  return (n) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * n);
  };
}

const encoder = new TextEncoder();
const bytes = (text: string): Uint8Array => encoder.encode(text);
const JSON_EVENT = { 'content-type': 'application/cloudevents+json' };

/** `count` messages, all kinds in turn. `now`: the clock of the reader; `maxEventBytes`: its limit for one event. */
export function badMessages(seed: number, count: number, now: number, maxEventBytes = 262_144): readonly BadMessage[] {
  const roll = dice(seed);
  return Array.from({ length: count }, (_, i) => {
    const [kind, make] = KINDS[i % KINDS.length] ?? ['', () => malformed('')];
    const made = make({ roll, id: `bad-${seed}-${i}`, now, maxEventBytes });
    return { kind, subject: 'cx.events.app.feedback.-', headers: JSON_EVENT, ...made };
  });
}

interface Maker {
  readonly roll: (n: number) => number;
  readonly id: string;
  readonly now: number;
  readonly maxEventBytes: number;
}

function event({ id, now }: Maker, data: unknown = {}, attributes: object = {}): string {
  return JSON.stringify({
    specversion: '1.0',
    id,
    source: '/bad',
    type: 'cx.feedback.posted',
    time: new Date(now - 1000).toISOString(),
    data: typeof data === 'object' && !Array.isArray(data) ? { channel: 'app', text: '很慢', ...data } : data,
    ...attributes,
  });
}
const as = (reason: string, text: string, more: Partial<BadMessage> = {}): Made => ({
  data: bytes(text),
  reason,
  ...more,
});
const malformed = (text: string, more: Partial<BadMessage> = {}): Made => as('malformed', text, more);
const survey = (maker: Maker, data: object): Made => as('schema', event(maker, data, { type: 'cx.survey.answered' }));

const KINDS: readonly (readonly [string, (maker: Maker) => Made])[] = [
  ['empty payload', () => malformed('')],
  ['free text', ({ roll }) => malformed(['hello', '满意度很低', 'GET / HTTP/1.1'][roll(3)] ?? '')],
  [
    'random bytes',
    ({ roll }) => ({
      data: Uint8Array.from({ length: 1 + roll(60) }, (_, i) => (i === 0 ? 0xc1 : roll(256))),
      reason: 'malformed',
    }),
  ],
  ['JSON cut short', (maker) => malformed(event(maker).slice(0, 5 + maker.roll(60)))],
  ['JSON with a trailing comma', (maker) => malformed(event(maker).replace(/}$/, ',}'))],
  ['single quotes', (maker) => malformed(event(maker).replaceAll('"', "'"))],
  ['two events in one message', (maker) => malformed(`${event(maker)}\n${event(maker)}`)],
  [
    'GBK instead of UTF-8',
    () => ({
      data: Uint8Array.of(0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xc4, 0xe3, 0xba, 0xc3, 0x22, 0x7d),
      reason: 'malformed',
    }),
  ],
  ['a string instead of an event', ({ id }) => malformed(JSON.stringify(id))],
  ['null instead of an event', () => malformed('null')],
  ['XML', ({ id }) => malformed(`<event id="${id}"/>`, { headers: { 'content-type': 'application/cloudevents+xml' } })],
  ['no specversion', (maker) => malformed(event(maker, {}, { specversion: undefined }))],
  ['old specversion', (maker) => malformed(event(maker, {}, { specversion: '0.3' }))],
  ['no id', (maker) => malformed(event(maker, {}, { id: undefined }))],
  ['a number as id', (maker) => malformed(event(maker, {}, { id: maker.roll(1000) }))],
  ['no source', (maker) => malformed(event(maker, {}, { source: undefined }))],
  ['no type', (maker) => malformed(event(maker, {}, { type: undefined }))],
  ['a local time', (maker) => malformed(event(maker, {}, { time: '2026-03-02 09:15:04' }))],
  ['an impossible date', (maker) => malformed(event(maker, {}, { time: '2026-02-30T00:00:00Z' }))],
  ['a time in seconds', (maker) => malformed(event(maker, {}, { time: Math.floor(maker.now / 1000) }))],
  ['an attribute with capitals', (maker) => malformed(event(maker, {}, { customerId: 'c-1' }))],
  [
    'binary mode without id',
    () =>
      malformed('{"channel":"app","text":"x"}', {
        headers: { 'ce-specversion': '1.0', 'ce-type': 'cx.feedback.posted' },
      }),
  ],
  [
    'binary mode with data in XML',
    ({ id }) => malformed('<a/>', { headers: { 'ce-specversion': '1.0', 'ce-id': id, 'content-type': 'text/xml' } }),
  ],
  [
    'MessagePack cut short',
    () => ({
      data: Uint8Array.of(0x82, 0xa2, 0x69),
      reason: 'malformed',
      headers: { 'content-type': 'application/msgpack' },
    }),
  ],
  [
    'a MessagePack list of millions',
    () => ({ data: Uint8Array.of(0xdd, 0x01, 0xff, 0xff, 0xff), reason: 'malformed', headers: {} }),
  ],
  [
    'a MessagePack extension',
    () => ({ data: Uint8Array.of(0x81, 0xa1, 0x61, 0xd4, 0x72, 0x40), reason: 'malformed', headers: {} }),
  ],
  ['an unknown type', (maker) => as('unknown_type', event(maker, {}, { type: `cx.survey.t${maker.roll(99)}` }))],
  [
    "Earshot's own type",
    (maker) => as('unknown_type', event(maker, { alert: 'a', by: 'b' }, { type: 'earshot.alert.acked' })),
  ],
  [
    'an unknown channel',
    (maker) => as('unknown_channel', event(maker, { channel: `fax_${'abc'[maker.roll(3)] ?? ''}` })),
  ],
  ["Earshot's own channel", (maker) => as('unknown_channel', event(maker, { channel: 'internal' }))],
  [
    'the near future',
    (maker) =>
      as('future_time', event(maker, {}, { time: new Date(maker.now + 600_000 + maker.roll(1e6)).toISOString() })),
  ],
  ['the far future', (maker) => as('future_time', event(maker, {}, { time: '9999-12-31T23:59:59Z' }))],
  ['no data', (maker) => as('schema', event(maker, {}, { data: undefined }))],
  ['a list as data', (maker) => as('schema', event(maker, [1, 2]))],
  ['a text as data', (maker) => as('schema', event(maker, '很慢'))],
  ['a number as text', (maker) => as('schema', event(maker, { text: maker.roll(1000) }))],
  ['neither text nor rating', (maker) => as('schema', event(maker, { text: undefined }))],
  [
    'a rating off its scale',
    (maker) => as('schema', event(maker, { rating: { value: 6 + maker.roll(5), min: 1, max: 5 } })),
  ],
  ['a customer that is a text', (maker) => as('schema', event(maker, { customer: 'c-1' }))],
  ['a text too long', (maker) => as('schema', event(maker, { text: 'x'.repeat(100_001) }))],
  ['an NPS of more than 10', (maker) => survey(maker, { metric: 'nps', score: 11 + maker.roll(90) })],
  ['a CSAT of 0', (maker) => survey(maker, { metric: 'csat', score: 0 })],
  ['a score in words', (maker) => survey(maker, { metric: 'csat', score: '5' })],
  ['an unknown metric', (maker) => survey(maker, { metric: 'smiles', score: 5 })],
  ['no score', (maker) => survey(maker, { metric: 'csat' })],
  [
    'an unknown author',
    (maker) => as('schema', event(maker, { conversation: 'v', author: 'ghost' }, { type: 'cx.interaction.message' })),
  ],
  [
    'a negative wait',
    (maker) =>
      as('schema', event(maker, { call: 'k', outcome: 'answered', wait_s: -1 }, { type: 'cx.interaction.call' })),
  ],
  ['a case without a number', (maker) => as('schema', event(maker, { case: '' }, { type: 'cx.case.opened' }))],
  [
    'a currency that is none',
    (maker) => as('schema', event(maker, { order: 'o', currency: 'yuan' }, { type: 'cx.order.completed' })),
  ],
  ['an infinite number', (maker) => as('schema', event(maker, { wait: 0 }).replace('"wait":0', '"wait":1e999'))],
  ['a prototype', (maker) => as('schema', event(maker).replace('"text"', '"__proto__":{"polluted":true},"text"'))],
  [
    'too deep',
    (maker) =>
      as('schema', event(maker, { deep: 0 }).replace('"deep":0', `"deep":${'['.repeat(5000)}${']'.repeat(5000)}`)),
  ],
  [
    'too many values',
    (maker) => as('schema', event(maker, { list: 0 }).replace('"list":0', `"list":[${'1,'.repeat(30_000)}1]`)),
  ],
  ['too large', (maker) => as('too_large', event(maker, { text: 'x'.repeat(maker.maxEventBytes + 1) }))],
  [
    'a batch of nothing but an event',
    (maker) => malformed(event(maker), { headers: { 'content-type': 'application/cloudevents-batch+json' } }),
  ],
];

/** How many kinds there are. */
export const BAD_KINDS = KINDS.length;
