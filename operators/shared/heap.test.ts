import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Schedule } from './heap.ts';

it('gives back what is due first, whenever it was put in', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.integer({ min: 0, max: 50 })), { maxLength: 100 }), (steps) => {
      const schedule = new Schedule<number>((a, b) => a < b);
      const model: number[] = [];
      for (const step of steps) {
        if (step === null) {
          expect(schedule.first).toBe(model[0]);
          expect(schedule.pop()).toBe(model.shift());
        } else {
          schedule.push(step);
          model.push(step);
          model.sort((a, b) => a - b);
        }
        expect(schedule.size).toBe(model.length);
      }
    }),
  );
});
