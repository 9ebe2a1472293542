import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Deadlines, type Deadline } from './deadlines.ts';

describe('deadlines', () => {
  it('come in order of time, then rule, then key, however they were pushed', () => {
    const some = fc.array(
      fc.record({
        at: fc.integer({ min: 0, max: 5 }),
        rule: fc.integer({ min: 0, max: 2 }),
        key: fc.constantFrom('a', 'b'),
      }),
    );
    fc.assert(
      fc.property(some, (pushed) => {
        const heap = new Deadlines();
        for (const deadline of pushed) heap.push(deadline);
        const popped: Deadline[] = [];
        for (let next = heap.first; next !== undefined; next = heap.first) {
          expect(heap.pop()).toEqual(next);
          popped.push(next);
        }
        const text = ({ at, rule, key }: Deadline): string => `${at}${rule}${key}`;
        expect(popped.map(text)).toEqual(pushed.map(text).sort());
        expect(heap.pop()).toBeUndefined();
      }),
    );
  });
});
