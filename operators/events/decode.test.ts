import { pack } from 'msgpackr';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCodec } from '../../engine/adapters/formats/codec.ts';
import { createSchemaValidator } from '../../engine/adapters/formats/schema-validator.ts';
import type { JsonObject, OutputMessage, RawMessage } from '../../engine/core/types.ts';
import type { CxEnvelope } from '../shared/messages.ts';
import { boundsOver } from './answer-bounds.ts';
import { createDecoder, decodeStage, type DecodeOptions } from './decode.ts';
import { dataSchemas } from './types/event-types.ts';

const NOW = Date.UTC(2026, 2, 2, 1, 15, 5);
const options: DecodeOptions = {
  codec: createCodec(),
  validate: createSchemaValidator(dataSchemas()),
  channels: ['kiosk'],
  maxEventBytes: 65_536,
  maxFutureMs: 300_000,
  maskKey: 'a key',
};
const decode = createDecoder(options);

const good: JsonObject = {
  specversion: '1.0',
  id: 'e-1001',
  source: '/channels/app',
  type: 'cx.feedback.posted',
  time: '2026-03-02T09:15:04.120+08:00',
  data: {
    channel: 'app',
    customer: { id: 'c-77', tier: 'vip' },
    region: 'east',
    product: 'delivery',
    text: '等了两个小时还没送到，太慢了',
    rating: { value: 1, min: 1, max: 5 },
  },
};

function message(
  body: unknown,
  headers: Record<string, string> = {},
  subject = 'cx.events.app.feedback.c-77',
): RawMessage {
  const data = body instanceof Uint8Array ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return { subject, headers, data, seq: 7, stored: NOW };
}
const structured = { 'content-type': 'application/cloudevents+json; charset=UTF-8' };

function only(raw: RawMessage, decoder = decode): { event?: unknown; rejected?: OutputMessage } {
  const prepared = decoder(raw);
  expect(prepared).toMatchObject({ seq: 7, stored: NOW });
  expect(prepared.items).toHaveLength(1);
  return prepared.items[0]!;
}
function rejection(raw: RawMessage): { reason: string; error: string; at: string; index?: number } {
  const { rejected } = only(raw);
  const data = rejected?.data as { reason: string; error: string; at: string };
  expect(rejected?.subject).toBe(`cx.dlq.${data.reason}`);
  return data;
}
const withData = (data: JsonObject, type = 'cx.feedback.posted'): JsonObject => ({ ...good, type, data });

describe('answers on other scales', () => {
  const answered = (data: JsonObject): RawMessage =>
    message(withData({ channel: 'survey', ...data }, 'cx.survey.answered'));
  const ten = { min: 1, max: 10 };

  it('are taken in where the answer brings its scale, or a measure is configured for it', () => {
    const wide = createDecoder({ ...options, answers: boundsOver([{ min: 0, max: 10 }]) });
    for (const metric of ['csat', 'ces']) {
      expect(only(answered({ metric, score: 9, scale: ten }))).toHaveProperty('event');
      expect(only(answered({ metric, score: 9 }))).toHaveProperty('rejected');
      expect(only(answered({ metric, score: 9 }), wide)).toHaveProperty('event');
      expect(only(answered({ metric, score: 0 }), wide)).toHaveProperty('event');
      expect(only(answered({ metric, score: 11 }), wide)).toHaveProperty('rejected');
    }
    expect(only(answered({ metric: 'ces', score: 7 }))).toHaveProperty('event');
    expect(only(answered({ metric: 'other', score: 900 }))).toHaveProperty('event');
    expect(only(answered({ metric: 'nps', score: 6.5 }))).toHaveProperty('event');
    expect(only(answered({ metric: 'nps', score: 11, scale: { min: 0, max: 100 } }))).toHaveProperty('rejected');
  });
  it('are those of answers alone: another event may have fields of these names', () => {
    const posted = message(withData({ channel: 'app', text: 'x', metric: 'csat', score: 900 }));
    expect(only(posted)).toHaveProperty('event');
  });
});

