/**
 * Ownership of a partition: a key in a KV bucket that expires unless its owner renews it. It keeps two instances from
 * working on the same partition for nothing; what keeps them from harm, should they all the same, is the commit chain.
 */
import { JetStreamApiError } from '@nats-io/jetstream';
import { type KV, Kvm } from '@nats-io/kv';
import type { NatsConnection } from '@nats-io/transport-node';
import { jetstreamOf } from '../nats/jetstream-api.ts';
import { EngineError, reasonOf } from '../../core/errors.ts';
import type { Clock, Logger, Millis } from '../../core/types.ts';
import { hasEnded, ownerOf, thisHolder } from './lease-holder.ts';
import { jetstreamReason } from '../nats/nats-error-text.ts';
import { answerOf, connectionOf, connectionState, pause } from '../nats/nats-connection.ts';

export interface LeaseOptions {
  readonly bucket?: string;
  readonly partition: number;
  /** Of what is no partition. */
  readonly key?: string;
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
  readonly clock?: Pick<Clock, 'elapsed'>;
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
const LEASE_TTL_MS: Millis = 3000;

/** Waits for the lease as long as another holds it. Rejects with the signal's reason. */
export async function acquireLease(nc: NatsConnection, options: LeaseOptions, signal: AbortSignal): Promise<Lease> {
  const ttlMs = options.ttlMs ?? LEASE_TTL_MS;
  const renewEveryMs = options.renewEveryMs ?? ttlMs / 3;
  const { elapsed } = options.clock ?? connectionState(nc).clock;
  const key = options.key ?? `partition.${String(options.partition)}`;
  const value = JSON.stringify(thisHolder(options.owner));
  let reported = '';
  for (;;) {
    signal.throwIfAborted();
    await connectionOf(nc, signal);
    const asked = elapsed();
    try {
      const kv = await answerOf(nc, openBucket(nc, options.bucket ?? LEASE_BUCKET, ttlMs));
      const revision = await answerOf(nc, take(kv, key, value));
      options.logger.info('partition leased', { partition: options.partition, epoch: revision });
      return new HeldLease(nc, kv, { ...options, ttlMs, renewEveryMs, elapsed, key, value }, revision, asked);
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
  return new Kvm(jetstreamOf(nc, { timeout: 1000 })).create(bucket, { ttl: ttlMs, history: 1 });
}

/** Who has the lease of a partition, for people; null: nobody whose process is known to live. */
export async function holderOfLease(
  nc: NatsConnection,
  partition: number,
  bucket = LEASE_BUCKET,
  ttlMs: Millis = LEASE_TTL_MS,
): Promise<string | null> {
  const kv = await answerOf(nc, openBucket(nc, bucket, ttlMs));
  const held = await answerOf(nc, kv.get(`partition.${String(partition)}`));
  if (held?.operation !== 'PUT' || hasEnded(held.string())) return null;
  return ownerOf(held.string())?.name ?? 'unknown'; // written by a stranger
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
  readonly elapsed: () => Millis;
  readonly key: string;
  readonly value: string;
}

/** A lease that is ours: renewed until it is released or lost. */
class HeldLease implements Lease {
  readonly epoch: number;
  readonly #nc: NatsConnection;
  readonly #kv: KV;
  readonly #options: HeldOptions;
  readonly #lost = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #revision: number;
  #safeUntil: Millis;
  #renewAt: Millis;
  #lookedAt: Millis;
  #isRenewing = false;
  #isOver = false;
  /** Why the last renewal failed; undefined: it did not, as far as is known. */
  #failure: string | undefined;

  /** @param asked when the broker was asked for it */
  constructor(nc: NatsConnection, kv: KV, options: HeldOptions, epoch: number, asked: Millis) {
    this.#nc = nc;
    this.#kv = kv;
    this.#options = options;
    this.epoch = this.#revision = epoch;
    this.#safeUntil = this.#safeFrom(asked);
    this.#renewAt = asked + options.renewEveryMs;
    this.#lookedAt = asked;
    this.#timer = setInterval(() => this.#look(), Math.max(5, Math.min(100, options.ttlMs / 30)));
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  async release(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    clearInterval(this.#timer);
    const { key, logger, partition } = this.#options;
    try {
      await answerOf(this.#nc, this.#kv.delete(key, { previousSeq: this.#revision }));
    } catch (error) {
      logger.info('the lease will expire by itself', { partition, reason: reasonOf(error) });
    }
  }

  /** Counted from when the broker was asked: it may have stored the renewal then, or later, never sooner. */
  #safeFrom(asked: Millis): Millis {
    const { ttlMs, marginMs = ttlMs / 6 } = this.#options;
    return asked + ttlMs - marginMs;
  }

  #look(): void {
    const now = this.#options.elapsed();
    const stoodMs = now - this.#lookedAt;
    this.#lookedAt = now;
    if (now >= this.#safeUntil) this.#lose(this.#unrenewed(stoodMs));
    else if (now >= this.#renewAt && !this.#isRenewing) {
      this.#renewAt = now + this.#options.renewEveryMs;
      void this.#renew();
    }
  }

  async #renew(): Promise<void> {
    const { key, value, renewEveryMs, elapsed } = this.#options;
    this.#isRenewing = true;
    const now = elapsed();
    try {
      this.#revision = await answerOf(this.#nc, this.#kv.update(key, value, this.#revision, renewEveryMs));
      this.#safeUntil = this.#safeFrom(now);
      this.#failure = undefined;
    } catch (error) {
      this.#failure = reasonOf(error);
      if (error instanceof JetStreamApiError) await this.#judge(error);
    } finally {
      this.#isRenewing = false;
    }
  }

  /** Refused: by our own renewal, whose answer was lost, or because the lease is gone. */
  async #judge(refusal: JetStreamApiError): Promise<void> {
    const { key, value, logger, partition } = this.#options;
    try {
      const entry = await answerOf(this.#nc, this.#kv.get(key));
      if (entry?.operation === 'PUT' && entry.string() === value) this.#revision = entry.revision;
      else this.#lose(entry?.operation === 'PUT' ? takenBy(entry.string()) : 'its renewal was refused: it had expired');
    } catch (error) {
      logger.warn('the lease cannot be read', { partition, reason: reasonOf(error), refused: refusal.message });
    }
  }

  #unrenewed(stoodMs: Millis): string {
    if (stoodMs > this.#options.renewEveryMs) return `this process stood still for ${String(Math.round(stoodMs))} ms`;
    return `its renewal was not answered in time${this.#failure === undefined ? '' : `: ${this.#failure}`}`;
  }

  #lose(reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearInterval(this.#timer);
    const { logger, partition } = this.#options;
    logger.warn('the lease is lost', { partition, epoch: this.epoch, reason });
    this.#lost.abort(new EngineError('LEASE_LOST', [partition, reason]));
  }
}
