/** Partitions and the one that combines them under the real driver: killed at every moment, twice told, and silent. */
import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../engine/adapters/cel.ts';
import { pipe } from '../../engine/core/chain.ts';
import {
  START_OF_TIME,
  type BatchStage,
  type JsonObject,
  type Prepared,
  type RawMessage,
} from '../../engine/core/types.ts';
import { startPartition, type PartitionRun } from '../../engine/runtime/driver.ts';
import { crashAt } from '../../engine/testing/crashing.ts';
import { deafFeed, silentLogger } from '../../engine/testing/fixtures.ts';
import { ManualClock } from '../../engine/testing/manual-clock.ts';
import { connect, Crash, MemoryBroker, type Fault } from '../../engine/testing/memory.ts';
import type { CxEnvelope, CxEvent } from '../types.ts';
import { combinedKpis, inputsOperator } from './combine.ts';
import { partialsStage } from './partial-message.ts';
import { partialsOperator } from './partials.ts';
import { specimenEvent, specimenKpi } from './specimens.ts';

const COMBINING = 9;
const PARTITIONS = 2;
const kpis = [
  specimenKpi({
    id: 'sum',
    measure: { kind: 'sum', value: 'data.score' },
    window: { kind: 'sliding', sizeMs: 2000, slideMs: 500 },
    by: [[], ['channel']],
    allowedLatenessMs: 1000,
  }),
  specimenKpi({ id: 'talks', window: { kind: 'session', gapMs: 700 }, by: [['channel']], allowedLatenessMs: 1000 }),
];
const options = { zone: 'UTC', liveEveryMs: 250, compile: compileExpression };
const config = { outOfOrdernessMs: 100, idleAfterMs: 100, commit: { everyMs: 20, maxEvents: 4 } };
const partial = partialsOperator(kpis, { ...options, partitions: PARTITIONS });
const combining = pipe(inputsOperator(kpis, options), combinedKpis(kpis, options));

const eventStage: BatchStage<RawMessage, Prepared<CxEvent>> = {
  name: 'events',
  apply: (batch) =>
    Promise.resolve(
      batch.map(({ seq, stored, data }) => {
        const event = JSON.parse(new TextDecoder().decode(data)) as CxEnvelope;
        return { seq, stored, items: [{ event }] };
      }),
    ),
};

function offered(): MemoryBroker {
  const broker = new MemoryBroker({ duplicateWindow: 0 });
  for (let i = 0; i < 24; i++) {
    const late = i % 7 === 6 ? 900 : i % 11 === 10 ? 5000 : 0;
    const channel = i % 3 === 0 ? 'web' : 'app';
    const event = specimenEvent(10_000 + i * 150 - late, { score: i }, { channel });
    broker.offer(JSON.stringify({ ...event, id: `e-${String(i)}` }), i % PARTITIONS);
  }
  for (let p = 0; p < PARTITIONS; p++) {
    broker.offer(JSON.stringify(specimenEvent(60_000, {}, { type: 'cx.page.viewed' })), p);
  }
  return broker;
}

async function ended(run: PartitionRun, clock: ManualClock): Promise<boolean> {
  const end = { isOver: false, failure: null as unknown };
  run.done.then(
    () => (end.isOver = true),
    (thrown: unknown) => Object.assign(end, { isOver: true, failure: thrown }),
  );
  while (!end.isOver) {
    await new Promise((resolve) => setImmediate(resolve));
    clock.advanceBy(7);
  }
  const hasCrashed = end.failure instanceof Crash;
  if (!hasCrashed) expect(end.failure).toBeNull();
  return hasCrashed;
}

function sender(
  broker: MemoryBroker,
  partition: number,
  clock: ManualClock,
  fault?: Fault,
  signal?: AbortSignal,
): PartitionRun {
  const ports = connect(broker, fault);
  return startPartition({
    ...{ partition, stage: eventStage, chain: partial, live: deafFeed, logger: silentLogger, clock, config },
    ...{ sink: ports, commits: ports, source: ports.source(partition, { ends: signal === undefined, batch: 3 }) },
    signal: signal ?? new AbortController().signal,
  });
}

/** What is in the stream of partials comes to the one that combines them. */
function handOver(from: MemoryBroker, to: MemoryBroker = from): number {
  const stored = from.outputs.get('CX_PARTIAL') ?? [];
  for (const { message } of stored) to.offer(JSON.stringify(message.data), COMBINING, message.subject);
  return stored.length;
}

async function send(broker: MemoryBroker, partition: number, fault?: Fault): Promise<boolean> {
  const clock = new ManualClock(1_000_000);
  return ended(sender(broker, partition, clock, fault), clock);
}

async function combine(broker: MemoryBroker, fault?: Fault): Promise<{ hasCrashed: boolean; run: PartitionRun }> {
  const clock = new ManualClock(1_000_000);
  const ports = connect(broker, fault);
  const run = startPartition({
    ...{ partition: COMBINING, stage: partialsStage(), chain: combining, live: deafFeed, logger: silentLogger, clock },
    ...{ sink: ports, commits: ports, source: ports.source(COMBINING, { ends: true, batch: 3 }) },
    config: { ...config, inputs: PARTITIONS },
    signal: new AbortController().signal,
  });
  return { hasCrashed: await ended(run, clock), run };
}

