/** A bucket of facts: made where it is missing, read with its history, and followed. */
import {
  AckPolicy,
  DeliverPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamManager,
} from '@nats-io/jetstream';
import { Kvm, type KV } from '@nats-io/kv';
import { nuid, type NatsConnection } from '@nats-io/transport-node';
import { jetstreamOf, managerOf } from '../nats/jetstream-api.ts';
import { EngineError } from '../../core/errors.ts';
import type { Logger, Millis } from '../../core/types.ts';
import { answerOf, connectionState, pause } from '../nats/nats-connection.ts';
import { jetstreamReason } from '../nats/nats-error-text.ts';
import { StreamReader } from '../streams/stream-reader.ts';
import { decodeFactKey } from './fact-key.ts';

/** Versions of a key that a bucket of ours keeps: as far back as events may be read again. */
export const FACT_HISTORY = 16;
const TIMEOUT_MS = 5000;
const MAX_BATCH = 512;
/** So long nothing of what was asked for came: perhaps it is no more. */
const STALLED_MS = 200;
/** Clocks drift apart by less than a millisecond in it. */
const HEARD_FOR_MS = 10_000;

export interface FactEntry {
  readonly key: string;
  /** null: deleted. */
  readonly text: string | null;
  readonly stored: Millis;
}

export interface FollowOptions {
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** In the order of storing. */
  readonly onEntry: (entry: FactEntry) => void;
  /** What was handed over is void: the bucket is another than it was, and is read from its beginning. */
  readonly onReset: () => void;
}

/** The bucket; made where it is missing. */
export async function openFactBucket(nc: NatsConnection, bucket: string, replicas: number): Promise<KV> {
  const kvm = new Kvm(jetstreamOf(nc, { timeout: TIMEOUT_MS }));
  const jsm = await managerOf(nc, { timeout: TIMEOUT_MS });
  try {
    await answerOf(nc, jsm.streams.info(streamOf(bucket)));
    return await answerOf(nc, kvm.open(bucket));
  } catch (error) {
    if (!isMissing(error)) throw error;
    return answerOf(nc, kvm.create(bucket, { history: FACT_HISTORY, replicas }));
  }
}

interface LastStored {
  readonly created: string;
  readonly last: number;
}

export class FollowedBucket {
  readonly #nc: NatsConnection;
  readonly #bucket: string;
  readonly #jsm: JetStreamManager;
  readonly #options: FollowOptions;
  readonly history: number;
  #reader: StreamReader;
  /** Everything up to this sequence was handed over. */
  #applied = 0;
  #onApplied: (() => void)[] = [];
  #asking: Promise<LastStored> | undefined;
  #next: Promise<LastStored> | undefined;
  /** When the bucket was made: another of its name has its own sequences. */
  #created: string;
  /** What the broker's clock said, and when. */
  #heard = { at: Number.NEGATIVE_INFINITY, now: 0 };

  private constructor(
    nc: NatsConnection,
    { bucket, created, history }: { readonly bucket: string; readonly created: string; readonly history: number },
    jsm: JetStreamManager,
    options: FollowOptions,
  ) {
    this.#nc = nc;
    this.#bucket = bucket;
    this.#created = created;
    this.#jsm = jsm;
    this.history = history;
    this.#options = options;
    this.#reader = this.#read();
  }

  static async open(
    nc: NatsConnection,
    { bucket, replicas }: { readonly bucket: string; readonly replicas: number },
    options: (history: number) => FollowOptions,
  ): Promise<FollowedBucket> {
    await openFactBucket(nc, bucket, replicas);
    const jsm = await managerOf(nc, { timeout: TIMEOUT_MS });
    const { config, created } = await answerOf(nc, jsm.streams.info(streamOf(bucket)));
    const history = Math.max(1, config.max_msgs_per_subject);
    return new FollowedBucket(nc, { bucket, created, history }, jsm, options(history));
  }

