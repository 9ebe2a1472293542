import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeyDirectory } from './key-directory.ts';
import { KeyEntry } from './key-entry.ts';
import { dimension, OTHER } from './key-of.ts';
import { SavedKeys } from './saved-keys.ts';
import { specimenEvent } from '../testing/specimens.ts';

const NAMES = ['region', 'product'];

function directory(maxKeys = 1000): KeyDirectory {
  return new KeyDirectory(NAMES, NAMES.map(dimension), maxKeys, { nextSerial: 100, folded: 0 });
}
function eventOf([region, product]: readonly [string, string]) {
  return specimenEvent(0, { region, product }).value;
}

describe('keys that were restored', () => {
  it('are found by events and by values, once each, whatever else is entered, met and removed (property)', () => {
    const name = fc.constantFrom('', 'a', 'b', 'ab', '东', 'store-1');
    const values = fc.tuple(name, name);
    const step = fc.record({ do: fc.constantFrom('of', 'ofValues', 'find', 'findValues', 'remove'), values });
    const restored = fc.uniqueArray(values, { selector: (key) => JSON.stringify(key) });
    fc.assert(
      fc.property(restored, fc.array(step, { maxLength: 60 }), (saved, steps) => {
        const keys = directory();
        const model = new Map<string, KeyEntry>();
        saved.forEach((key, serial) => {
          const entry = new KeyEntry(serial, key);
          keys.restore(entry, saved.length);
          model.set(JSON.stringify(key), entry);
        });
        expect(keys.queue).toEqual([...model.values()]);
        for (const { do: what, values: key } of steps) {
          const known = model.get(JSON.stringify(key));
          if (what === 'remove') {
            if (known !== undefined) keys.remove(known);
            model.delete(JSON.stringify(key));
          } else {
            const found = what === 'of' || what === 'find' ? keys[what](eventOf(key)) : keys[what](key);
            if (known !== undefined || what.startsWith('find')) expect(found).toBe(known);
            else if (found !== undefined) model.set(JSON.stringify(key), found);
          }
          expect(keys.size).toBe(model.size);
          expect(new Set(keys.entries())).toEqual(new Set(model.values()));
          expect([...keys.entries()]).toHaveLength(model.size);
        }
      }),
    );
  });

  it('are in a snapshot that was begun before they were met', () => {
    const keys = directory();
    const entries = [0, 1, 2].map((serial) => new KeyEntry(serial, ['r', `p${serial}`]));
    for (const entry of entries) keys.restore(entry, 3);
    const snapshot = keys.entries();
    const seen = [snapshot.next().value];
    keys.of(eventOf(['r', 'p2']));
    keys.of(eventOf(['r', 'new']));
    seen.push(...snapshot);
    expect(new Set(seen)).toEqual(new Set(keys.entries()));
    expect(keys.size).toBe(4);
  });

  it('count towards the most there may be', () => {
    const keys = directory(2);
    keys.restore(new KeyEntry(0, ['r', 'a']), 2);
    keys.restore(new KeyEntry(1, ['r', 'b']), 2);
    expect(keys.of(eventOf(['r', 'c'])).values).toEqual([OTHER, OTHER]);
    expect(keys.of(eventOf(['r', 'b'])).serial).toBe(1);
  });
});

describe('keys past the most there may be', () => {
  it('come back once another has left, though there are others still', () => {
    const keys = directory(2);
    const a = keys.of(eventOf(['r', 'a']));
    keys.of(eventOf(['r', 'b']));
    const others = keys.of(eventOf(['r', 'c']));
    expect(others.values).toEqual([OTHER, OTHER]);
    expect(keys.of(eventOf(['r', 'd']))).toBe(others);
    keys.remove(a);
    expect(keys.of(eventOf(['r', 'c'])).values).toEqual(['r', 'c']);
    expect(keys.of(eventOf(['r', 'a']))).toBe(others);
    keys.remove(others);
    expect(keys.of(eventOf(['r', 'a'])).values).toEqual([OTHER, OTHER]);
  });
});

describe('saved keys', () => {
  it('are found by their serials, however far these lie apart', () => {
    const serial = fc.oneof(fc.nat({ max: 300 }), fc.maxSafeNat());
    fc.assert(
      fc.property(fc.array(serial, { maxLength: 300 }), (serials) => {
        const keys = new SavedKeys();
        for (const one of serials) keys.add(one, [`first ${one}`]);
        for (const one of serials) keys.add(one, ['again']);
        expect(keys.size).toBe(new Set(serials).size);
        for (const one of serials) expect(keys.get(one)).toMatchObject({ serial: one, values: [`first ${one}`] });
        for (let one = 0; one < 300; one++) if (!serials.includes(one)) expect(keys.get(one)).toBeUndefined();
      }),
    );
  });
});
