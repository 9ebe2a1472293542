import { describe, expect, it } from 'vitest';
import { parsePubAck } from './pub-ack.ts';

const parse = (text: string, status = 0): ReturnType<typeof parsePubAck> =>
  parsePubAck(new TextEncoder().encode(text), status);

describe('parsePubAck', () => {
  it('reads an acknowledgement as the server writes it, and any other form of it', () => {
    expect(parse('{"stream":"CX_KPI", "seq":22}')).toEqual({ stream: 'CX_KPI', seq: 22, isDuplicate: false });
    expect(parse('{"stream":"CX_KPI", "seq":22,"duplicate": true}')).toEqual({
      stream: 'CX_KPI',
      seq: 22,
      isDuplicate: true,
    });
    expect(parse('{"stream":"A","domain":"hub", "seq":3}')).toEqual({ stream: 'A', seq: 3, isDuplicate: false });
    expect(parse('{ "seq": 3, "duplicate":true, "stream": "A\\u0042" }')).toEqual({
      stream: 'AB',
      seq: 3,
      isDuplicate: true,
    });
  });

  it('reads those that follow in the same form alike, and none that only begin like them', () => {
    const acked = (stream: string, seq: number): unknown => ({ stream, seq, isDuplicate: false });
    for (let i = 0; i < 12; i++) {
      for (const seq of [9, 10, 4_294_967_297])
        expect(parse(`{"stream":"S${i}", "seq":${seq}}`)).toEqual(acked(`S${i}`, seq));
    }
    expect(parse('{"stream":"S11", "seq":}')).toEqual({ code: 0, failure: 'the answer is no acknowledgement' });
    expect(parse('{"stream":"S11", "seq":1.5}')).toEqual(acked('S11', 1.5));
    expect(parse('{"stream":"S11", "seq":7,"domain":"hub"}')).toEqual(acked('S11', 7));
    expect(parse('{"stream":"S11", "seq":77')).toEqual({ code: 0, failure: 'the answer is no acknowledgement' });
  });

  it('tells why a message was refused', () => {
    const refusal =
      '{"error":{"code":503,"err_code":10077,"description":"maximum bytes exceeded"},"stream":"A","seq":0}';
    expect(parse(refusal)).toEqual({ code: 10077, failure: 'maximum bytes exceeded' });
    expect(parse('', 503)).toEqual({ code: 503, failure: 'no stream takes the subject' });
  });

  it('takes nothing else for an acknowledgement', () => {
    for (const text of ['{', '[]', 'null', '{"stream":"A"}', '{"stream":7,"seq":1}', 'OK', '{"seq":5}']) {
      expect(parse(text)).toEqual({ code: 0, failure: 'the answer is no acknowledgement' });
    }
  });
});
