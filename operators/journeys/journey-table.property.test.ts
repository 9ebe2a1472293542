/** The table of journeys against the oracle: any script, any order within lateness, any restore. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { END_OF_TIME, START_OF_TIME, type Millis, type State } from '../../engine/core/types.ts';
import { canonical } from '../kpis/layout.ts';
import { JourneyTable, type TableHearing } from './journey-table.ts';
import type { JourneyConfig, Outcome, StepRecord } from './journey.ts';
import { outcomesOf } from './testing/oracle.ts';

const CONFIG: JourneyConfig = {
  id: 'checkout',
  title: { 'zh-CN': '下单', en: 'Checkout' },
  key: 'data.customer.id',
  steps: ['cart', 'pay', 'done'].map((id) => ({ id, on: ['cx.journey.step'], where: `data.step == "${id}"` })),
  stallMs: 10,
  expireMs: 40,
  allowedLatenessMs: 15,
  keep: ['channel'],
  maxKeys: 100,
  funnel: null,
};

/** What stands of what was said: one line each. */
class Heard {
  readonly standing = new Map<string, string[]>();
  readonly late: StepRecord[] = [];
  said(_: number, key: string, outcome: Outcome): void {
    const of = this.standing.get(key) ?? [];
    expect(of).not.toContain(canonical(outcome));
    this.standing.set(key, [...of, canonical(outcome)]);
  }
  withdrawn(_: number, key: string, outcome: Outcome): void {
    const of = this.standing.get(key) ?? [];
    expect(of).toContain(canonical(outcome));
    this.standing.set(
      key,
      of.filter((one) => one !== canonical(outcome)),
    );
  }
}
const hearing = (heard: Heard): TableHearing => ({
  said: (journey, key, outcome) => heard.said(journey, key, outcome),
  withdrawn: (journey, key, outcome) => heard.withdrawn(journey, key, outcome),
  late: (record) => void heard.late.push(record),
  count: () => undefined,
});

interface Given {
  readonly at: Millis;
  readonly delay: Millis;
  readonly step: number;
  readonly key: string;
  readonly kept: string | null;
}
const given = fc.record({
  at: fc.integer({ min: 0, max: 150 }),
  // Beyond the allowed lateness now and then.
  delay: fc.integer({ min: 0, max: 18 }),
  step: fc.integer({ min: 0, max: 2 }),
  key: fc.constantFrom('ann', 'bob'),
  kept: fc.constantFrom('app', 'web', null),
});

function play(script: readonly Given[], restoreEach: number | null): { heard: Heard; taken: readonly StepRecord[] } {
  const heard = new Heard();
  let table = new JourneyTable([CONFIG]);
  let saved: State[] = [];
  let watermark = START_OF_TIME;
  const taken: StepRecord[] = [];
  const arrivals = script
    .map((one, i) => ({ ...one, i, arrives: one.at + one.delay }))
    .sort((a, b) => a.arrives - b.arrives || a.i - b.i);
  arrivals.forEach(({ at, step, key, kept, i, arrives }, n) => {
    const record: StepRecord = { journey: 0, key, step, at, id: `e${String(i)}`, kept: [kept] };
    if (at >= watermark - CONFIG.allowedLatenessMs) taken.push(record);
    table.reached(at);
    table.take(record, watermark, hearing(heard));
    if (restoreEach !== null && n % restoreEach === 0) {
      const delta = table.delta();
      if (delta !== undefined) saved.push(delta);
      if (n % 2 === 0) saved = [...table.snapshot()];
      table = new JourneyTable([CONFIG], saved);
    }
    watermark = Math.max(watermark, arrives);
    table.pass(watermark, hearing(heard));
  });
  table.pass(END_OF_TIME, hearing(heard));
  expect(table.size()).toEqual({ keys: 0 });
  return { heard, taken };
}

describe('the table of journeys', () => {
  it.each([null, 1, 3])('says in the end what the oracle says, restored after every %s steps (property)', (each) => {
    fc.assert(
      fc.property(fc.array(given, { minLength: 1, maxLength: 30 }), (script) => {
        const { heard, taken } = play(script, each);
        for (const key of ['ann', 'bob']) {
          const own = taken.filter((record) => record.key === key);
          const passed = Math.max(...script.map(({ at, delay }) => at + delay));
          const wanted = outcomesOf(own, CONFIG, passed);
          expect([...(heard.standing.get(key) ?? [])].sort()).toEqual(wanted.map((one) => canonical(one)).sort());
        }
        expect(heard.late.length + taken.length).toBe(script.length);
      }),
      { numRuns: 1500 },
    );
  });
});
