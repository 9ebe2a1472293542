/** Tickets of a shop with the customers' verdict: opened, resolved, evaluated; some never evaluated. */
import type { PastEvent, PastKpi, PastSet } from './batch.ts';
import { arriving, DAY, days, HOUR, monthToDate, sliding } from './spans.ts';
import { diceOf } from '../dice.ts';

const of =
  (...types: readonly string[]) =>
  ({ type }: PastEvent): boolean =>
    types.includes(type);
const opened = of('cx.case.opened');
const evaluated = of('cx.case.evaluated');
const isComplaint = ({ data }: PastEvent): boolean => data['complaint'] === true;

const kpis: readonly PastKpi[] = [
  {
    config: {
      ...{ id: 'complaint_rate', from: 'cx.case.opened', by: [[], ['channel']] },
      ...{
        measure: { kind: 'ratio', of: 'data.complaint == true', per: 'true' },
        window: { kind: 'sliding', size: '1d', slide: '6h' },
      },
    },
    ...{ reads: opened, counts: () => true, windows: sliding(DAY, 6 * HOUR) },
    value: (counted) => (counted.filter(isComplaint).length / counted.length) * 100,
  },
  {
    config: {
      ...{
        id: 'satisfied',
        from: 'cx.case.evaluated',
        by: [[], ['team']],
        measure: { kind: 'share', of: 'data.satisfied' },
      },
      window: { kind: 'tumbling', size: '1d' },
    },
    ...{ reads: evaluated, counts: () => true, windows: days },
    value: (counted) => (counted.filter(({ data }) => data['satisfied'] === true).length / counted.length) * 100,
  },
  {
    config: {
      ...{ id: 'evaluated_of_resolved', from: ['cx.case.resolved', 'cx.case.evaluated'] },
      measure: { kind: 'ratio', of: 'type == "cx.case.evaluated"', per: 'type == "cx.case.resolved"' },
      window: { kind: 'cumulative', period: 'month', every: '1d' },
    },
    ...{ reads: of('cx.case.resolved', 'cx.case.evaluated'), counts: of('cx.case.resolved'), windows: monthToDate },
    value: (counted, all) => (all.filter(evaluated).length / counted.length) * 100,
  },
  {
    config: {
      ...{ id: 'by_night', from: 'cx.case.opened', where: 'time.getHours("Asia/Shanghai") >= 22' },
      ...{ measure: { kind: 'count' }, window: { kind: 'tumbling', size: '1d' } },
    },
    reads: (event) => opened(event) && (new Date(event.time).getUTCHours() + 8) % 24 >= 22,
    ...{ counts: () => true, windows: days, value: (counted) => counted.length },
  },
];

export function tickets(): PastSet {
  const roll = diceOf(47);
  const start = Date.UTC(2026, 5, 25, 1);
  const events: PastEvent[] = [];
  const add = (type: string, time: number, data: Record<string, unknown>): void =>
    void events.push({
      id: `e${String(events.length)}`,
      source: '/shop',
      type,
      time: new Date(time).toISOString(),
      data,
    });
  for (let i = 0; i < 600; i++) {
    const at = start + i * 1_500_000 + roll.below(900_000);
    const about = {
      channel: roll.of(['email', 'web_chat', 'phone']),
      case: `t${String(i)}`,
      team: roll.of(['a', 'b']),
    };
    const complaint = roll.percent(90) ? { complaint: roll.percent(30) } : {};
    add('cx.case.opened', at, { ...about, ...complaint, priority: roll.of(['high', 'normal']) });
    if (roll.percent(15)) continue;
    const resolved = at + roll.below(20 * HOUR);
    add('cx.case.resolved', resolved, about);
    if (roll.percent(40)) continue;
    add('cx.case.evaluated', resolved + roll.below(30 * HOUR), { ...about, satisfied: roll.percent(75) });
  }
  events.sort((a, b) => Date.parse(a.time) - Date.parse(b.time));
  return { name: 'tickets', events: arriving(events, roll), kpis };
}
