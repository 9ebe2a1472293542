/** Personal values in every place of an event, as JSON and as MessagePack: none comes out of reading it. */
import { pack } from 'msgpackr';
import { describe, expect, it } from 'vitest';
import { createCodec } from '../../../engine/adapters/formats/codec.ts';
import { createSchemaValidator } from '../../../engine/adapters/formats/schema-validator.ts';
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
      return valuesIn(JSON.stringify(item.event), [JSON.stringify(value).slice(1, -1)]).length > 0;
    });
    expect(found).toEqual([]);
  });
});
