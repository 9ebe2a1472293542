/** Steps that a partition has gathered under one configuration, read under another. */
import { expect, it } from 'vitest';
import { compileExpression } from '../../engine/adapters/expressions/cel.ts';
import { isGathered } from '../between/gathered-records.ts';
import { JOURNEY_STEPS, readForwardedSteps, stepGatherer } from './forwarded-steps.ts';
import { CHECKOUT, configOf, instantOf, stepOf } from './testing/journey-script.ts';

const [checkout] = configOf(CHECKOUT.replace('keep: [channel]', 'keep: [region, channel]')).journeys;

it('steps are read by their names: of other places, of a journey that keeps more, of one that is gone', () => {
  if (checkout === undefined) throw new Error('the journey is configured');
  const gatherer = stepGatherer([checkout], compileExpression);
  const event = stepOf('u1', 'pay', instantOf('10:00'), { region: 'east' });
  expect(gatherer.gather(event)).toBeGreaterThan(0);
  gatherer.gather(stepOf('', 'pay', instantOf('10:01')));
  expect(gatherer.takeKeyless()).toEqual(['checkout']);
  const taken = gatherer.take();
  expect(gatherer.isEmpty).toBe(true);
  expect([taken, [], { steps: [] }].map((value) => isGathered(value, JOURNEY_STEPS))).toEqual([true, false, false]);

  const record = { journey: 0, key: 'u1', at: event.ts, id: event.id };
  expect(readForwardedSteps(taken, [checkout])).toEqual([{ ...record, step: 1, kept: ['east', 'app'] }]);
  const other = { ...checkout, steps: checkout.steps.toReversed(), keep: ['tier', 'channel'] };
  const first = { ...checkout, id: 'another' };
  expect(readForwardedSteps(taken, [first, other])).toEqual([{ ...record, journey: 1, step: 1, kept: [null, 'app'] }]);
  expect(readForwardedSteps(taken, [{ ...checkout, steps: checkout.steps.slice(0, 1) }])).toEqual([]);
  expect(readForwardedSteps(taken, [first])).toEqual([]);
});
