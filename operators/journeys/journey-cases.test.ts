/**
 * The worked cases of journeys, by their number in the catalogue, and the worked formulas: steps through the journeys and the KPIs
 * over them, straight and in every mode of `verifyOperator`.
 */
import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../engine/adapters/expressions/cel.ts';
import { fan, pipe } from '../../engine/core/chain.ts';
import type { Millis } from '../../engine/core/types.ts';
import {
  END_OF_TIME,
  observe,
  verifyOperator,
  type Observed,
  type Step,
} from '../../engine/testing/verify-operator.ts';
import { kpisOperator } from '../kpis/kpis.ts';
import type { CxEnvelope, CxEvent } from '../shared/messages.ts';
import { journeysOperator } from './journeys.ts';
import { actionsOf, CHECKOUT, configOf, figuresOf, instantOf, stepOf, stepsOf } from './testing/journey-script.ts';

const config = configOf(CHECKOUT);
const journeys = journeysOperator(config.journeys, compileExpression);
const chain = pipe(
  journeys,
  fan(kpisOperator(config.kpis, { zone: config.time.zone, liveEveryMs: 250, compile: compileExpression })),
);

/** What is said in the end of it; of the journeys the same in every mode. */
function said(script: readonly Step<CxEvent>[]): readonly Observed[] {
  const whole = [...script, { watermark: END_OF_TIME }];
  const expected = observe(journeys, whole).filter((one) => !('urgent' in one));
  verifyOperator({ def: journeys, script, expected, ignore: ['urgent'], twin });
  return observe(chain, whole);
}
/** Another customer goes the same way. */
const twin = {
  of: (event: CxEnvelope): CxEnvelope => {
    const data = { ...event.value.data, customer: { id: 'twin' } };
    return { ...event, id: `twin${event.id}`, value: { ...event.value, data } };
  },
  owns: (output: Observed): boolean => JSON.stringify(output).includes('twin'),
};
const untilNextWeek: Step<CxEvent> = { watermark: instantOf('03-10T00:00') };

describe('the worked cases of journeys', () => {
  it('a step that was skipped is not reached, and who reached a later one has not dropped off (case 61)', () => {
    const output = said([...stepsOf('u1 cart 10:00, u1 done 10:05'), untilNextWeek]);
    expect(figuresOf(output)).toMatchObject({
      ...{ cart_to_done: '100/1', cart_to_pay: '0/1', drop_cart: '0/1', in_cart: '300/1' },
    });
    expect(actionsOf(output)).toEqual([]);
  });

  it('a step that comes again is one passage, whose silence counts from then, and stalls once (case 62)', () => {
    const output = said([...stepsOf('u2 cart 10:00, u2 cart 10:08, u2 pay 10:30, u2 done 10:31'), untilNextWeek]);
    expect(actionsOf(output)).toEqual(['due cart 03-02T10:18']);
    expect(figuresOf(output)).toMatchObject({
      ...{ cart_to_pay: '100/1', in_cart: '1800/1', in_pay: '60/1', stalls: '1/1', recovered: '1/1' },
    });
  });

  it('who left drops off when the journey expires, and may begin another (case 63)', () => {
    const output = said([...stepsOf('u3 cart 10:00, u3 cart 03-03T11:00, u9 cart 03-03T11:20')]);
    expect(actionsOf(output)).toEqual(['due cart 03-02T10:10', 'due cart 03-03T11:10']);
    const ended = observe(journeys, stepsOf('u3 cart 10:00, u3 cart 03-03T11:00, u9 cart 03-03T11:20')).flatMap(
      (one) => ('emit' in one && one.emit.derived !== undefined ? [(one.emit.value as CxEvent).data] : []),
    );
    expect(ended.filter(({ event }) => event === 'ended')).toMatchObject([
      { key: 'u3', outcome: 'expired', ended: '2026-03-03T02:00:00.000Z', dropped: 'cart', stalls: 1 },
    ]);
    expect(figuresOf(said([...stepsOf('u3 cart 10:00, u3 cart 03-03T11:00'), untilNextWeek]))).toMatchObject({
      drop_cart: '100/2',
    });
  });

  it('nobody stalls, expires or drops off by a future that a file does not have', () => {
    const output = said(stepsOf('u1 cart 10:00, u2 cart 10:05'));
    expect(actionsOf(output)).toEqual([]);
    expect(figuresOf(output)).toEqual({});
  });
});

