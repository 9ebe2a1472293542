/** Call records, as a telephone system exports them: outcome, waiting, talk, hold and wrap-up times by team. */
import type { PastEvent, PastKpi, PastSet } from './batch.ts';
import { arriving, DAY, days, HOUR, hours, MINUTE, sliding } from './spans.ts';
import { diceOf } from '../dice.ts';

const number = (event: PastEvent, name: string): number => event.data[name] as number;
const sumOf = (events: readonly PastEvent[], of: (event: PastEvent) => number): number =>
  events.reduce((sum, event) => sum + of(event), 0);
const share = (counted: readonly PastEvent[], of: (event: PastEvent) => boolean): number =>
  (counted.filter(of).length / counted.length) * 100;
const isAnswered = ({ data }: PastEvent): boolean => data['outcome'] === 'answered';
const handled = (event: PastEvent): number =>
  number(event, 'talk_s') + number(event, 'hold_s') + number(event, 'wrap_s');

const base = { from: 'cx.interaction.call', by: [[], ['team']] };
const reads = (): boolean => true;
const kpis: readonly PastKpi[] = [
  {
    config: { ...base, id: 'calls', measure: { kind: 'count' }, window: { kind: 'tumbling', size: '1h' } },
    ...{ reads, counts: () => true, windows: hours(1), value: (counted) => counted.length },
  },
  {
    config: {
      ...{ ...base, id: 'service_level', window: { kind: 'tumbling', size: '1d' } },
      measure: { kind: 'ratio', of: 'data.outcome == "answered" && data.wait_s <= 20', per: 'true' },
    },
    ...{ reads, counts: () => true, windows: days },
    value: (counted) => share(counted, (event) => isAnswered(event) && number(event, 'wait_s') <= 20),
  },
  {
    config: {
      ...{ ...base, id: 'abandoned', window: { kind: 'sliding', size: '1h', slide: '15m' } },
      measure: { kind: 'share', of: 'data.outcome == "abandoned"' },
    },
    ...{ reads, counts: () => true, windows: sliding(HOUR, 15 * MINUTE) },
    value: (counted) => share(counted, ({ data }) => data['outcome'] === 'abandoned'),
  },
  {
    config: {
      ...{ ...base, id: 'handling', where: 'data.outcome == "answered"', window: { kind: 'tumbling', size: '1d' } },
      measure: { kind: 'mean', value: 'data.talk_s + data.hold_s + data.wrap_s' },
    },
    ...{
      reads: isAnswered,
      counts: () => true,
      windows: days,
      value: (counted) => sumOf(counted, handled) / counted.length,
    },
  },
  {
    config: {
      ...{ ...base, id: 'longest_wait', window: { kind: 'sliding', size: '1d', slide: '6h' } },
      measure: { kind: 'max', value: 'data.wait_s' },
    },
    ...{ reads, counts: () => true, windows: sliding(DAY, 6 * HOUR) },
    value: (counted) => Math.max(...counted.map((event) => number(event, 'wait_s'))),
  },
  {
    config: {
      ...{ ...base, id: 'wait_p90', window: { kind: 'tumbling', size: '1d' } },
      measure: { kind: 'quantile', value: 'data.wait_s', q: 0.9 },
    },
    ...{ reads, counts: () => true, windows: days, within: 0.02 },
    value: (counted) => {
      const waits = counted.map((event) => number(event, 'wait_s')).sort((a, b) => a - b);
      return waits[Math.floor(0.9 * (waits.length - 1))] ?? null;
    },
  },
];

export function callRecords(): PastSet {
  const roll = diceOf(11);
  const start = Date.UTC(2026, 2, 27, 22);
  const events = Array.from({ length: 1500 }, (_, i): PastEvent => {
    const outcome = roll.percent(82) ? 'answered' : roll.percent(70) ? 'abandoned' : 'missed';
    const times =
      outcome === 'answered' ? { talk_s: 20 + roll.below(600), hold_s: roll.below(90), wrap_s: roll.below(60) } : {};
    const data = {
      channel: 'phone',
      team: roll.of(['north', 'south', 'night']),
      call: `c${String(i)}`,
      outcome,
      wait_s: 1 + roll.below(180),
      ...times,
    };
    const time = new Date(start + i * 170_000 + roll.below(100_000)).toISOString();
    return { id: `call-${String(i)}`, source: '/pbx', type: 'cx.interaction.call', time, data };
  });
  return { name: 'call records', events: arriving(events, roll), kpis };
}
