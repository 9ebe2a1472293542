import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SavedMap, type SavedEntry } from './saved-map.ts';

const make = (): SavedMap<number> => new SavedMap<number>((value) => value);
const load = (map: SavedMap<number>, entries: readonly SavedEntry[]): void =>
  map.load(entries.map(([key, value]) => [key, value as number | null]));

describe('a saved map', () => {
  it('tells changes once, the latest last, removals as null', () => {
    const map = make();
    map.set('a', 1);
    map.set('b', 2);
    map.set('a', 3);
    map.delete('b');
    expect(map.takeChanges()).toEqual([
      ['a', 3],
      ['b', null],
    ]);
    expect(map.takeChanges()).toEqual([]);
  });

  it('does not tell of the removal of what it never had', () => {
    const map = make();
    map.delete('a');
    expect(map.takeChanges()).toEqual([]);
  });

  it('restored from a snapshot pulled in pieces and the deltas since it began, it is the same, order included', () => {
    const operations = fc.array(
      fc.tuple(fc.constantFrom('set', 'delete', 'save', 'part'), fc.integer({ min: 0, max: 20 }), fc.integer()),
      { maxLength: 200 },
    );
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1200 }), operations, (filled, steps) => {
        const map = make();
        for (let i = 0; i < filled; i++) map.set(`k${i}`, i);
        map.takeChanges();
        const parts = map.parts();
        const saved: SavedEntry[][] = [];
        const deltas: SavedEntry[][] = [];
        for (const [what, key, value] of steps) {
          if (what === 'set') map.set(`k${key}`, value);
          if (what === 'delete') map.delete(`k${key}`);
          if (what === 'save') deltas.push([...map.takeChanges()]);
          if (what === 'part') {
            const next = parts.next();
            if (next.done !== true) saved.push([...next.value]);
          }
        }
        for (const part of parts) saved.push([...part]);
        deltas.push([...map.takeChanges()]);
        const restored = make();
        for (const entries of [...saved, ...deltas]) load(restored, entries);
        expect([...restored.entries()]).toEqual([...map.entries()]);
        expect(restored.takeChanges()).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});
