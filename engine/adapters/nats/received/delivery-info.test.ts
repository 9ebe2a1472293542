import { describe, expect, it } from 'vitest';
import { parseDelivery } from './delivery-info.ts';

const parse = (reply: string): ReturnType<typeof parseDelivery> => parseDelivery(new TextEncoder().encode(reply));

describe('parseDelivery', () => {
  const expected = { streamSeq: 812, consumerSeq: 7, stored: 1_772_414_104_120, pending: 3 };

  it('reads the form of nats-server 2.9', () => {
    expect(parse('$JS.ACK.CX_EVENTS_0.earshot-x.1.812.7.1772414104120999888.3')).toEqual(expected);
  });

  it('reads the form with domain and account', () => {
    expect(parse('$JS.ACK._.AbC.CX_EVENTS_0.earshot-x.1.812.7.1772414104120999888.3')).toEqual(expected);
    expect(parse('$JS.ACK.hub.AbC.CX_EVENTS_0.earshot-x.1.812.7.1772414104120999888.3.r4nd')).toEqual(expected);
  });

  it('takes nothing else for a delivery', () => {
    for (const reply of ['', '_INBOX.a.b', '$JS.ACK.a.b', '$JS.FC.s.c.x', '$JS.API.a.b.c.d.e.f.g']) {
      expect(parse(reply)).toBeUndefined();
    }
  });
});
