import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Bucket } from './bucket.ts';
import { KeyEntry } from '../keys/key-entry.ts';

it('tells each row touched since the last time once, with its serial, however many there are (property)', () => {
  const touches = fc.array(fc.array(fc.nat({ max: 199 }), { maxLength: 60 }), { maxLength: 5 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), touches, (rows, rounds) => {
      const bucket = new Bucket(0, 0, 1, 0);
      for (let row = 0; row < rows; row++) bucket.addRow(new KeyEntry(1000 + row, []));
      for (const round of rounds) {
        const touched = round.map((row) => row % rows);
        const firsts = touched.map((row) => bucket.touch(row));
        expect(firsts).toEqual(touched.map((_, i) => i === 0));
        const taken = bucket.takeTouched();
        expect(taken.toSorted((a, b) => a - b)).toEqual([...new Set(touched)].sort((a, b) => a - b));
        for (const row of taken) expect(bucket.serials[row]).toBe(1000 + row);
      }
      expect(bucket.takeTouched()).toEqual([]);
    }),
  );
});
