import { describe, expect, it } from 'vitest';
import { deafFeed, echoAndSum, lineStage, silentLogger } from '../testing/fixtures.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { connect, MemoryBroker } from '../testing/memory.ts';
import { startPartition } from './driver.ts';

const config = { outOfOrdernessMs: 100, idleAfterMs: 10_000, commit: { everyMs: 50, maxEvents: 100 } };

function start(broker: MemoryBroker, clock: ManualClock, signal = new AbortController().signal) {
  const ports = connect(broker);
  return startPartition({
    ...{
      partition: 0,
      stage: lineStage,
      chain: echoAndSum,
      live: deafFeed,
      logger: silentLogger,
      clock,
      config,
      signal,
    },
    ...{ sink: ports, commits: ports, source: ports.source(0, { ends: true, batch: 3 }) },
  });
}

describe('a partition', () => {
  it('runs its input and publishes forwards, then sums', async () => {
    const broker = new MemoryBroker();
    for (let i = 0; i < 30; i++) broker.offer(`${i * 200} k${i % 2} ${i}`);
    broker.offer('!bad');
    const run = start(broker, new ManualClock(0));
    await run.done;
    expect(broker.outputs.get('CX_ENRICHED')?.map(({ message }) => message.id)).toEqual(
      Array.from({ length: 30 }, (_, i) => `0:${i + 1}:0`),
    );
    expect(broker.outputs.get('CX_KPI')?.map(({ message }) => message.data)).toEqual(
      [0, 1, 2, 3, 4].flatMap((w) => {
        const sums = [0, 0];
        for (let i = w * 5; i < w * 5 + 5; i++) sums[i % 2]! += i;
        return sums.map((sum, k) => ({ id: `${(w + 1) * 1000}/k${k}`, sum }));
      }),
    );
    expect(run.stats().counters).toEqual({ events_in: 31, events_rejected: 1, events_processed: 30 });
    expect(run.stats().health).toEqual({ state: 'stopped', reasons: [] });
  });
});
