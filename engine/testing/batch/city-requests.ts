/** Requests to a city (noise, waste, roads) as cases: by kind and district, with bursts at night and quiet hours between. */
import type { PastEvent, PastKpi, PastSet } from './batch.ts';
import { arriving, DAY, days, HOUR, sliding } from './spans.ts';
import { diceOf } from '../dice.ts';

const reads = ({ type }: PastEvent): boolean => type === 'cx.case.opened';
const base = { from: 'cx.case.opened' };
const kpis: readonly PastKpi[] = [
  {
    config: {
      ...{ ...base, id: 'requests', measure: { kind: 'count' } },
      ...{ window: { kind: 'tumbling', size: '1d' }, by: [[], ['region'], ['region', 'product']] },
    },
    ...{ reads, counts: () => true, windows: days, value: (counted) => counted.length },
  },
  {
    config: {
      ...{ ...base, id: 'a_minute', measure: { kind: 'rate', per: '1m' } },
      ...{ window: { kind: 'sliding', size: '2h', slide: '30m' }, by: [['region']] },
    },
    ...{ reads, counts: () => true, windows: sliding(2 * HOUR, HOUR / 2) },
    value: (counted) => counted.length / 120,
  },
  {
    config: {
      ...{ ...base, id: 'urgent', measure: { kind: 'ratio', of: 'data.priority == "urgent"', per: 'true' } },
      window: { kind: 'sliding', size: '7d', slide: '1d' },
    },
    ...{ reads, counts: () => true, windows: sliding(7 * DAY, DAY) },
    value: (counted) => (counted.filter(({ data }) => data['priority'] === 'urgent').length / counted.length) * 100,
  },
  {
    config: {
      ...{ ...base, id: 'streets', measure: { kind: 'distinct', value: 'data.store' } },
      ...{ window: { kind: 'tumbling', size: '1d' }, by: [[], ['region']] },
    },
    ...{ reads, counts: () => true, windows: days, within: 0.03 },
    value: (counted) => new Set(counted.map(({ data }) => data['store'])).size,
  },
  {
    config: {
      ...{ ...base, id: 'bursts', measure: { kind: 'count' }, by: [['region']] },
      window: { kind: 'session', gap: '20m' },
    },
    ...{ reads, counts: () => true, windows: { gapMs: HOUR / 3 }, value: (counted) => counted.length },
  },
];

export function cityRequests(): PastSet {
  const roll = diceOf(31);
  let time = Date.UTC(2026, 4, 30, 12);
  const events = Array.from({ length: 1200 }, (_, i): PastEvent => {
    time += roll.percent(8) ? roll.below(6 * HOUR) : roll.below(12 * 60_000);
    const region = roll.of(['harbour', 'hill', 'market']);
    const data = {
      ...{ channel: roll.of(['phone', 'app', 'web']), case: `r${String(i)}`, class: 'request', region },
      ...{ product: roll.of(['noise', 'waste', 'roads', 'water']), store: `street-${String(roll.below(40))}` },
      priority: roll.of(['urgent', 'high', 'normal', 'normal', 'low']),
    };
    return {
      id: `request-${String(i)}`,
      source: '/city',
      type: 'cx.case.opened',
      time: new Date(time).toISOString(),
      data,
    };
  });
  return { name: 'city requests', events: arriving(events, roll), kpis };
}
