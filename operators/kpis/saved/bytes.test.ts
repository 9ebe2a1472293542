import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ByteReader, ByteWriter } from './bytes.ts';

it('reads back every number and string that was written', () => {
  const number = fc.oneof(
    fc.double({ noNaN: true }).filter((value) => !Object.is(value, -0)),
    fc.maxSafeInteger(),
    fc.integer({ min: -70_000, max: 70_000 }),
    fc.constantFrom(0, 0xef, 0xf0, 0xff, 0x100, 0xffff, 0x1_0000, 0xffff_ffff, 0x1_0000_0000, 2 ** 53 - 1, Infinity),
  );
  const uint = fc.oneof(fc.maxSafeNat(), fc.nat({ max: 20_000 }), fc.constantFrom(0x7f, 0x80, 0x3fff, 0x4000));
  fc.assert(
    fc.property(fc.array(fc.tuple(number, uint, fc.string({ unit: 'grapheme' }))), (items) => {
      const writer = new ByteWriter(1);
      for (const [value, uint, text] of items) {
        writer.number(value);
        writer.uint(uint);
        writer.string(text);
        writer.row(uint, Float64Array.of(7, value, 300), 1, 2);
      }
      const reader = new ByteReader(writer.take());
      for (const [value, uint, text] of items) {
        expect([reader.number(), reader.uint(), reader.string()]).toEqual([value, uint, text]);
        expect([reader.uint(), reader.number(), reader.number()]).toEqual([uint, value, 300]);
      }
      expect(reader.done).toBe(true);
      expect(writer.length).toBe(0);
    }),
  );
});

it('counts that are small take one byte', () => {
  const writer = new ByteWriter();
  writer.row(5, Float64Array.of(0, 1, 200), 0, 3);
  expect(writer.take()).toEqual(Uint8Array.of(5, 0, 1, 200));
});

it('refuses bytes that end too early', () => {
  const writer = new ByteWriter();
  writer.string('后来');
  const bytes = writer.take();
  expect(() => new ByteReader(bytes.subarray(0, bytes.length - 1)).string()).toThrow('ends too early');
  expect(() => new ByteReader(new Uint8Array()).number()).toThrow('ends too early');
});

it('what was written is written again, also where the bytes have to grow for it', () => {
  const writer = new ByteWriter(8);
  writer.string('a');
  const from = writer.length;
  writer.string('text');
  const to = writer.length;
  for (let i = 0; i < 40; i++) writer.again(from, to);
  const reader = new ByteReader(writer.take());
  expect([reader.string(), ...Array.from({ length: 41 }, () => reader.string()), reader.done]).toEqual([
    ...['a', ...Array.from({ length: 41 }, () => 'text'), true],
  ]);
});
