/** Partitions that were idle and come back behind the others: every event counts, or is late by its name; none is just missing. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../../engine/adapters/expressions/cel.ts';
import type { JsonObject, TimeState } from '../../../engine/core/types.ts';
import type { CxEnvelope, KpiValue } from '../../shared/messages.ts';
import { combinedKpis } from './combine.ts';
import { kpisOperator } from '../kpis.ts';
import { batchValues } from '../testing/oracle.ts';
import { partialsOperator } from './partials.ts';
import { PartitionedRehearsal } from '../testing/partitioned-rehearsal.ts';
import { Rehearsal, type Outputs } from '../testing/rehearsal.ts';
import { specimenEvent, specimenKpi } from '../testing/specimens.ts';

const options = { zone: 'UTC', liveEveryMs: 250, compile: compileExpression };
const volume = specimenKpi({
  id: 'volume',
  window: { kind: 'tumbling', sizeMs: 50 },
  by: [[], ['channel']],
  allowedLatenessMs: 30,
});
const talks = specimenKpi({
  id: 'talks',
  window: { kind: 'session', gapMs: 20 },
  by: [['channel']],
  allowedLatenessMs: 30,
});
const kpis = [volume, talks];

/** `hear()`: what is reported of the combining partition's last commit reaches the others. */
function rehearse(inputs: readonly (readonly CxEnvelope[])[]): { run: PartitionedRehearsal; hear: () => void } {
  let heard: TimeState | undefined;
  const partial = partialsOperator(kpis, { ...options, partitions: inputs.length, combined: () => heard });
  const run = new PartitionedRehearsal(partial, combinedKpis(kpis, options), inputs, 10);
  return { run, hear: () => (heard = run.committedTime) };
}

const event = (id: string, ts: number, channel = 'app'): CxEnvelope => ({ ...specimenEvent(ts, {}, { channel }), id });

function lateOf(outputs: Outputs): readonly JsonObject[] {
  return outputs.messages.filter(({ subject }) => subject.startsWith('cx.late.')).map(({ data }) => data as JsonObject);
}
const allOutputs = ({ senders, combined }: PartitionedRehearsal): readonly Outputs[] =>
  [...senders.map(({ rehearsal }) => rehearsal), combined].map(({ outputs }) => outputs);
const sumOf = (run: PartitionedRehearsal, name: string): number =>
  allOutputs(run).reduce((sum, { counters }) => sum + (counters[name] ?? 0), 0);

function lastWords(values: readonly KpiValue[]): ReadonlyMap<string, number> {
  const last = new Map<string, number>();
  for (const { kpi, key, window, n, final } of values) {
    if (final && kpi === volume.id) last.set(JSON.stringify([Object.values(key), window.start]), n);
  }
  return last;
}

describe('a partition that comes back from idleness behind the others', () => {
  const early = event('early', 1_000);
  const inTime = event('in time', 1_960);
  const tooLate = event('too late', 1_100);
  const others = [1_005, 1_500, 2_000].map((ts) => event(`other ${String(ts)}`, ts, 'web'));

  it('has its events counted, or named as late with how late they were, as a single partition does', () => {
    const { run } = rehearse([[early, tooLate, inTime], others]);
    run.event(0);
    run.idle(0, 0);
    for (const _ of others) run.event(1);
    run.commit(1);
    run.read(Infinity);
    run.event(0);
    run.event(0);
    run.end();

    const single = new Rehearsal(kpisOperator(kpis, options), 10);
    for (const one of [early, ...others, tooLate, inTime]) single.event(one);
    single.end();
    expect(lateOf(single.outputs).length).toBe(2);
    expect(allOutputs(run).flatMap(lateOf)).toEqual(lateOf(single.outputs));
    expect(lastWords(run.combined.outputs.values)).toEqual(lastWords(single.outputs.values));
    for (const name of ['events_processed', 'events_late', 'kpi_late_volume', 'kpi_late_talks', 'partials_late'])
      expect(sumOf(run, name), name).toBe(single.outputs.counters[name] ?? 0);
  });

  it('sends sums again once it has heard that it counts', () => {
    const more = [2_100, 2_101, 2_102].map((ts) => event(`more ${String(ts)}`, ts));
    const { run, hear } = rehearse([[early, inTime, ...more], others]);
    const sent = (): readonly boolean[] => {
      const { messages } = run.senders[0]?.rehearsal.outputs ?? { messages: [] };
      const own = messages
        .filter(({ subject }) => subject.startsWith('cx.partial.'))
        .map(({ data }) => data as JsonObject);
      return own.filter(({ sums }) => sums !== undefined).map((one) => one['event'] !== undefined);
    };
    const step = (partition: number, listens: boolean): void => {
      run.event(partition);
      run.commit(partition);
      run.read(Infinity);
      run.commitCombined();
      if (listens) hear();
    };
    step(0, true);
    run.idle(0, 0);
    for (const _ of others) step(1, true);
    step(0, true);
    // It has not caught up with the others yet.
    step(0, false);
    expect(sent()).toEqual([false, true, true]);
    // What it has heard is of before.
    step(0, true);
    expect(sent()).toEqual([false, true, true, true]);
    step(0, true);
    expect(sent()).toEqual([false, true, true, true, false]);
  });

  it('never leaves an event uncounted and unnamed, whatever the pace, the silence and the crashes (property)', () => {
    const moves = [
      'event',
      'event',
      'event',
      'commit',
      'idle',
      'read',
      'commit-combined',
      'hear',
      'crash',
      'crash-combined',
    ] as const;
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat({ max: 400 }), fc.constantFrom('app', 'web')), { minLength: 5, maxLength: 40 }),
        fc.integer({ min: 2, max: 3 }),
        fc.array(fc.tuple(fc.constantFrom(...moves), fc.nat({ max: 5 })), { minLength: 30, maxLength: 150 }),
        (drawn, partitions, script) => {
          const events = drawn.map(([ts, channel], i) => event(`e${String(i)}`, 1_000 + ts, channel));
          const inputs = Array.from({ length: partitions }, (_, p) => events.filter((_one, i) => i % partitions === p));
          const { run, hear } = rehearse(inputs);
          for (const [move, which] of script) {
            const partition = which % partitions;
            if (move === 'event') run.event(partition);
            else if (move === 'commit') run.commit(partition);
            else if (move === 'idle') run.idle(partition, which * 10);
            else if (move === 'read') run.read(which + 1);
            else if (move === 'hear') hear();
            else if (move === 'commit-combined') run.commitCombined();
            else if (move === 'crash') run.crash(partition);
            else run.crashCombined();
          }
          run.end();
          expect(sumOf(run, 'partials_late')).toBe(0);
          expect(sumOf(run, 'events_processed') + sumOf(run, 'events_late')).toBe(events.length);
          const late = allOutputs(run).flatMap(lateOf);
          const names = late.map(({ kpi, id }) => JSON.stringify([kpi, id]));
          expect(new Set(names).size).toBe(names.length);
          const lateIds = new Set(late.filter(({ kpi }) => kpi === volume.id).map(({ id }) => id));
          const counted = events.filter(({ id }) => !lateIds.has(id));
          const batch = batchValues([volume], counted, 'UTC', compileExpression);
          expect([...lastWords(run.combined.outputs.values).values()].reduce((sum, n) => sum + n, 0)).toBe(
            [...batch.values()].reduce((sum, { n }) => sum + n, 0),
          );
        },
      ),
      { numRuns: 1_000, seed: Number(process.env['EARSHOT_SEED'] ?? Math.floor(Math.random() * 2 ** 31)) },
    );
  });
});
