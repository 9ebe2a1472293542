import { describe, expect, it } from 'vitest';
import { OpenClocks } from './open-clocks.ts';
import type { OpenRun } from './open-run.ts';

const NOW = 1_000_000;
const run = (
  key: string,
  ageS: number,
  dueS: number | null,
  kept: Record<string, string> = {},
  isPaused = false,
): OpenRun => ({
  ...{ clock: 'reply', key, started: NOW - ageS * 1000, due: dueS === null ? null : NOW + dueS * 1000, isPaused, kept },
});
function counted(runs: readonly OpenRun[], most = 2) {
  const clocks = new OpenClocks(['reply', 'silent'], { bounds: [60_000, 300_000], by: 'team', now: NOW, most });
  for (const one of runs) clocks.add(one);
  return clocks.counted();
}

describe('what is open', () => {
  const [reply, silent] = counted([
    run('a', 30, 5, { team: 'hotline', channel: 'phone' }),
    run('b', 90, -1, { team: 'hotline' }),
    run('c', 400, -60, { team: 'chat' }),
    run('d', 60, null, {}, true),
    run('e', 10, 40, { team: 'chat' }),
    run('f', 0, 1, { team: 'chat' }),
    { ...run('g', 0, 1), clock: 'of another configuration' },
  ]);

  it('is counted with what is past its due time, paused, the oldest, and by age: a bound belongs to the older ones', () => {
    expect(reply).toMatchObject({ open: 6, overdue: 2, paused: 1, oldest_s: 400, ages: [3, 2, 1] });
  });
  it('is counted by a field that is kept, most overdue first, then by how many; what keeps none stands by itself', () => {
    expect(reply?.groups.map(({ value, open, overdue, oldest_s }) => [value, open, overdue, oldest_s])).toEqual([
      ['chat', 3, 1, 400],
      ['hotline', 2, 1, 90],
      [null, 1, 0, 60],
    ]);
  });
  it('names those that fall due next, the soonest first, and none that are past it or paused', () => {
    expect(reply?.next.map(({ key }) => key)).toEqual(['f', 'a']);
    expect(reply?.next[1]?.kept).toEqual({ team: 'hotline', channel: 'phone' });
  });
  it('of a clock that runs for nobody is nothing', () => {
    expect(silent).toEqual({
      ...{ clock: 'silent', open: 0, overdue: 0, paused: 0, oldest_s: null, ages: [0, 0, 0], groups: [], next: [] },
    });
  });
  it('due now is not overdue', () => {
    expect(counted([run('a', 0, 0)])[0]).toMatchObject({ overdue: 0, next: [{ key: 'a' }] });
  });
  it('keeps the soonest of very many, in whatever order they come, and no more groups than fit', () => {
    const many = Array.from({ length: 5000 }, (_, i) => run(`k${i}`, 1, ((i * 7919) % 5000) + 1, { team: `t${i}` }));
    const [all] = counted(many, 3);
    expect(all?.next.map(({ due }) => (due - NOW) / 1000)).toEqual([1, 2, 3]);
    expect([all?.open, all?.groups.length, all?.groups.find(({ value }) => value === null)?.open]).toEqual([
      5000, 201, 4800,
    ]);
  });
});
