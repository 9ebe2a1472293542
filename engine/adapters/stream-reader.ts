/**
 * Reads a stream in order from a position, through a pull consumer of its own that acknowledges nothing: the position is
 * ours. Written on the pull protocol itself, since the client's consumers stall for up to 45 s after a server restart and
 * bound their buffer only in their slower mode.
 */
import {
  AckPolicy,
  DeliverPolicy,
  type ConsumerInfo,
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamManager,
  jetstreamManager,
} from '@nats-io/jetstream';
import {
  createInbox,
  type Msg,
  type MsgHdrs,
  type NatsConnection,
  nuid,
  type Subscription,
} from '@nats-io/transport-node';
import { EngineError, reasonOf } from '../core/errors.ts';
import type { Logger, Millis, RawMessage } from '../core/types.ts';
import { answerOf, connectionOf, type ConnectionState, connectionState, pause } from './nats-connection.ts';
import { parseDelivery } from './delivery.ts';

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
  /** How many bytes one request may bring. */
  readonly maxBytes?: number;
  readonly logger: Logger;
  /** The stream goes on at `next`, though `expected` was due: what lay between is gone. */
  readonly onGap?: (expected: number, next: number) => void;
}

const EXPIRES_MS = 5000;
const HEARTBEAT_MS = 500;
/** Three heartbeats missed: the consumer, the server or the way to it is gone. */
const SILENCE_MS = 1600;
/** How often a silent consumer is asked whether it is right to be silent. */
const PROBE_MS = 2000;
/** The same for one that reads to the end and is waited for: what was still to come may have been purged. */
const PROBE_TO_END_MS = 200;
const COMPLAIN_EVERY_MS = 10_000;
const NANOS = 1_000_000;
const NO_HEADERS: Readonly<Record<string, string>> = {};

/** One life of the consumer: made anew whenever anything looks wrong. */
interface Generation {
  readonly consumer: string;
  readonly inbox: string;
  readonly subscription: Subscription;
  /** Messages asked for and not yet come. */
  credit: number;
  delivered: number;
  isOver: boolean;
  readonly end: () => void;
}

export class StreamReader {
  readonly #nc: NatsConnection;
  readonly #options: ReadOptions;
  readonly #state: ConnectionState;
  readonly #maxMessages: number;
  readonly #stopping = new AbortController();
  #jsm: JetStreamManager | undefined;
  #generation: Generation | undefined;
  #buffer: RawMessage[] = [];
  #last: number;
  #hasStarted: boolean;
  /** Messages the stream holds beyond the last received; undefined: not known. */
  #pending: number | undefined;
  #lastSign = 0;
  #lastMessage = 0;
  #isProbing = false;
  #isReadToEnd = false;
  #watchedAt = 0;
  #complainedAt = Number.NEGATIVE_INFINITY;
  #isTooLargeForMaxBytes = false;
  #failure: Error | undefined;
  #wake: (() => void) | undefined;

  constructor(nc: NatsConnection, options: ReadOptions) {
    this.#nc = nc;
    this.#options = options;
    this.#state = connectionState(nc);
    this.#maxMessages = options.maxMessages ?? 2048;
    this.#last = options.after;
    this.#hasStarted = options.after > 0;
    void this.#run();
  }

