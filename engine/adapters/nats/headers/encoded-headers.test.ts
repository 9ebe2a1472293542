import fc from 'fast-check';
import { expect, it } from 'vitest';
import { binaryHeaders } from '../../../core/cloud-events.ts';
import type { Outgoing } from '../../../core/types.ts';
import { encodeHeaders, outputHeaders } from './encoded-headers.ts';

const ORIGIN = { source: 'urn:earshot:ä b', publicUrl: null };

it('writes the headers of outputs as one by one, to the byte, whatever their ids, types and times', () => {
  const headersOf = binaryHeaders(ORIGIN);
  const encodedOf = outputHeaders(ORIGIN);
  const text = fc.oneof(fc.string(), fc.string({ unit: 'grapheme' }), fc.constant('0.17.3'));
  const type = fc.oneof(text, fc.constantFrom('cx.kpi.changed', 'cx.enriched'));
  fc.assert(
    fc.property(text, type, fc.double({ noNaN: true }), (id, ofType, time) => {
      const message: Outgoing = { id, subject: 'cx.kpi.a', type: ofType, time, data: null };
      const wanted = encodeHeaders({ ...headersOf(message), 'Nats-Msg-Id': id });
      const encoded = encodedOf(message);
      expect(new TextDecoder().decode(encoded.encode())).toBe(new TextDecoder().decode(wanted));
      expect(encoded.length).toBe(wanted.length);
    }),
  );
});

it.each(['a\nNats-Expected-Last-Sequence: 1', 'a\r'])('refuses an id by which data would write headers: %j', (id) => {
  const message: Outgoing = { id, subject: 'cx.kpi.a', type: 'cx.kpi.changed', time: 0, data: null };
  expect(() => outputHeaders(ORIGIN)(message)).toThrow('line break');
});
