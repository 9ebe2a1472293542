/** Personal values in every place of an event, as JSON and as MessagePack: none comes out of reading it. */
import { pack } from 'msgpackr';
import { describe, expect, it } from 'vitest';
import { createCodec } from '../../../engine/adapters/formats/codec.ts';
import { createSchemaValidator } from '../../../engine/adapters/formats/schema-validator.ts';
import type { JsonObject } from '../../../engine/core/types.ts';
import { createDecoder } from '../decode.ts';
import { dataSchemas } from '../types/event-types.ts';
import { PLACES, VALUES, valuesIn } from './testing/scan-places.ts';

const decode = createDecoder({
  codec: createCodec(),
  validate: createSchemaValidator(dataSchemas()),
  channels: [],
  maxEventBytes: 1 << 20,
  maxFutureMs: 300_000,
  maskKey: 'scan',
});

/** What the data of an event come to when it was read. */
function read(data: JsonObject, isPacked: boolean): string {
  const event = {
    specversion: '1.0',
    ...{ id: 'e', source: '/s', type: 'cx.feedback.posted', time: '2026-03-02T00:00:00Z' },
    data: { channel: 'app', text: '好', ...data },
  };
  const { items } = decode({
    ...{ seq: 1, stored: Date.UTC(2026, 2, 2, 1), subject: '' },
    headers: { 'content-type': isPacked ? 'application/msgpack' : 'application/cloudevents+json' },
    data: isPacked ? pack(event) : Buffer.from(JSON.stringify(event)),
  });
  const [item] = items;
  if (item === undefined || !('event' in item)) throw new Error(`refused: ${JSON.stringify(item)}`);
  return JSON.stringify(item.event);
}

const digits = VALUES.filter((value) => !value.includes('@')).map((value) => value.replace(/[^0-9]/g, ''));
const PLAIN_NUMBERS = [...new Set(digits)].filter((value) => /^[1-9][0-9]{9,14}$/.test(value));
const NUMBER_FIELDS = 'phone mobile contact_mobile id_card card_no customer_phone 手机 tel rider_mobile'.split(' ');
const NAMES = ['欧阳震华', '司徒婉清', '阿依古丽·艾合买提', 'Grzegorz Brzeczyk', 'Thandiwe Nkosikazi'];
const NAME_FIELDS = 'name cust_name customer_name full_name contact_name receiver_name rider_name 姓名 联系人'.split(
  ' ',
);

describe('personal values in fields that say what they hold', () => {
  it.each(NUMBER_FIELDS)('are hidden in %s as JSON numbers, however deep', (name) => {
    expect(PLAIN_NUMBERS.length).toBeGreaterThan(20);
    const found = PLAIN_NUMBERS.filter((value, i) => {
      const number = Number(value);
      return read(
        { [name]: number, more: { deep: [{ [name]: number }] }, customer: { [name]: number } },
        i % 2 === 0,
      ).includes(value);
    });
    expect(found).toEqual([]);
  });

  it.each(NAME_FIELDS)('are hidden in %s, names of people, in the texts beside it, too', (name) => {
    const found = NAMES.filter((value, i) =>
      read(
        { [name]: value, rider: { name: value }, customer: { [name]: value }, note: `${value} 没有送到` },
        i % 2 === 0,
      ).includes(value),
    );
    expect(found).toEqual([]);
  });
});

describe('personal values in every place', () => {
  it('are at least 270, in at least 120 places', () => {
    expect(VALUES.length).toBeGreaterThanOrEqual(270);
    expect(PLACES.length).toBeGreaterThanOrEqual(120);
  });

  it.each(PLACES)('are hidden in %s', (_name, place) => {
    const found = VALUES.filter((value, i) => {
      return valuesIn(read(place(value), i % 2 === 1), [JSON.stringify(value).slice(1, -1)]).length > 0;
    });
    expect(found).toEqual([]);
  });
});
