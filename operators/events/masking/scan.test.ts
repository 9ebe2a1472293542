/** Personal values in every place of an event, as JSON and as MessagePack: none comes out of reading it. */
import { pack } from 'msgpackr';
import { describe, expect, it } from 'vitest';
import { createCodec } from '../../../engine/adapters/formats/codec.ts';
import { createSchemaValidator } from '../../../engine/adapters/formats/schema-validator.ts';
import type { JsonObject } from '../../../engine/core/types.ts';
import { createDecoder } from '../decode.ts';
import { dataSchemas } from '../types/event-types.ts';
import { casesOf } from './testing/recall.ts';

const KINDS = new Set(['mobile_cn', 'id_cn', 'bank_card', 'email', 'iban', 'ip']);
const all = casesOf(new URL('testing/cases.ndjson', import.meta.url)).flatMap(({ kind, value }) =>
  value !== null && KINDS.has(kind) ? [value] : [],
);
const VALUES = [...new Set(all)].filter((_, i) => i % 2 === 0);

const FIELDS =
  'text note comment reason topic region city store product brand campaign segment tier label title subject body message remark extra memo tag keyword detail reply answer question summary content description feedback'.split(
    ' ',
  );
type Place = (value: string) => JsonObject;
const PLACES: readonly (readonly [string, Place])[] = [
  ...FIELDS.map((name) => [name, (v: string) => ({ [name]: v })] as const),
  ...FIELDS.map((name) => [`${name} in a sentence`, (v: string) => ({ [name]: `太差了，${v}，没人管` })] as const),
  ...FIELDS.map((name) => [`nested ${name}`, (v: string) => ({ more: { [name]: { deep: v } } })] as const),
  ...FIELDS.map((name) => [`a list in ${name}`, (v: string) => ({ lists: { [name]: ['a', v] } })] as const),
  ...'id name phone email mobile address'
    .split(' ')
    .map((name) => [`customer.${name}`, (v: string) => ({ customer: { [name]: v } })] as const),
  ...'cust_name contact_mobile password api_key id_card wechat'
    .split(' ')
    .map((name) => [name, (v: string) => ({ [name]: v })] as const),
  ['the name of a field', (v) => ({ more: { [v]: 1 } })],
  ['a permalink', (v) => ({ permalink: `https://example.com/t?to=${v}&x=1` })],
  ['the parts of an address', (v) => ({ address: { line1: v } })],
  ['a conversation', (v) => ({ conversation: v })],
  ['a case', (v) => ({ case: v })],
];

const decode = createDecoder({
  codec: createCodec(),
  validate: createSchemaValidator(dataSchemas()),
  channels: [],
  maxEventBytes: 1 << 20,
  maxFutureMs: 300_000,
  maskKey: 'scan',
});

describe('personal values in every place', () => {
  it('are at least 270, in at least 120 places', () => {
    expect(VALUES.length).toBeGreaterThanOrEqual(270);
    expect(PLACES.length).toBeGreaterThanOrEqual(120);
  });

  it.each(PLACES)('are hidden in %s', (_name, place) => {
    const found = VALUES.filter((value, i) => {
      const event = {
        specversion: '1.0',
        ...{ id: 'e', source: '/s', type: 'cx.feedback.posted', time: '2026-03-02T00:00:00Z' },
        data: { channel: 'app', text: '好', ...place(value) },
      };
      const data = i % 2 === 0 ? Buffer.from(JSON.stringify(event)) : pack(event);
      const headers = { 'content-type': i % 2 === 0 ? 'application/cloudevents+json' : 'application/msgpack' };
      const { items } = decode({ seq: 1, stored: Date.UTC(2026, 2, 2, 1), subject: '', headers, data });
      const [item] = items;
      if (item === undefined || !('event' in item)) throw new Error(`refused: ${JSON.stringify(item)}`);
      return JSON.stringify(item.event).includes(JSON.stringify(value).slice(1, -1));
    });
    expect(found).toEqual([]);
  });
});
