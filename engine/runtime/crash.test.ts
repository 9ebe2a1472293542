/**
 * The crash matrix (catalogue cases 18, 25, 27, 28): a process killed at every moment between two effects on the outside, and
 * its successors, together write exactly what one undisturbed run writes: law 3, and no output twice by id.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pipe } from '../core/chain.ts';
import { crashAt, loseAck } from '../testing/crashing.ts';
import { noLiveFeed, echo, lineStage, silentLogger, tumblingSum, type Reading } from '../testing/line-pipeline.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { Crash, connect, MemoryBroker, type Fault } from '../testing/memory.ts';
import { dedupe } from '../../operators/dedupe/dedupe.ts';
import { startPartition } from './driver.ts';
import type { PartitionStats } from '../core/partition/stats.ts';

const chain = pipe(dedupe<Reading>({ horizonMs: 60_000, maxIds: 1000 }), pipe(echo, tumblingSum(1000)));
const config = { outOfOrdernessMs: 100, idleAfterMs: 10_000, commit: { everyMs: 50, maxEvents: 8 } };

/** Batches of several events, bad lines, late events, alerts that want a commit at once. */
function offerAll(broker: MemoryBroker): void {
  for (let i = 0; i < 12; i++) {
    const lines = [0, 1, 2].map((j) => `${i * 400 + j * 90} k${j % 2} ${i * 3 + j}`);
    if (i % 4 === 1) lines.splice(1, 0, '!bad');
    if (i % 5 === 3) lines.push(`${i * 400 - 2500} k1 1`);
    if (i % 6 === 5) lines.push(`${i * 400} k0 -7`);
    broker.offer(lines.join('\n'));
  }
}

interface Ran {
  readonly stats: PartitionStats;
  readonly hasCrashed: boolean;
  /** Before or after which call. */
  readonly where: string;
}

async function runOnce(broker: MemoryBroker, fault?: Fault, mostTogether = 1): Promise<Ran> {
  const clock = new ManualClock(1_000_000);
  const ports = connect(broker, fault);
  const run = startPartition({
    ...{ partition: 0, stage: lineStage, chain, live: noLiveFeed, logger: silentLogger, clock },
    config: { ...config, mostTogether },
    ...{ sink: ports, commits: ports, source: ports.source(0, { ends: true, batch: 2 }) },
    signal: new AbortController().signal,
  });
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
  expect(clock.sleeping).toBe(0);
  return { stats: run.stats(), hasCrashed, where: hasCrashed ? (end.failure as Crash).message : '' };
}

const PLACES = [
  'before the commit',
  'after the commit, before its acknowledgement',
  'between the commit and its outputs',
  'during the outputs of the commit',
  'during the outputs that need no commit',
] as const;

/** Known by the call it died at, and by what is stored of the last commit and its outbox. */
function placeOf(broker: MemoryBroker, where: string): (typeof PLACES)[number] | undefined {
  if (where.startsWith('before append')) return PLACES[0];
  if (where.startsWith('after append')) return PLACES[1];
  if (!/^(before|after) publish/.test(where)) return undefined;
  const stored = new Set(broker.allOutputs().map(({ id }) => id));
  const outbox = broker.commitsOf(0).at(-1)?.outbox ?? [];
  const missing = outbox.filter(({ id }) => !stored.has(id)).length;
  if (missing === 0) return PLACES[4];
  return missing === outbox.length ? PLACES[2] : PLACES[3];
}

