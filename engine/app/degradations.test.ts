import { expect, it } from 'vitest';
import { NO_CLOCK_FINDINGS, type ClockFindings } from '../core/partition/clock-findings.ts';
import type { HookStatus } from '../gateway/gateway-ports.ts';
import { calendarDegradations, clockDegradations, hookDegradations, instanceDegradations } from './degradations.ts';

const partition = (clocks: Partial<ClockFindings>, lagMs: number | null = 2000) => ({
  ...{ lagMs, clocks: { ...NO_CLOCK_FINDINGS, ...clocks } },
});

it('says nothing where nothing is amiss', () => {
  expect(clockDegradations([])).toEqual([]);
  expect(clockDegradations([partition({}), partition({}, null), partition({}, -900)])).toEqual([]);
});

it('names instances that share the work and compute otherwise', () => {
  const of = (name: string, isAlike: boolean) => ({ name, isAlike });
  expect(instanceDegradations([of('a 1', true), of('b 2', true)])).toEqual([]);
  const [reported] = instanceDegradations([of('a 1', true), of('b 2', false), of('c 3', false)]);
  expect(reported).toMatchObject({ code: 'instances_differ', values: { instances: 2 }, about: ['b 2', 'c 3'] });
  expect(reported?.message).toMatch(/^2 instances that share the work have another configuration/);
});

it('names the three sources furthest ahead, over all partitions, each once', () => {
  const ahead = (source: string, leadMs: number) => ({ source, leadMs, events: 1 });
  const [reported, ...others] = clockDegradations([
    partition({ ahead: [ahead('/kiosk', 240_000), ahead('/a', 5000)] }),
    partition({ ahead: [ahead('/b', 200_400), ahead('/kiosk', 3000), ahead('', 7000)] }),
  ]);
  expect(others).toEqual([]);
  expect(reported).toMatchObject({
    code: 'clock_ahead',
    values: { sources: 4, seconds: 240 },
    about: ['/kiosk (240 s)', '/b (200 s)', '"" (7 s)'],
  });
  expect(reported?.message).toMatch(/^the clocks of 4 sources run ahead of the broker's, by up to 240 s/);
});

it('says that there are more than were kept, and that most events come too late', () => {
  const ahead = [
    { source: '/a', leadMs: 5000, events: 1 },
    { source: '/b', leadMs: 5000, events: 1 },
  ];
  const reported = clockDegradations([
    partition({ ahead, isMore: true, late: { events: 60, of: 100, sources: ['/z'] } }),
    partition({ late: { events: 30, of: 40, sources: ['/z', '/y'] } }),
  ]);
  expect(reported.map(({ code, message, values, about }) => [code, message.slice(0, 66), values, about])).toEqual([
    [
      'clock_ahead',
      "the clocks of 2 or more sources run ahead of the broker's, by up t",
      { sources: 2, seconds: 5 },
      ['/a (5 s)', '/b (5 s)'],
    ],
    [
      'events_late',
      'most events come too late for every window: 90 of the last 140; th',
      { late: 90, of: 140 },
      ['/z', '/y'],
    ],
  ]);
});

it('says that time is ahead where the clock of the broker is', () => {
  expect(clockDegradations([partition({}, 2000), partition({}, -30_000)])).toMatchObject([
    { code: 'time_ahead', values: { seconds: 30 }, about: [] },
  ]);
});

const hook = (id: string, state: HookStatus['state'], reason = 'timeout'): HookStatus => ({
  ...{ id, kind: 'webhook', state, delivered: 0, retried: 0, failed: 0, waiting: 0, accepted: null },
  ...{ alerts: 0, left_out: 0, given_up: 0, failures: [] },
  trouble: state === 'failing' ? { reason, hint: 'https://desk.example/k3y did not answer' } : null,
});

it('says nothing of hooks that deliver, or that another instance runs', () => {
  expect(hookDegradations([])).toEqual([]);
  expect(hookDegradations([hook('desk', 'ok'), hook('pager', 'standby')])).toEqual([]);
});

it('names the hooks that fail and why, and never where they send to', () => {
  const reported = hookDegradations([
    hook('desk', 'failing'),
    hook('a', 'ok'),
    hook('pager', 'failing', 'credentials'),
  ]);
  expect(reported).toMatchObject([
    { code: 'hook', values: { hooks: 2 }, about: ['desk (timeout)', 'pager (credentials)'] },
  ]);
  expect(reported[0]?.message).toMatch(/^2 hooks fail to deliver notices/);
  expect(JSON.stringify(reported)).not.toMatch(/desk\.example|k3y/);
});

const ends = (id: string, dataEnds: number | null) => ({ id, zone: 'Asia/Shanghai', dataEnds });
const YEAR_END = Date.UTC(2026, 11, 31, 16);

it('says a quarter before that the holidays of a calendar end, and of which', () => {
  const calendars = [ends('desk', YEAR_END), ends('always', null), ends('later', YEAR_END + 366 * 86_400_000)];
  expect(calendarDegradations(calendars, YEAR_END - 92 * 86_400_000)).toEqual([]);
  expect(calendarDegradations(calendars, YEAR_END - 91.5 * 86_400_000)).toMatchObject([
    { code: 'calendar_ends', values: { calendars: 1, days: 91 }, about: ['desk (2026-12-31)'] },
  ]);
  expect(calendarDegradations(calendars, YEAR_END + 86_400_000)).toMatchObject([{ values: { days: 0 } }]);
});
