import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BrokerFixture, startBroker } from '../testing/broker.fixture.ts';
import { acquireLease, type Lease } from './lease.ts';
import { acquireTogether, releaseAll } from './leases-together.ts';
import { onThisMachine } from '../../testing/rig/busy-machine.ts';

let broker: BrokerFixture;
const signal = new AbortController().signal;
beforeAll(async () => {
  broker = await startBroker();
});
afterAll(() => broker.close());

const options = (owner: string) => ({ owner, logger: broker.logger, bucket: 'TOGETHER', ttlMs: 900 });
const one = (partition: number, owner = 'one'): Promise<Lease> =>
  acquireLease(broker.nc, { ...options(owner), partition }, signal);
const together = (partitions: readonly number[], ending = signal): Promise<readonly Lease[]> =>
  acquireTogether(broker.nc, partitions, options('all'), ending);

describe('acquireTogether', () => {
  it('holds nothing while it waits, so that whoever runs one of them can have the others', async () => {
    const second = await one(2);
    const taken: (readonly Lease[])[] = [];
    const waiting = together([1, 2, 3]).then((leases) => taken.push(leases));
    // Time enough to take what is free.
    await new Promise((wake) => setTimeout(wake, 300));
    const others = await Promise.race([
      Promise.all([one(1), one(3)]),
      new Promise<null>((resolve) => setTimeout(resolve, 3_000, null)),
    ]);
    expect(others).not.toBeNull();
    await releaseAll([second, ...(others ?? [])].slice(0, 2));
    await new Promise((wake) => setTimeout(wake, 500));
    expect(taken).toEqual([]);
    await others?.[1].release();
    await waiting;
    expect(taken[0]).toHaveLength(3);
    await releaseAll(taken[0] ?? []);
  });

  it('goes to one after the other of several that ask at the same moment', async () => {
    const order: number[] = [];
    let holders = 0;
    const asked = [1, 2, 3, 4].map(async (who) => {
      const leases = await together([4, 5, 6]);
      expect(++holders).toBe(1);
      await new Promise((wake) => setTimeout(wake, 50));
      order.push(who);
      holders--;
      await releaseAll(leases);
    });
    await Promise.all(asked);
    expect(order.sort()).toEqual([1, 2, 3, 4]);
  });

  it('ends when asked to, with nothing in its hands', async () => {
    const held = await one(8);
    const stop = new AbortController();
    const waiting = together([7, 8], stop.signal);
    await new Promise((wake) => setTimeout(wake, 300));
    stop.abort(new Error('stopped'));
    await expect(waiting).rejects.toThrow('stopped');
    const began = performance.now();
    await (await one(7)).release();
    expect(performance.now() - began).toBeLessThan(onThisMachine(500));
    await held.release();
  });
});
