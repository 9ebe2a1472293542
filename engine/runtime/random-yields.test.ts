/** A partition that gives way after every step writes what it writes without: whatever runs beside it comes in between. */
import { describe, expect, it } from 'vitest';
import { pipe } from '../core/chain.ts';
import { dedupe } from '../../operators/dedupe/dedupe.ts';
import { crashAt } from '../testing/crashing.ts';
import { noLiveFeed, echo, lineStage, silentLogger, tumblingSum, type Reading } from '../testing/line-pipeline.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { connect, Crash, MemoryBroker, type Fault } from '../testing/memory.ts';
import { RandomYields } from '../testing/random-yields.ts';
import { startPartition } from './driver.ts';

const SEEDS = Array.from({ length: 12 }, (_, i) => 7 * i + 1);
const PARTITIONS = [0, 1];
const chain = pipe(dedupe<Reading>({ horizonMs: 60_000, maxIds: 1000 }), pipe(echo, tumblingSum(1000)));
const config = { outOfOrdernessMs: 100, idleAfterMs: 10_000, commit: { everyMs: 50, maxEvents: 8 } };

/** Small messages and some of hundreds of events, which a partition does not run in one go; and one that closes many windows. */
function offered(): MemoryBroker {
  const broker = new MemoryBroker();
  for (const partition of PARTITIONS) {
    for (let i = 0; i < 8; i++) {
      const from = i * 3000 + 500 * partition;
      const events = i % 3 === 1 ? 150 : 3;
      const lines = Array.from({ length: events }, (_, j) => `${from + j * 20} k${j % 5} ${i + j}`);
      if (i % 4 === 2) lines.push('!bad', `${from - 5000} k1 1`, `${from} k0 -7`);
      broker.offer(lines.join('\n'), partition);
    }
    broker.offer('900000 k0 1', partition);
  }
  return broker;
}

interface Way {
  readonly yields?: RandomYields;
  readonly fault?: Fault;
}

/** Runs both partitions side by side; whether the first was killed. */
async function run(broker: MemoryBroker, ways: readonly Way[]): Promise<boolean> {
  const clock = new ManualClock(1_000_000);
  const ended = PARTITIONS.map((partition) => {
    const { yields, fault } = ways[partition] ?? {};
    const ports = connect(broker, yields?.fault(fault) ?? fault);
    const started = startPartition({
      ...{ partition, chain, live: noLiveFeed, logger: silentLogger, config },
      clock: yields?.clock(clock) ?? clock,
      stage: yields?.stage(lineStage) ?? lineStage,
      ...{ sink: ports, commits: ports, source: ports.source(partition, { ends: true, batch: 2 }) },
      signal: new AbortController().signal,
    });
    return started.done.then(
      () => null,
      (thrown: unknown) => thrown,
    );
  });
  const over = new AbortController();
  const all = Promise.all(ended).finally(() => over.abort());
  while (!over.signal.aborted) {
    await new Promise((resolve) => setImmediate(resolve));
    clock.advanceBy(7);
  }
  const failures = await all;
  for (const failure of failures) if (!(failure instanceof Crash)) expect(failure).toBeNull();
  return failures[0] instanceof Crash;
}

/** By partition, in order: what was forwarded, with its ids, and what was sent, whose ids name the commit. */
function written(broker: MemoryBroker): unknown {
  const outputs = broker.allOutputs();
  const ids = outputs.map(({ id, subject }) => `${subject} ${id}`);
  expect(new Set(ids).size).toBe(ids.length);
  return PARTITIONS.map((partition) => ({
    forwards: outputs.filter(({ id }) => id.startsWith(`${partition}:`)),
    sent: outputs.filter(({ id }) => id.startsWith(`${partition}.`)).map(({ id: _, ...message }) => message),
    counters: broker.commitsOf(partition).at(-1)?.counters,
  }));
}

async function calmRun(): Promise<unknown> {
  const broker = offered();
  await run(broker, []);
  return written(broker);
}

describe('partitions that give way after every step', () => {
  it.each(SEEDS)('write the same, in the same order (seed %s)', async (seed) => {
    const broker = offered();
    const ways = PARTITIONS.map((partition) => ({ yields: new RandomYields(seed + 1000 * partition) }));
    await run(broker, ways);
    expect(written(broker)).toEqual(await calmRun());
    for (const { yields } of ways) expect(yields.count).toBeGreaterThan(300);
  });

  it.each(SEEDS)('and are killed there, write the same after a restart (seed %s)', async (seed) => {
    const broker = offered();
    const yields = new RandomYields(seed);
    const moment = 1 + yields.below(900);
    expect(await run(broker, [{ yields, fault: crashAt(moment) }, { yields: new RandomYields(seed + 1) }])).toBe(true);
    expect(
      await run(
        broker,
        PARTITIONS.map(() => ({ yields })),
      ),
    ).toBe(false);
    expect(written(broker)).toEqual(await calmRun());
  });
});
