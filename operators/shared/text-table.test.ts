/** Texts come and go, of several owners; whatever happened before, each is found, read and ordered as a string would be. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { TextTable } from './text-table.ts';

/** Plain, wide, beyond the first plane, empty and long ones, a few of each so that they meet again. */
const text = fc.oneof(
  fc.constantFrom('', 'case-1', 'case-2', 'Fall-ä', '工单-1', '😀', '\u{ffff}', 'x'.repeat(70), '长'.repeat(70)),
  fc.integer({ min: 0, max: 60 }).map((n) => `case-${String(n)}`),
);
const step = fc.record({ owner: fc.integer({ min: 0, max: 2 }), text, isGoing: fc.boolean(), isOfBytes: fc.boolean() });

it('finds, reads and orders what is there as strings would be', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 300, maxLength: 400 }), (steps) => {
      const table = new TextTable();
      const known = new Map<string, { readonly owner: number; readonly text: string; readonly slot: number }>();
      const putIn = (owner: number, said: string, isOfBytes: boolean): number => {
        // Beside other bytes, as they lie where they were saved.
        const bytes = new TextEncoder().encode(`é${said}é`);
        const isPlain = bytes.length === said.length + 4;
        return isOfBytes && isPlain ? table.putInPlain(owner, bytes, 2, said.length) : table.putIn(owner, said);
      };
      table.expect(20);
      for (const { owner, text: said, isGoing, isOfBytes } of steps) {
        const name = `${String(owner)} ${said}`;
        const there = known.get(name);
        expect(table.find(owner, said)).toBe(there?.slot ?? -1);
        if (there === undefined) {
          const slot = isGoing ? table.add(owner, said) : putIn(owner, said, isOfBytes);
          known.set(name, { owner, text: said, slot });
        } else if (!isGoing) expect(putIn(owner, said, isOfBytes)).toBe(there.slot);
        else {
          table.remove(there.slot);
          known.delete(name);
        }
      }
      expect(table.size).toBe(known.size);
      const all = [...known.values()];
      expect(all.map(({ slot }) => [table.ownerOf(slot), table.textOf(slot)])).toEqual(
        all.map(({ owner, text: said }) => [owner, said]),
      );
      const bySlot = all.toSorted((a, b) => (table.comesFirst(a.slot, b.slot) ? -1 : 1));
      const byString = all.toSorted((a, b) => a.owner - b.owner || (a.text < b.text ? -1 : 1));
      expect(bySlot).toEqual(byString);
    }),
    { numRuns: 10 },
  );
});

it('the space of texts that are gone is used again', () => {
  const table = new TextTable();
  for (let round = 0; round < 20; round++) {
    const slots = Array.from({ length: 2000 }, (_, i) =>
      table.add(0, `${'k'.repeat(60)}-${String(round)}-${String(i)}`),
    );
    for (const slot of slots.slice(10)) table.remove(slot);
    for (const slot of slots.slice(0, 10)) expect(table.textOf(slot)).toContain(`-${String(round)}-`);
  }
  expect(table.size).toBe(200);
  expect(table.slots).toBeLessThan(2300);
  expect(table.bytes).toBeLessThan(600_000);
});
