/** Slots by instants, in lists and in queues, beside plain arrays that do the same slowly. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SlotHeap } from './slot-heap.ts';
import { SlotLists } from './slot-lists.ts';
import { SlotQueue } from './slot-queue.ts';

const slot = fc.integer({ min: 0, max: 40 });
const instant = fc.oneof(fc.integer({ min: -5, max: 12 }), fc.constant(Infinity));

describe('the heap of slots', () => {
  it('gives the earliest, at one instant the one that comes first, whatever was moved or taken out', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(slot, instant), { maxLength: 120 }), (steps) => {
        const heap = new SlotHeap((a, b) => a > b);
        const slow = new Map<number, number>();
        for (const [number, at] of steps) {
          heap.set(number, at);
          if (at === Infinity) slow.delete(number);
          else slow.set(number, at);
          const [first] = [...slow].sort((a, b) => (a[1] === b[1] ? b[0] - a[0] : a[1] - b[1]));
          expect([heap.size, heap.first, heap.firstAt]).toEqual([slow.size, first?.[0] ?? -1, first?.[1] ?? Infinity]);
        }
        expect(drained(heap).map(([, at]) => at)).toEqual([...slow.values()].sort((a, b) => a - b));
      }),
      { numRuns: 300 },
    );
  });

  it('gives the same of what was put in, moved and taken out at once, also beside what was in it', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(slot, instant)), fc.array(fc.tuple(slot, instant)), (before, steps) => {
        const [atOnce, oneByOne] = [new SlotHeap((a, b) => a > b), new SlotHeap((a, b) => a > b)];
        const put = (heap: SlotHeap, all: readonly (readonly [number, number])[]): void =>
          all.forEach(([number, at]) => heap.set(number, at));
        put(atOnce, before);
        atOnce.fill(() => put(atOnce, steps));
        put(oneByOne, [...before, ...steps]);
        expect(drained(atOnce)).toEqual(drained(oneByOne));
      }),
      { numRuns: 300 },
    );
  });

  it('is empty when cleared, and takes the same slots again', () => {
    const heap = new SlotHeap((a, b) => a < b);
    for (let number = 0; number < 100; number++) heap.set(number, 100 - number);
    heap.clear();
    expect([heap.size, heap.first, heap.firstAt]).toEqual([0, -1, Infinity]);
    heap.set(99, 7);
    expect([heap.size, heap.first, heap.firstAt]).toEqual([1, 99, 7]);
  });
});

/** All that is in it, with its instants, the first first. */
function drained(heap: SlotHeap): readonly (readonly [slot: number, at: number])[] {
  const found: [number, number][] = [];
  for (; heap.size > 0; heap.set(heap.first, Infinity)) found.push([heap.first, heap.firstAt]);
  return found;
}

describe('lists of slots', () => {
  it('keep the order in which slots joined; one that is in stays where it is', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(slot, fc.boolean()), { maxLength: 120 }), (steps) => {
        const lists = new SlotLists(2);
        const slow: number[][] = [[], []];
        for (const [number, joins] of steps) {
          const list = number % 2;
          const of = slow[list] as number[];
          if (joins) lists.add(list, number);
          else lists.remove(list, number);
          if (!joins) slow[list] = of.filter((one) => one !== number);
          else if (!of.includes(number)) of.push(number);
        }
        expect(slow).toEqual([0, 1].map((list) => walked(lists, list)));
        lists.clear();
        expect([walked(lists, 0), walked(lists, 1)]).toEqual([[], []]);
      }),
      { numRuns: 300 },
    );
  });
});
function walked(lists: SlotLists, list: number): readonly number[] {
  const found: number[] = [];
  for (let at = lists.firstOf(list); at >= 0; at = lists.nextOf(at)) found.push(at);
  return found;
}

describe('the queue of slots', () => {
  it('gives first what came first, over any number of rounds of its ring', () => {
    fc.assert(
      fc.property(fc.array(fc.option(slot), { maxLength: 200 }), (steps) => {
        const queue = new SlotQueue();
        const slow: number[] = [];
        for (const [at, number] of steps.entries()) {
          if (number === null) expect(queue.shift()).toBe(slow.shift() ?? -1);
          else {
            queue.push(number, at + number);
            slow.push(number);
          }
          expect(queue.size).toBe(slow.length);
          expect(queue.firstAt === Infinity).toBe(slow.length === 0);
        }
        const rest: number[] = [];
        for (let next = queue.shift(); next >= 0; next = queue.shift()) rest.push(next);
        expect(rest).toEqual(slow);
      }),
      { numRuns: 300 },
    );
  });
});
