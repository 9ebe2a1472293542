import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeFactKey, encodeFactKey } from './fact-key.ts';

it.each([
  ['C-1001', 'C-1001'],
  ['a.b/c_d', 'a.b/c_d'],
  ['a=b', 'a=3Db'],
  ['.x..y.', '=2Ex=2E.y=2E'],
  ['客户', '=E5=AE=A2=E6=88=B7'],
  ['a b*>', 'a=20b=2A=3E'],
])('%s is written %s', (whose, key) => {
  expect(encodeFactKey(whose)).toBe(key);
});

it('every key is one that NATS takes, and read back', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' }), (whose) => {
      const key = encodeFactKey(whose);
      expect(key).toMatch(/^[-/=a-zA-Z0-9_]+(\.[-/=a-zA-Z0-9_]+)*$/);
      expect(decodeFactKey(key)).toBe(whose.toWellFormed());
    }),
    { numRuns: 500 },
  );
});

it('what somebody else wrote is read as it stands', () => {
  expect(['a=', 'a=zz', 'x=3'].map(decodeFactKey)).toEqual(['a=', 'a=zz', 'x=3']);
});

it.each(['', 'x'.repeat(513)])('a key of no length, or too long a one, is refused', (whose) => {
  expect(() => encodeFactKey(whose)).toThrow('1 to 512 characters');
});
