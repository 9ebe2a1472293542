/** Rows of values come out as they were put in, and what no row holds any more is kept no more. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Json } from '../../../engine/core/types.ts';
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
