import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { pack } from 'msgpackr';
import { describe, expect, it } from 'vitest';
import { allAtOnce } from '../../core/steps/steps.ts';
import { createCodec } from './codec.ts';

const codec = createCodec();

/** msgpackr keeps a field of that name from becoming the object's prototype: it gets another name. */
function harmless(json: string): string {
  return json.replaceAll('"__proto__":', '"__proto_":');
}

describe('MessagePack', () => {
  it('gives back what JSON can say', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), (value) => {
        expect(codec.messagePack(pack(value))).toEqual({ value: JSON.parse(JSON.stringify(value)) as unknown });
      }),
    );
  });

  it.each([
    ['nothing', '', 'ends too early (after 0 bytes)'],
    ['a cut map', '81a161', 'ends too early'],
    ['a map longer than the message', 'df0fffffff', 'the map at byte 0 names more values'],
    ['lists of millions, nested', `91${'dd00ffffff'.repeat(3)}`, 'the list at byte 1 names more values'],
    ['a string longer than the message', 'dbffffffff61', 'the string at byte 0 is longer'],
    ['binary', 'c40161', 'binary or an extension'],
    ['a record of msgpackr', 'd4724090', 'binary or an extension'],
    ['a reserved marker', 'c1', 'binary or an extension'],
    ['a number as name', '810101', "the map's name at byte 1 is not a string"],
    ['a float as name', '81cb000000000000000001', "the map's name at byte 1 is not a string"],
    ['a list as name', '819001', "the map's name at byte 1 is not a string"],
    ['something after the end', '0101', '1 bytes follow after the value ends at byte 1'],
    ['depth', `${'91'.repeat(100)}01`, 'nests deeper than 64'],
  ])('refuses %s', (_name, hex, fault) => {
    expect(codec.messagePack(Buffer.from(hex, 'hex'))).toEqual({ fault: expect.stringContaining(fault) as string });
  });

  it('cuts a list into its items, undecoded', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue({ maxDepth: 4 }), { maxLength: 40 }), (values) => {
        const list = allAtOnce(codec.messagePackItems(pack(values), 40));
        expect('items' in list ? list.items.map((item) => codec.messagePack(item)) : list).toEqual(
          values.map((value) => ({ value: JSON.parse(harmless(JSON.stringify(value))) as unknown })),
        );
      }),
      { examples: [[[JSON.parse('{"a":{"__proto__":"b"}}')]]] },
    );
  });

  it.each<[string, string, unknown]>([
    ['more than wanted', '93010203', { more: true }],
    ['more than there are bytes', 'dd00ffffff01', { fault: expect.stringContaining('names more values') as string }],
    ['a length cut short', 'dc00', { fault: expect.stringContaining('ends too early') as string }],
    ['an item cut short', '92a161a2', { fault: expect.stringContaining('longer than what is left') as string }],
    ['something after the end', '920102ff', { fault: expect.stringContaining('1 bytes follow') as string }],
  ])('of a list: %s', (_name, hex, found) => {
    expect(allAtOnce(codec.messagePackItems(Buffer.from(hex, 'hex'), 2))).toEqual(found);
  });

  it('turns timestamps of 32 and 64 bits into RFC 3339', () => {
    const bytes = Buffer.from('82a161d6ff00000000a16291d7ff773594000000000a', 'hex');
    expect(codec.messagePack(bytes)).toEqual({
      value: { a: '1970-01-01T00:00:00.000Z', b: ['1970-01-01T00:00:10.500Z'] },
    });
  });

  it('never throws, and takes no memory that the message did not bring', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const decoded = codec.messagePack(bytes);
        expect('value' in decoded || decoded.fault.length > 20).toBe(true);
      }),
      { numRuns: 5000 },
    );
  });
});

describe('JSON', () => {
  it('refuses what is not UTF-8, and takes U+FFFD that was sent as such', () => {
    expect(codec.json(Buffer.from('22c4e3bac322', 'hex'))).toEqual({
      fault: expect.stringContaining('not UTF-8') as string,
    });
    expect(codec.json(Buffer.from('"\ufffd"'))).toEqual({ value: '\ufffd' });
  });

  it('reads a view into a larger buffer', () => {
    const bytes = new Uint8Array(Buffer.from('xx{"a":1}yy')).subarray(2, 9);
    expect(codec.json(bytes)).toEqual({ value: { a: 1 } });
  });
});

describe('base64', () => {
  it('goes both ways, and is refused where it is none', () => {
    const bytes = Uint8Array.from([0, 255, 128]);
    expect([...(codec.fromBase64(codec.toBase64(bytes)) ?? [])]).toEqual([0, 255, 128]);
    expect(codec.fromBase64('not base64!')).toBeNull();
    expect(codec.fromBase64('abcde')).toBeNull();
  });
});
