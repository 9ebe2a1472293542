/**
 * Stores messages in JetStream, many in flight at once: one reply subscription for all acknowledgements and a bounded
 * window. Whatever fails is sent again, for ever, from the first that is not acknowledged on, in the same order and with
 * the same ids, so that the order in the stream is kept as far as the broker allows and nothing is stored twice.
 */
import { createInbox, type Msg, type MsgHdrs, type NatsConnection, type Subscription } from '@nats-io/transport-node';
import { EngineError } from '../../core/errors.ts';
import type { Logger } from '../../core/types.ts';
import { EncodedHeaders, encodeHeaders } from './headers/encoded-headers.ts';
import type { ConnectionState } from './connection-state.ts';
import { abortReason, connectionState } from './nats-connection.ts';
import { parsePubAck } from './received/pub-ack.ts';
import { subjectNumberOf } from './received/received-message.ts';
import { SignalGroups } from '../process/signal-groups.ts';

export interface StorableMessage {
  readonly subject: string;
  /** Without line breaks. Must hold `Nats-Msg-Id`, unless being stored twice is harmless. */
  readonly headers: Readonly<Record<string, string>>;
  readonly data: Uint8Array;
}

/** The same, with headers that are encoded already. */
export interface EncodedMessage {
  readonly subject: string;
  readonly encoded: EncodedHeaders;
  readonly data: Uint8Array;
}

export interface PublisherOptions {
  readonly logger: Logger;
  /** Most messages in flight. */
  readonly window?: number;
  readonly ackWithinMs?: number;
  readonly onStored?: (stream: string, seq: number) => void;
}

const FIRST_BACKOFF_MS = 50;
const LONGEST_BACKOFF_MS = 2000;
const LOG_EVERY_MS = 10_000;
const CHECK_EVERY_MS = 250;
/** More than this is not sent before some of it is acknowledged: the client would keep a copy of all that the broker does not read. */
const MAX_IN_FLIGHT_BYTES = 16 * 1024 * 1024;

interface Entry {
  readonly subject: string;
  readonly header: EncodedHeaders;
  readonly data: Uint8Array;
  readonly group: Group;
  sentAt: number;
}
/** One call of `publish`. */
interface Group {
  left: number;
  isGone: boolean;
  readonly done: () => void;
  readonly abort: () => void;
}
export class Publisher {
  readonly #nc: NatsConnection;
  readonly #options: PublisherOptions;
  readonly #state: ConnectionState;
  readonly #window: number;
  readonly #inbox: string;
  readonly #subscription: Subscription;
  readonly #timer: NodeJS.Timeout;
  readonly #unwatch: readonly (() => void)[];
  #queue: Entry[] = [];
  #head = 0;
  /** Of all that is queued or in flight; and of what is in flight. */
  #bytes = 0;
  #inFlightBytes = 0;
  /** By token, oldest first. */
  #inFlight = new Map<number, Entry>();
  readonly #open = new SignalGroups<Group>(() => this.#forgetGone());
  #token = 0;
  #retryTimer: NodeJS.Timeout | undefined;
  #backoffMs = FIRST_BACKOFF_MS;
  #blocked: { readonly entry: Entry; readonly reason: string } | undefined;
  #loggedAt = Number.NEGATIVE_INFINITY;
  #checkedAt: number;
  #isClosed = false;

