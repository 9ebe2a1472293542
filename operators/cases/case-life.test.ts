import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Chain } from '../../engine/core/chain.ts';
import { END_OF_TIME, type Envelope } from '../../engine/core/types.ts';
import { observe, verifyOperator } from '../../engine/testing/verify-operator.ts';
import { eventOf, stepsOf } from '../clocks/testing/case-script.ts';
import { Played } from '../clocks/testing/played.ts';
import type { CxEvent } from '../shared/messages.ts';
import { caseLife } from './case-life.ts';
import { storyOf } from './case-story.ts';

/** Watermark by a bound of two seconds, then the end of time. */
function counted(words: string, most?: number): Readonly<Record<string, number>> {
  const played = new Played();
  const chain = new Chain(caseLife(most), { partition: 0 }, played);
  for (const step of stepsOf(words)) {
    if ('event' in step) chain.event(step.event);
    else if ('watermark' in step) chain.advance(step.watermark);
  }
  chain.advance(END_OF_TIME);
  return played.counts;
}

describe('illegal steps of cases', () => {
  it('are counted by kind, of each case by itself; every event is handed on, in every mode', () => {
    const words = 'O10:00 V10:10 P10:20 O(c2)10:21 X(c2)10:22 V(c2)10:23 R(c2)10:24 R(c2)10:25 Z10:30 V10:31';
    const script = stepsOf(words);
    const def = caseLife();
    verifyOperator({
      ...{ def, script, expected: observe(def, [...script, { watermark: END_OF_TIME }]) },
      counts: {
        ...{ 'case_steps_illegal.resolved_pending': 1, 'case_steps_illegal.closed_resolved': 1 },
        'case_steps_illegal.open_reopened': 1,
      },
      twin: { none: 'the script has two cases' },
    });
    expect(observe(def, script).filter((one) => 'emit' in one)).toHaveLength(10);
  });

  it('disorder within the bound is none; what comes later is not judged', () => {
    expect(counted('O10:00:00 R10:00:02 V10:00:01 Z10:01')).toEqual({});
    expect(counted('O10:00:00 R10:00:02 Z10:01 V10:00:01')).toEqual({
      ...{ 'case_steps_illegal.open_reopened': 1, case_steps_late: 1 },
    });
  });

  it('of a case that is not known, or was forgotten, nothing is illegal', () => {
    expect(counted('P10:00 V10:01 M10:02')).toEqual({});
    expect(counted('V10:00 O(c2)10:05 P10:10', 1)).toEqual({});
    expect(counted('V10:00 O(c2)10:05 P10:10', 2)).toEqual({ 'case_steps_illegal.resolved_pending': 1 });
  });

  it('are those that the stories of the same cases have, in any order within the bound', () => {
    const step = fc.record({
      letter: fc.constantFrom('O', 'A', 'P', 'V', 'R', 'X', 'U', 'M'),
      second: fc.integer({ min: 0, max: 59 }),
      which: fc.constantFrom('c1', 'c2'),
      delay: fc.integer({ min: 0, max: 1900 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const events = steps.map(({ letter, second, which, delay }, i) => ({
          event: eventOf(`${letter}(${which})10:00:${String(second).padStart(2, '0')}`, i),
          delay,
        }));
        const arriving = [...events].sort((a, b) => a.event.ts + a.delay - b.event.ts - b.delay);
        const played = new Played();
        const chain = new Chain(caseLife(), { partition: 0 }, played);
        for (const { event, delay } of arriving) {
          chain.event(event);
          chain.advance(event.ts + delay - 1900);
        }
        chain.advance(END_OF_TIME);
        const sum = Object.values(played.counts).reduce((a, b) => a + b, 0);
        expect(sum).toBe(illegalOf(events.map(({ event }) => event)));
        expect(played.counts['case_steps_late']).toBeUndefined();
      }),
      { numRuns: 300 },
    );
  });
});

function illegalOf(events: readonly Envelope<CxEvent>[]): number {
  const values = events.map(({ value }) => value);
  return ['c1', 'c2'].reduce((sum, id) => {
    const story = storyOf({
      ...{ id, actions: [], isComplete: true, now: 0, clocksOf: () => [] },
      events: values.filter(({ data }) => data['case'] === id),
    });
    return sum + Object.values(story?.illegal ?? {}).reduce((a, b) => a + b, 0);
  }, 0);
}
