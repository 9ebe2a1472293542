import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CompactCodec } from '../../live/compact/compact-codec.ts';
import { jsonCodec } from '../../live/frame-codec.ts';
import { msgpackCodec } from './msgpack-codec.ts';

describe('codecs', () => {
  it('say the same of any frame, whatever its values and however long its lists', () => {
    const value = fc
      .dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 5 })
      .map((plain) => ({ ...plain }))
      // The decoder renames this one key; what is sent is right.
      .filter((plain) => !JSON.stringify(plain).includes('"__proto__"'));
    fc.assert(
      fc.property(value, fc.array(value), fc.constantFrom(0, 1, 15, 16, 300), (head, values, repeat) => {
        const many = [...values, ...Array<object>(repeat).fill({ n: 1 })];
        const frameOf = (codec: typeof jsonCodec): unknown =>
          codec.decode(
            codec.frame({ op: 'x', head, gone: undefined }, [
              ['kpis', many.map((one) => codec.piece(one))],
              ['alerts', []],
            ]),
          );
        const plain = JSON.parse(JSON.stringify({ op: 'x', head, kpis: many, alerts: [] })) as unknown;
        expect(frameOf(jsonCodec)).toEqual(plain);
        expect(frameOf(msgpackCodec)).toEqual(plain);
      }),
    );
  });

  it('writes v2 so that any MessagePack reader takes it, and reads it alike', () => {
    const compact = new CompactCodec();
    const numbers = fc.oneof(fc.maxSafeInteger(), fc.integer({ min: -70_000, max: 70_000 }), fc.double(), fc.float());
    const text = fc.string({ unit: 'grapheme', maxLength: 90 }).map((one) => one.repeat(one.length % 40));
    const values = fc.array(fc.oneof(numbers, text, fc.boolean(), fc.constant(null)));
    fc.assert(
      fc.property(values, fc.constantFrom<number>(0, 20, 300), (list, more) => {
        const plain = [...list, ...Array<number>(more).fill(1)];
        const frame = compact.frame({ op: 'x', gone: undefined, 'a b': plain }, [
          ['alerts', [compact.piece({ plain })]],
        ]);
        const said = { op: 'x', 'a b': plain, alerts: [{ plain }] };
        // The sign of a zero is not written.
        const wanted = JSON.parse(JSON.stringify(said, (_, one: unknown) => (one === 0 ? 0 : one))) as unknown;
        const finite = (value: unknown): unknown => JSON.parse(JSON.stringify(value)) as unknown;
        expect(finite(msgpackCodec.decode(frame))).toEqual(wanted);
        expect(finite(compact.decode(frame))).toEqual(wanted);
      }),
      { numRuns: 100, examples: [[[], 70_000]] },
    );
  });

  it('keeps a piece as it was, whatever is encoded after', () => {
    const piece = msgpackCodec.piece({ a: 'first' });
    msgpackCodec.piece({ b: 'x'.repeat(100_000) });
    expect(msgpackCodec.decode(msgpackCodec.frame({}, [['list', [piece]]]))).toEqual({ list: [{ a: 'first' }] });
  });

  it('holds lists of more than 65,535', () => {
    const piece = msgpackCodec.piece({});
    const frame = msgpackCodec.decode(
      msgpackCodec.frame({}, [['list', Array<Uint8Array>(70_000).fill(piece as Uint8Array)]]),
    );
    expect((frame as { list: unknown[] }).list).toHaveLength(70_000);
  });

  it('throws on what is not of its form', () => {
    expect(() => jsonCodec.decode(Uint8Array.of(0xff, 0xfe))).toThrow();
    expect(() => jsonCodec.decode(new TextEncoder().encode('{"a":'))).toThrow();
    expect(() => msgpackCodec.decode(Uint8Array.of(0x81, 0xa1))).toThrow();
    // Deeper than any frame; a list that names more than there is; an extension.
    const nested = Uint8Array.from({ length: 100 }, (_, i) => (i < 99 ? 0x91 : 0xc0));
    expect(() => msgpackCodec.decode(nested)).toThrow('nests deeper than 64 levels');
    expect(() => msgpackCodec.decode(Uint8Array.of(0xdd, 0xff, 0xff, 0xff, 0xff))).toThrow('names more values');
    expect(() => msgpackCodec.decode(Uint8Array.of(0xd4, 0x72, 0x40, 0x90))).toThrow('extension');
  });
});
