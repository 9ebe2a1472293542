/** A start is saved once: what is saved while time has not passed it says how its run stands then, and reads rightly before and after. */
import { expect, it } from 'vitest';
import type { VerbRecord } from '../clock.ts';
import { ClockTable } from '../clock-table.ts';
import { Heard, planOf, restoredFrom } from '../testing/rehearsal.ts';

const clock = { target: (): number => 50, warnings: [50], expire: 500, once: false, isOpen: (): boolean => true };
const PLAN = planOf(clock, 10, null);
const start: VerbRecord = { clock: 0, key: 'k', verb: 'start', at: 100, id: '/s|e1', values: ['vip', 'x'] };

function standing(table: ClockTable): readonly unknown[] {
  const entry = table.entryOf(0, 'k');
  return [table.open, entry?.state.isOpen, entry?.state.run, entry?.tail?.applied, entry?.tail?.records.length];
}

it('nothing is to be saved when time passes it', () => {
  const table = new ClockTable([PLAN]);
  table.take(start, 98, new Heard());
  expect(table.changes.take(0).changed).toHaveLength(1);
  expect(standing(table)).toEqual([0, false, 0, 0, 1]);
  table.pass(101, new Heard());
  expect(standing(table)).toEqual([1, true, 1, 1, 1]);
  expect(table.changes.take(0)).toEqual({ changed: [], gone: [] });
  // How far time is must be: by that the run is known to have begun.
  expect(table.changes.isEmpty).toBe(false);
  table.changes.timeSaved();
  expect(table.changes.isEmpty).toBe(true);
});

it('a record that means nothing is saved when it comes and when it is forgotten, not when time passes it', () => {
  const table = new ClockTable([PLAN]);
  const heard = new Heard();
  table.take({ ...start, verb: 'stop' }, 98, heard);
  expect(table.changes.take(0).changed).toHaveLength(1);
  table.pass(101, heard);
  expect(table.changes.take(0)).toEqual({ changed: [], gone: [] });
  expect([heard.ignoredVerbs, standing(restoredFrom(table, PLAN, 101))]).toEqual([[], [0, false, 0, 1, 1]]);
  table.pass(112, heard);
  expect(table.changes.take(0)).toEqual({ changed: [], gone: ['k'] });
  expect(heard.ignoredVerbs).toEqual(['stop']);
});

it.each([
  ['not passed it', 100, [0, false, 0, 0, 1]],
  ['passed it', 101, [1, true, 1, 1, 1]],
])('restored where time has %s, it stands as it did', (_what, reached, wanted) => {
  const table = new ClockTable([PLAN]);
  table.take(start, 98, new Heard());
  const restored = restoredFrom(table, PLAN, reached);
  expect(standing(restored)).toEqual(wanted);
  // A record before it that comes later counts before it, and a breach is reported once.
  const heard = new Heard();
  restored.take({ ...start, verb: 'cancel', at: 99, id: '/s|e2' }, reached, heard);
  restored.pass(151, heard);
  expect(heard.standing().map(({ what, at }) => [what, at])).toEqual([
    ['warning 50', 125],
    ['breached', 150],
  ]);
});

it('restored before time has passed it, it begins as the clock is configured then', () => {
  const table = new ClockTable([PLAN]);
  table.take(start, 98, new Heard());
  const restored = restoredFrom(table, planOf({ ...clock, target: () => 30 }, 10, null), 100);
  restored.pass(131, new Heard());
  expect(restored.entryOf(0, 'k')?.state).toMatchObject({ targetMs: 30, isBreached: true });
});
