/**
 * The official CloudEvents SDK and Earshot: it takes every kind of message out as it lies in the broker, and Earshot takes what
 * it sends, in each mode. The requests are those of the conformance suite of CloudEvents (HTTP protocol binding).
 */
import { readFileSync } from 'node:fs';
import { jetstream } from '@nats-io/jetstream';
import { CloudEvent, HTTP } from 'cloudevents';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AuditWriter } from '../../adapters/audit/audit-writer.ts';
import { createCodec } from '../../adapters/formats/codec.ts';
import { createSchemaValidator } from '../../adapters/formats/schema-validator.ts';
import { packageRoot } from '../../adapters/process/package-root.ts';
import { jetstreamSink } from '../../adapters/streams/jetstream-sink.ts';
import { readToEnd } from '../../adapters/streams/stream-reader.ts';
import { OUTPUT_STREAMS } from '../../adapters/streams/streams.ts';
import { type BrokerFixture, startBroker } from '../../adapters/testing/broker.fixture.ts';
import type { MessageOrigin } from '../../core/cloud-events.ts';
import { allAtOnce } from '../../core/steps/steps.ts';
import type { JsonObject, Outgoing } from '../../core/types.ts';
import { createIngest } from '../../../operators/events/ingest.ts';
import { dataSchemas } from '../../../operators/events/types/event-types.ts';

const signal = new AbortController().signal;
let broker: BrokerFixture;
beforeAll(async () => {
  broker = await startBroker();
});
afterAll(() => broker.close());

/** One of each type that the recorded run wrote (which leaves out instants of the wall clock), and what it has none of. */
function kinds(): Outgoing[] {
  const byType = new Map<string, Outgoing>();
  const text = { text: '满意 😀' };
  const lines = readFileSync(`${packageRoot()}/engine/testing/golden/final.ndjson`, 'utf8').trim().split('\n');
  for (const line of lines) {
    // Of enriched events the recorded run keeps a digest in place of what they say.
    const {
      subject,
      type,
      time,
      data = text,
    } = JSON.parse(line) as {
      subject: string;
      type: string;
      time: string;
      data?: JsonObject;
    };
    if (!byType.has(type))
      byType.set(type, {
        id: `0.1.${byType.size}`,
        subject,
        type,
        time: time === '' ? 0 : Date.parse(time),
        data,
      });
  }
  const more: Outgoing[] = [
    { id: '0.2.满', subject: 'cx.actions.survey', type: 'cx.action.survey', time: 0, data: text },
    {
      id: '0.3."%"',
      subject: 'cx.clocks.first_response',
      type: 'cx.clock.outcome',
      time: 253_402_300_799_999,
      data: text,
    },
  ];
  return [...byType.values(), ...more];
}

/** As the SDK is given an HTTP message: the headers and the text of the body. */
async function stored(streams: readonly string[]): Promise<CloudEvent<unknown>[]> {
  const events: CloudEvent<unknown>[] = [];
  for (const stream of streams) {
    await readToEnd(broker.nc, { stream, after: 0, logger: broker.logger }, signal, (batch) => {
      for (const { headers, data } of batch) {
        const event = HTTP.toEvent({ headers: { ...headers }, body: Buffer.from(data).toString() });
        events.push(event as CloudEvent<unknown>);
      }
      return undefined;
    });
  }
  return events;
}

describe.each([
  { source: 'urn:earshot:shanghai-1', publicUrl: null },
  { source: 'urn:earshot:shanghai-2', publicUrl: 'https://cx.example.com/earshot' },
] satisfies MessageOrigin[])('messages out of $source with its schemas at $publicUrl', (origin) => {
  it('are valid, of every kind', async () => {
    const messages = kinds().map((message) => ({ ...message, id: `${origin.source.at(-1)!}.${message.id}` }));
    const sink = await jetstreamSink(broker.nc, { streams: OUTPUT_STREAMS, origin, logger: broker.logger }, signal);
    await sink.publish(messages, signal);
    sink.close();
    const rules = { none: {}, link: () => ({ head: {}, entry: { at: '2026-03-02T01:00:00.000Z', hash: 'h' } }) };
    const audit = new AuditWriter<JsonObject, JsonObject & { at: string; hash: string }>(
      jetstream(broker.nc),
      broker.jsm,
      rules,
      origin,
    );
    await audit.write([{ at: '2026-03-02T01:00:00.000Z', hash: origin.source }]);
    const events = (await stored(OUTPUT_STREAMS)).filter(({ source }) => source === origin.source);
    expect(events.map(({ type }) => type).sort()).toEqual(
      [...messages.map(({ type }) => type), 'cx.audit.recorded'].sort(),
    );
    for (const event of events) {
      expect([event.type, event.validate()]).toEqual([event.type, true]);
      expect(URL.canParse(event.dataschema ?? '')).toBe(true);
    }
  });
});

