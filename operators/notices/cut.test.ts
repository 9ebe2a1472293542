import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byteLength, cutToBytes, cutToUnits, oneLine } from './cut.ts';

describe('cutting to what a tool takes', () => {
  it('30: by bytes, with a tail that says what is missing', () => {
    const tail = '\n…还有 37 条';
    const cut = cutToBytes('超'.repeat(1366), 4096, tail);
    expect(cut).toBe(`${'超'.repeat(1359)}${tail}`);
    expect(byteLength(cut)).toBe(4094);
    expect(cutToBytes('超'.repeat(1365), 4096, tail)).toBe('超'.repeat(1365));
  });

  it('31: never inside an emoji', () => {
    const cut = cutToBytes(`${'慢'.repeat(676)}👨‍👩‍👧‍👦`, 2048);
    expect(cut).toBe(`${'慢'.repeat(676)}…`);
    expect(byteLength(cut)).toBe(2031);
  });

  it('by UTF-16 units', () => {
    const family = '👨‍👩‍👧‍👦';
    expect(cutToUnits(family.repeat(400), 4096, '')).toBe(family.repeat(372));
  });

  it('keeps the longest beginning of whole graphemes that fits, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), fc.nat(80), (text, most) => {
        const cut = cutToBytes(text, most, '');
        const whole = [...new Intl.Segmenter().segment(text)].map(({ segment }) => segment);
        let expected = '';
        for (const one of whole) {
          if (Buffer.byteLength(expected + one) > most) break;
          expected += one;
        }
        expect(cut).toBe(expected);
      }),
    );
  });

  it('one line holds no character that ends a header', () => {
    expect(oneLine('x\r\nBcc: a@b\u2028c\u0000')).toBe('x Bcc: a@b c');
  });
});
