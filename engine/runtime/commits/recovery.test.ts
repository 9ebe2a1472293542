/** State that is gone, or older than what was written with it: refused before anything is appended. */
import { describe, expect, it } from 'vitest';
import { EngineError } from '../../core/errors.ts';
import type { Commit } from '../../core/types.ts';
import { noLiveFeed, echo, silentLogger } from '../../testing/line-pipeline.ts';
import { ManualClock } from '../../testing/manual-clock.ts';
import { connect, MemoryBroker } from '../../testing/memory.ts';
import { recover } from './recovery.ts';

const { signal } = new AbortController();

function recovering(broker: MemoryBroker, partition = 0): Promise<number> {
  const ports = connect(broker);
  const rest = { live: noLiveFeed, clock: new ManualClock(1_000_000), logger: silentLogger, signal };
  return recover({ partition, def: echo, commits: ports, sink: ports, ...rest }).then(({ commit }) => commit.number);
}

/** A broker with these commits of partition 0 whose outputs are stored: one with each. */
async function written(numbers: readonly number[], outputs: readonly number[]): Promise<MemoryBroker> {
  const broker = new MemoryBroker();
  const ports = connect(broker);
  const log = await ports.open(0);
  const message = (id: string) => ({ id, subject: 'cx.kpi.n', type: 'cx.kpi.changed', time: 0, data: null });
  for (const number of numbers) {
    const commit: Commit = {
      ...{ format: 1, epoch: 1, number, position: number, counters: {}, marks: {}, deltas: {}, fingerprints: {} },
      ...{ time: { maxTs: 0, watermark: 0, lastArrival: 0 }, outbox: [message(`0.${number}.0`)] },
    };
    await log.append(commit, signal);
  }
  await ports.publish(
    outputs.map((number) => message(`0.${number}.0`)),
    signal,
  );
  return broker;
}

describe('recovery', () => {
  it('goes on from the last commit, its outputs stored or not', async () => {
    expect(await recovering(await written([1, 2, 3], [1, 2, 3]))).toBe(4);
    expect(await recovering(await written([1, 2, 3], [1, 2]))).toBe(4);
  });

  it.each([
    ['gone', [], [1, 2, 3], 'it has none, but outputs of it are stored'],
    ['behind', [1, 2], [1, 2, 3, 4], 'its last commit is 2, but outputs of commit 4 are stored'],
  ])('refuses state that is %s, as often as it is tried', async (_, commits, outputs, why) => {
    const broker = await written(commits, outputs);
    for (let attempt = 0; attempt < 3; attempt++) {
      const thrown: unknown = await recovering(broker).catch((error: unknown) => error);
      expect(thrown).toBeInstanceOf(EngineError);
      expect(thrown).toMatchObject({
        code: 'STATE_LOST',
        kind: 'config',
        message: expect.stringContaining(why) as string,
      });
    }
    expect(broker.commitsOf(0)).toHaveLength(commits.length);
  });

  it('begins a partition that has written nothing, whatever others have', async () => {
    expect(await recovering(await written([], [1, 2, 3]), 1)).toBe(1);
    expect(await recovering(new MemoryBroker())).toBe(1);
  });

  it('reads again what another wrote meanwhile, and takes that for no loss', async () => {
    const broker = await written([1, 2], [1, 2]);
    const ports = connect(broker);
    const owner = await ports.open(0);
    const [last] = broker.commitsOf(0).slice(-1);
    let hasWritten = false;
    const slow = connect(broker, async (call, when) => {
      if (call !== 'open' || when !== 'after' || hasWritten || last === undefined) return;
      hasWritten = true;
      const outbox = [{ id: '0.3.0', subject: 'cx.kpi.n', type: 'cx.kpi.changed', time: 0, data: null }];
      await owner.append({ ...last, number: 3, outbox }, signal);
      await ports.publish(outbox, signal);
    });
    const rest = { live: noLiveFeed, clock: new ManualClock(1_000_000), logger: silentLogger, signal };
    const { commit } = await recover({ partition: 0, def: echo, commits: slow, sink: slow, ...rest });
    expect(commit.number).toBe(4);
  });
});
