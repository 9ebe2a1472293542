import fc from 'fast-check';
import { expect, it } from 'vitest';
import { OpenTable } from './open-table.ts';

it('an open table finds what a map would, however hashes collide and however often it grows', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 200 }),
      fc.constantFrom(1, 3, 0xffff),
      (keys, mask) => {
        const table = new OpenTable(1);
        const list: number[] = [];
        const model = new Map<number, number>();
        const hash = (key: number): number => Math.imul(key, 0x9e3779b1) & mask;
        const find = (key: number): { slot: number; place: number } => {
          let slot = table.slotOf(hash(key));
          let place = table.placeAt(slot);
          while (place >= 0 && list[place] !== key) place = table.placeAt((slot = table.after(slot)));
          return { slot, place };
        };
        for (const key of keys) {
          const { slot, place } = find(key);
          expect(place).toBe(model.get(key) ?? -1);
          if (place >= 0) continue;
          model.set(key, list.push(key) - 1);
          table.put(slot, list.length - 1, (at) => hash(list[at] as number));
        }
        for (const [key, place] of model) expect(find(key).place).toBe(place);
      },
    ),
  );
});
