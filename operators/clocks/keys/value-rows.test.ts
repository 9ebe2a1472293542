/** Rows of values come out as they were put in, and what no row holds any more is kept no more. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Json } from '../../../engine/core/types.ts';
import { ValueNumbers } from './value-numbers.ts';
import { ValueRows } from './value-rows.ts';

const value = fc.constantFrom<(Json | undefined)[]>(
  undefined,
  'app',
  'web',
  '7',
  7,
  0,
  true,
  null,
  ['a'],
  { a: 1 },
  { a: 1 },
);
const put = fc.record({ slot: fc.integer({ min: 0, max: 40 }), values: fc.array(value, { maxLength: 9 }) });

it('each row is what was put there last, whatever the others are', () => {
  fc.assert(
    fc.property(fc.array(put, { minLength: 60, maxLength: 90 }), (puts) => {
      const rows = new ValueRows();
      const wanted = new Map<number, readonly (Json | undefined)[]>();
      for (const { slot, values } of puts) {
        rows.put(slot, values);
        wanted.set(slot, values);
      }
      for (let slot = 0; slot <= 40; slot++) expect(rows.of(slot)).toEqual(wanted.get(slot) ?? []);
    }),
    { numRuns: 40 },
  );
});

it('what a row says lies over another one, and what it does not know stays', () => {
  const row = fc.array(value, { maxLength: 5 });
  fc.assert(
    fc.property(row, row, row, (first, before, said) => {
      const numbers = new ValueNumbers();
      const [rows, others] = [new ValueRows(numbers), new ValueRows(numbers)];
      rows.put(0, first);
      rows.put(0, before);
      others.put(3, said);
      rows.overlay(0, others, 3);
      const places = Array.from({ length: Math.max(before.length, said.length) }, (_, i) => i);
      expect(rows.of(0)).toEqual(places.map((i) => (said[i] === undefined ? before[i] : said[i])));
      // Each holds its own: with both rows gone, nothing is held.
      others.put(3, []);
      rows.put(0, []);
      expect(
        Array.from({ length: numbers.count }, (_, i) => numbers.valueOf(i)).every((one) => one === undefined),
      ).toBe(true);
    }),
  );
});

it('equal values have one number, and a number is given again when no row holds its value', () => {
  const rows = new ValueRows();
  rows.put(0, ['app', { a: [1] }]);
  rows.put(1, ['app', { a: [1] }]);
  expect([rows.numberAt(1, 0), rows.numberAt(1, 1)]).toEqual([rows.numberAt(0, 0), rows.numberAt(0, 1)]);
  for (let i = 0; i < 1000; i++) rows.put(2, [`only-${String(i)}`, { i }]);
  expect(rows.numbers).toBeLessThan(8);
  rows.put(0, []);
  expect(rows.of(1)).toEqual(['app', { a: [1] }]);
});
