/**
 * Reads a stream in order from a position, through consumers of its own: the position is ours, so that a consumer is
 * nothing to lose. The client's consumers are not used: they stall for up to 45 s after a server restart, and bound their
 * buffer only in their slower mode.
 */
import { AckPolicy, type ConsumerInfo, DeliverPolicy, type JetStreamManager } from '@nats-io/jetstream';
import { type NatsConnection, nuid } from '@nats-io/transport-node';
import { managerOf } from '../nats/jetstream-api.ts';
import { EngineError, reasonOf } from '../../core/errors.ts';
import type { Logger, Millis, RawMessage } from '../../core/types.ts';
import { answerOf, connectionOf, connectionState, pause } from '../nats/nats-connection.ts';
import { jetstreamReason } from '../nats/nats-error-text.ts';
import { HEARTBEAT_MS, PullConsumer } from '../nats/pull-consumer.ts';

export interface ReadOptions {
  readonly stream: string;
  /** A subject of the stream; all by default. */
  readonly filter?: string;
  /** Headers without the data. */
  readonly isHeadersOnly?: boolean;
  /** Read what follows this sequence. */
  readonly after: number;
  /** Read what was stored from then on, where that is later than `after`. */
  readonly from?: Millis;
  /** How many messages may be here unread. */
  readonly maxMessages?: number;
  /** How many bytes one request may bring, and how many may be here unread before the next. */
  readonly maxBytes?: number;
  /** How long the server answers one request. */
  readonly expiresMs?: number;
  /** `next` says when the stream holds no more, instead of waiting. */
  readonly isToEnd?: boolean;
  readonly logger: Logger;
  /** The stream goes on at `next`, though `expected` was due: what lay between is gone. */
  readonly onGap?: (expected: number, next: number) => void;
}

const COMPLAIN_EVERY_MS = 10_000;
/** A batch holds no more, but for one message that is larger. */
const BATCH_BYTES = 4 * 1024 * 1024;
const NANOS = 1_000_000;

export class StreamReader {
  readonly #nc: NatsConnection;
  readonly #options: ReadOptions;
  readonly #stopping = new AbortController();
  #jsm: JetStreamManager | undefined;
  #consumer: PullConsumer | undefined;
  #buffer: RawMessage[] = [];
  /** Of the data in the buffer. */
  #bytes = 0;
  #last: number;
  /** Last sequence of the stream when the first consumer was made. */
  #end = Number.POSITIVE_INFINITY;
  #hasStarted: boolean;
  #complainedAt = Number.NEGATIVE_INFINITY;
  #failure: Error | undefined;
  #wake: (() => void) | undefined;

  constructor(nc: NatsConnection, options: ReadOptions) {
    this.#nc = nc;
    this.#options = options;
    this.#last = options.after;
    this.#hasStarted = options.after > 0;
    void this.#run();
  }

