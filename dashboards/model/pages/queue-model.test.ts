import { describe, expect, test } from 'vitest';
import type { KpiDescription, KpiMessage } from '../../../engine/core/wire.ts';
import type { ClockOpen } from '../../line/page-client.ts';
import { emptyBoard, type BoardState } from '../board.ts';
import { keyId } from '../kpi-values.ts';
import { agesFor, chosenClocks, queueShown } from './queue-model.ts';

const AT = Date.UTC(2026, 10, 29, 6, 50);
const iso = (s: number): string => new Date(AT + s * 1000).toISOString();
const clock = (id: string, change: Partial<ClockOpen> = {}): ClockOpen => ({
  ...{
    clock: id,
    title: { 'zh-CN': id, en: id },
    open: 0,
    overdue: 0,
    paused: 0,
    oldest_s: null,
    ages: [],
    groups: [],
    next: [],
  },
  ...change,
});
const group = (value: string | null, open: number, overdue: number, oldest: number, ages: readonly number[] = []) => ({
  ...{ value, open, overdue, paused: 0, oldest_s: oldest, ages },
});
const next = (key: string, from: number, due: number) => ({
  key,
  kept: { channel: 'app' },
  started: iso(from),
  due: iso(due),
});
const REPLY = clock('first_response', {
  ...{ open: 84, overdue: 3, oldest_s: 872 },
  groups: [group('chat', 38, 1, 190), group('hotline', 46, 2, 872)],
  next: [next('8841', -120, 42), next('8790', -60, 115)],
});
const SOLVE = clock('resolution', {
  ...{ open: 120, overdue: 9 },
  groups: [
    group('hotline', 61, 8, 9000, [30, 18, 8, 4, 1]),
    group('logistics', 27, 1, 400, [12, 8, 5, 2, 0]),
    group(null, 2, 0, 10, [2]),
  ],
  next: [next('8846', -3400, 60)],
});
const KPI: KpiDescription = {
  ...{ id: 'first_response_within', title: { 'zh-CN': '达标率', en: 'Within' }, unit: 'percent', decimals: 1 },
  ...{ better: 'higher', target: 95, by: [[], ['team']], window: null, values: [] },
};
function board(): BoardState {
  const values = [[{}, 94.1] as const, [{ team: 'hotline' }, 88.1] as const].map(
    ([key, value]): [string, KpiMessage] => [
      keyId(key),
      {
        ...{ kpi: KPI.id, key, value, n: 100, interval: null, revision: 0, final: true, watermark: iso(0) },
        window: { start: iso(-60), end: iso(0) },
      },
    ],
  );
  return { ...emptyBoard({}, AT), kpis: new Map([[KPI.id, { latest: new Map(values), points: [] }]]) };
}
const shown = (clocks: readonly ClockOpen[], sinceMs = 0) =>
  queueShown({ as_of: iso(0), by: 'team' }, clocks, [KPI], board(), { sinceMs, most: 2 });

describe('queues', () => {
  const all = shown([REPLY, SOLVE]);

  test('say how many wait for the first clock, the longest wait and whose it is, and what is overdue of all', () => {
    const { teams: _teams, next: _next, ...totals } = all;
    expect(totals).toEqual({
      ...{ waiting: 84, oldestS: 872, oldestTeam: 'hotline', overdue: 12, open: 204, inTime: 94.1, inTimeTarget: 95 },
    });
  });
  test('have a row a team, the tightest first, with its backlog by age; what is of nobody comes last', () => {
    expect(
      all.teams.map(({ team, waiting, oldestS, overdue, inTime }) => [team, waiting, oldestS, overdue, inTime]),
    ).toEqual([
      ['hotline', 46, 872, 10, 88.1],
      ['chat', 38, 190, 1, null],
      ['logistics', 0, null, 1, null],
      [null, 0, null, 0, null],
    ]);
    expect(all.teams[0]?.ages).toEqual([30, 18, 8, 4, 1]);
  });
  test('name what falls due next of any clock, the soonest first, and how much of its time is over', () => {
    expect(all.next).toEqual([
      { clock: 'first_response', key: '8841', kept: { channel: 'app' }, leftMs: 42_000, used: 120 / 162 },
      { clock: 'resolution', key: '8846', kept: { channel: 'app' }, leftMs: 60_000, used: 3400 / 3460 },
    ]);
  });
  test('go on counting down between two answers', () => {
    expect(shown([REPLY, SOLVE], 50_000).next.map(({ leftMs }) => leftMs)).toEqual([-8000, 10_000]);
  });
  test('of an engine without clocks are nothing', () => {
    expect(shown([])).toMatchObject({ waiting: 0, oldestS: null, overdue: 0, open: 0, teams: [], next: [] });
  });
});

test('clocks of service are chosen, those the address names, or all there are', () => {
  const ids = (asked: string | null, ...all: readonly string[]) =>
    chosenClocks(
      all.map((id) => clock(id)),
      asked,
    ).map(({ clock: id }) => id);
  expect(ids(null, 'first_response', 'reopening', 'resolution')).toEqual(['first_response', 'resolution']);
  expect(ids('reopening', 'first_response', 'reopening')).toEqual(['reopening']);
  expect(ids(null, 'mine', 'yours')).toEqual(['mine', 'yours']);
});

test('ages differ on the scale of what is open', () => {
  expect([null, 100, 299, 300, 4000, 86_400].map(agesFor)).toEqual([
    ...['15s,30s,1m,2m', '15s,30s,1m,2m', '15s,30s,1m,2m', '1m,5m,15m,30m', '15m,1h,4h,8h', '1h,4h,1d,3d'],
  ]);
});
