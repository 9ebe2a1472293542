import { Kvm } from '@nats-io/kv';
import type { NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BrokerFixture, startBroker, until } from '../testing/broker.fixture.ts';
import { acquireLease, type Lease, type LeaseOptions, type LeaseWait } from './lease.ts';
import { hostIdentity } from './lease-holder.ts';
import { connectNats } from '../nats/nats-connection.ts';
import { onThisMachine } from '../../testing/rig/busy-machine.ts';

let broker: BrokerFixture;
const signal = new AbortController().signal;
beforeAll(async () => {
  broker = await startBroker();
});
afterAll(() => broker.close());

function acquire(partition: number, owner: string, more: Partial<LeaseOptions> = {}): Promise<Lease> {
  const options = { bucket: 'LEASES', partition, owner, logger: broker.logger, ttlMs: 900, renewEveryMs: 300 };
  return acquireLease(broker.nc, { ...options, ...more }, signal);
}
/** Of another host. */
const stranger = JSON.stringify({ owner: 'far 7', holder: 'h', host: 'far', process: { pid: 7, began: '1' } });
const whyLost = (lease: Lease): string => (lease.lost.reason as Error).message;

describe('acquireLease', () => {
  it('gives a partition to one at a time, and to the next when it is released', async () => {
    const first = await acquire(1, 'a');
    const second = { lease: undefined as Lease | undefined };
    const waiting = acquire(1, 'b').then((lease) => {
      second.lease = lease;
    });
    await new Promise((wake) => setTimeout(wake, 1500));
    expect(second.lease).toBeUndefined();
    expect(first.lost.aborted).toBe(false);
    const other = await acquire(2, 'b'); // another partition is free
    await other.release();
    await first.release();
    const released = performance.now();
    await waiting;
    expect(performance.now() - released).toBeLessThan(onThisMachine(500));
    expect(second.lease?.epoch).toBeGreaterThan(first.epoch);
    await second.lease?.release();
  });

  it('passes on when the owner stands still, and the owner has let go before', async () => {
    const clock = { offset: 0 };
    const stalled = await acquire(3, 'stalled', { clock: { elapsed: () => performance.now() + clock.offset } });
    // As after SIGSTOP: its timers have not run, then its clock has jumped.
    clock.offset = 10_000;
    await until(() => stalled.lost.aborted, 400);
    expect(whyLost(stalled)).toMatch(/^the lease of partition 3 is lost: this process stood still for 1\d{4} ms$/);
    const waits = new Set<string>();
    const next = await acquire(3, 'next', {
      onWait: ({ reason, isAnothers }) => void waits.add(`${reason} ${isAnothers}`),
    });
    // Nobody else had it.
    expect([...waits]).toEqual(['its lease of before has to expire first false']);
    expect(next.epoch).toBeGreaterThan(stalled.epoch);
    await stalled.release(); // must not take it from the next
    await new Promise((wake) => setTimeout(wake, 1200));
    expect(next.lost.aborted).toBe(false);
    await next.release();
  });

  it('goes to one after the other of engines that ask at the same moment, where there is no bucket yet', async () => {
    const connections = await Promise.all(
      [1, 2, 3, 4].map(() => connectNats({ servers: [broker.server.url] }, broker.logger)),
    );
    for (let round = 0; round < 10; round++) {
      const options = { bucket: `AT_ONCE_${String(round)}`, partition: 0, logger: broker.logger, ttlMs: 900 };
      let holders = 0;
      const epochs: number[] = [];
      const once = async (nc: NatsConnection, i: number): Promise<void> => {
        const lease = await acquireLease(nc, { ...options, owner: `engine ${String(i)}` }, signal);
        expect(++holders).toBe(1);
        epochs.push(lease.epoch);
        await new Promise((wake) => setTimeout(wake, 5));
        expect(lease.lost.aborted).toBe(false);
        holders--;
        await lease.release();
      };
      await Promise.all(connections.map(once));
      expect(epochs).toHaveLength(4);
      expect(epochs.toSorted((a, b) => a - b)).toEqual(epochs);
      expect(new Set(epochs).size).toBe(4);
    }
    await Promise.all(connections.map((nc) => nc.close()));
  });

  it('is taken at once when its owner has ended on this host', async () => {
    const dead = { owner: 'a', holder: 'h', host: hostIdentity(), process: { pid: process.pid, began: 'long ago' } };
    const kv = await new Kvm(broker.nc).create('LEASES', { ttl: 900, history: 1 });
    const left = await kv.create('partition.7', JSON.stringify(dead));
    const began = performance.now();
    const lease = await acquire(7, 'b');
    expect(performance.now() - began).toBeLessThan(onThisMachine(300));
    expect(lease.epoch).toBeGreaterThan(left);
    await until(async () => ((await kv.get('partition.7'))?.revision ?? 0) > lease.epoch, 2000);
    expect(lease.lost.aborted).toBe(false);
    await lease.release();
  });

  it('is lost when it is taken away, and when the broker cannot be reached for its length', async () => {
    const taken = await acquire(4, 'a');
    await broker.jsm.streams.purge('KV_LEASES', { filter: '$KV.LEASES.partition.4' });
    await until(() => taken.lost.aborted, 1000);
    expect(whyLost(taken)).toContain('its renewal was refused: it had expired');
    const replaced = await acquire(8, 'a');
    const kv = await new Kvm(broker.nc).create('LEASES', { ttl: 900, history: 1 });
    await kv.put('partition.8', stranger);
    await until(() => replaced.lost.aborted, 1000);
    expect(whyLost(replaced)).toContain('its renewal was refused: another instance (far 7) has it');
    const cut = await acquire(5, 'a');
    process.kill(broker.server.pid()!, 'SIGSTOP');
    const began = performance.now();
    await until(() => cut.lost.aborted, 2000);
    expect(performance.now() - began).toBeLessThan(onThisMachine(900));
    expect(whyLost(cut)).toContain('its renewal was not answered in time');
    const waits = new Set<string>();
    const again = acquire(5, 'a', { onWait: ({ reason, isAnothers }) => void waits.add(`${reason} ${isAnothers}`) });
    await until(() => waits.size > 0, 5000);
    expect([...waits][0]).toMatch(/^its lease cannot be asked for: .* false$/);
    process.kill(broker.server.pid()!, 'SIGCONT');
    await (await again).release();
  });

  it('says whose it is while it is waited for', async () => {
    const kv = await new Kvm(broker.nc).create('LEASES', { ttl: 900, history: 1 });
    await kv.put('partition.9', stranger);
    const waits: string[] = [];
    const onWait = ({ reason, isAnothers }: LeaseWait): void => void waits.push(`${reason} ${isAnothers}`);
    await (await acquire(9, 'a', { onWait })).release();
    await kv.put('partition.10', 'scribble');
    await (await acquire(10, 'a', { onWait })).release();
    expect([...new Set(waits)]).toEqual([
      'another instance runs it (far 7) true',
      'its lease is taken, by whom is not known false',
    ]);
  });

  it('outlives a kill of the server', async () => {
    const options = { bucket: 'LONG', partition: 6, owner: 'a', logger: broker.logger };
    const lease = await acquireLease(broker.nc, options, signal);
    await broker.kill();
    await new Promise((wake) => setTimeout(wake, 3500)); // longer than a lease that is not renewed
    expect(lease.lost.aborted).toBe(false);
    await lease.release();
  });
});