describe('the worked formulas', () => {
  const at = (minute: number): Millis => instantOf('10:00') + minute * 60_000;
  const numbered = (
    count: number,
    make: (i: number) => readonly (readonly [string, string, number])[],
  ): Step<CxEvent>[] => {
    const steps = Array.from({ length: count }, (_, i) => make(i)).flat();
    return steps
      .map(([customer, step, minute]) => stepOf(customer, step, at(minute)))
      .sort((a, b) => a.ts - b.ts)
      .flatMap((event): Step<CxEvent>[] => [{ event }, { watermark: event.ts }]);
  };

  it('cart 100, pay 60, done 45, five of them without pay', () => {
    const script = numbered(100, (i) => [
      [`u${String(i)}`, 'cart', 0],
      ...(i < 60 ? [[`u${String(i)}`, 'pay', 5] as const] : []),
      ...(i < 40 || i >= 95 ? [[`u${String(i)}`, 'done', 8] as const] : []),
    ]);
    const output = observe(chain, [...script, untilNextWeek]);
    expect(figuresOf(output)).toMatchObject({
      ...{ cart_to_pay: '60/100', pay_to_done: '66.7/60', cart_to_done: '45/100' },
      ...{ drop_pay: '33.3/60', drop_cart: '35/100' },
    });
  });

  it('of 60 in pay twelve are silent for ten minutes, four of whom go on', () => {
    const script = numbered(60, (i) => [
      [`u${String(i)}`, 'pay', 0],
      ...(i < 4 ? [[`u${String(i)}`, 'done', 30] as const] : i < 12 ? [] : [[`u${String(i)}`, 'done', 5] as const]),
    ]);
    const output = observe(chain, [...script, untilNextWeek]);
    expect(figuresOf(output)).toMatchObject({ stalls: '12/12', recovered: '4/4', drop_pay: '13.3/60' });
    expect(actionsOf(output)).toHaveLength(12);
  });
});

describe('what comes out of order', () => {
  const figures = (text: string): Readonly<Record<string, string>> =>
    figuresOf(said([...stepsOf(text), untilNextWeek]));

  it('within the allowed lateness gives the figures that it would have given in order', () => {
    const inOrder = figures('u1 cart 10:00, u1 pay 10:00:30, u1 done 10:01');
    expect(figures('u1 cart 10:00, u1 done 10:01, u1 pay 10:00:30')).toEqual(inOrder);
    expect(figures('u1 pay 10:00:30, u1 cart 10:00, u1 done 10:01')).toEqual(inOrder);
    expect(inOrder).toMatchObject({ cart_to_pay: '100/1', in_cart: '30/1' });
  });

  it('takes back a stall that was none', () => {
    const script = stepsOf('u1 cart 10:00, u2 cart 10:10:30, u1 pay 10:09:50, u2 pay 10:12');
    expect(actionsOf(said(script))).toEqual(['due cart 03-02T10:10', 'withdrawn cart 03-02T10:10']);
  });

  it('beyond it goes to cx.late', () => {
    const output = said(stepsOf('u1 cart 10:00, u2 cart 10:10, u1 pay 10:05'));
    const late = output.flatMap((one) =>
      'send' in one && one.send.subject === 'cx.late.checkout' ? [one.send.data] : [],
    );
    expect(late).toMatchObject([{ journey: 'checkout', step: 'pay', late_by_ms: 300_000 }]);
  });
});