  constructor(nc: NatsConnection, options: PublisherOptions) {
    this.#nc = nc;
    this.#options = options;
    this.#state = connectionState(nc);
    this.#checkedAt = this.#state.clock.elapsed();
    this.#window = options.window ?? 2048;
    this.#inbox = createInbox();
    this.#subscription = nc.subscribe(`${this.#inbox}.*`, {
      callback: (error, message) => {
        if (error === null) this.#receive(message);
      },
    });
    this.#timer = setInterval(() => this.#checkAges(), CHECK_EVERY_MS);
    this.#unwatch = [
      this.#state.onReconnect(() => {
        this.#backoffMs = FIRST_BACKOFF_MS;
        this.#resend();
      }),
    ];
  }

  /**
   * Resolves when the broker has acknowledged all. Rejects with the signal's reason (what is in flight then may be stored
   * or not), or with EngineError PUBLISH_FAILED, nothing sent, when one is larger than the broker takes.
   */
  publish(messages: readonly (StorableMessage | EncodedMessage)[], signal: AbortSignal): Promise<void> {
    if (messages.length === 0) return Promise.resolve();
    return new Promise<void>((resolve, reject) => {
      if (signal.aborted || this.#isClosed) {
        reject(signal.aborted ? abortReason(signal) : new EngineError('PUBLISH_FAILED', ['NATS', 'it is closed']));
        return;
      }
      const group: Group = {
        left: messages.length,
        isGone: false,
        done: () => {
          this.#open.delete(signal, group);
          resolve();
        },
        abort: () => {
          group.isGone = true;
          reject(abortReason(signal));
        },
      };
      const entries: Entry[] = [];
      for (const message of messages) {
        const { subject, data } = message;
        const header = 'encoded' in message ? message.encoded : new EncodedHeaders(encodeHeaders(message.headers));
        if (header.length + data.length > this.maxBytes()) {
          const why = `${String(header.length + data.length)} bytes are more than the broker takes`;
          reject(new EngineError('PUBLISH_FAILED', [familyOf(subject), why]));
          return;
        }
        entries.push({ subject, header, data, group, sentAt: 0 });
      }
      this.#open.add(signal, group);
      for (const entry of entries) {
        this.#queue.push(entry);
        this.#bytes += sizeOf(entry);
      }
      this.#pump();
    });
  }

  /** Largest message, headers and data together, that the broker takes. */
  maxBytes(): number {
    return this.#nc.info?.max_payload ?? 1024 * 1024;
  }

  /** Why nothing gets through; undefined: it does. */
  blocked(): string | undefined {
    return this.#state.connected() ? this.#blocked?.reason : 'not connected to NATS';
  }

  /** Messages waiting to be sent or to be acknowledged. */
  depth(): number {
    return this.#queue.length - this.#head + this.#inFlight.size;
  }

  /** Of those messages, headers included. */
  bytes(): number {
    return this.#bytes;
  }

  /** Forgets what waits: its promises stay open. Close after the last `publish` has ended. */
  close(): void {
    this.#isClosed = true;
    clearInterval(this.#timer);
    clearTimeout(this.#retryTimer);
    for (const unwatch of this.#unwatch) unwatch();
    if (!this.#nc.isClosed()) this.#subscription.unsubscribe();
  }

  /** What nobody waits for any more must not stay here until the broker comes back. */
  #forgetGone(): void {
    this.#queue = this.#queue.slice(this.#head).filter(({ group }) => !group.isGone);
    this.#head = 0;
    for (const [token, { group }] of this.#inFlight) if (group.isGone) this.#inFlight.delete(token);
    this.#inFlightBytes = 0;
    for (const entry of this.#inFlight.values()) this.#inFlightBytes += sizeOf(entry);
    this.#bytes = this.#queue.reduce((sum, entry) => sum + sizeOf(entry), this.#inFlightBytes);
    if (this.#blocked?.entry.group.isGone === true) this.#blocked = undefined;
    this.#pump();
  }

  #pump(): void {
    if (this.#retryTimer !== undefined || this.#isClosed || !this.#state.connected()) return;
    while (this.#inFlight.size < this.#window && this.#head < this.#queue.length) {
      if (this.#inFlightBytes >= MAX_IN_FLIGHT_BYTES) break;
      const entry = this.#queue[this.#head];
      this.#head += 1;
      if (entry !== undefined) this.#send(entry);
    }
    if (this.#head === this.#queue.length) {
      this.#queue = [];
      this.#head = 0;
    } else if (this.#head > 4096) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
  }

  #send(entry: Entry): void {
    const token = ++this.#token;
    entry.sentAt = this.#state.clock.elapsed();
    this.#inFlight.set(token, entry);
    this.#inFlightBytes += sizeOf(entry);
    this.#nc.publish(entry.subject, entry.data, {
      reply: `${this.#inbox}.${String(token)}`,
      headers: entry.header as unknown as MsgHdrs,
    });
  }

  #receive(message: Msg): void {
    const token = subjectNumberOf(message, this.#inbox.length + 1);
    const entry = this.#inFlight.get(token);
    if (entry === undefined) return;
    const ack = parsePubAck(message.data, message.headers?.code ?? 0);
    if ('failure' in ack) {
      this.#fail(entry, ack.failure);
      return;
    }
    this.#inFlight.delete(token);
    this.#inFlightBytes -= sizeOf(entry);
    this.#bytes -= sizeOf(entry);
    this.#backoffMs = FIRST_BACKOFF_MS;
    if (this.#blocked?.entry === entry) this.#blocked = undefined;
    this.#options.onStored?.(ack.stream, ack.seq);
    const { group } = entry;
    group.left -= 1;
    if (group.left === 0 && !group.isGone) group.done();
    if (this.#head < this.#queue.length && this.#inFlight.size <= this.#window * 0.75) this.#pump();
  }

  /** Stops sending, waits, sends all that is unacknowledged again. */
  #fail(entry: Entry, reason: string): void {
    if (this.#retryTimer !== undefined) return;
    this.#blocked = { entry, reason: `${familyOf(entry.subject)}: ${reason}` };
    const now = this.#state.clock.elapsed();
    if (now - this.#loggedAt > LOG_EVERY_MS) {
      this.#loggedAt = now;
      const failure = new EngineError('PUBLISH_FAILED', [familyOf(entry.subject), reason]);
      this.#options.logger.warn(failure.message, { code: failure.code, help: failure.help, waiting: this.depth() });
    }
    this.#retryTimer = setTimeout(() => this.#resend(), this.#backoffMs);
    this.#backoffMs = Math.min(LONGEST_BACKOFF_MS, this.#backoffMs * 2);
  }

  #resend(): void {
    clearTimeout(this.#retryTimer);
    this.#retryTimer = undefined;
    if (this.#blocked?.entry.group.isGone === true) this.#blocked = undefined;
    const unacknowledged = [...this.#inFlight.values()].filter((entry) => !entry.group.isGone);
    this.#inFlight = new Map();
    this.#inFlightBytes = 0;
    this.#queue = [...unacknowledged, ...this.#queue.slice(this.#head)];
    this.#head = 0;
    this.#pump();
  }

  #checkAges(): void {
    const now = this.#state.clock.elapsed();
    // We stood still ourselves: the acknowledgements may have come, and only not been read.
    const stoodStill = now - this.#checkedAt > 4 * CHECK_EVERY_MS;
    this.#checkedAt = now;
    if (stoodStill) return;
    if (this.#retryTimer !== undefined || !this.#state.connected()) return;
    for (const entry of this.#inFlight.values()) {
      if (now - entry.sentAt > (this.#options.ackWithinMs ?? 5000)) this.#fail(entry, 'no acknowledgement');
      return; // they are in order: the first is the oldest
    }
  }
}

function sizeOf({ header, data }: Entry): number {
  return header.length + data.length;
}

/** The first two tokens of a subject: what follows may name a customer, who has no place in a log. */
function familyOf(subject: string): string {
  return subject.split('.', 2).join('.');
}
