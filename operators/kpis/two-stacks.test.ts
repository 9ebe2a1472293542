import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TwoStacks } from './two-stacks.ts';
import type { Part } from './part.ts';

/** Slices hold sets of numbers, of which the combination is the union: nothing can be taken out, and nothing lost unseen. */
class Slices {
  readonly content = new Map<number, number[]>();
  readonly stacks: TwoStacks;

  constructor(bulky: boolean) {
    const into = (part: Part): number[] => (part as unknown as { items: number[] }).items;
    const fresh = (): Part => ({ n: 0, items: [] }) as Part;
    this.stacks = new TwoStacks(
      {
        bulky,
        fresh,
        copy: (part) => ({ n: 0, items: [...into(part)] }) as Part,
        merge: (part, from) => void into(part).push(...into(from)),
      },
      (part, start) => void into(part).push(...(this.content.get(start) ?? [])),
    );
  }
  late(start: number, value: number): void {
    this.content.set(start, [...(this.content.get(start) ?? []), value]);
    this.stacks.insert(start, { n: 1, items: [value] } as Part);
  }
  expectFrom(start: number, end: number): void {
    const expected = [...this.content].filter(([at]) => at >= start && at < end).flatMap(([, items]) => items);
    const part = this.stacks.query(start) as unknown as { items: number[] };
    expect([...part.items].sort((a, b) => a - b)).toEqual(expected.sort((a, b) => a - b));
  }
}

describe.each([{ bulky: false }, { bulky: true }])('two stacks, bulky: $bulky', ({ bulky }) => {
  it('hold each value of each slice of the window once, whatever comes late and is looked at early', () => {
    const step = fc.record({
      enters: fc.boolean(),
      leaves: fc.integer({ min: 0, max: 3 }),
      late: fc.array(fc.nat(30), { maxLength: 2 }),
      ahead: fc.nat(10),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const slices = new Slices(bulky);
        let value = 0;
        let start = 0;
        steps.forEach(({ enters, leaves, late, ahead }, end) => {
          if (enters) {
            slices.content.set(end, [value++, value++]);
            slices.stacks.enter(end);
          }
          for (const back of late) if (end - back >= start && end - back <= end) slices.late(end - back, value++);
          slices.expectFrom(Math.min(start + ahead, end + 1), end + 1);
          start = Math.min(start + leaves, end);
          slices.stacks.leaveBefore(start);
          slices.expectFrom(start, end + 1);
        });
      }),
      { numRuns: 500 },
    );
  });
});
