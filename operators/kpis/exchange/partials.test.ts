/** What one partition of several sends on of its events, and what it says of those that come too late. */
import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../../engine/adapters/expressions/cel.ts';
import type { KpiConfig } from '../kpis-config.ts';
import type { CxEnvelope } from '../../shared/messages.ts';
import { combinedKpis, inputsOperator } from './combine.ts';
import { partialsOperator } from './partials.ts';
import { PartitionedRehearsal } from '../testing/partitioned-rehearsal.ts';
import { specimenEvent, specimenKpi } from '../testing/specimens.ts';

const options = { zone: 'UTC', liveEveryMs: 250, compile: compileExpression };
const second = { kind: 'tumbling', sizeMs: 1000 } as const;

function rehearse(
  kpis: readonly KpiConfig[],
  events: readonly CxEnvelope[],
  outOfOrdernessMs = 0,
): PartitionedRehearsal {
  const partial = partialsOperator(kpis, { ...options, partitions: 1 });
  return new PartitionedRehearsal(partial, combinedKpis(kpis, options), [events], outOfOrdernessMs);
}
function run(rehearsal: PartitionedRehearsal): void {
  while (rehearsal.event(0)) {
    rehearsal.commit(0);
    rehearsal.read(Infinity);
  }
}

describe('a partition of several', () => {
  it('sends on a late event for as long as a window can be corrected, and tells and counts what comes later', () => {
    const kpis = [
      specimenKpi({ id: 'patient', window: second, allowedLatenessMs: 1000 }),
      specimenKpi({ id: 'strict', window: second }),
    ];
    const rehearsal = rehearse(
      kpis,
      [100, 1600, 200, 3000, 300].map((ts) => specimenEvent(ts)),
    );
    run(rehearsal);
    const finals = rehearsal.combined.outputs.values.filter(({ final, window }) => final && window.start === 0);
    expect(finals.map(({ kpi, n, revision }) => [kpi, n, revision])).toEqual([
      ['patient', 1, 0],
      ['strict', 1, 0],
      ['patient', 2, 1],
    ]);
    const { counters, messages } = rehearsal.senders[0]!.rehearsal.outputs;
    const late = messages.filter(({ subject }) => subject.startsWith('cx.late.'));
    expect(late.map(({ subject, time }) => [subject, time])).toEqual([
      ['cx.late.strict', 200],
      ['cx.late.patient', 300],
      ['cx.late.strict', 300],
    ]);
    // An event is late where no KPI took it.
    expect(counters).toMatchObject({ events_processed: 4, events_late: 1 });
  });

  it('says nothing where there is nothing new', () => {
    const rehearsal = rehearse([specimenKpi({ window: second })], [specimenEvent(100), specimenEvent(5000)]);
    const { messages } = rehearsal.senders[0]!.rehearsal.outputs;
    rehearsal.event(0);
    rehearsal.commit(0);
    expect(messages).toHaveLength(1);
    rehearsal.commit(0);
    expect(messages).toHaveLength(1);
    rehearsal.commit(0, true);
    rehearsal.commit(0, true);
    expect(messages).toHaveLength(2);
    rehearsal.event(0);
    rehearsal.commit(0);
    rehearsal.commit(0);
    // The event of one that was silent, by itself; then the time that it brought.
    expect(messages).toHaveLength(4);
  });

  it('tells of its newest event, which live values follow ahead of the watermark', () => {
    const rehearsal = rehearse([specimenKpi({ window: second })], [specimenEvent(900), specimenEvent(1200)], 500);
    run(rehearsal);
    rehearsal.combined.wake(0);
    expect(rehearsal.combined.outputs.values.at(-1)).toMatchObject({ final: false, n: 1, at: 1200 });
  });
});

it('what holds no sums is taken whatever KPIs its sender had', () => {
  const seen: number[] = [];
  const nothing = (): undefined => undefined;
  const out = { send: nothing, forward: nothing, show: nothing, urgent: nothing, count: nothing };
  const inputs = inputsOperator([specimenKpi({ window: second })], options).create({ partition: 0 });
  const value = { partition: 0, number: 1, layout: 'of other KPIs', sums: null, control: null, event: null };
  inputs.onEvent({ id: '0.1', key: '', ts: 0, value }, 0, { ...out, emit: (event) => seen.push(event.value.number) });
  expect(seen).toEqual([1]);
});
