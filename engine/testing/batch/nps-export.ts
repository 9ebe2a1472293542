/** An export of a survey tool: promoters and detractors over weeks and months, whole numbers and halves, on two products. */
import type { PastEvent, PastKpi, PastSet } from './batch.ts';
import { arriving, monthToDate, weeks } from './spans.ts';
import { diceOf } from '../dice.ts';

const score = ({ data }: PastEvent): number => data['score'] as number;
const isNps = ({ data }: PastEvent): boolean => data['metric'] === 'nps';
const nps = (counted: readonly PastEvent[]): number => {
  const promoters = counted.filter((event) => score(event) >= 9).length;
  const detractors = counted.filter((event) => score(event) < 7).length;
  return ((promoters - detractors) / counted.length) * 100;
};
/** The top two of the usual five points, and of seven; the top box of three, the top three of ten. */
const TOP: Readonly<Record<number, number>> = { 3: 3, 5: 4, 7: 6, 10: 8 };
const scaleMax = ({ data }: PastEvent): number => (data['scale'] as { max: number } | undefined)?.max ?? 5; // the usual

const base = { from: 'cx.survey.answered' };
const kpis: readonly PastKpi[] = [
  {
    config: {
      ...{ ...base, id: 'nps', where: 'data.metric == "nps"', measure: { kind: 'nps', value: 'data.score' } },
      ...{ window: { kind: 'tumbling', size: '7d' }, by: [[], ['product'], ['product', 'region']] },
    },
    ...{ reads: isNps, counts: () => true, windows: weeks, value: nps },
  },
  {
    config: {
      ...{ ...base, id: 'nps_month', where: 'data.metric == "nps"', measure: { kind: 'nps', value: 'data.score' } },
      window: { kind: 'cumulative', period: 'month', every: '1d' },
    },
    ...{ reads: isNps, counts: () => true, windows: monthToDate, value: nps },
  },
  {
    config: {
      ...{ ...base, id: 'csat', where: 'data.metric == "csat"', measure: { kind: 'csat', value: 'data.score' } },
      ...{ window: { kind: 'tumbling', size: '7d' }, by: [['region']] },
    },
    ...{ reads: ({ data }) => data['metric'] === 'csat', counts: () => true, windows: weeks },
    value: (counted) =>
      (counted.filter((one) => score(one) >= (TOP[scaleMax(one)] as number)).length / counted.length) * 100,
  },
];

export function npsExport(): PastSet {
  const roll = diceOf(23);
  const start = Date.UTC(2026, 0, 5, 3);
  const events = Array.from({ length: 900 }, (_, i): PastEvent => {
    const isCsat = roll.percent(30);
    const max = roll.of([3, 5, 7, 10]);
    const answer = isCsat
      ? {
          metric: 'csat',
          score: 1 + roll.below(max),
          ...(max === 5 && roll.percent(50) ? {} : { scale: { min: 1, max } }),
        }
      : { metric: 'nps', score: roll.percent(10) ? 6.5 : roll.below(11) };
    const region = roll.percent(5) ? {} : { region: roll.of(['east', 'west']) };
    const data = { channel: 'survey', survey: 'half-yearly', product: roll.of(['loan', 'card']), ...region, ...answer };
    const time = new Date(start + i * 6_400_000 + roll.below(3_000_000)).toISOString();
    return { id: `answer-${String(i)}`, source: '/surveys', type: 'cx.survey.answered', time, data };
  });
  return { name: 'an NPS export', events: arriving(events, roll), kpis };
}