describe('what is read', () => {
  const binary = {
    'ce-specversion': '1.0',
    'ce-id': 'e-1001',
    'ce-source': '/channels/app',
    'ce-type': 'cx.feedback.posted',
    'ce-time': '2026-03-02T01:15:04.12Z',
  };
  const modes: [string, RawMessage][] = [
    ['structured JSON', message(good, structured)],
    ['structured MessagePack', message(pack(good), { 'content-type': 'application/cloudevents+msgpack' })],
    ['MessagePack by content type', message(pack(good), { 'content-type': 'application/msgpack' })],
    ['JSON by content type', message(good, { 'content-type': 'application/json' })],
    ['JSON without a word', message(`\n\t ${JSON.stringify(good)}`)],
    ['JSON with a byte order mark', message(`\ufeff${JSON.stringify(good)}`)],
    ['MessagePack without a word', message(pack(good))],
    ['binary JSON', message(good['data'], { ...binary, 'content-type': 'application/json' })],
    ['binary JSON without content type', message(good['data'], binary)],
    ['binary MessagePack', message(pack(good['data']), { ...binary, 'content-type': 'application/x-msgpack' })],
    ['a batch of one', message([good], { 'content-type': 'application/cloudevents-batch+json' })],
    ['a MessagePack list of one', message(pack([good]))],
    [
      'data in base64',
      message({ ...good, data: undefined, data_base64: Buffer.from(JSON.stringify(good['data'])).toString('base64') }),
    ],
    ['MessagePack with a timestamp', message(pack({ ...good, time: new Date('2026-03-02T01:15:04.120Z') }))],
  ];
  it.each(modes)('%s', (_name, raw) => {
    expect(only(raw)).toEqual({
      event: {
        id: '/channels/app|e-1001',
        key: 'c-77',
        ts: Date.UTC(2026, 2, 2, 1, 15, 4, 120),
        value: {
          source: '/channels/app',
          eventId: 'e-1001',
          type: 'cx.feedback.posted',
          family: 'feedback',
          channel: 'app',
          subjectKey: 'c-77',
          attributes: {},
          data: good['data'],
          received: NOW,
          time: Date.UTC(2026, 2, 2, 1, 15, 4, 120),
          enrichment: {
            status: 'skipped',
            lang: 'zh',
            sentiment: null,
            issues: [],
            owner: null,
            urgency: null,
            quality: {},
            model: null,
          },
        },
      },
    });
  });

  it('percent-decoded header attributes, passed on', () => {
    const raw = message(good['data'], {
      ...binary,
      'ce-id': '%E6%BB%A1%20%F0%9F%98%80',
      'ce-traceparent': '00-ab',
      other: 'x',
    });
    expect(only(raw)).toMatchObject({
      event: { id: '/channels/app|满 😀', value: { eventId: '满 😀', attributes: { traceparent: '00-ab' } } },
    });
  });

  it('ids and sources that are personal themselves as tokens, apart from each other', () => {
    const read = (id: string, source: string): CxEnvelope => {
      const item = decode(message({ ...good, id, source })).items[0];
      if (item === undefined || !('event' in item)) throw new Error('it was refused');
      return item.event;
    };
    const one = read('13812345678', '/customers/zhao.lei@example.com');
    const other = read('13912345678', '/customers/zhao.lei@example.com');
    expect(JSON.stringify([one, other])).not.toMatch(/1381234|1391234|zhao/);
    expect(one.id).not.toBe(other.id);
    expect(one.id).toBe(`${one.value.source}|${one.value.eventId}`);
    expect(read('e-1', '/channels/app').id).toBe('/channels/app|e-1');
  });

  it('the good events of a batch beside its bad ones, in their order', () => {
    const { items } = decode(
      message([good, { ...good, id: 5 }, 'x', { ...good, id: 'e-2' }], {
        'content-type': 'application/cloudevents-batch+json',
      }),
    );
    expect(
      items.map((item) => ('event' in item ? item.event.id : (item.rejected.data as JsonObject)['index'])),
    ).toEqual(['/channels/app|e-1001', 1, 2, '/channels/app|e-2']);
    const rejected = items[1] as { rejected: OutputMessage };
    const { bytes } = rejected.rejected.data as { bytes: string };
    expect(JSON.parse(Buffer.from(bytes, 'base64').toString())).toEqual({ ...good, id: 5 });
  });

  it('the channel of the subject where the data name none, stored subjects included', () => {
    const { channel: _, ...data } = good['data'] as JsonObject;
    for (const subject of ['cx.events.douyin.feedback.c-77', 'cx.p.3.douyin.feedback']) {
      expect(only(message(withData(data), structured, subject))).toMatchObject({
        event: { value: { channel: 'douyin', data: { channel: 'douyin' } } },
      });
    }
  });

  it('configured channels', () => {
    expect(only(message(withData({ channel: 'kiosk', text: '好' })))).toMatchObject({
      event: { value: { channel: 'kiosk' } },
    });
  });

  it('an event without time at the time it was stored', () => {
    const { time: _, ...timeless } = good;
    expect(only(message(timeless))).toMatchObject({
      event: { ts: NOW, value: { enrichment: { quality: { time_missing: true } } } },
    });
  });

  it('unknown fields, and optional ones that are null', () => {
    const data = { channel: 'app', text: '好', region: null, customer: null, loyalty: { points: [1, { deep: true }] } };
    expect(only(message(withData(data)))).toMatchObject({ event: { value: { data } } });
  });

  it("Earshot's own control events, on their own channel only", () => {
    const control = { ...good, type: 'earshot.alert.acked', data: { alert: 'a-1', by: 'li' } };
    expect(only(message(control, structured, 'cx.events.internal.control.a-1'))).toMatchObject({
      event: { value: { family: 'control', channel: 'internal' } },
    });
    const remarks = { ...control.data, note: '致电 13812345678', reason: 'zhao.lei@example.com', match: { rule: 'r' } };
    expect(
      only(message({ ...control, data: remarks }, structured, 'cx.events.internal.control.a-1')),
      'what people write beside their decisions is masked',
    ).toMatchObject({
      event: { value: { data: { ...remarks, note: '致电 138****5678', reason: 'z***@example.com' } } },
    });
    expect(rejection(message(control, structured)).reason).toBe('unknown_type');
    expect(rejection(message(good, structured, 'cx.events.internal.control.a-1')).reason).toBe('unknown_channel');
  });
});

