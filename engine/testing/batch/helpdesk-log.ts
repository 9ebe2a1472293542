/** The event log of an internal helpdesk: every step of every case, by team and agent. */
import type { PastEvent, PastKpi, PastSet } from './batch.ts';
import { arriving, DAY, days, HOUR, hours, sliding } from './spans.ts';
import { diceOf } from '../dice.ts';

const STEPS = [
  'cx.case.opened',
  'cx.case.assigned',
  'cx.case.pending',
  'cx.case.resolved',
  'cx.case.reopened',
  'cx.case.closed',
] as const;
const is =
  (...types: readonly string[]) =>
  ({ type }: PastEvent): boolean =>
    types.includes(type);
const teamOf = ({ data }: PastEvent): string => (typeof data['team'] === 'string' ? data['team'] : '');

const kpis: readonly PastKpi[] = [
  {
    config: {
      id: 'steps',
      from: [...STEPS],
      measure: { kind: 'count' },
      window: { kind: 'tumbling', size: '2h' },
      by: [[], ['team']],
    },
    ...{ reads: is(...STEPS), counts: () => true, windows: hours(2), value: (counted) => counted.length },
  },
  {
    config: {
      ...{
        id: 'reopened',
        from: ['cx.case.resolved', 'cx.case.reopened'],
        window: { kind: 'sliding', size: '3d', slide: '1d' },
      },
      measure: { kind: 'ratio', of: 'type == "cx.case.reopened"', per: 'type == "cx.case.resolved"' },
    },
    ...{
      reads: is('cx.case.resolved', 'cx.case.reopened'),
      counts: is('cx.case.resolved'),
      windows: sliding(3 * DAY, DAY),
    },
    value: (counted, all) => (all.filter(is('cx.case.reopened')).length / counted.length) * 100,
  },
  {
    config: {
      ...{ id: 'busiest', from: [...STEPS], window: { kind: 'tumbling', size: '1d' } },
      measure: { kind: 'top', value: 'data.team', k: 2 },
    },
    ...{ reads: is(...STEPS), counts: (event) => teamOf(event) !== '', windows: days },
    value: (counted) => {
      const counts = new Map<string, number>();
      for (const event of counted) counts.set(teamOf(event), (counts.get(teamOf(event)) ?? 0) + 1); // none yet
      return [...counts]
        .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
        .slice(0, 2)
        .map(([item, count]) => ({ item, count }));
    },
  },
  {
    config: {
      ...{
        id: 'flows',
        from: [...STEPS],
        measure: { kind: 'count' },
        by: [['team']],
        window: { kind: 'session', gap: '30m' },
      },
    },
    ...{ reads: is(...STEPS), counts: () => true, windows: { gapMs: HOUR / 2 }, value: (counted) => counted.length },
  },
];

export function helpdeskLog(): PastSet {
  const roll = diceOf(59);
  const start = Date.UTC(2026, 9, 1, 0, 30);
  const events: PastEvent[] = [];
  for (let i = 0; i < 260; i++) {
    let at = start + i * 2_400_000 + roll.below(2_000_000);
    const team = roll.percent(8) ? {} : { team: roll.of(['desktop', 'network', 'access']) };
    const again = roll.percent(20) ? (['cx.case.reopened', 'cx.case.resolved'] as const) : [];
    const pending = roll.percent(40) ? (['cx.case.pending'] as const) : [];
    for (const type of [
      'cx.case.opened',
      'cx.case.assigned',
      ...pending,
      'cx.case.resolved',
      ...again,
      'cx.case.closed',
    ]) {
      const data = { channel: 'web', case: `h${String(i)}`, ...team };
      events.push({
        id: `step-${String(events.length)}`,
        source: '/helpdesk',
        type,
        time: new Date(at).toISOString(),
        data,
      });
      at += 30_000 + roll.below(5 * HOUR);
    }
  }
  events.sort((a, b) => Date.parse(a.time) - Date.parse(b.time));
  return { name: 'a helpdesk log', events: arriving(events, roll), kpis };
}
