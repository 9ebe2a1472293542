/** Partitions and the one that combines them under the real driver: killed at every moment, read twice, and silent. */
import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../../engine/adapters/expressions/cel.ts';
import { pipe, type ChainDef } from '../../../engine/core/chain.ts';
import {
  START_OF_TIME,
  type BatchStage,
  type JsonObject,
  type OutputMessage,
  type Prepared,
  type RawMessage,
} from '../../../engine/core/types.ts';
import { startPartition, type PartitionRun } from '../../../engine/runtime/driver.ts';
import { crashAt } from '../../../engine/testing/crashing.ts';
import { noLiveFeed, silentLogger } from '../../../engine/testing/line-pipeline.ts';
import { ManualClock } from '../../../engine/testing/manual-clock.ts';
import { connect, Crash, MemoryBroker, type Fault } from '../../../engine/testing/memory.ts';
import { RandomYields } from '../../../engine/testing/random-yields.ts';
import type { KpiConfig } from '../kpis-config.ts';
import type { CxEnvelope, CxEvent, KpiBirth, KpiValue } from '../../shared/messages.ts';
import { combinedKpis, forwardedControls, inputsOperator } from './combine.ts';
import { partialsStage, readPartial, type PartialMessage } from './partial-message.ts';
import { kpisOperator } from '../kpis.ts';
import { partialsOperator } from './partials.ts';
import { specimenEvent, specimenKpi } from '../testing/specimens.ts';

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
const combiningOf = (of: readonly KpiConfig[]): ChainDef<PartialMessage, KpiValue | KpiBirth> =>
  pipe(inputsOperator(of, options), combinedKpis(of, options));
const combining = combiningOf(kpis);

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
    ...{ partition, stage: eventStage, chain: partial, live: noLiveFeed, logger: silentLogger, clock, config },
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