  /**
   * What has arrived, at most `max` messages, waiting for the first; undefined when the signal ends the wait or, with
   * `untilEnd`, when the stream holds no more. Throws EngineError STREAM_MISMATCH when the stream ends before the position.
   */
  async next(max: number, signal: AbortSignal, untilEnd = false): Promise<readonly RawMessage[] | undefined> {
    this.#isReadToEnd = untilEnd;
    const wake = (): void => this.#wake?.();
    signal.addEventListener('abort', wake);
    try {
      while (this.#buffer.length === 0) {
        if (this.#failure !== undefined) throw this.#failure;
        if (signal.aborted || (untilEnd && this.#pending === 0)) return undefined;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        this.#wake = undefined;
      }
    } finally {
      signal.removeEventListener('abort', wake);
    }
    if (signal.aborted) return undefined;
    const batch = this.#buffer.length <= max ? this.#buffer : this.#buffer.slice(0, max);
    this.#buffer = this.#buffer.length <= max ? [] : this.#buffer.slice(max);
    if (this.#generation !== undefined) this.#request(this.#generation);
    return batch;
  }

  /** True when all the stream holds was handed over, as far as a living consumer tells. */
  isDrained(): boolean {
    return (
      this.#buffer.length === 0 && this.#pending === 0 && this.#generation !== undefined && this.#state.connected()
    );
  }

  /** Messages received and not yet handed over. */
  buffered(): number {
    return this.#buffer.length;
  }

  close(): void {
    this.#stopping.abort();
    this.#retire();
  }

  #isClosed(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #run(): Promise<void> {
    const unwatch = this.#state.onDisconnect(() => this.#generation?.end());
    const watchdog = setInterval(() => this.#watch(), HEARTBEAT_MS / 2);
    const { signal } = this.#stopping;
    let waitMs = 50;
    try {
      while (!signal.aborted) {
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
        this.#retire();
      }
    } catch (error) {
      if (!this.#isClosed()) this.#failure = error instanceof Error ? error : new Error(String(error));
    } finally {
      clearInterval(watchdog);
      unwatch();
      this.#retire();
      this.#wake?.();
    }
  }

  #complain(error: unknown): void {
    const now = performance.now();
    if (now - this.#complainedAt < COMPLAIN_EVERY_MS) return;
    this.#complainedAt = now;
    const { logger, stream } = this.#options;
    logger.warn('cannot read the stream yet, trying on', { stream, error: reasonOf(error) });
  }

  /** Makes a consumer and lives with it until something ends it. */
  async #live(): Promise<void> {
    const { stream } = this.#options;
    // The server is asked in vain while it starts: do not wait long for an answer that won't come.
    this.#jsm ??= await jetstreamManager(this.#nc, { checkAPI: false, timeout: 2000 });
    const info = await answerOf(this.#nc, this.#jsm.streams.info(stream));
    if (this.#last > info.state.last_seq) {
      const why = `it ends at ${String(info.state.last_seq)}, but ${String(this.#last)} was read before: it was made anew or restored from an older copy`;
      throw new EngineError('STREAM_MISMATCH', [stream, why]);
    }
    const consumer = await answerOf(this.#nc, this.#addConsumer(this.#jsm));
    await new Promise<void>((end) => {
      const inbox = createInbox();
      const subscription = this.#nc.subscribe(inbox, {
        callback: (error, message) => {
          if (error === null) this.#receive(generation, message);
        },
      });
      const generation: Generation = {
        consumer: consumer.name,
        inbox,
        subscription,
        credit: 0,
        delivered: consumer.delivered.consumer_seq,
        isOver: false,
        end: () => {
          generation.isOver = true;
          end();
        },
      };
      this.#generation = generation;
      this.#pending = consumer.num_pending;
      this.#lastSign = this.#lastMessage = performance.now();
      this.#request(generation);
      if (this.#pending === 0) this.#wake?.();
      if (this.#stopping.signal.aborted) generation.end();
    });
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

  /** Asks for as much as there is room for, when half the room is free. */
  #request(generation: Generation): void {
    if (generation.isOver || generation !== this.#generation || !this.#state.connected()) return;
    const room = this.#maxMessages - this.#buffer.length - generation.credit;
    if (room < this.#maxMessages / 2 && !(generation.credit === 0 && this.#buffer.length === 0)) return;
    const isAlone = this.#isTooLargeForMaxBytes;
    const batch = isAlone ? 1 : room;
    if (generation.credit === 0) this.#lastSign = performance.now();
    generation.credit += batch;
    const request = {
      batch,
      expires: EXPIRES_MS * NANOS,
      idle_heartbeat: HEARTBEAT_MS * NANOS,
      ...(isAlone ? {} : { max_bytes: this.#options.maxBytes ?? 16 * 1024 * 1024 }),
    };
    this.#nc.publish(
      `$JS.API.CONSUMER.MSG.NEXT.${this.#options.stream}.${generation.consumer}`,
      JSON.stringify(request),
      {
        reply: generation.inbox,
      },
    );
  }

  #receive(generation: Generation, message: Msg): void {
    if (generation.isOver || generation !== this.#generation) return;
    this.#lastSign = performance.now();
    const reply = message.reply;
    if (reply === undefined || reply === '') {
      this.#hear(generation, message.headers);
      return;
    }
    const delivery = parseDelivery(reply);
    if (delivery === undefined) return;
    // The consumer counts its deliveries: a jump means that some were lost on the way here.
    if (delivery.consumerSeq !== generation.delivered + 1) {
      this.#options.logger.warn('deliveries were lost, reading again', { stream: this.#options.stream });
      generation.end();
      return;
    }
    generation.delivered = delivery.consumerSeq;
    generation.credit -= 1;
    if (delivery.streamSeq !== this.#last + 1 && this.#hasStarted)
      this.#options.onGap?.(this.#last + 1, delivery.streamSeq);
    this.#hasStarted = true;
    this.#last = delivery.streamSeq;
    this.#pending = delivery.pending;
    this.#lastMessage = this.#lastSign;
    this.#isTooLargeForMaxBytes = false;
    this.#buffer.push({
      subject: message.subject,
      headers: headerRecord(message.headers),
      data: message.data,
      seq: delivery.streamSeq,
      stored: delivery.stored,
    });
    this.#wake?.();
  }

  /** A status message: heartbeat, end of a request, or bad news. */
  #hear(generation: Generation, headers: MsgHdrs | undefined): void {
    const code = headers?.code ?? 0;
    if (code === 100) {
      const delivered = Number(headers?.get('Nats-Last-Consumer') ?? '');
      if (delivered > generation.delivered) generation.end();
      return;
    }
    const description = headers?.description ?? '';
    const isTooLarge = code === 409 && /maxbytes/i.test(description);
    if (code === 404 || code === 408 || isTooLarge) {
      const unused = Number(headers?.get('Nats-Pending-Messages') ?? '0');
      generation.credit = Math.max(0, generation.credit - unused);
      if (isTooLarge && this.#buffer.length === 0 && generation.credit === 0) this.#isTooLargeForMaxBytes = true;
      this.#request(generation);
      return;
    }
    this.#options.logger.warn('the consumer ended, making it anew', {
      stream: this.#options.stream,
      code,
      reason: description,
    });
    generation.end();
  }

  #watch(): void {
    const generation = this.#generation;
    const now = performance.now();
    // We stood still ourselves: what came meanwhile is not read yet, so that silence says nothing.
    if (now - this.#watchedAt > HEARTBEAT_MS) this.#lastSign = this.#lastMessage = now;
    this.#watchedAt = now;
    // Nothing asked for: the reader is slow, and the silence ours.
    if (generation === undefined || generation.isOver || !this.#state.connected() || generation.credit === 0) return;
    if (now - this.#lastSign > SILENCE_MS) {
      this.#options.logger.warn('the consumer is silent, making it anew', { stream: this.#options.stream });
      generation.end();
      return;
    }
    const probeMs = this.#isReadToEnd ? PROBE_TO_END_MS : PROBE_MS;
    if (now - this.#lastMessage > probeMs && !this.#isProbing) void this.#probe(generation);
  }

  /** Nothing comes: is there really nothing? */
  async #probe(generation: Generation): Promise<void> {
    if (this.#jsm === undefined) return;
    this.#isProbing = true;
    const before = this.#lastMessage;
    try {
      const info = await this.#jsm.consumers.info(this.#options.stream, generation.consumer);
      if (generation !== this.#generation || this.#lastMessage !== before) return;
      const now = performance.now();
      if (info.num_pending === 0) {
        this.#lastMessage = now;
        // What is delivered may still be on its way here.
        if (info.delivered.consumer_seq !== generation.delivered) return;
        this.#pending = 0;
        this.#wake?.();
      } else if (now - before > PROBE_MS) {
        this.#options.logger.warn('messages are pending and none come, making the consumer anew', {
          stream: this.#options.stream,
          pending: info.num_pending,
        });
        generation.end();
      }
    } catch (error) {
      // Any other failure shows in the missing heartbeats.
      if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.ConsumerNotFound) generation.end();
    } finally {
      this.#isProbing = false;
    }
  }

  #retire(): void {
    const generation = this.#generation;
    this.#generation = undefined;
    this.#pending = undefined;
    if (generation === undefined) return;
    generation.isOver = true;
    generation.end();
    if (this.#nc.isClosed()) return;
    generation.subscription.unsubscribe();
    if (!this.#state.connected()) return;
    // If this fails, the server removes it after its inactivity threshold.
    this.#jsm?.consumers.delete(this.#options.stream, generation.consumer).catch(() => false);
  }
}

function headerRecord(headers: MsgHdrs | undefined): Readonly<Record<string, string>> {
  if (headers === undefined) return NO_HEADERS;
  const record: Record<string, string> = {};
  for (const [name, values] of headers) record[name.toLowerCase()] = values[0] ?? '';
  return record;
}

/** Hands over all that the stream holds beyond `after` when it is called, in order, then ends. */
export async function readToEnd(
  nc: NatsConnection,
  options: ReadOptions,
  signal: AbortSignal,
  onBatch: (batch: readonly RawMessage[]) => boolean | undefined,
): Promise<void> {
  const reader = new StreamReader(nc, options);
  try {
    for (;;) {
      const batch = await reader.next(1024, signal, true);
      signal.throwIfAborted();
      if (batch === undefined || onBatch(batch) === false) return;
    }
  } finally {
    reader.close();
  }
}
