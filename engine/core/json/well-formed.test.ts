import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutText, wellFormed } from './well-formed.ts';

describe('wellFormed', () => {
  it.each<[unknown, unknown]>([
    ['a\ud800', 'a\ufffd'],
    [
      ['\udc00b', 1, null],
      ['\ufffdb', 1, null],
    ],
    [{ a: { '\ud800': ['\ud83d'] } }, { a: { '\ufffd': ['\ufffd'] } }],
    [{ '\ud800': 1, '\ud801': 2 }, { '\ufffd': 2 }],
  ])('%j', (value, expected) => {
    expect(wellFormed(value)).toEqual(expected);
  });

  it('is the very value where nothing was to be done', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
        expect(wellFormed(value)).toBe(value);
      }),
    );
    const kept = JSON.parse('{"__proto__":{"a":"😀"},"constructor":"\\u0000\\u2028\\ufeff"}') as unknown;
    expect(wellFormed(kept)).toBe(kept);
  });

  it('keeps names that would reach a prototype what they are, and bears any depth', () => {
    const found = wellFormed(JSON.parse('{"__proto__":{"x":"\\ud800"}}')) as object;
    expect(Object.entries(found)).toEqual([['__proto__', { x: '\ufffd' }]]);
    expect(() => wellFormed(JSON.parse('['.repeat(30_000) + ']'.repeat(30_000)))).not.toThrow();
  });
});

it('a text is never cut within a character', () => {
  expect(cutText('abc', 3)).toBe('abc');
  expect(cutText('ab😀', 3)).toBe('ab');
  expect(cutText('ab😀', 4)).toBe('ab😀');
  expect(cutText('张三丰', 2)).toBe('张三');
});
