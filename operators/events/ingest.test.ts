import { pack } from 'msgpackr';
import { describe, expect, it } from 'vitest';
import { createCodec } from '../../engine/adapters/formats/codec.ts';
import { createSchemaValidator } from '../../engine/adapters/formats/schema-validator.ts';
import { allAtOnce } from '../../engine/core/steps/steps.ts';
import { createDecoder } from './decode.ts';
import { createIngest, ingestAnswer, type Ingested } from './ingest.ts';
import { dataSchemas } from './types/event-types.ts';

const NOW = Date.UTC(2026, 2, 2, 1, 15, 5);
const options = {
  codec: createCodec(),
  validate: createSchemaValidator(dataSchemas()),
  channels: [],
  maxEventBytes: 10_000,
  maxFutureMs: 300_000,
  maskKey: 'a key',
};
const inSteps = createIngest(options);
const ingestRequest = (headers: Record<string, string>, body: Uint8Array, now: number): Ingested =>
  allAtOnce(inSteps(headers, body, now));
const ingest = (type: string, body: Uint8Array, now: number): Ingested =>
  ingestRequest({ 'content-type': type }, body, now);
const decode = createDecoder(options);

const event = (id: string, data: object = {}, more: object = {}): object => ({
  specversion: '1.0',
  id,
  source: '/shop 1',
  type: 'cx.feedback.posted',
  time: '2026-03-02T01:15:04Z',
  data: { channel: 'app', text: '好', ...data },
  ...more,
});
const bytes = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));
const JSON_EVENT = 'application/cloudevents+json';
const JSON_BATCH = 'application/cloudevents-batch+json';

describe('what is accepted', () => {
  it('one event, byte by byte, under the subject of what it belongs to', () => {
    const body = Buffer.from(` ${JSON.stringify(event('e-1', { customer: { id: 'c-77' } }), null, 2)}\n`);
    const { accepted, faults } = ingest(JSON_EVENT, body, NOW);
    expect(faults).toEqual([]);
    expect(accepted).toEqual([
      {
        id: 'e-1',
        subject: 'cx.events.app.feedback.c-77',
        headers: { 'content-type': JSON_EVENT, 'Nats-Msg-Id': '/shop%201|e-1' },
        data: body,
      },
    ]);
    expect(ingestAnswer({ accepted, faults })).toEqual({ status: 202, body: { accepted: ['e-1'] } });
  });

  it.each([
    ['a batch', JSON_BATCH, bytes([event('e-1'), event('e-2')])],
    ['a MessagePack list', 'application/msgpack', pack([event('e-1'), event('e-2')])],
    ['plain JSON', 'application/json', bytes([event('e-1'), event('e-2')])],
  ])('%s, as messages that the engine reads', (_name, type, body) => {
    const { accepted } = ingest(type, body, NOW);
    expect(accepted.map(({ id }) => id)).toEqual(['e-1', 'e-2']);
    for (const { id, subject, headers, data } of accepted) {
      expect(decode({ subject, headers, data, seq: 1, stored: NOW }).items).toMatchObject([
        { event: { id: `/shop 1|${id}`, value: { channel: 'app', data: { text: '好' } } } },
      ]);
    }
  });

  it('a single MessagePack event, data in base64 included', () => {
    const { data, ...rest } = event('e-1') as { data: object };
    for (const sent of [event('e-1'), { ...rest, data_base64: Buffer.from(JSON.stringify(data)).toString('base64') }]) {
      const [message] = ingest('application/cloudevents+msgpack', pack(sent), NOW).accepted;
      expect(decode({ ...message!, seq: 1, stored: NOW }).items).toMatchObject([{ event: { value: { data } } }]);
    }
  });

  it.each([
    ['JSON', 'application/json; charset=utf-8', bytes({ channel: 'app', text: '好' })],
    ['MessagePack', 'application/msgpack', pack({ channel: 'app', text: '好' })],
  ])('an event in binary mode, %s, stored as a structured one', (_name, type, body) => {
    const headers = {
      ...{
        host: 'earshot',
        'content-type': type,
        'ce-specversion': '1.0',
        'ce-id': 'e%201',
        'ce-source': '/%E5%BA%97',
      },
      ...{ 'ce-type': 'cx.feedback.posted', 'ce-time': '2026-03-02T01:15:04Z', 'ce-correlationid': 'k-1' },
    };
    const { accepted, faults } = ingestRequest(headers, body, NOW);
    expect(faults).toEqual([]);
    const [message] = accepted;
    expect([message?.id, message?.headers['Nats-Msg-Id']]).toEqual(['e 1', '/%E5%BA%97|e%201']);
    expect(decode({ ...message!, seq: 1, stored: NOW }).items).toMatchObject([
      {
        event: {
          id: '/店|e 1',
          ts: Date.UTC(2026, 2, 2, 1, 15, 4),
          value: { attributes: { correlationid: 'k-1' }, data: { channel: 'app', text: '好' } },
        },
      },
    ]);
    expect(ingestRequest({ ...headers, 'ce-type': 'x' }, body, NOW).faults).toMatchObject([
      { id: 'e 1', reason: 'unknown_type', at: 'header:ce-type' },
    ]);
  });

  it('events whose sources and ids only look alike when put together are not taken for one', () => {
    const pairs = [
      ['/a|b', 'c'],
      ['/a', 'b|c'],
      ['/a\\', '|c'],
      ['/a|', '|c'],
      ['/a\\|', 'c'],
    ];
    const sent = pairs.map(([source, id]) => event(id!, {}, { source }));
    const { accepted } = ingest(JSON_BATCH, bytes(sent), NOW);
    expect(new Set(accepted.map(({ headers }) => headers['Nats-Msg-Id'])).size).toBe(pairs.length);
    const ids = accepted.map(
      (message) => decode({ ...message, seq: 1, stored: NOW }).items.map((item) => 'event' in item && item.event.id)[0],
    );
    expect(new Set(ids).size).toBe(pairs.length);
  });

  it.each([
    [{ case: 'T-1', conversation: 'v-1', customer: { id: 'c-1' } }, 'T-1'],
    [{ conversation: 'v-1', customer: { id: 'c-1' } }, 'v-1'],
    [{}, '-'],
    [{ customer: { id: '-' } }, /^_?-?~[0-9a-f]{16}$/],
    [{ customer: { id: 'a.b *>' } }, /^a_b_~[0-9a-f]{16}$/],
    [{ customer: { id: '客户' } }, /^_~[0-9a-f]{16}$/],
    [{ customer: { id: '13812345678' } }, /^_[a-p]{16}~[0-9a-f]{16}$/],
  ])('the key of %j', (data, key) => {
    const subject = ingest(JSON_EVENT, bytes(event('e', data)), NOW).accepted[0]!.subject;
    const token = subject.slice('cx.events.app.feedback.'.length);
    if (typeof key === 'string') expect(token).toBe(key);
    else expect(token).toMatch(key);
  });
});

