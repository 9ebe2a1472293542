/** A run that a record ends is restored with all that is planned of it: the end to come, when that is final, and when the key is forgotten. */
import { expect, it } from 'vitest';
import type { VerbRecord } from '../clock.ts';
import { ClockTable } from '../clock-table.ts';
import { Heard, planOf, restoredFrom } from '../testing/rehearsal.ts';

const LATENESS = 10;
const EXPIRE = 500;
const STOPPED = 130;
const clock = { target: (): number => 50, warnings: [], expire: EXPIRE, once: false, isOpen: (): boolean => true };
const PLAN = planOf(clock, LATENESS, null);
const start: VerbRecord = { clock: 0, key: 'k', verb: 'start', at: 100, id: '/s|e1', values: ['vip', 'x'] };
const stop: VerbRecord = { ...start, verb: 'stop', at: STOPPED, id: '/s|e2' };

it.each([
  ['will end, and whose beginning may change', 105],
  ['will end', 120],
  ['has ended', 131],
])('restored where it %s', (_what, reached) => {
  const table = new ClockTable([PLAN]);
  table.take(start, 98, new Heard());
  table.pass(reached < STOPPED ? reached : 120, new Heard());
  table.take(stop, Math.min(reached, 120), new Heard());
  table.pass(reached, new Heard());
  const restored = restoredFrom(table, PLAN, reached);
  // Of one that has ended, the next record sees to what is planned.
  expect([restored.open, restored.dueAt()]).toEqual(reached < STOPPED ? [1, STOPPED + 1] : [0, undefined]);

  const heard = new Heard();
  restored.pass(STOPPED, heard);
  expect(heard.standing()).toEqual([]);
  restored.pass(STOPPED + 1, heard);
  expect(heard.standing().map(({ what, at }) => [what, at])).toEqual(reached < STOPPED ? [['stopped', STOPPED]] : []);
  expect([restored.open, restored.entryOf(0, 'k')?.tail === null]).toEqual([0, false]);
  restored.pass(STOPPED + LATENESS + 2, heard);
  expect(restored.entryOf(0, 'k')?.tail).toBeNull();
  const forgotten = STOPPED + EXPIRE + LATENESS + 1;
  restored.pass(forgotten, heard);
  expect(restored.size).toBe(1);
  restored.pass(forgotten + 1, heard);
  expect([restored.size, restored.dueAt()]).toEqual([0, undefined]);
});
