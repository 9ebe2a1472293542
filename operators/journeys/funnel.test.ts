import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../engine/adapters/expressions/cel.ts';
import { checkConfig } from '../../engine/adapters/config/config-file.ts';
import { configForm } from '../../engine/app/config/config.ts';
import { at as elementAt } from '../../engine/core/must.ts';
import type { JourneyFunnel } from '../../engine/core/journeys/journey-funnel-form.ts';
import type { KpiMessage } from '../../engine/core/wire.ts';
import { playInStep, playSingle, type Played } from '../clocks/testing/played.ts';
import type { CxEnvelope } from '../shared/messages.ts';
import { funnelKpiId, FUNNEL_KPIS, funnelOf, reachedName } from './funnel.ts';
import { CHECKOUT, configOf, instantOf, stepOf } from './testing/journey-script.ts';

const WITH_FUNNEL = CHECKOUT.replace('    keep: [channel]\n', '    keep: [channel]\n    funnel: 1h\n');
const config = configOf(WITH_FUNNEL);
const checkout = elementAt(config.journeys, 0);
const CLOSES = stepOf('late', 'cart', instantOf('03-05T10:00'));

/** cart 100, pay 60, done 45, five of them without pay; every second customer by the app. */
function script(): readonly CxEnvelope[] {
  const start = instantOf('10:00');
  const of = (i: number, step: string, minute: number): CxEnvelope => {
    const event = stepOf(`u${String(i)}`, step, start + minute * 60_000 + i);
    return { ...event, value: { ...event.value, channel: i % 2 === 0 ? 'app' : 'web' } };
  };
  const steps = Array.from({ length: 100 }, (_, i) => [
    of(i, 'cart', 0),
    ...(i < 60 ? [of(i, 'pay', 5)] : []),
    ...(i < 40 || i >= 95 ? [of(i, 'done', 8)] : []),
  ]);
  return [...steps.flat().sort((a, b) => a.ts - b.ts), CLOSES];
}

/** The last revision of each final window of the funnel's KPIs; of all customers, or of one channel. */
function valuesOf({ sent }: Played, channel?: string): readonly KpiMessage[] {
  const ids = FUNNEL_KPIS.map((kpi) => funnelKpiId(checkout, kpi));
  const last = new Map<string, KpiMessage>();
  for (const { subject, data } of sent) {
    if (!subject.startsWith('cx.kpi.')) continue;
    const message = data as unknown as KpiMessage;
    if (ids.includes(message.kpi)) last.set(JSON.stringify([message.kpi, message.key, message.window.end]), message);
  }
  return [...last.values()].filter(({ key }) => key['channel'] === channel);
}
const EXPECTED: JourneyFunnel = {
  ...{ ended: 100, completed: 45, conversion: 45 },
  steps: [
    {
      step: 'cart',
      reached: 100,
      to_next: 60,
      dropped: 35,
      drop_off: 35,
      time_s: 313.846_153,
      passages: 65,
      stalls: 35,
    },
    {
      step: 'pay',
      reached: 60,
      to_next: 66.666_666,
      dropped: 20,
      drop_off: 33.333_333,
      time_s: 180,
      passages: 40,
      stalls: 20,
    },
    { step: 'done', reached: 45, to_next: null, dropped: 0, drop_off: 0, time_s: null, passages: 0, stalls: 0 },
  ],
  break_points: [
    { step: 'cart', dropped: 35, share: 63.636_363 },
    { step: 'pay', dropped: 20, share: 36.363_636 },
  ],
};
const rounded = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (_, one: unknown) => (typeof one === 'number' ? Math.floor(one * 1e6) / 1e6 : one));

describe('the funnel of a journey', () => {
  it.each([1, 2, 4])('has the worked figures, in %i partitions', (partitions) => {
    const events = script();
    const places = new Map(events.map(({ id }, i) => [id, i % partitions]));
    const played =
      partitions === 1
        ? playSingle(config, events)
        : playInStep(config, events, partitions, ({ id }) => places.get(id) ?? 0);
    expect(rounded(funnelOf(checkout, valuesOf(played)))).toEqual(EXPECTED);
    const channels = ['app', 'web'].map((channel) => funnelOf(checkout, valuesOf(played, channel)));
    expect(channels.map(({ ended, completed }) => [ended, completed])).toEqual([
      ...[[50, 22] as const, [50, 23] as const],
    ]);
  });

  it('of nothing is empty, and divides by nothing', () => {
    expect(funnelOf(checkout, [])).toMatchObject({ ended: 0, conversion: null, break_points: [] });
    expect(funnelOf(checkout, []).steps[0]).toMatchObject({ reached: 0, to_next: null, drop_off: null, time_s: null });
  });

  it('knows steps by their numbers where their names are too long for a key', () => {
    const steps = Array.from({ length: 20 }, (_, i) => ({ id: `step_number_${String(i)}`, on: [], where: null }));
    expect(reachedName({ steps }, (step) => step === 0 || step === 11)).toBe('1>12');
    expect(reachedName(checkout, (step) => step !== 1)).toBe('cart>done');
  });

  it('makes three KPIs, whose names nobody else may have', () => {
    expect(config.kpis.slice(-3).map(({ id, by }) => [id, by])).toEqual([
      ['checkout_funnel', [['reached'], ['reached', 'channel']]],
      ['checkout_step_time', [['step'], ['step', 'channel']]],
      ['checkout_step_stalls', [['step'], ['step', 'channel']]],
    ]);
    const taken = WITH_FUNNEL.replace('id: cart_to_pay', 'id: checkout_funnel');
    const checked = checkConfig(taken, configForm(compileExpression));
    expect('faults' in checked ? checked.faults.map(({ message }) => message) : []).toEqual([
      expect.stringContaining('there are two KPIs with the id "checkout_funnel"'),
    ]);
  });
});
