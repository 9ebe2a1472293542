/** Reviews of an app in its store: one to five stars, by country and version, in waves after a release. */
import type { PastEvent, PastKpi, PastSet } from './batch.ts';
import { arriving, DAY, days, HOUR, sliding, weeks } from './spans.ts';
import { diceOf } from '../dice.ts';

const stars = ({ data }: PastEvent): number => (data['rating'] as { value: number }).value;
const isRated = ({ data }: PastEvent): boolean => data['rating'] !== undefined;
const mean = (counted: readonly PastEvent[], of: (event: PastEvent) => number): number =>
  counted.reduce((sum, event) => sum + of(event), 0) / counted.length;

const base = { from: 'cx.feedback.posted' };
const reads = (): boolean => true;
const kpis: readonly PastKpi[] = [
  {
    config: {
      ...{ ...base, id: 'stars', measure: { kind: 'mean', value: 'data.rating.value' } },
      ...{ window: { kind: 'tumbling', size: '1d' }, by: [[], ['product'], ['country']] },
    },
    ...{ reads, counts: isRated, windows: days, value: (counted) => mean(counted, stars) },
  },
  {
    config: {
      ...{ ...base, id: 'of_100', measure: { kind: 'mean100', value: 'data.rating.value' } },
      window: { kind: 'tumbling', size: '7d' },
    },
    ...{
      reads,
      counts: isRated,
      windows: weeks,
      value: (counted) => mean(counted, (event) => ((stars(event) - 1) / 4) * 100),
    },
  },
  {
    config: {
      ...{
        ...base,
        id: 'one_star',
        where: 'has(data.rating)',
        measure: { kind: 'share', of: 'data.rating.value == 1' },
      },
      ...{ window: { kind: 'sliding', size: '1d', slide: '3h' }, by: [['product']] },
    },
    ...{ reads: isRated, counts: () => true, windows: sliding(DAY, 3 * HOUR) },
    value: (counted) => (counted.filter((event) => stars(event) === 1).length / counted.length) * 100,
  },
  {
    config: {
      ...{ ...base, id: 'worst', measure: { kind: 'min', value: 'data.rating.value' } },
      window: { kind: 'sliding', size: '6h', slide: '1h' },
    },
    ...{
      reads,
      counts: isRated,
      windows: sliding(6 * HOUR, HOUR),
      value: (counted) => Math.min(...counted.map(stars)),
    },
  },
];

export function appReviews(): PastSet {
  const roll = diceOf(71);
  let time = Date.UTC(2026, 1, 20, 10);
  const events = Array.from({ length: 1000 }, (_, i): PastEvent => {
    time += roll.percent(3) ? roll.below(20 * HOUR) : roll.below(HOUR);
    const rating = roll.percent(6)
      ? {}
      : { rating: { value: roll.percent(30) ? 1 : 2 + roll.below(4), min: 1, max: 5 } };
    const country = roll.percent(10) ? {} : { country: roll.of(['cn', 'us', 'de']) };
    const data = {
      channel: 'marketplace',
      product: roll.of(['3.1', '3.2']),
      ...country,
      text: `review ${String(i)}`,
      ...rating,
    };
    return {
      id: `review-${String(i)}`,
      source: '/store',
      type: 'cx.feedback.posted',
      time: new Date(time).toISOString(),
      data,
    };
  });
  return { name: 'app reviews', events: arriving(events, roll), kpis };
}
