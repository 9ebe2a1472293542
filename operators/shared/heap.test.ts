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

it('does so where most comes in its order, however much went through it', () => {
  const step = fc.record({ by: fc.integer({ min: -3, max: 9 }), isTaken: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { minLength: 300, maxLength: 600 }), (steps) => {
      const heap = new Heap<number>((a, b) => a < b);
      const model: number[] = [];
      let at = 0;
      for (const { by, isTaken } of steps) {
        at += by;
        heap.push(at);
        model.push(at);
        model.sort((a, b) => a - b);
        if (isTaken) expect(heap.pop()).toBe(model.shift());
        expect([heap.first, heap.size]).toEqual([model[0], model.length]);
      }
      while (model.length > 0) expect(heap.pop()).toBe(model.shift());
      expect([heap.pop(), heap.first, heap.size]).toEqual([undefined, undefined, 0]);
    }),
    { numRuns: 50 },
  );
});
