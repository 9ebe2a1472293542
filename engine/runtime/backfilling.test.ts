import { describe, expect, it } from 'vitest';
import type { SavedChain } from '../core/saved-chain.ts';
import { START_OF_TIME, type Commit } from '../core/types.ts';
import { connect, MemoryBroker, type MemoryPorts } from '../testing/memory.ts';
import { backfilled } from './backfilling.ts';
import type { Recovered } from './commits/recovery.ts';

const first: Commit = {
  ...{ format: 1, epoch: 1, number: 1, position: 7, counters: {}, marks: {}, deltas: {}, fingerprints: {}, outbox: [] },
  time: { maxTs: START_OF_TIME, watermark: START_OF_TIME, lastArrival: START_OF_TIME },
};
const saved: SavedChain = { parts: { kpis: [1] }, fingerprints: {}, watermark: 5 };
const whole: SavedChain = { ...saved, parts: { kpis: [2] } };
const { signal } = new AbortController();

async function recovered(ports: MemoryPorts): Promise<Recovered> {
  const log = await ports.open(0);
  await log.append(first, signal);
  return { log, commit: first, provenAt: 1, saved, storedForwards: [], isReshaped: false };
}

describe('a partition that is filled before it runs', () => {
  it('proves that it is still its own, goes on with what was filled, and has it stored as a whole', async () => {
    const broker = new MemoryBroker();
    let dones = 0;
    const filled = await backfilled(
      await recovered(connect(broker)),
      (found) => {
        expect(found).toMatchObject({ saved, commit: { position: 7 } });
        return Promise.resolve({ saved: whole, done: () => (dones += 1) });
      },
      ...([signal, signal, () => 99] as const),
    );
    expect(filled).toMatchObject({ saved: whole, isReshaped: true, provenAt: 99, commit: { number: 2, position: 7 } });
    expect(broker.commitsOf(0).map(({ number }) => number)).toEqual([1, 2]);
    // Only once it is stored is it not asked again.
    expect(dones).toBe(0);
    filled.onStored();
    expect(dones).toBe(1);
  });

  it('writes nothing where there is nothing to fill, or no backfill is asked for', async () => {
    const broker = new MemoryBroker();
    const before = await recovered(connect(broker));
    for (const backfill of [undefined, () => Promise.resolve(undefined)]) {
      const after = await backfilled(before, backfill, signal, signal, () => 99);
      expect(after).toMatchObject({ saved, isReshaped: false, provenAt: 1, commit: { number: 1 } });
      after.onStored();
    }
    expect(broker.commitsOf(0)).toHaveLength(1);
  });

  it('writes nothing where another has the partition by then', async () => {
    const broker = new MemoryBroker();
    const before = await recovered(connect(broker));
    const takeOver = async (): Promise<{ saved: SavedChain; done(): void }> => {
      const other = await connect(broker).open(0);
      await other.append({ ...first, epoch: 2, number: 2 }, signal);
      return { saved: whole, done: () => undefined };
    };
    const filling = backfilled(before, takeOver, signal, signal, () => 99);
    await expect(filling).rejects.toMatchObject({ code: 'COMMIT_FENCED' });
    expect(broker.commitsOf(0).map(({ epoch }) => epoch)).toEqual([1, 2]);
  });
});