  /** Resolves when all that the bucket held when this was called was handed over. Throws FACTS_UNAVAILABLE. */
  async settled(signal: AbortSignal): Promise<void> {
    const { created, last } = await this.#lastStored();
    if (created !== this.#created) this.#restart(created);
    while (this.#applied < last) {
      signal.throwIfAborted();
      const came = await this.#progress(STALLED_MS, signal);
      // Deleted by hand since: nothing after it came either.
      if (!came && this.#applied < last && !(await this.#isStored(last))) this.#applied = last;
    }
  }

  /**
   * Resolves when something was handed over: false; or when everything was that the bucket stored until `until`: true. By the
   * broker's clock, which may differ from ours. Throws FACTS_UNAVAILABLE.
   */
  async known(until: Millis, signal: AbortSignal): Promise<boolean> {
    const leftMs = until - (await this.#brokerNow());
    if (leftMs >= 0) {
      await this.#progress(leftMs + 1, signal);
      signal.throwIfAborted();
      return false;
    }
    await this.settled(signal);
    return true;
  }

  close(): void {
    this.#reader.close();
  }

  /** The broker's clock, or a little before it: it says when it makes a consumer, in every version. */
  async #brokerNow(): Promise<Millis> {
    const { clock } = connectionState(this.#nc);
    if (clock.elapsed() - this.#heard.at > HEARD_FOR_MS) {
      const stream = streamOf(this.#bucket);
      try {
        const { name, created } = await answerOf(
          this.#nc,
          this.#jsm.consumers.add(stream, {
            ...{ name: `earshot-${nuid.next()}`, ack_policy: AckPolicy.None, deliver_policy: DeliverPolicy.New },
            ...{ inactive_threshold: 1_000_000_000, mem_storage: true, num_replicas: 1 },
          }),
        );
        this.#heard = { at: clock.elapsed(), now: Date.parse(created) };
        await answerOf(this.#nc, this.#jsm.consumers.delete(stream, name));
      } catch (error) {
        throw this.#unavailable(error);
      }
    }
    return this.#heard.now + (clock.elapsed() - this.#heard.at);
  }

  #read(): StreamReader {
    const { logger } = this.#options;
    const reader = new StreamReader(this.#nc, { stream: streamOf(this.#bucket), after: 0, logger });
    void this.#follow(reader);
    return reader;
  }

  async #follow(reader: StreamReader): Promise<void> {
    const { signal, onEntry, logger } = this.#options;
    const prefix = `$KV.${this.#bucket}.`;
    try {
      for (;;) {
        const batch = await reader.next(MAX_BATCH, signal);
        if (batch === undefined || reader !== this.#reader) return;
        for (const { subject, data, headers, stored, seq } of batch) {
          const isGone = headers['kv-operation'] !== undefined;
          const text = isGone ? null : new TextDecoder().decode(data);
          onEntry({ key: decodeFactKey(subject.slice(prefix.length)), text, stored });
          this.#applied = seq;
        }
        for (const done of this.#onApplied.splice(0)) done();
      }
    } catch (error) {
      if (!signal.aborted)
        logger.error('facts are no longer followed', { bucket: this.#bucket, why: jetstreamReason(error) });
    }
  }

  #restart(created: string): void {
    this.#reader.close();
    this.#created = created;
    this.#applied = 0;
    this.#options.onReset();
    this.#reader = this.#read();
  }

  /** What was stored last. One that asks while another waits for its answer asks again: that answer may be older. */
  #lastStored(): Promise<LastStored> {
    if (this.#asking === undefined) {
      this.#asking = this.#ask().finally(() => (this.#asking = undefined));
      return this.#asking;
    }
    this.#next ??= this.#asking
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined;
        return this.#lastStored();
      });
    return this.#next;
  }

  async #ask(): Promise<LastStored> {
    try {
      const { state, created } = await answerOf(this.#nc, this.#jsm.streams.info(streamOf(this.#bucket)));
      return { created, last: state.messages === 0 ? 0 : state.last_seq };
    } catch (error) {
      throw this.#unavailable(error);
    }
  }

  #unavailable(error: unknown): EngineError {
    const why = isMissing(error) ? 'there is no such bucket any more' : jetstreamReason(error);
    return new EngineError('FACTS_UNAVAILABLE', [this.#bucket, why], { cause: error });
  }

  /** Resolves when something was handed over: true; or when nothing came for a while. */
  async #progress(withinMs: Millis, signal: AbortSignal): Promise<boolean> {
    const waiting = new AbortController();
    const applied = new Promise<boolean>((resolve) => this.#onApplied.push(() => resolve(true)));
    const stalled = pause(withinMs, AbortSignal.any([signal, waiting.signal])).then(
      () => false,
      () => false,
    );
    const came = await Promise.race([applied, stalled]);
    waiting.abort();
    return came;
  }

  async #isStored(seq: number): Promise<boolean> {
    try {
      return (await answerOf(this.#nc, this.#jsm.streams.getMessage(streamOf(this.#bucket), { seq }))) !== null;
    } catch (error) {
      throw new EngineError('FACTS_UNAVAILABLE', [this.#bucket, jetstreamReason(error)], { cause: error });
    }
  }
}

const streamOf = (bucket: string): string => `KV_${bucket}`;

function isMissing(error: unknown): boolean {
  return error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound;
}

/** The values that stand, by key. */
export async function currentFacts(
  nc: NatsConnection,
  bucket: string,
  logger: Logger,
  signal: AbortSignal,
  onEntry: (entry: FactEntry) => void,
): Promise<void> {
  const reader = new StreamReader(nc, { stream: streamOf(bucket), after: 0, isToEnd: true, logger });
  try {
    for (;;) {
      const batch = await reader.next(MAX_BATCH, signal);
      if (batch === undefined) return;
      for (const { subject, data, headers, stored } of batch) {
        const text = headers['kv-operation'] === undefined ? new TextDecoder().decode(data) : null;
        onEntry({ key: decodeFactKey(subject.slice(`$KV.${bucket}.`.length)), text, stored });
      }
    }
  } finally {
    reader.close();
  }
}
