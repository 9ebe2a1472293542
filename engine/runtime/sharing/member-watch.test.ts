import { expect, it } from 'vitest';
import type { MemberBeat } from '../../core/partition/shared-ownership.ts';
import { MemberWatch } from './member-watch.ts';

const of = (id: string, beat = 1, state: MemberBeat['state'] = 'in'): MemberBeat => ({
  ...{ id, holder: `holder of ${id}`, since: 0, beat, state, held: [], generation: 1 },
});

it('whatever strangers shout, so many are followed, those that were there before among them', () => {
  const watch = new MemberWatch('me', () => false);
  for (const id of ['me', 'other']) watch.hear(of(id), 0);
  for (let i = 0; i < 5_000; i++) watch.hear(of(`stranger ${String(i)}`), 10);
  expect(watch.living(10)).toHaveLength(1_000);
  expect(watch.living(10).map(({ id }) => id)).toEqual(expect.arrayContaining(['me', 'other']));
  // They are silent, and forgotten.
  for (let now = 0; now <= 9_000; now += 1_000) for (const id of ['me', 'other']) watch.hear(of(id, 2 + now), now);
  expect(watch.living(9_000)).toHaveLength(2);
  watch.hear(of('late'), 9_000);
  expect(watch.living(9_000)).toHaveLength(3);
});

it('good-byes of as many as somebody likes cost no more than a few of them', () => {
  const watch = new MemberWatch('me', () => false);
  watch.hear(of('me'), 0);
  const began = performance.now();
  for (let i = 0; i < 100_000; i++) watch.hear(of(`stranger ${String(i)}`, 1, 'gone'), 10);
  // Each looked through all before it: minutes.
  expect(performance.now() - began).toBeLessThan(10_000);
  expect(watch.mayLive('stranger 99999', '', 10)).toBe(false);
});
