/** Sketches are compared four bytes at a time, and found alike exactly where half of their bytes are equal. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isAlike, SKETCH_BYTES, SKETCH_WORDS } from './text-sketch.ts';

/** A sketch, and another of which so many bytes differ. */
const sketches = fc.record({
  one: fc.uint8Array({ minLength: SKETCH_BYTES, maxLength: SKETCH_BYTES }),
  differing: fc.shuffledSubarray([...Array(SKETCH_BYTES).keys()]),
  by: fc.constantFrom(1, 0x7f, 0x80, 0xff),
});

const wordsOf = (bytes: Uint8Array, place: number): Int32Array => {
  const words = new Int32Array((place + 1) * SKETCH_WORDS);
  new Uint8Array(words.buffer).set(bytes, place * SKETCH_BYTES);
  return words;
};

it('counts the bytes that are equal', () => {
  let [alike, unlike] = [0, 0];
  fc.assert(
    fc.property(sketches, fc.nat(3), ({ one, differing, by }, place) => {
      const other = one.map((own, i) => (differing.includes(i) ? own ^ by : own));
      const expected = differing.length <= SKETCH_BYTES / 2;
      if (expected) alike += 1;
      else unlike += 1;
      expect(isAlike(wordsOf(one, place), place * SKETCH_WORDS, wordsOf(other, 0))).toBe(expected);
    }),
    { numRuns: 2000, seed: 7 },
  );
  expect([alike > 100, unlike > 100]).toEqual([true, true]);
});