describe('what is refused', () => {
  it('all of a batch for one bad event, with the faults by index', () => {
    const ingested = ingest(
      JSON_BATCH,
      bytes([event('e-1'), event('e-2', { text: 5 }), 7, event('e-3', {}, { type: 'x' })]),
      NOW,
    );
    expect(ingested.accepted).toEqual([]);
    expect(ingested.faults).toEqual([
      {
        index: 1,
        id: 'e-2',
        reason: 'schema',
        at: '/data/text',
        error: 'data.text must be a string, found an integer',
      },
      { index: 2, reason: 'malformed', at: '', error: 'an event must be an object, found a number' },
      {
        index: 3,
        id: 'e-3',
        reason: 'unknown_type',
        at: '/type',
        error: expect.stringContaining('no event type "x"') as string,
      },
    ]);
    expect(ingestAnswer(ingested)).toMatchObject({
      status: 400,
      body: { error: { code: 'bad_request', faults: [{ index: 1 }, { index: 2 }, { index: 3 }] } },
    });
  });

  it.each([
    ['no JSON', JSON_EVENT, Buffer.from('{'), 'malformed', 400],
    ['nothing', JSON_EVENT, Buffer.from(''), 'malformed', 400],
    ['an empty batch', JSON_BATCH, bytes([]), 'malformed', 400],
    ['a batch that is none', JSON_BATCH, bytes(event('e')), 'malformed', 400],
    ['XML', 'text/xml', Buffer.from('<a/>'), 'malformed', 400],
    ['too large', JSON_EVENT, bytes(event('e', { text: 'x'.repeat(20_000) })), 'too_large', 413],
    ['too many', JSON_BATCH, bytes(Array.from({ length: 1001 }, () => 1)), 'too_large', 413],
    ['the future', JSON_EVENT, bytes(event('e', {}, { time: '2026-03-02T01:21:04Z' })), 'future_time', 422],
    ['no channel', JSON_EVENT, bytes(event('e', { channel: undefined })), 'unknown_channel', 422],
    ["Earshot's own channel", JSON_EVENT, bytes(event('e', { channel: 'internal' })), 'unknown_channel', 422],
    [
      "Earshot's own types",
      JSON_EVENT,
      bytes(event('e', { alert: 'a', by: 'b' }, { type: 'earshot.alert.acked' })),
      'unknown_type',
      422,
    ],
  ])('%s', (_name, type, body, reason, status) => {
    const ingested = ingest(type, body, NOW);
    expect(ingested.accepted).toEqual([]);
    expect(ingested.faults).toMatchObject([{ index: 0, reason }]);
    expect(ingestAnswer(ingested).status).toBe(status);
  });
});