function contents(broker: MemoryBroker, stream: string): readonly JsonObject[] {
  const stored = (broker.outputs.get(stream) ?? []).map(({ message }) => message);
  expect(new Set(stored.map(({ id }) => id)).size).toBe(stored.length);
  return stored.map(({ data }) => data as JsonObject);
}

/** By KPI, key and window what was said last, without how often and when. */
function lastWords(broker: MemoryBroker): unknown {
  const last = new Map<string, JsonObject>();
  for (const { revision: _, watermark: __, ...value } of contents(broker, 'CX_KPI')) {
    const id = JSON.stringify([value['kpi'], value['key'], value['window']]);
    if (value['retracted'] === true) last.delete(id);
    else last.set(id, value);
  }
  return [...last].sort(([a], [b]) => (a < b ? -1 : 1));
}

async function calmRun(): Promise<{ broker: MemoryBroker; counters: Readonly<Record<string, number>> }> {
  const broker = offered();
  for (let p = 0; p < PARTITIONS; p++) await send(broker, p);
  handOver(broker);
  const { run } = await combine(broker);
  expect(run.stats().size).toMatchObject({ kpis: { keys: 0, slices: 0, sessions: 0 } });
  return { broker, counters: run.stats().counters };
}

describe('two stages', () => {
  it('with the first killed at every moment, give the calm run', async () => {
    const calm = await calmRun();
    expect(contents(calm.broker, 'CX_KPI').length).toBeGreaterThan(20);
    expect(contents(calm.broker, 'CX_LATE').length).toBeGreaterThan(1);
    let moment = 1;
    for (; ; moment++) {
      const broker = offered();
      if (!(await send(broker, 0, crashAt(moment)))) break;
      await send(broker, 0);
      await send(broker, 1);
      handOver(broker);
      await combine(broker);
      expect(lastWords(broker), `moment ${moment}`).toEqual(lastWords(calm.broker));
      expect(contents(broker, 'CX_LATE'), `moment ${moment}`).toEqual(contents(calm.broker, 'CX_LATE'));
    }
    expect(moment).toBeGreaterThan(30);
  });

  it('with the second killed at every moment, give the calm run, message by message', async () => {
    const calm = await calmRun();
    let moment = 1;
    for (; ; moment++) {
      const broker = new MemoryBroker({ duplicateWindow: 0 });
      handOver(calm.broker, broker);
      if (!(await combine(broker, crashAt(moment))).hasCrashed) break;
      const { run } = await combine(broker);
      expect(contents(broker, 'CX_KPI'), `moment ${moment}`).toEqual(contents(calm.broker, 'CX_KPI'));
      expect(run.stats().counters, `moment ${moment}`).toEqual(calm.counters);
    }
    expect(moment).toBeGreaterThan(30);
  });

  it('count nothing twice that is sent again because its first copy was freed before its sender looked', async () => {
    const broker = new MemoryBroker({ duplicateWindow: 0 });
    broker.offer(JSON.stringify(specimenEvent(10_000, { score: 3 })), 0);
    await send(broker, 0);
    const count = handOver(broker);
    broker.outputs.delete('CX_PARTIAL');
    await send(broker, 0);
    expect(handOver(broker)).toBe(count);
    broker.outputs.delete('CX_PARTIAL');
    for (let p = 0; p < PARTITIONS; p++) {
      broker.offer(JSON.stringify(specimenEvent(60_000, {}, { type: 'cx.page.viewed' })), p);
      await send(broker, p);
    }
    handOver(broker);
    const { run } = await combine(broker);
    expect(run.stats().counters).toMatchObject({ partials_repeated: 2 });
    expect(contents(broker, 'CX_KPI').map(({ n }) => n)).toEqual(new Array(9).fill(1));
  });

  it('a partition without any event says that it is idle, once, and holds nobody back', async () => {
    const broker = new MemoryBroker();
    const clock = new ManualClock(1_000_000);
    const stop = new AbortController();
    const run = sender(broker, 1, clock, undefined, stop.signal);
    for (let i = 0; i < 200; i++) {
      await new Promise((resolve) => setImmediate(resolve));
      clock.advanceBy(10);
    }
    stop.abort();
    await ended(run, clock);
    expect(contents(broker, 'CX_PARTIAL')).toMatchObject([{ partition: 1, idle: true, watermark: START_OF_TIME }]);

    broker.offer(JSON.stringify(specimenEvent(5_000, { score: 1 })), 0);
    broker.offer(JSON.stringify(specimenEvent(9_000, { score: 1 })), 0);
    await send(broker, 0);
    handOver(broker);
    const combined = await combine(broker);
    expect(combined.run.stats().watermark).toBe(8_900);
  });
});
