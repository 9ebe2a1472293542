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
