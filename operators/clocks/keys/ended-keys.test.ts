/** Which ended key makes space at the limit of keys, and that looking for one costs no walk over all of them for each new key. */
import { expect, it, vi } from 'vitest';
import { freshKey, type ClockKey } from '../key-log.ts';
import { EndedKeys } from './ended-keys.ts';
import { KeyColumns } from './key-columns.ts';

/** Ended; while it `mayChange` it has a tail. */
function ended(key: string, mayChange: boolean): ClockKey {
  const entry = freshKey(0, key);
  entry.state.run = 1;
  if (mayChange) entry.tail = { base: null, records: [], applied: 0, said: [], ignored: ['stop'], from: null };
  return entry;
}
function withKeys(count: number): {
  columns: KeyColumns;
  keys: EndedKeys;
  set: (slot: number, mayChange: boolean) => void;
} {
  const columns = new KeyColumns(1);
  const keys = new EndedKeys(columns, 1);
  const set = (slot: number, mayChange: boolean): void => {
    columns.store(slot, ended(columns.keyOf(slot), mayChange));
    keys.add(0, slot, mayChange);
  };
  for (let i = 0; i < count; i++) set(columns.add(0, `k${String(i)}`), true);
  return { columns, keys, set };
}

it('is the longest ended of those that can no longer change', () => {
  const { keys, set } = withKeys(4);
  expect(keys.firstToForget(0)).toBe(-1);
  set(2, false);
  expect(keys.firstToForget(0)).toBe(2);
  set(1, false);
  expect(keys.firstToForget(0)).toBe(1);
  keys.remove(0, 1);
  keys.remove(0, 2);
  expect(keys.firstToForget(0)).toBe(-1);
  set(3, false);
  keys.arrange(0, [3, 0]);
  expect(keys.firstToForget(0)).toBe(3);
});

it('where all must stay, that is found out once', () => {
  const { columns, keys, set } = withKeys(1000);
  const asked = vi.spyOn(columns, 'hasTail');
  for (let i = 0; i < 50; i++) expect(keys.firstToForget(0)).toBe(-1);
  expect(asked).toHaveBeenCalledTimes(1000);
  set(7, false);
  expect(keys.firstToForget(0)).toBe(7);
});
