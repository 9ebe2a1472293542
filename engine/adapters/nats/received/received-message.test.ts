import { MsgImpl, MsgHdrsImpl } from '@nats-io/nats-core/internal';
import type { Msg } from '@nats-io/transport-node';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { headersOf, replyOf, subjectNumberOf, subjectOf } from './received-message.ts';

const encoder = new TextEncoder();
const publisher = { publish: () => undefined } as unknown as ConstructorParameters<typeof MsgImpl>[2];

/** As the client's parser makes it, of views into what the socket read. */
function received(subject: string, reply: string | undefined, block: string, data = '{}'): Msg {
  const [head, body] = [encoder.encode(block), encoder.encode(data)];
  const all = Buffer.concat([encoder.encode('HMSG '), head, body]);
  const kept = {
    subject: Buffer.from(subject),
    ...(reply === undefined ? {} : { reply: Buffer.from(reply) }),
    sid: 1,
    hdr: block === '' ? -1 : head.length,
    size: head.length + body.length,
  };
  return new MsgImpl(kept, all.subarray(5), publisher) as Msg;
}

/** What the client's own getters say. */
function headersByClient(block: string): Record<string, string> {
  const record: Record<string, string> = {};
  for (const [name, values] of MsgHdrsImpl.decode(encoder.encode(block))) record[name.toLowerCase()] = values[0] ?? '';
  return record;
}

function outcome<T>(get: () => T): T | string {
  try {
    return get();
  } catch {
    return 'refused';
  }
}

describe('a received message', () => {
  it('has the headers that the client reads, whatever stands in them (property)', () => {
    const name = fc.oneof(
      fc.constantFrom('content-type', 'Content-Type', 'Nats-Msg-Id', 'ce-id', '__proto__', 'a b', 'ä', ''),
      fc.string({ maxLength: 8 }),
    );
    const value = fc.oneof(fc.string(), fc.string({ unit: 'grapheme' }), fc.constantFrom(' a:b ', '', '\t'));
    const line = fc.tuple(name, fc.constantFrom(': ', ':', ' '), value).map((parts) => parts.join(''));
    const first = fc.constantFrom('NATS/1.0', 'NATS/1.0 ', 'NATS/1.0 503', 'NATS/1.0 100 Idle');
    fc.assert(
      fc.property(first, fc.array(line, { maxLength: 4 }), (status, lines) => {
        const block = `${[status, ...lines].join('\r\n')}\r\n\r\n`;
        expect(outcome(() => headersOf(received('a', undefined, block)))).toEqual(
          outcome(() => headersByClient(block)),
        );
      }),
      { numRuns: 2000 },
    );
  });

  it('shares the headers of one that follows with the same, and of no other', () => {
    const [a, b] = ['NATS/1.0\r\nce-id: 1\r\n\r\n', 'NATS/1.0\r\nce-id: 2\r\n\r\n'];
    const first = headersOf(received('a', undefined, a));
    expect(headersOf(received('a', undefined, a))).toBe(first);
    expect(headersOf(received('a', undefined, b))).toEqual({ 'ce-id': '2' });
    expect(headersOf(received('a', undefined, ''))).toEqual({});
    expect(headersOf(received('a', undefined, a))).toEqual({ 'ce-id': '1' });
  });

  it('has the subject and the reply that the client reads', () => {
    for (const subject of ['cx.events.app.feedback.-', 'cx.events.app.评论.\ufffd', 'a\u0085b', '\ufeffa'])
      expect(subjectOf(received(subject, undefined, ''))).toBe(received(subject, undefined, '').subject);
    expect(replyOf(received('a', '_INBOX.ä', ''))).toEqual(Buffer.from('_INBOX.ä'));
    expect(replyOf(received('a', undefined, ''))).toBeUndefined();
    expect(replyOf(received('a', '', ''))).toBeUndefined();
  });

  it('has the number at the end of its subject', () => {
    const numberOf = (subject: string): number => subjectNumberOf(received(subject, undefined, ''), 4);
    expect(['_in.120', '_in.0', '_in.', '_in', '_in.1x', '_in.-1'].map(numberOf)).toEqual([120, 0, NaN, NaN, NaN, NaN]);
  });

  it('of a client that keeps no bytes is read by its getters', () => {
    const headers = new MsgHdrsImpl();
    headers.append('Content-Type', 'a');
    const message = { subject: 'in.x.7', reply: 'back', headers } as unknown as Msg;
    expect(subjectOf(message)).toBe('in.x.7');
    expect(subjectNumberOf(message, 5)).toBe(7);
    expect(replyOf(message)).toEqual(encoder.encode('back'));
    expect(headersOf(message)).toEqual({ 'content-type': 'a' });
  });
});
