/** Five teams at work, the hotline overrun, as the pages' tests and pictures show them. */
import type { ClocksOpen } from '../line/page-client.ts';

const TEAMS = [
  ['热线', 46, 872, 9, [30, 18, 8, 4, 1]],
  ['在线客服', 38, 190, 1, [33, 9, 2, 0, 0]],
  ['App 体验', 24, 527, 4, [18, 18, 11, 5, 0]],
  ['门店运营', 12, 125, 3, [8, 9, 8, 4, 2]],
  ['物流', 8, 380, 0, [12, 8, 5, 2, 0]],
] as const;
const NEXT = [
  ['8841', 42, 600, 'phone', 'north', '热线'],
  ['8790', 115, 900, 'app', 'east', 'App 体验'],
  ['8846', 200, 900, 'store', 'east', '门店运营'],
  ['8702', 368, 900, 'web_chat', 'south', '在线客服'],
  ['8655', 691, 1800, 'phone', 'west', '热线'],
  ['8851', 1120, 1800, 'email', 'north', '物流'],
] as const;

export function clocksAt(now: number): ClocksOpen {
  const iso = (ms: number): string => new Date(ms).toISOString();
  const none = { open: 0, overdue: 0, paused: 0, oldest_s: null, ages: [] };
  const sum = (numbers: readonly number[]): number => numbers.reduce((all, n) => all + n, 0);
  const waiting = TEAMS.map(([value, open, oldest]) => ({ ...none, value, open, oldest_s: oldest }));
  const working = TEAMS.map(([value, , oldest, overdue, ages]) => ({
    ...{ ...none, value, overdue, ages, open: sum(ages), oldest_s: oldest * 9 },
  }));
  const next = NEXT.map(([key, left, target, channel, region, team]) => ({
    ...{
      key,
      kept: { channel, region, team },
      due: iso(now + left * 1000),
      started: iso(now + (left - target) * 1000),
    },
  }));
  const clock = (id: string, zh: string, en: string) => ({ clock: id, title: { 'zh-CN': zh, en } });
  return {
    as_of: iso(now),
    by: 'team',
    bounds_s: [3600, 14_400, 86_400, 259_200],
    clocks: [
      {
        ...{ ...clock('first_response', '首次响应', 'First response'), ...none, groups: waiting, next },
        ...{ open: sum(waiting.map(({ open }) => open)), oldest_s: 872 },
      },
      {
        ...{ ...clock('resolution', '解决', 'Resolution'), ...none, groups: working, next: [] },
        ...{ open: sum(working.map(({ open }) => open)), overdue: 17, oldest_s: 7848 },
      },
    ],
  };
}
