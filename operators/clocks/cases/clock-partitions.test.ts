/** Clocks and KPIs of their outcomes: whatever the order and the number of partitions, what stands in the end is the same. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Envelope } from '../../../engine/core/types.ts';
import { specimenEvent } from '../../kpis/testing/specimens.ts';
import type { CxEvent } from '../../shared/messages.ts';
import { configOf } from '../testing/case-script.ts';
import { playSeveral, playSingle, standingOutcomes, standingValues } from '../testing/played.ts';

const config = configOf(`
clocks:
  - id: answer
    key: data.customer.id
    start: {on: cx.survey.answered, where: data.score <= 2.0}
    stop: {on: cx.case.replied, where: data.author == "agent"}
    pause: {on: cx.case.pending}
    resume: {on: cx.interaction.message}
    cancel: {on: cx.case.closed}
    target: [{when: data.customer.tier == "vip", within: 20s}, {within: 40s}]
    warn: [50]
    keep: [channel]
    expire: 5m
kpis:
  - {id: answered, from: clock.answer, where: data.outcome == "stopped", measure: {kind: count}, window: {kind: tumbling, size: 10s}, by: [[], [channel]]}
  - {id: breaches, from: clock.answer, where: data.outcome == "breached", measure: {kind: count}, window: {kind: sliding, size: 20s, slide: 5s}}
  - {id: within, from: clock.answer, where: data.outcome == "stopped", measure: {kind: share, of: data.met}, window: {kind: sliding, size: 1m, slide: 10s}}
  - {id: p50, from: clock.answer, where: data.outcome == "stopped", measure: {kind: quantile, value: data.working_s, q: 0.5}, window: {kind: tumbling, size: 30s}}
  - {id: mixed, from: [clock.answer, cx.case.replied], measure: {kind: ratio, of: data.outcome == "breached", per: type == "cx.case.replied"}, window: {kind: tumbling, size: 1m}}
`);

const START = Date.UTC(2026, 2, 2, 2);
const TYPES = [
  'cx.survey.answered',
  'cx.survey.answered',
  'cx.case.replied',
  'cx.case.pending',
  'cx.interaction.message',
  'cx.case.closed',
] as const;

const step = fc.record({
  type: fc.constantFrom(...TYPES),
  at: fc.integer({ min: 0, max: 90 }),
  who: fc.constantFrom('u1', 'u2', 'u3'),
  tier: fc.constantFrom('vip', 'basic', null),
  channel: fc.constantFrom('app', 'web'),
  delay: fc.integer({ min: 0, max: 50 }),
  place: fc.nat({ max: 3 }),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

interface Arriving {
  readonly event: Envelope<CxEvent>;
  readonly delay: number;
  readonly place: number;
}
function arriving({ type, at, who, tier, channel, delay, place }: Step, i: number): Arriving {
  const data = { channel, case: 'c1', customer: { id: who, tier }, score: 1, metric: 'csat', author: 'agent' };
  const event = specimenEvent(START + at * 1000, data, { type, channel });
  return { event: { ...event, id: `/s|e${String(i)}` }, delay, place };
}
const script = fc.array(step, { minLength: 1, maxLength: 20 }).map((steps) => steps.map(arriving));

/** In the order of their arrival; then, everywhere, one that takes time on beyond all that may come of them. */
function inOrder(steps: readonly Arriving[], isDelayed: boolean): readonly Envelope<CxEvent>[] {
  const sorted = [...steps].sort(
    (a, b) => a.event.ts + (isDelayed ? a.delay * 1000 : 0) - (b.event.ts + (isDelayed ? b.delay * 1000 : 0)),
  );
  return [...sorted.map(({ event }) => event), ENDS];
}
const ENDS = specimenEvent(START + 900_000, { channel: 'app' }, { type: 'cx.page.viewed' });

describe('clocks and the KPIs of their outcomes', () => {
  it('any order within the lateness ends in what the right order gives, KPIs included', () => {
    fc.assert(
      fc.property(script, (steps) => {
        const expected = playSingle(config, inOrder(steps, false));
        const found = playSingle(config, inOrder(steps, true));
        expect(standingOutcomes(found.sent)).toEqual(standingOutcomes(expected.sent));
        expect(standingValues(found.sent)).toEqual(standingValues(expected.sent));
      }),
      { numRuns: 400 },
    );
  });

  it.each([1, 2, 4])(
    'in %i partitions what stands in the end is what one gives, wherever events come in',
    (partitions) => {
      fc.assert(
        fc.property(script, fc.integer({ min: 1, max: 5 }), (steps, commitEvery) => {
          const expected = playSingle(config, inOrder(steps, false));
          const places = new Map(steps.map(({ event, place }) => [event.id, place % partitions]));
          const everywhere = Array.from({ length: partitions }, (_, p) => p);
          const found = playSeveral(
            config,
            inOrder(steps, true),
            partitions,
            ({ id }) => (id === ENDS.id ? everywhere : [places.get(id) ?? 0]),
            commitEvery,
          );
          expect(standingOutcomes(found.sent)).toEqual(standingOutcomes(expected.sent));
          expect(standingValues(found.sent)).toEqual(standingValues(expected.sent));
        }),
        { numRuns: 150 },
      );
    },
  );
});
