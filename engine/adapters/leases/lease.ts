/**
 * Ownership of a partition: a key in a KV bucket that expires unless its owner renews it. It keeps two instances from
 * working on the same partition for nothing; what keeps them from harm, should they all the same, is the commit chain.
 */
import { JetStreamApiError, jetstream } from '@nats-io/jetstream';
import { type KV, Kvm } from '@nats-io/kv';
import type { NatsConnection } from '@nats-io/transport-node';
import { EngineError, reasonOf } from '../../core/errors.ts';
import type { Logger, Millis } from '../../core/types.ts';
import { hasEnded, ownerOf, thisHolder } from './lease-holder.ts';
import { jetstreamReason } from '../nats/nats-error-text.ts';
import { answerOf, connectionOf, pause } from '../nats/nats-connection.ts';

export interface LeaseOptions {
  readonly bucket?: string;
  readonly partition: number;
  /** Names the instance to people. */
  readonly owner: string;
  readonly logger: Logger;
  /** How long a lease lives without being renewed; a bucket has one for all its leases. */
  readonly ttlMs?: Millis;
  readonly renewEveryMs?: Millis;
  /** The owner gives up that long before the lease ends. */
  readonly marginMs?: Millis;
  /** Called as long as the lease is waited for, with what is known of why. */
  readonly onWait?: (wait: LeaseWait) => void;
  /** Monotonic time, ms. */
  readonly monotonic?: () => number;
}

export interface LeaseWait {
  readonly reason: string;
  /** The lease names another instance. False: nobody is known to have it. */
  readonly isAnothers: boolean;
}

export interface Lease {
  /** Higher than that of every former lease of the bucket. */
  readonly epoch: number;
  /** Aborted, with EngineError LEASE_LOST, as soon as the lease may be somebody else's. */
  readonly lost: AbortSignal;
  /** Gives it up at once, for the next. */
  release(): Promise<void>;
}

export const LEASE_BUCKET = 'CX_LEASES';

/** Waits for the lease as long as another holds it. Rejects with the signal's reason. */
export async function acquireLease(nc: NatsConnection, options: LeaseOptions, signal: AbortSignal): Promise<Lease> {
  const ttlMs = options.ttlMs ?? 3000;
  const renewEveryMs = options.renewEveryMs ?? ttlMs / 3;
  const monotonic = options.monotonic ?? (() => performance.now());
  const key = `partition.${String(options.partition)}`;
  const value = JSON.stringify(thisHolder(options.owner));
  let reported = '';
  for (;;) {
    signal.throwIfAborted();
    await connectionOf(nc, signal);
    const asked = monotonic();
    try {
      const kv = await answerOf(nc, openBucket(nc, options.bucket ?? LEASE_BUCKET, ttlMs));
      const revision = await answerOf(nc, take(kv, key, value));
      options.logger.info('partition leased', { partition: options.partition, epoch: revision });
      return holdLease(nc, kv, { ...options, ttlMs, renewEveryMs, monotonic, key, value }, revision, asked);
    } catch (error) {
      signal.throwIfAborted();
      const wait = waitOf(error);
      options.onWait?.(wait);
      if (wait.reason !== reported) {
        reported = wait.reason;
        options.logger.info('waiting for the lease of the partition', {
          partition: options.partition,
          reason: reported,
        });
      }
    }
    // Servers before 2.11 tell no watcher that a key has expired, so ask.
    await pause(Math.max(50, ttlMs / 20), signal);
  }
}

function openBucket(nc: NatsConnection, bucket: string, ttlMs: Millis): Promise<KV> {
  return new Kvm(jetstream(nc, { timeout: 1000 })).create(bucket, { ttl: ttlMs, history: 1 });
}

/** Somebody has the lease: what is written into it; null: it changed hands just now. */
class LeaseHeld extends Error {
  readonly value: string | null;

  constructor(value: string | null, refusal: JetStreamApiError) {
    super(refusal.message, { cause: refusal });
    this.value = value;
  }
}

