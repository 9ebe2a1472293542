/** What is shown of sessions while they last, and quoted of them, whether one partition adds them up or several do. */
import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../../engine/adapters/expressions/cel.ts';
import type { Millis } from '../../../engine/core/types.ts';
import type { KpiConfig } from '../kpis-config.ts';
import type { CxEnvelope } from '../../shared/messages.ts';
import { combinedKpis } from '../exchange/combine.ts';
import { kpisOperator } from '../kpis.ts';
import { partialsOperator } from '../exchange/partials.ts';
import { PartitionedRehearsal } from '../testing/partitioned-rehearsal.ts';
import { Rehearsal, type Outputs } from '../testing/rehearsal.ts';
import { specimenEvent, specimenKpi } from '../testing/specimens.ts';

const options = { zone: 'UTC', liveEveryMs: 250, compile: compileExpression, samplesFor: new Set(['k']) };

interface Stage {
  readonly outputs: Outputs;
  readonly event: () => void;
  readonly wake: (now: Millis) => void;
}

function inOne(kpi: KpiConfig, events: readonly CxEnvelope[]): Stage {
  const rehearsal = new Rehearsal(kpisOperator([kpi], options));
  const left = [...events];
  return {
    outputs: rehearsal.outputs,
    event() {
      const event = left.shift();
      if (event !== undefined) rehearsal.event(event);
    },
    wake: (now) => rehearsal.wake(now),
  };
}

function inTwoStages(kpi: KpiConfig, events: readonly CxEnvelope[]): Stage {
  const partial = partialsOperator([kpi], { ...options, partitions: 1 });
  const rehearsal = new PartitionedRehearsal(partial, combinedKpis([kpi], options), [events], 0);
  return {
    outputs: rehearsal.combined.outputs,
    event() {
      rehearsal.event(0);
      rehearsal.commit(0);
      rehearsal.read(Infinity);
    },
    wake: (now) => rehearsal.combined.wake(now),
  };
}

function shown({ outputs }: Stage): (readonly [string, unknown, unknown])[] {
  return outputs.shown.splice(0).map(({ key, value }) => {
    const { value: number, n } = value as { value: number | null; n: number };
    return [key, number, n] as const;
  });
}

describe.each([
  ['one partition', inOne],
  ['partitions and the one that combines them', inTwoStages],
] as const)('sessions in %s', (_, begin) => {
  it('show what grows, and once that nothing is left', () => {
    const kpi = specimenKpi({ window: { kind: 'session', gapMs: 1000 }, by: [['store']] });
    const stage = begin(kpi, [
      specimenEvent(100, { store: 'a' }),
      specimenEvent(600, { store: 'a' }),
      specimenEvent(1700, { store: 'b' }),
    ]);
    stage.event();
    stage.wake(1000);
    expect(shown(stage)).toEqual([['store=a', 1, 1]]);
    stage.event();
    stage.wake(2000);
    expect(shown(stage)).toEqual([['store=a', 2, 2]]);
    // The session of `a` ended at 1600.
    stage.event();
    stage.wake(3000);
    expect(shown(stage).sort()).toEqual([
      ['store=a', null, 0],
      ['store=b', 1, 1],
    ]);
    stage.wake(4000);
    expect(shown(stage)).toEqual([]);
  });

  it('in which nothing was measured show nothing', () => {
    const window = { kind: 'session', gapMs: 1000 } as const;
    const stage = begin(specimenKpi({ window, measure: { kind: 'sum', value: 'data.score' } }), [specimenEvent(100)]);
    stage.event();
    stage.wake(1000);
    expect(shown(stage)).toEqual([]);
  });

  it('that have ended are not reported again for a late event in which nothing was measured', () => {
    const window = { kind: 'session', gapMs: 1000 } as const;
    const measure = { kind: 'sum', value: 'data.score' } as const;
    const stage = begin(specimenKpi({ window, measure, allowedLatenessMs: 5000 }), [
      specimenEvent(100, { score: 3 }),
      specimenEvent(700, { score: 4 }),
      specimenEvent(3000),
      specimenEvent(500),
      specimenEvent(600, { score: 5 }),
    ]);
    for (let i = 0; i < 5; i++) stage.event();
    const finals = stage.outputs.values.filter(({ final, n }) => final && n > 0);
    expect(finals.map(({ value, revision }) => [value, revision])).toEqual([
      [7, 0],
      [12, 1],
    ]);
  });

  it('that have ended are reported again for a late event that counts in one half of a ratio alone', () => {
    const window = { kind: 'session', gapMs: 1000 } as const;
    const measure = { kind: 'ratio', of: 'data.answered == true', per: 'data.invited == true' } as const;
    const stage = begin(specimenKpi({ window, measure, allowedLatenessMs: 5000 }), [
      specimenEvent(100, { invited: true }),
      specimenEvent(700, { invited: true }),
      specimenEvent(3000),
      specimenEvent(500, { answered: true }),
    ]);
    for (let i = 0; i < 4; i++) stage.event();
    const finals = stage.outputs.values.filter(({ final, n }) => final && n > 0);
    expect(finals.map(({ value, revision }) => [value, revision])).toEqual([
      [0, 0],
      [50, 1],
    ]);
  });

  it('quote their customers', () => {
    const type = 'cx.feedback.posted';
    const kpi = specimenKpi({ window: { kind: 'session', gapMs: 1000 }, from: [type] });
    const stage = begin(kpi, [
      specimenEvent(100, { text: 'slow' }, { type }),
      specimenEvent(200, { text: 'rude' }, { type }),
      specimenEvent(2000, { text: 'next' }, { type }),
    ]);
    stage.event();
    stage.event();
    stage.event();
    expect(stage.outputs.values.filter(({ final }) => final).map(({ samples }) => samples)).toEqual([['rude', 'slow']]);
  });
});
