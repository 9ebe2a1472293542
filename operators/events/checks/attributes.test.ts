import { pack } from 'msgpackr';
import { expect, it } from 'vitest';
import { createCodec } from '../../../engine/adapters/formats/codec.ts';
import { createSchemaValidator } from '../../../engine/adapters/formats/schema-validator.ts';
import { encodeAttribute } from '../../../engine/core/cloud-events.ts';
import { createDecoder } from '../decode.ts';
import { dataSchemas } from '../types/event-types.ts';

const decode = createDecoder({
  ...{ codec: createCodec(), validate: createSchemaValidator(dataSchemas()), channels: [] },
  ...{ maxEventBytes: 1 << 20, maxFutureMs: 300_000, maskKey: 'k' },
});
const data = { channel: 'app', text: '好' };
const attributes = {
  ...{ specversion: '1.0', id: 'e', source: '/s', type: 'cx.feedback.posted', time: '2026-03-02T00:00:00Z' },
  ...{ customerphone: '5551234', custname: '张小明', apikey: 'abc', remark: '打13812345678' },
};
const ce = Object.entries(attributes).map(([name, value]) => [`ce-${name}`, encodeAttribute(value)]);
const binary = (type: string): Record<string, string> => ({
  ...(Object.fromEntries(ce) as Record<string, string>),
  'content-type': type,
});

it.each<[string, Record<string, string>, Uint8Array]>([
  ['headers with JSON', binary('application/json'), Buffer.from(JSON.stringify(data))],
  ['headers with MessagePack', binary('application/msgpack'), pack(data)],
  [
    'an event in JSON',
    { 'content-type': 'application/cloudevents+json' },
    Buffer.from(JSON.stringify({ ...attributes, data })),
  ],
  ['an event in MessagePack', { 'content-type': 'application/msgpack' }, pack({ ...attributes, data })],
])('attributes of a sender are masked by their names and by what they hold, in %s', (_form, headers, bytes) => {
  const { items } = decode({ seq: 1, stored: Date.UTC(2026, 2, 2, 1), subject: '', headers, data: bytes });
  expect(items).toMatchObject([
    {
      event: {
        value: { attributes: { customerphone: '555****', custname: '张**', apikey: '***', remark: '打138****5678' } },
      },
    },
  ]);
});

/** A sender's names that may be somebody's number, however they are grouped. */
it.each<[string, object | string, Record<string, string>]>([
  ['a version', { specversion: '138-1234-5678' }, {}],
  ['a type', { type: 'cx.138.1234.5678' }, {}],
  ['a channel', { data: { ...data, channel: '138/1234/5678' } }, {}],
  ['the name of an attribute', { 'Bad-138-1234-5678': 1 }, {}],
  ['the name of an attribute that is too long', { a13812345678: 'x'.repeat(3000) }, {}],
  ['the name of an attribute that is no text', { a13812345678: {} }, {}],
  ['the name of a field', { data: { ...data, '138-1234-5678': { '138_1234_5678': Number.NaN } } }, {}],
  ['a header', 'binary', { ...binary('application/json'), 'ce-a13812345678': '%FF' }],
  ['a content type', 'binary', binary('text/138-1234-5678')],
])('is not said in what is wrong with it: %s', (_where, change, headers) => {
  const event = { ...attributes, data, ...(typeof change === 'string' ? {} : change) };
  const message =
    typeof change === 'string'
      ? { headers, data: Buffer.from(JSON.stringify(data)) }
      : { headers: { 'content-type': 'application/msgpack' }, data: pack(event) };
  const { items } = decode({ seq: 1, stored: Date.UTC(2026, 2, 2, 1), subject: '', ...message });
  const [item] = items;
  if (item === undefined || !('rejected' in item)) throw new Error('it was taken');
  const { error, at } = item.rejected.data as { error: string; at: string };
  expect(`${error} ${at}`.replace(/\D/g, '')).not.toContain('13812345678');
});