async function combine(
  broker: MemoryBroker,
  fault?: Fault,
  chain: ChainDef<PartialMessage, KpiValue | KpiBirth> = combining,
): Promise<{ hasCrashed: boolean; run: PartitionRun }> {
  const clock = new ManualClock(1_000_000);
  const ports = connect(broker, fault);
  const run = startPartition({
    ...{ partition: COMBINING, stage: partialsStage(), chain, live: noLiveFeed, logger: silentLogger, clock },
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

  it.each([1, 2, 3, 4, 5, 6])(
    'give the calm run side by side, giving way at every call of a port (seed %s)',
    async (seed) => {
      const calm = await calmRun();
      const broker = offered();
      const yields = Array.from({ length: PARTITIONS + 1 }, (_, i) => new RandomYields(seed + 100 * i));
      const [combiningYields, ...senders] = yields;
      await Promise.all(senders.map((own, p) => send(broker, p, own.fault())));
      handOver(broker);
      const { run } = await combine(broker, combiningYields?.fault());
      expect(lastWords(broker)).toEqual(lastWords(calm.broker));
      // Both write to one stream, in an open order, and the watermark they have reached together follows it.
      const lateOnes = (of: MemoryBroker): readonly string[] =>
        contents(of, 'CX_LATE')
          .map(({ id, kpi }) => JSON.stringify([id, kpi]))
          .sort();
      expect(lateOnes(broker)).toEqual(lateOnes(calm.broker));
      expect(run.stats().size).toMatchObject({ kpis: { keys: 0, slices: 0, sessions: 0 } });
      for (const { count } of yields) expect(count).toBeGreaterThan(20);
    },
  );

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

  it('take sums that wait under former KPIs into the new ones, and refuse those of KPIs that changed', async () => {
    const broker = new MemoryBroker({ duplicateWindow: 0 });
    const event = (ts: number, p: number): number =>
      broker.offer(JSON.stringify(specimenEvent(ts, { score: ts / 1000 })), p);
    event(10_000, 0);
    await send(broker, 0);
    handOver(broker);
    await combine(broker);
    broker.outputs.delete('CX_PARTIAL');
    event(10_100, 1);
    event(60_000, 0);
    event(60_000, 1);
    for (let p = 0; p < PARTITIONS; p++) await send(broker, p);
    handOver(broker);
    const [sum] = kpis;
    if (sum === undefined) throw new Error('there is no KPI');
    const more = [specimenKpi({ id: 'more', window: { kind: 'tumbling', sizeMs: 1000 } }), ...kpis];
    await combine(broker, undefined, combiningOf(more));
    const ofWindow = contents(broker, 'CX_KPI').filter(({ kpi, value }) => kpi === 'sum' && value === 20.1);
    expect(ofWindow.length).toBe(8);

    const inputs = inputsOperator([{ ...sum, measure: { kind: 'count' } }], options);
    const saved = inputs.migrate?.([{ last: {} }], inputsOperator(kpis, options).fingerprint) ?? [];
    const operator = inputs.create({ partition: COMBINING }, saved);
    const ignore = (): void => undefined;
    const out = { emit: ignore, send: ignore, forward: ignore, show: ignore, urgent: ignore, count: ignore };
    const [message] = (broker.outputs.get('CX_PARTIAL') ?? []).slice(-1);
    const data = message?.message.data as unknown as PartialMessage;
    const value = { ...data, sums: new Uint8Array(1), control: null };
    expect(() => operator.onEvent({ id: 'x', key: '0', ts: 0, value }, 0, out)).toThrow(/changed/);
  });

  it('refuse the state of another number of partitions', () => {
    expect(() => partial.migrate?.([{}], { partitions: 4 })).toThrow(/number of partitions/);
    expect(() => kpisOperator(kpis, options).migrate?.([{}], partial.fingerprint)).toThrow(/which KPIs/);
  });

  it('carry decisions of people on at once, after the sums before them, and only those', () => {
    const def = partialsOperator(kpis, { ...options, partitions: PARTITIONS });
    const operator = def.create({ partition: 1 });
    const sent: OutputMessage[] = [];
    let urgent = 0;
    const ignore = (): void => undefined;
    const out = { emit: ignore, forward: ignore, show: ignore, count: ignore };
    const collector = {
      ...out,
      send: (message: OutputMessage) => void sent.push(message),
      urgent: () => {
        urgent += 1;
      },
    };
    const ack = {
      ...specimenEvent(9_000_000, { alert: 'a' }, { type: 'earshot.alert.acked' }),
      isControl: true as const,
    };
    const events: readonly CxEnvelope[] = [specimenEvent(10_000, { score: 1 }), ack];
    for (const event of events) operator.onEvent(event, START_OF_TIME, collector);
    expect(urgent).toBe(1);
    const encoder = new TextEncoder();
    const read = sent.map(({ subject, data }, i) =>
      readPartial({ subject, headers: {}, data: encoder.encode(JSON.stringify(data)), seq: i, stored: 0 }),
    );
    const values = read.flatMap(({ items }) => items.map((item) => ('event' in item ? item.event.value : null)));
    expect(values.map((value) => [value?.number, value?.sums === null, value?.control?.id ?? null])).toEqual([
      [1, false, null],
      [2, true, events[1]?.id],
    ]);
    const controls: unknown[] = [];
    const passed = forwardedControls().create({ partition: COMBINING });
    for (const value of values) {
      if (value === null) throw new Error('rejected');
      const emit = (event: CxEnvelope): void => void controls.push(event);
      passed.onEvent({ id: '', key: '', ts: 0, value }, 0, { ...out, send: ignore, urgent: ignore, emit });
    }
    expect(controls).toEqual([events[1]]);

    // Of a silent partition it tells no more than was reported.
    const reportedIdle = (): unknown => (sent.at(-1)?.data as { readonly idle?: unknown } | undefined)?.idle;
    operator.beforeCommit?.(20_000, true, collector);
    expect([sent.length, reportedIdle()]).toEqual([3, true]);
    operator.onEvent({ ...ack, id: 'another' }, 20_000, collector);
    expect([sent.length, reportedIdle()]).toEqual([4, true]);
  });

  it.each(['x', '[]', '{}', '{"partition":0,"number":1,"layout":"","watermark":1,"idle":false,"sums":"?"}'])(
    'reject %s from a stranger',
    (text) => {
      const { items } = readPartial({
        subject: 'cx.partial.0',
        headers: {},
        data: new TextEncoder().encode(text),
        seq: 1,
        stored: 5,
      });
      expect(items).toMatchObject([{ rejected: { subject: 'cx.dlq.malformed', time: 5 } }]);
    },
  );

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