describe('what is refused', () => {
  const cases: [string, RawMessage, string, string, string | RegExp][] = [
    ['nothing', message(''), 'malformed', '', 'empty'],
    [
      'half an event',
      message(JSON.stringify(good).slice(0, 60), structured),
      'malformed',
      '',
      'ends too early (after 60',
    ],
    ['free text', message('hello'), 'malformed', '', 'neither JSON nor'],
    ['GBK', message(Buffer.from('7b2261223a22c4e3bac3227d', 'hex'), structured), 'malformed', '', 'not UTF-8'],
    [
      'XML',
      message('<a/>', { 'content-type': 'application/cloudevents+xml' }),
      'malformed',
      'header:content-type',
      'neither JSON',
    ],
    ['a number', message('5', structured), 'malformed', '', 'must be an object, found a number'],
    ['no specversion', message({ ...good, specversion: undefined }), 'malformed', '/specversion', 'missing'],
    ['another specversion', message({ ...good, specversion: '0.3' }), 'malformed', '/specversion', 'found "0.3"'],
    ['no id', message({ ...good, id: undefined }), 'malformed', '/id', 'id is missing'],
    ['a number as id', message({ ...good, id: 5 }), 'malformed', '/id', 'must be a string, found a number'],
    ['an empty source', message({ ...good, source: '' }), 'malformed', '/source', 'must not be empty'],
    [
      'a header too long',
      message({}, { 'ce-specversion': '1.0', 'ce-id': 'x'.repeat(300) }),
      'malformed',
      'header:ce-id',
      '300',
    ],
    ['a local time', message({ ...good, time: '2026-03-02T09:15:04' }), 'malformed', '/time', 'RFC 3339'],
    ['a number as time', message({ ...good, time: 1_772_414_104 }), 'malformed', '/time', 'found a number'],
    ['a name of its own', message({ ...good, customer_id: 'x' }), 'malformed', '', 'fields of yours belong into data'],
    ['an object attribute', message({ ...good, custom: {} }), 'malformed', '/custom', 'must be plain text'],
    ['the future', message({ ...good, time: '2026-03-02T01:30:05Z' }), 'future_time', '/time', '900 s ahead'],
    ['no such type', message({ ...good, type: 'cx.survey.opened' }), 'unknown_type', '/type', 'cx.survey.answered'],
    ['no such channel', message(withData({ channel: 'fax', text: 'a' })), 'unknown_channel', '/data/channel', '"fax"'],
    ['no channel', message(withData({ text: 'a' }), {}, 'other'), 'unknown_channel', '/data/channel', 'missing'],
    ['no data', message({ ...good, data: undefined }), 'schema', '/data', 'missing'],
    ['a list as data', message({ ...good, data: [] }), 'schema', '/data', 'must be an object, found a list of 0'],
    ['no text nor rating', message(withData({ channel: 'app' })), 'schema', '/data', 'must have text or rating'],
    [
      'a number as text',
      message(withData({ channel: 'app', text: 5 })),
      'schema',
      '/data/text',
      'data.text must be a string',
    ],
    [
      'a rating out of range',
      message(withData({ channel: 'app', rating: { value: 6, min: 1, max: 5 } })),
      'schema',
      '/data/rating/value',
      'between the min and max of rating (1 and 5)',
    ],
    [
      'an NPS of 11',
      message(withData({ channel: 'app', metric: 'nps', score: 11 }, 'cx.survey.answered')),
      'schema',
      '/data/score',
      'must be <= 10',
    ],
    [
      'a CSAT of 9 that brings no scale',
      message(withData({ channel: 'app', metric: 'csat', score: 9 }, 'cx.survey.answered')),
      'schema',
      '/data/score',
      'must lie between 1 and 5, as answers of csat do that bring no scale',
    ],
    [
      'a CES outside its own scale',
      message(withData({ channel: 'app', metric: 'ces', score: 7, scale: { min: 1, max: 5 } }, 'cx.survey.answered')),
      'schema',
      '/data/score',
      'between the min and max of scale (1 and 5)',
    ],
    [
      'two faults at once',
      message(withData({ channel: 'app', metric: 'smile', outcome: 5 }, 'cx.survey.answered')),
      'schema',
      '/data/score',
      /score is missing, but required; .*must be one of "nps", "csat", "ces", "other"/,
    ],
    [
      'a prototype',
      message(JSON.stringify(good).replace('"region"', '"__proto__":{"x":1},"region"')),
      'schema',
      '/data/__proto__',
      'not an allowed name',
    ],
    [
      'an infinite number',
      message(JSON.stringify(good).replace('"value":1', '"value":1e999')),
      'schema',
      '/data/rating/value',
      'finite',
    ],
    [
      'too deep',
      message(withData({ channel: 'app', text: 'a', x: deep(40) })),
      'schema',
      `/data${'/x'.repeat(32)}`,
      'nests deeper than 32',
    ],
    [
      'too large',
      message(withData({ channel: 'app', text: 'x'.repeat(70_000) })),
      'too_large',
      '',
      'more than the 65536',
    ],
    [
      'binary data',
      message(pack(withData({ channel: 'app', text: 'a', x: Buffer.from('x') } as never))),
      'malformed',
      '',
      'JSON does not have',
    ],
    [
      'a huge list',
      message(Buffer.from([0xdd, 0x01, 0xff, 0xff, 0xff])),
      'malformed',
      '',
      'more values than there are bytes',
    ],
  ];
  it.each(cases)('%s', (_name, raw, reason, at, error) => {
    const found = rejection(raw);
    expect({ reason: found.reason, at: found.at }).toEqual({ reason, at });
    if (typeof error === 'string') expect(found.error).toContain(error);
    else expect(found.error).toMatch(error);
  });

  it('keeps the original, where it came from and when', () => {
    const { rejected } = only(message('{"a":', { ...structured, 'x-source': 'pos' }));
    expect(rejected).toEqual({
      subject: 'cx.dlq.malformed',
      type: 'cx.dlq.rejected',
      time: NOW,
      data: {
        reason: 'malformed',
        error: expect.stringContaining('not valid JSON: it ends too early') as string,
        at: '',
        subject: 'cx.events.app.feedback.c-77',
        seq: 7,
        stored: '2026-03-02T01:15:05.000Z',
        headers: { ...structured, 'x-source': 'pos' },
        size: 5,
        bytes: Buffer.from('{"a":').toString('base64'),
      },
    });
  });

  it('of a batch keeps the headers with the first bad event only, so that a small message makes no large ones', () => {
    const headers = Object.fromEntries(Array.from({ length: 31 }, (_, i) => [`x-${i}`, 'v'.repeat(1024)]));
    const { items } = decode(
      message(
        Array.from({ length: 10_000 }, () => 1),
        { ...headers, ...structured },
      ),
    );
    expect(items).toHaveLength(10_000);
    const rejected = items.map((item) => ('rejected' in item ? (item.rejected.data as JsonObject) : {}));
    expect(rejected[0]).toMatchObject({ index: 0, headers });
    expect(rejected[1]).toMatchObject({ index: 1, headers: {}, reason: 'malformed', seq: 7 });
    expect(JSON.stringify(rejected).length).toBeLessThan(10_000 * 400);
  });

  it('cuts an original that would not fit, and says so', () => {
    const { rejected } = only(message('x'.repeat(50)), createDecoder({ ...options, maxRejectBytes: 20 }));
    expect(rejected?.data).toMatchObject({
      truncated: true,
      size: 50,
      bytes: Buffer.from('x'.repeat(20)).toString('base64'),
    });
  });

  it('of a batch keeps each bad event as it was sent', () => {
    const odd = ' { "specversion" : "1.0" ,\n"n":1e2 }';
    const { items } = decode(message(`[${JSON.stringify(good)},${odd} ]`, structured));
    expect(items.map((item) => ('rejected' in item ? (item.rejected.data as JsonObject)['bytes'] : 'event'))).toEqual([
      'event',
      Buffer.from(odd.trim()).toString('base64'),
    ]);
  });

  it('one event too large inside a batch', () => {
    const { items } = decode(message([good, withData({ channel: 'app', text: '长'.repeat(30_000) })]));
    expect(items.map((item) => ('event' in item ? 'event' : item.rejected.subject))).toEqual([
      'event',
      'cx.dlq.too_large',
    ]);
  });

  it('never repeats the values it refuses', () => {
    for (const secret of ['张三13812345678', '13812345678']) neverRepeats(secret);
  });
  function neverRepeats(secret: string): void {
    const bad = [
      { ...good, data: { channel: 'app', text: 'a', customer: { id: 5, name: { secret } } } },
      { ...good, type: secret },
      { ...good, specversion: secret },
      { ...good, [secret]: 'x' },
      withData({ channel: secret, text: 'a' }),
      withData({ channel: 'app', metric: secret, score: secret }, 'cx.survey.answered'),
    ];
    for (const event of bad) {
      const { error, at } = rejection(message(event));
      expect(`${error} ${at}`).not.toContain('138');
    }
    const tooDeep = withData({ channel: 'app', text: 'a', [secret]: deep(40) });
    expect(rejection(message(tooDeep)).at).not.toContain('138');
    expect(rejection(message(`{"text":"${secret}`, structured)).error).not.toContain('138');
  }
});