  /**
   * What has arrived, at most `max` messages and some MiB, waiting for the first; undefined when the signal ends the wait or, with
   * `isToEnd`, when the stream holds no more. Throws EngineError STREAM_RECREATED when the stream ends before the position.
   */
  async next(max: number, signal: AbortSignal): Promise<readonly RawMessage[] | undefined> {
    if (this.#buffer.length === 0 && !(await this.#hasArrived(signal))) return undefined;
    if (signal.aborted) return undefined;
    const batch = this.#cut(max);
    this.#consumer?.request();
    return batch;
  }

  /** False: the signal, or the end, came before any message. */
  async #hasArrived(signal: AbortSignal): Promise<boolean> {
    const wake = (): void => this.#wake?.();
    signal.addEventListener('abort', wake);
    try {
      while (this.#buffer.length === 0) {
        if (this.#failure !== undefined) throw this.#failure;
        if (signal.aborted || (this.#options.isToEnd === true && this.#isAtEnd())) return false;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        this.#wake = undefined;
      }
    } finally {
      signal.removeEventListener('abort', wake);
    }
    return true;
  }

  #cut(max: number): readonly RawMessage[] {
    let [count, bytes] = [0, 0];
    for (const { data } of this.#buffer) {
      if (count === max || (count > 0 && bytes + data.length > BATCH_BYTES)) break;
      count += 1;
      bytes += data.length;
    }
    const batch = count === this.#buffer.length ? this.#buffer : this.#buffer.slice(0, count);
    this.#buffer = count === this.#buffer.length ? [] : this.#buffer.slice(count);
    this.#bytes -= bytes;
    return batch;
  }

  /**
   * After a purge a server's count of what is pending may stay too high (seen on 2.9.10), and a writer may be busy: so the
   * end is also where the stream ended when reading began.
   */
  #isAtEnd(): boolean {
    return this.#last >= this.#end || this.isDrained();
  }

  /** True when all the stream holds was handed over, as far as a living consumer tells. */
  isDrained(): boolean {
    return this.#buffer.length === 0 && (this.#consumer?.isDrained() ?? false);
  }

  /** Messages received and not yet handed over. */
  buffered(): number {
    return this.#buffer.length;
  }

  bufferedBytes(): number {
    return this.#bytes;
  }

  close(): void {
    this.#stopping.abort();
    this.#consumer?.end();
  }

  #isClosed(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #run(): Promise<void> {
    const unwatch = connectionState(this.#nc).onDisconnect(() => this.#consumer?.end());
    const watchdog = setInterval(() => this.#consumer?.watch(), HEARTBEAT_MS / 2);
    const { signal } = this.#stopping;
    let waitMs = 50;
    try {
      while (!this.#isClosed()) {
        try {
          await connectionOf(this.#nc, signal);
          await this.#live();
          waitMs = 50;
        } catch (error) {
          if (error instanceof EngineError || this.#isClosed()) throw error;
          this.#complain(error);
          await pause(waitMs, signal);
          waitMs = Math.min(1000, waitMs * 2);
        }
      }
    } catch (error) {
      if (!this.#isClosed()) this.#failure = error instanceof Error ? error : new Error(String(error));
    } finally {
      clearInterval(watchdog);
      unwatch();
      this.#noteTrouble(null);
      this.#wake?.();
    }
  }

  #complain(error: unknown): void {
    this.#noteTrouble(jetstreamReason(error));
    const now = connectionState(this.#nc).clock.elapsed();
    if (now - this.#complainedAt < COMPLAIN_EVERY_MS) return;
    this.#complainedAt = now;
    const { logger, stream } = this.#options;
    logger.warn('cannot read the stream yet, trying on', { stream, error: reasonOf(error) });
  }

  /** The reader tries on: whoever waits for it learns why from the connection. */
  #noteTrouble(reason: string | null): void {
    connectionState(this.#nc).noteTrouble(`the stream ${this.#options.stream} cannot be read`, reason);
  }

  /** Makes a consumer and lives with it until something ends it. */
  async #live(): Promise<void> {
    const { stream, logger, isToEnd, maxMessages, maxBytes, expiresMs } = this.#options;
    // The server is asked in vain while it starts: do not wait long for an answer that won't come.
    this.#jsm ??= await managerOf(this.#nc, { timeout: 2000 });
    const { state } = await answerOf(this.#nc, this.#jsm.streams.info(stream));
    if (this.#last > state.last_seq) {
      throw new EngineError('STREAM_RECREATED', [stream, state.last_seq, this.#last]);
    }
    this.#end = Math.min(this.#end, state.last_seq);
    const info = await answerOf(this.#nc, this.#addConsumer(this.#jsm));
    const consumer = new PullConsumer(this.#nc, this.#jsm, info, {
      stream,
      logger,
      maxMessages: maxMessages ?? 2048,
      maxBytes: maxBytes ?? 16 * 1024 * 1024,
      ...(expiresMs !== undefined ? { expiresMs } : {}),
      isReadToEnd: isToEnd === true,
      unread: () => this.#buffer.length,
      unreadBytes: () => this.#bytes,
      onMessage: (message) => this.#take(message),
      onDrained: () => this.#wake?.(),
    });
    this.#consumer = consumer;
    this.#noteTrouble(null);
    this.#wake?.();
    if (this.#isClosed() || !connectionState(this.#nc).connected()) consumer.end();
    await consumer.ended;
    this.#consumer = undefined;
  }

  #take(message: RawMessage): void {
    const expected = this.#last + 1;
    if (message.seq !== expected && this.#hasStarted) this.#options.onGap?.(expected, message.seq);
    this.#hasStarted = true;
    this.#last = message.seq;
    this.#buffer.push(message);
    this.#bytes += message.data.length;
    this.#wake?.();
  }

  #addConsumer(jsm: JetStreamManager): Promise<ConsumerInfo> {
    const { stream, filter, from, isHeadersOnly } = this.#options;
    const isByTime = from !== undefined && !this.#hasStarted;
    return jsm.consumers.add(stream, {
      name: `earshot-${nuid.next()}`,
      ack_policy: AckPolicy.None,
      deliver_policy: isByTime ? DeliverPolicy.StartTime : DeliverPolicy.StartSequence,
      ...(isByTime ? { opt_start_time: new Date(from).toISOString() } : { opt_start_seq: this.#last + 1 }),
      ...(filter !== undefined ? { filter_subject: filter } : {}),
      ...(isHeadersOnly === true ? { headers_only: true } : {}),
      inactive_threshold: 30_000 * NANOS,
      mem_storage: true,
      num_replicas: 1,
    });
  }
}

/** Hands over all that the stream holds beyond `after`, in order, until its end or until `onBatch` says false. */
export async function readToEnd(
  nc: NatsConnection,
  options: ReadOptions,
  signal: AbortSignal,
  onBatch: (batch: readonly RawMessage[]) => boolean | undefined,
): Promise<void> {
  const reader = new StreamReader(nc, { ...options, isToEnd: true });
  try {
    for (;;) {
      const batch = await reader.next(1024, signal);
      signal.throwIfAborted();
      if (batch === undefined || onBatch(batch) === false) return;
    }
  } finally {
    reader.close();
  }
}