it('the SDK does refuse what is not valid', () => {
  const headers = {
    'ce-specversion': '1.0',
    'ce-id': '1',
    'ce-source': '/a',
    'ce-type': 't',
    'content-type': 'application/json',
  };
  const event = HTTP.toEvent({ headers: { ...headers, 'ce-dataschema': '/schemas/kpi/1.0.0.json' }, body: '{}' });
  expect(() => (event as CloudEvent<unknown>).validate()).toThrow();
});

describe('what the SDK sends', () => {
  const ingest = createIngest({
    codec: createCodec(),
    validate: createSchemaValidator(dataSchemas()),
    channels: [],
    maxEventBytes: 10_000,
    maxFutureMs: 300_000,
    maskKey: 'a key',
  });
  const now = Date.parse('2026-03-02T01:15:05Z');
  const event = new CloudEvent({
    id: 'e-满 1',
    source: '/channels/app',
    type: 'cx.feedback.posted',
    time: '2026-03-02T01:15:04.120Z',
    dataschema: 'https://schemas.example.com/feedback',
    subject: 'order 7',
    tenant: 'east',
    data: { channel: 'app', text: '太慢了' },
  });

  it.each([
    ['binary', () => HTTP.binary(event)],
    ['structured', () => HTTP.structured(event)],
    ['with an attribute of its own', () => HTTP.structured(event.cloneWith({ traceid: '1' }))],
    ['cloned, in binary mode', () => HTTP.binary(event.cloneWith({ id: 'e-2' }))],
  ])('is taken: %s', (_, message) => {
    const { headers, body } = message();
    const plain = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
    );
    const { accepted, faults } = allAtOnce(ingest(plain, Buffer.from(body as string), now));
    expect(faults).toEqual([]);
    expect(accepted).toHaveLength(1);
  });

  it('is read back by it as it was, from what is stored', () => {
    const { headers, body } = HTTP.structured(event);
    const [message] = allAtOnce(
      ingest({ 'content-type': String(headers['content-type']) }, Buffer.from(body as string), now),
    ).accepted;
    const again = HTTP.toEvent({ headers: { ...message!.headers }, body: Buffer.from(message!.data).toString() });
    expect((again as CloudEvent<unknown>).toJSON()).toEqual(event.toJSON());
  });
});

/** features/http-protocol-binding.feature of the conformance suite, with a type of ours. */
describe('the conformance suite of the HTTP binding', () => {
  const ingest = createIngest({
    codec: createCodec(),
    validate: createSchemaValidator(dataSchemas()),
    channels: [],
    maxEventBytes: 10_000,
    maxFutureMs: 300_000,
    maskKey: 'a key',
  });
  const now = Date.parse('2018-04-05T03:56:24Z');
  const data = { channel: 'app', text: 'Hello' };

  it('binary content mode', () => {
    const headers = {
      'ce-specversion': '1.0',
      'ce-type': 'cx.feedback.posted',
      'ce-time': '2018-04-05T03:56:24Z',
      'ce-id': '1234-1234-1234',
      'ce-source': '/mycontext/subcontext',
      'ce-comexampleextension1': 'value',
      'content-type': 'application/json; charset=utf-8',
    };
    const { accepted, faults } = allAtOnce(ingest(headers, Buffer.from(JSON.stringify(data)), now));
    expect([faults, accepted.map(({ id }) => id)]).toEqual([[], ['1234-1234-1234']]);
  });

  it.each([
    'application/cloudevents+json',
    'application/cloudevents+json; charset=utf-8',
    'application/cloudevents+json;charset=UTF-8',
  ])('structured content mode, %s', (type) => {
    const body = {
      specversion: '1.0',
      type: 'cx.feedback.posted',
      time: '2018-04-05T03:56:24Z',
      id: '1234-1234-1234',
      source: '/mycontext/subcontext',
      datacontenttype: 'application/json',
      data,
    };
    const { accepted, faults } = allAtOnce(ingest({ 'content-type': type }, Buffer.from(JSON.stringify(body)), now));
    expect([faults, accepted.map(({ id }) => id)]).toEqual([[], ['1234-1234-1234']]);
  });
});
