/** The leases of several partitions, all at once or none of them. */
import type { NatsConnection } from '@nats-io/transport-node';
import { acquireLease, type Lease, type LeaseOptions, type LeaseWait } from './lease.ts';

/**
 * Waits until nobody has any of them. Meanwhile it holds none: whoever runs one partition and waits for another would wait
 * for us, as we for them. Rejects with the signal's reason.
 */
export async function acquireTogether(
  nc: NatsConnection,
  partitions: readonly number[],
  options: Omit<LeaseOptions, 'partition' | 'onWait'> & {
    /** Called as long as one is waited for. */
    readonly onWait?: (wait: LeaseWait & { readonly partition: number }) => void;
  },
  signal: AbortSignal,
): Promise<readonly Lease[]> {
  /** Waited for with empty hands: the one that was not available. */
  let next = partitions[0];
  while (next !== undefined) {
    const waited: number = next;
    next = undefined;
    const onWait = (wait: LeaseWait): void => options.onWait?.({ ...wait, partition: waited });
    const held = [await acquireLease(nc, { ...options, partition: waited, onWait }, signal)];
    try {
      for (const partition of partitions) {
        if (partition === waited) continue;
        const lease = await acquireAtOnce(nc, { ...options, partition, onWait }, signal);
        if (lease === undefined) {
          next = partition;
          break;
        }
        held.push(lease);
      }
    } catch (error) {
      await releaseAll(held);
      throw error;
    }
    if (next === undefined) return held;
    await releaseAll(held);
  }
  return [];
}

export async function releaseAll(leases: readonly Lease[]): Promise<void> {
  for (const lease of leases) await lease.release();
}

/** undefined: it is not available now. */
async function acquireAtOnce(
  nc: NatsConnection,
  options: LeaseOptions,
  signal: AbortSignal,
): Promise<Lease | undefined> {
  const giveUp = new AbortController();
  const onWait = (): void => giveUp.abort(new Error('not available now'));
  try {
    return await acquireLease(nc, { ...options, onWait }, AbortSignal.any([signal, giveUp.signal]));
  } catch (error) {
    if (signal.aborted || !giveUp.signal.aborted) throw error;
    return undefined;
  }
}
