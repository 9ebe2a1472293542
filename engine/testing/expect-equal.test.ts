import { expect, it } from 'vitest';
import { expectEqual } from './expect-equal.ts';

it.each([
  [1, 1, true],
  [1, 2, false],
  [{ a: [1, { b: null }] }, { a: [1, { b: null }] }, true],
  [{ a: [1, { b: null }] }, { a: [1, { b: 0 }] }, false],
  [{ a: 1, b: undefined }, { a: 1 }, true],
  [new Map([['a', [1]]]), new Map([['a', [1]]]), true],
  [new Map([['a', [1]]]), new Map([['a', [2]]]), false],
  [Uint8Array.of(1, 2), Uint8Array.of(1, 3), false],
])('a comparison in a loop says of %j and %j what toEqual says: %s', (actual, expected, isEqual) => {
  for (const compare of [() => expectEqual(actual, expected), () => expect(actual).toEqual(expected)]) {
    if (isEqual) compare();
    else expect(compare).toThrow('to deeply equal');
  }
});
