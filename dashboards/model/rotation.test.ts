import { expect, test } from 'vitest';
import { pagesOf, rotated } from './rotation.ts';

const at = (page: number, since = 0): { page: number; since: number } => ({ page, since });
const none = new Set<number>();

test('six tiles a page', () => {
  expect(pagesOf([1, 2, 3, 4, 5, 6, 7]).map((page) => page.length)).toEqual([6, 1]);
  expect(pagesOf([])).toEqual([]);
});

test('turns when its time is up, round and round', () => {
  expect(rotated(at(0), 3, 30_000, none, 29_999)).toEqual(at(0));
  expect(rotated(at(0), 3, 30_000, none, 30_000)).toEqual(at(1, 30_000));
  expect(rotated(at(2), 3, 30_000, none, 30_000)).toEqual(at(0, 30_000));
});

test('does not turn by itself without being asked, or with one page', () => {
  expect(rotated(at(0), 3, null, none, 1e9)).toEqual(at(0));
  expect(rotated(at(0), 1, 30_000, none, 1e9)).toEqual(at(0));
});

test('a breach brings its page and holds it; several take turns', () => {
  expect(rotated(at(0), 3, 30_000, new Set([2]), 30_000).page).toBe(2);
  expect(rotated(at(2), 3, 30_000, new Set([2]), 30_000)).toEqual(at(2, 30_000));
  expect(rotated(at(2), 3, 30_000, new Set([0, 2]), 30_000).page).toBe(0);
});
