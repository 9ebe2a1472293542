/**
 * Two owners (catalogue case 26): one stands still (SIGSTOP), another takes over, the first goes on (SIGCONT). The first is
 * refused, and what both wrote is what one undisturbed run writes.
 */
import { describe, expect, it } from 'vitest';
import { EngineError } from '../core/errors.ts';
import { Stall } from '../testing/crashing.ts';
import { noLiveFeed, echoAndSum, lineStage, silentLogger } from '../testing/line-pipeline.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { connect, MemoryBroker, type MemoryPorts } from '../testing/memory.ts';
import { startPartition, type PartitionRun } from './driver.ts';

const config = { outOfOrdernessMs: 100, idleAfterMs: 60_000, commit: { everyMs: 50, maxEvents: 8 } };

interface Owner {
  readonly run: PartitionRun;
  /** null: over without a failure. */
  failure: unknown;
  isOver: boolean;
}

function own(clock: ManualClock, ports: MemoryPorts, ends: boolean): Owner {
  const run = startPartition({
    ...{ partition: 0, stage: lineStage, chain: echoAndSum, live: noLiveFeed, logger: silentLogger, clock, config },
    ...{ sink: ports, commits: ports, source: ports.source(0, { ends, batch: 3 }) },
    signal: new AbortController().signal,
  });
  const owner: Owner = { run, failure: null, isOver: false };
  run.done.then(
    () => (owner.isOver = true),
    (thrown: unknown) => Object.assign(owner, { failure: thrown, isOver: true }),
  );
  return owner;
}

async function run(clock: ManualClock, until: () => boolean, most = 2000): Promise<void> {
  for (let i = 0; i < most && !until(); i++) {
    await new Promise((resolve) => setImmediate(resolve));
    clock.advanceBy(5);
  }
}

function offerSome(broker: MemoryBroker, from = 0, to = 30): void {
  for (let i = from; i < to; i++) broker.offer(i % 7 === 3 ? '!bad' : `${i * 150} k${i % 2} ${i % 9 === 8 ? -1 : i}`);
}

function contents(broker: MemoryBroker): unknown {
  const ids = broker.allOutputs().map(({ id, subject }) => `${subject} ${id}`);
  expect(new Set(ids).size).toBe(ids.length);
  return broker.allOutputs().map(({ id, ...message }) => (id.includes(':') ? { id, ...message } : message));
}

async function calmRun(): Promise<unknown> {
  const broker = new MemoryBroker();
  offerSome(broker);
  const clock = new ManualClock(0);
  const owner = own(clock, connect(broker), true);
  await run(clock, () => owner.isOver);
  expect(owner.failure).toBeNull();
  return contents(broker);
}

function expectFenced(owner: Owner): void {
  expect(owner.failure).toBeInstanceOf(EngineError);
  expect((owner.failure as EngineError).code).toBe('COMMIT_FENCED');
  expect(owner.run.stats().health.state).toBe('failed');
}

describe('a stalled owner', () => {
  it('stalled at every moment, replaced, then resumed, is refused and changes nothing', async () => {
    const calm = await calmRun();
    let refused = 0;
    for (let moment = 1; ; moment++) {
      const broker = new MemoryBroker();
      offerSome(broker);
      const clock = new ManualClock(0);
      const stall = new Stall(moment);
      let isStalled = false;
      void stall.reached.then(() => (isStalled = true));
      const zombie = own(clock, connect(broker, stall.fault), true);
      await run(clock, () => zombie.isOver || isStalled);
      if (zombie.isOver) break;
      clock.advanceBy(3500);
      const heir = own(clock, connect(broker), true);
      await run(clock, () => heir.isOver);
      expect(heir.failure, `moment ${moment}`).toBeNull();
      stall.resume();
      await run(clock, () => zombie.isOver);
      // Only one stalled before it wrote anything at all may go on: it takes over once it may.
      if (zombie.failure !== null) {
        expectFenced(zombie);
        refused++;
      }
      expect(contents(broker), `moment ${moment}`).toEqual(calm);
    }
    expect(refused).toBeGreaterThan(50);
  });

  it('writes not one record after the new epoch, with no duplicate window to save it', async () => {
    const broker = new MemoryBroker({ duplicateWindow: 0 });
    offerSome(broker, 0, 10);
    const clock = new ManualClock(0);
    const ports = connect(broker);
    const zombie = own(clock, ports, false);
    await run(clock, () => zombie.run.stats().committedPosition === 10);
    const heir = own(clock, connect(broker), false);
    await run(clock, () => heir.run.stats().health.state === 'running');
    // Both see the new messages; the clock shows the old owner that it stood still for longer than it may be trusted.
    clock.advanceBy(3500);
    offerSome(broker, 10, 30);
    await run(clock, () => heir.run.stats().committedPosition === 30 && zombie.isOver);
    expectFenced(zombie);
    expect(heir.run.stats().health).toEqual({ state: 'running', reasons: [] });
    expect(contents(broker)).toEqual(await calmRun());
  });

  it('goes on when nobody took over meanwhile', async () => {
    const broker = new MemoryBroker();
    offerSome(broker, 0, 10);
    const clock = new ManualClock(0);
    const owner = own(clock, connect(broker), false);
    await run(clock, () => owner.run.stats().committedPosition === 10);
    clock.advanceBy(3500);
    offerSome(broker, 10, 30);
    await run(clock, () => owner.run.stats().committedPosition === 30);
    expect(owner.run.stats().health).toEqual({ state: 'running', reasons: [] });
    expect(owner.run.stats().committedPosition).toBe(30);
  });
});