/** Its revision. One whose holder has ended on this host is taken at once. Throws LeaseHeld while somebody has it. */
async function take(kv: KV, key: string, value: string): Promise<number> {
  const held = await kv.get(key);
  const holder = held?.operation === 'PUT' ? held.string() : null;
  try {
    if (held !== null && holder !== null && hasEnded(holder)) return await kv.update(key, value, held.revision);
    return await kv.create(key, value);
  } catch (error) {
    throw error instanceof JetStreamApiError ? new LeaseHeld(holder, error) : error;
  }
}

function waitOf(error: unknown): LeaseWait {
  if (!(error instanceof LeaseHeld)) {
    return { reason: `its lease cannot be asked for: ${jetstreamReason(error)}`, isAnothers: false };
  }
  const owner = error.value === null ? null : ownerOf(error.value);
  if (owner === null) return { reason: 'its lease is taken, by whom is not known', isAnothers: false };
  return owner.isThis
    ? { reason: 'its lease of before has to expire first', isAnothers: false }
    : { reason: `another instance runs it (${owner.name})`, isAnothers: true };
}

function takenBy(value: string): string {
  const owner = ownerOf(value);
  return `its renewal was refused: ${owner === null ? 'somebody else' : `another instance (${owner.name})`} has it`;
}

interface HeldOptions extends LeaseOptions {
  readonly ttlMs: Millis;
  readonly renewEveryMs: Millis;
  readonly monotonic: () => number;
  readonly key: string;
  readonly value: string;
}

function holdLease(nc: NatsConnection, kv: KV, options: HeldOptions, epoch: number, asked: number): Lease {
  const { key, value, ttlMs, renewEveryMs, monotonic, partition, logger } = options;
  const lost = new AbortController();
  // Counted from when the broker was asked: it may have stored the renewal then, or later, never sooner.
  let safeUntil = asked + ttlMs - (options.marginMs ?? ttlMs / 6);
  let revision = epoch;
  let isRenewing = false;
  let isOver = false;
  /** Why the last renewal failed; undefined: it did not, as far as is known. */
  let failure: string | undefined;
  let lookedAt = asked;

  const lose = (reason: string): void => {
    if (isOver) return;
    isOver = true;
    clearInterval(timer);
    logger.warn('the lease is lost', { partition, epoch, reason });
    lost.abort(new EngineError('LEASE_LOST', [partition, reason]));
  };
  const renew = async (): Promise<void> => {
    isRenewing = true;
    const now = monotonic();
    try {
      revision = await answerOf(nc, kv.update(key, value, revision, renewEveryMs));
      safeUntil = now + ttlMs - (options.marginMs ?? ttlMs / 6);
      failure = undefined;
    } catch (error) {
      failure = reasonOf(error);
      if (error instanceof JetStreamApiError) await judge(error);
    } finally {
      isRenewing = false;
    }
  };
  /** Refused: by our own renewal, whose answer was lost, or because the lease is gone. */
  const judge = async (refusal: JetStreamApiError): Promise<void> => {
    try {
      const entry = await answerOf(nc, kv.get(key));
      if (entry?.operation === 'PUT' && entry.string() === value) revision = entry.revision;
      else lose(entry?.operation === 'PUT' ? takenBy(entry.string()) : 'its renewal was refused: it had expired');
    } catch (error) {
      logger.warn('the lease cannot be read', { partition, reason: reasonOf(error), refused: refusal.message });
    }
  };
  const unrenewed = (stoodMs: number): string => {
    if (stoodMs > renewEveryMs) return `this process stood still for ${String(Math.round(stoodMs))} ms`;
    return `its renewal was not answered in time${failure === undefined ? '' : `: ${failure}`}`;
  };
  let renewAt = asked + renewEveryMs;
  const timer = setInterval(
    () => {
      const now = monotonic();
      const stoodMs = now - lookedAt;
      lookedAt = now;
      if (now >= safeUntil) lose(unrenewed(stoodMs));
      else if (now >= renewAt && !isRenewing) {
        renewAt = now + renewEveryMs;
        void renew();
      }
    },
    Math.max(5, Math.min(100, ttlMs / 30)),
  );

  return {
    epoch,
    lost: lost.signal,
    release: async () => {
      if (isOver) return;
      isOver = true;
      clearInterval(timer);
      try {
        await answerOf(nc, kv.delete(key, { previousSeq: revision }));
      } catch (error) {
        logger.info('the lease will expire by itself', { partition, reason: reasonOf(error) });
      }
    },
  };
}
