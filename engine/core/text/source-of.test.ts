import { expect, it } from 'vitest';
import { sourceName, sourceOf } from './source-of.ts';

it.each([
  ['/channels/app|e-1', '/channels/app', '/channels/app'],
  ['a\\|b|c|d', 'a\\|b', 'a|b'],
  ['a\\\\|b', 'a\\\\', 'a\\'],
  ['no source', 'no source', 'no source'],
  ['|e-1', '', ''],
])('finds the source of the event %s', (id, source, name) => {
  expect([sourceOf(id), sourceName(id)]).toEqual([source, name]);
});

it('cuts a source that is too long to be read', () => {
  expect(sourceName(`${'x'.repeat(500)}|1`)).toBe(`${'x'.repeat(120)}…`);
});
