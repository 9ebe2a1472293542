/**
 * The way to the instances that share partitions: beats over core NATS, which nobody stores, and the table in a KV bucket, changed by
 * compare-and-set.
 */
import { JetStreamApiError } from '@nats-io/jetstream';
import { type KV, type KvEntry, Kvm } from '@nats-io/kv';
import type { NatsConnection } from '@nats-io/transport-node';
import type { SharingPort, StoredTable } from '../../core/partition/shared-ownership.ts';
import { answerOf } from '../nats/nats-connection.ts';
import { jetstreamOf } from '../nats/jetstream-api.ts';
import { holderOfLease } from './lease.ts';
import { hasEnded, ownerOf } from './lease-holder.ts';
import { decodeBeat, decodeTable, encodeBeat, encodeTable } from './sharing-format.ts';

export const OWNERS_BUCKET = 'CX_OWNERS';
export const MEMBERS_SUBJECT = 'cx.members';
const TABLE_KEY = 'table';

export interface SharingPortOptions {
  readonly replicas: number;
  readonly bucket?: string;
  readonly subject?: string;
  readonly leases?: string;
}

export function jetstreamSharing(nc: NatsConnection, options: SharingPortOptions): SharingPort {
  const { bucket = OWNERS_BUCKET, subject = MEMBERS_SUBJECT, replicas, leases } = options;
  const names = new Map<string, string>();
  let opened: KV | undefined;
  const open = async (): Promise<KV> =>
    (opened ??= await answerOf(
      nc,
      new Kvm(jetstreamOf(nc, { timeout: 1000 })).create(bucket, { replicas, history: 1 }),
    ));
  /** A bucket that somebody removed is made again at the next try. */
  const asked = async <T>(ask: (kv: KV) => Promise<T>): Promise<T> => {
    const kv = await open();
    try {
      return await answerOf(nc, ask(kv));
    } catch (error) {
      if (!isRefusal(error)) opened = undefined;
      throw error;
    }
  };
  return {
    say: (beat) => {
      if (!nc.isClosed()) nc.publish(subject, encodeBeat(beat));
    },
    hear: (listener) => {
      const subscription = nc.subscribe(subject, {
        callback: (error, message) => {
          const beat = error === null ? decodeBeat(message.data) : null;
          if (beat !== null) listener(beat);
        },
      });
      return () => {
        if (!nc.isClosed()) subscription.unsubscribe();
      };
    },
    read: async () => storedIn(await asked((kv) => kv.get(TABLE_KEY))),
    write: async (table, revision) => {
      try {
        return await asked((kv) => kv.put(TABLE_KEY, encodeTable(table), { previousSeq: revision }));
      } catch (error) {
        if (isRefusal(error)) return null;
        throw error;
      }
    },
    hasEnded: (holder) => hasEnded(holder),
    nameOf: (holder) => {
      let name = names.get(holder);
      if (name === undefined) {
        name = ownerOf(holder)?.name ?? 'unknown'; // written by a stranger
        if (names.size > 1000) names.clear();
        names.set(holder, name);
      }
      return name;
    },
    leasedBy: (item) => holderOfLease(nc, item, leases),
  };
}

function storedIn(entry: KvEntry | null): StoredTable {
  if (entry === null) return { table: null, revision: 0 };
  return { table: entry.operation === 'PUT' ? decodeTable(entry.value) : null, revision: entry.revision };
}

/** Wrong last sequence: somebody wrote since. */
function isRefusal(error: unknown): boolean {
  return error instanceof JetStreamApiError && [10071, 10164].includes(error.code);
}
