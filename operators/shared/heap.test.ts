import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Heap } from './heap.ts';

it('gives back what is due first, whenever it was put in', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.integer({ min: 0, max: 50 })), { maxLength: 100 }), (steps) => {
      const heap = new Heap<number>((a, b) => a < b);
      const model: number[] = [];
      for (const step of steps) {
        if (step === null) {
          expect(heap.first).toBe(model[0]);
          expect(heap.pop()).toBe(model.shift());
        } else {
          heap.push(step);
          model.push(step);
          model.sort((a, b) => a - b);
        }
        expect(heap.size).toBe(model.length);
      }
    }),
  );
});