describe('any bytes', () => {
  const headers = fc.dictionary(
    fc.constantFrom('content-type', 'ce-id', 'ce-specversion', 'ce-type', 'ce-time', 'ce-source', 'x'),
    fc.oneof(fc.constantFrom('1.0', 'application/json', 'application/msgpack', 'cx.page.viewed'), fc.string()),
  );
  const mutated = fc
    .tuple(fc.constantFrom(JSON.stringify(good), pack(good).toString('latin1')), fc.nat(), fc.nat(255))
    .map(([text, at, byte]) => {
      const bytes = Buffer.from(text, text.startsWith('{') ? 'utf8' : 'latin1');
      bytes[at % bytes.length] = byte;
      return bytes;
    });
  const body = fc.oneof(
    fc.uint8Array({ maxLength: 64 }),
    mutated,
    fc.json().map((json) => Buffer.from(json)),
    fc.anything({ withNullPrototype: true }).map((value) => pack(value ?? null)),
    fc
      .object()
      .map((data) => Buffer.from(JSON.stringify({ ...good, data: { ...(good['data'] as JsonObject), ...data } }))),
  );

  it('become one result a message, every item an event or a reject that can be published', () => {
    fc.assert(
      fc.property(body, headers, (data, given) => {
        const { items } = decode({ subject: 'cx.events.app.feedback.x', headers: given, data, seq: 1, stored: NOW });
        for (const item of items) {
          if ('event' in item) {
            expect(item.event.ts).toBeLessThanOrEqual(NOW + 300_000);
            expect(JSON.parse(JSON.stringify(item.event.value.data))).toEqual(item.event.value.data);
          } else {
            expect(item.rejected.subject).toMatch(
              /^cx\.dlq\.(malformed|schema|too_large|future_time|unknown_type|unknown_channel)$/,
            );
            expect((item.rejected.data as { error: string }).error.length).toBeGreaterThan(10);
          }
        }
        expect(({} as Record<string, unknown>)['x']).toBeUndefined();
      }),
      { numRuns: 2000 },
    );
  });

  it('as a stage: as many results as messages, in their order', async () => {
    const batch = [message(good), message('x'), message([good, good])].map((raw, i) => ({ ...raw, seq: i + 1 }));
    const prepared = await decodeStage(options).apply(batch, new AbortController().signal);
    expect(prepared.map(({ seq, items }) => [seq, items.length])).toEqual([
      [1, 1],
      [2, 1],
      [3, 2],
    ]);
  });

  it('as a stage: hands the event loop over between events, those of one message too', async () => {
    const steps: string[] = [];
    let asked = 0;
    const maybeYield = (): Promise<void> | undefined => {
      asked += 1;
      if (asked % 2 === 1) return undefined;
      return new Promise((resolve) => {
        setImmediate(() => {
          steps.push(`yield after ${asked}`);
          resolve();
        });
      });
    };
    const batch = [message([good, good, 1, good]), message(good)];
    const prepared = await decodeStage({ ...options, maybeYield }).apply(batch, new AbortController().signal);
    expect(prepared.map(({ items }) => items.length)).toEqual([4, 1]);
    expect(asked).toBe(5);
    expect(steps).toEqual(['yield after 2', 'yield after 4']);
  });

  it('as a stage: hands over within one large event, and within what is not an event yet', async () => {
    const many = Array.from({ length: 3000 }, (_, i) => `1${String(3e9 + i)}`);
    const large = [
      message(withData({ channel: 'app', text: '1 '.repeat(45_000) })),
      message(withData({ channel: 'app', text: '好', [`x${'1 '.repeat(45_000)}`]: 1 })),
      message(withData({ channel: 'app', text: '好', customers: many.map((id) => ({ id })) })),
      message(`[${'{"a":"b"},'.repeat(9_000)}`),
    ];
    for (const one of large) {
      let asked = 0;
      const maybeYield = (): undefined => void (asked += 1);
      const spacious = { ...options, maybeYield, maxEventBytes: 200_000 };
      const [prepared] = await decodeStage(spacious).apply([one], new AbortController().signal);
      expect(asked).toBeGreaterThan(one === large[3] ? 0 : 30);
      expect(prepared?.items).toEqual(createDecoder(spacious)(one).items);
    }
  });

  it('as a stage: goes no further once it is to stop', async () => {
    const stopping = new AbortController();
    let asked = 0;
    const maybeYield = (): Promise<void> => {
      asked += 1;
      stopping.abort(new Error('stopping'));
      return Promise.resolve();
    };
    const done = decodeStage({ ...options, maybeYield }).apply([message([good, good])], stopping.signal);
    await expect(done).rejects.toThrow('stopping');
    expect(asked).toBe(1);
  });
});

function deep(levels: number): JsonObject {
  let value: JsonObject = {};
  for (let i = 0; i < levels; i += 1) value = { x: value };
  return value;
}
