/** A journey of six steps of which the payment has just turned bad, as the pages' tests and pictures show it. */
import type { JourneyFunnel } from '../line/funnel-form.ts';

export const JOURNEYS = [
  { id: 'checkout', title: { 'zh-CN': '购买旅程', en: 'Checkout' }, dimensions: ['channel'], hasFunnel: true },
  { id: 'returns', title: { 'zh-CN': '退货旅程', en: 'Returns' }, dimensions: [], hasFunnel: true },
];
const STEPS = ['browse', 'cart', 'order', 'pay', 'ship', 'track'];
/** Percent that pass into each step. */
const USUAL = [100, 41, 80, 95, 98, 45];
const NOW = [100, 41, 81, 66, 98, 45];
const TIMES = [95, 130, 95, 288, 2290, null];

/** `isCalm`: the payment passes as many as ever. */
export function funnelAt({ searchParams }: URL, now: number, isCalm: boolean): JourneyFunnel {
  const isNow = !isCalm && Date.parse(searchParams.get('to') ?? '') > now - 1_800_000;
  let reached = 48_210;
  const counts = (isNow ? NOW : USUAL).map((percent) => (reached = Math.round((reached * percent) / 100)));
  const steps = STEPS.map((step, i) => {
    const [own, next] = [counts[i] ?? 0, counts[i + 1]];
    const dropped = next === undefined ? 0 : own - next;
    return {
      ...{ step, reached: own, dropped },
      ...{ to_next: next === undefined ? null : (next / own) * 100, time_s: TIMES[i] ?? null },
      stalls: isNow && step === 'pay' ? 1204 : 12,
    };
  });
  const [ended, completed] = [counts[0] ?? 0, counts.at(-1) ?? 0];
  const left = steps.filter((step) => step.dropped > 0).toSorted((a, b) => b.dropped - a.dropped);
  const breakPoints = left.map(({ step, dropped }) => ({
    step,
    dropped,
    share: (dropped / (ended - completed)) * 100,
  }));
  return { ended, completed, conversion: (completed / ended) * 100, steps, break_points: breakPoints };
}