/** Every echo by its id, whether it left alone or together with others. */
function echoes(broker: MemoryBroker): readonly (readonly [id: string, data: unknown])[] {
  const stored = broker.outputs.get('CX_ENRICHED') ?? [];
  const all = stored.flatMap(({ message }) => message.parts ?? [message]);
  return all.map(({ id, data }) => [id, data] as const).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** What the streams say; the ids of what was sent name the commit, which is another one after a crash. */
function contents(broker: MemoryBroker): unknown {
  const ids = broker.allOutputs().map(({ id, subject }) => `${subject} ${id}`);
  expect(new Set(ids).size).toBe(ids.length);
  return Object.fromEntries(
    [...broker.outputs].map(([stream, stored]) => [
      stream,
      stored.map(({ message: { id, ...message } }) => (id.includes(':') ? { id, ...message } : message)),
    ]),
  );
}

async function calmRun(): Promise<{ outputs: unknown; counters: unknown }> {
  const broker = new MemoryBroker();
  offerAll(broker);
  const { stats } = await runOnce(broker);
  return { outputs: contents(broker), counters: stats.counters };
}

describe('a partition killed', () => {
  it('has a calm run that counts every event: in = processed + duplicate + late + rejected', async () => {
    const { counters } = await calmRun();
    expect(counters).toEqual({ events_in: 43, events_rejected: 3, events_processed: 38, events_late: 2 });
  });

  it.each([
    ['within the duplicate window', 1000],
    ['and restarted after the duplicate window (case 28)', 0],
  ])('at every moment %s, then restarted, gives the calm run', async (_, duplicateWindow) => {
    const calm = await calmRun();
    let moment = 1;
    for (; ; moment++) {
      const broker = new MemoryBroker({ duplicateWindow });
      offerAll(broker);
      const first = await runOnce(broker, crashAt(moment));
      if (!first.hasCrashed) break;
      const { stats } = await runOnce(broker);
      expect(contents(broker), `moment ${moment}`).toEqual(calm.outputs);
      expect(stats.counters, `moment ${moment}`).toEqual(calm.counters);
    }
    expect(moment).toBeGreaterThan(100);
  });

  it.each(PLACES)('%s (case 27), however often there, then restarted, gives the calm run', async (place) => {
    const calm = await calmRun();
    let moments = 0;
    for (let moment = 1; ; moment++) {
      const broker = new MemoryBroker({ duplicateWindow: 0 });
      offerAll(broker);
      const { hasCrashed, where } = await runOnce(broker, crashAt(moment));
      if (!hasCrashed) break;
      if (placeOf(broker, where) !== place) continue;
      moments++;
      const { stats } = await runOnce(broker);
      expect(contents(broker), `${place}: ${where}`).toEqual(calm.outputs);
      expect(stats.counters, `${place}: ${where}`).toEqual(calm.counters);
    }
    expect(moments).toBeGreaterThan(0);
  });

  it('many times over gives the calm run (property)', async () => {
    const calm = await calmRun();
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 2, maxLength: 6 }), async (moments) => {
        const broker = new MemoryBroker({ duplicateWindow: 0 });
        offerAll(broker);
        for (const moment of moments) await runOnce(broker, crashAt(moment));
        const { stats } = await runOnce(broker);
        expect(contents(broker)).toEqual(calm.outputs);
        expect(stats.counters).toEqual(calm.counters);
        expect(stats.epoch).toBeGreaterThanOrEqual(1);
      }),
      { numRuns: 100 },
    );
  });

  it('at every moment, with outputs that leave together, then restarted with or without that, stores each of them once', async () => {
    const calm = new MemoryBroker();
    offerAll(calm);
    await runOnce(calm);
    for (let moment = 1; ; moment++) {
      const broker = new MemoryBroker({ duplicateWindow: 0 });
      offerAll(broker);
      const { hasCrashed } = await runOnce(broker, crashAt(moment), 2);
      if (hasCrashed) await runOnce(broker, undefined, moment % 3 === 0 ? 1 : 2);
      expect(echoes(broker), `moment ${moment}`).toEqual(echoes(calm));
      if (!hasCrashed) break;
    }
  });

  it.each([1, 2, 3])('commits once when the ack of commit %i is lost', async (nth) => {
    const calm = await calmRun();
    const broker = new MemoryBroker();
    offerAll(broker);
    const { hasCrashed } = await runOnce(broker, loseAck('append', nth));
    expect(hasCrashed).toBe(false);
    expect(contents(broker)).toEqual(calm.outputs);
    expect(broker.commitsOf(0).map(({ number }) => number)).toEqual(broker.commitsOf(0).map((_, i) => i + 1));
  });
});
