/**
 * One life of a consumer that acknowledges nothing, on the pull protocol itself: asks for as much as it may hold unread,
 * and ends as soon as anything looks wrong: then the reader makes another.
 */
import { type ConsumerInfo, JetStreamApiCodes, JetStreamApiError, type JetStreamManager } from '@nats-io/jetstream';
import { createInbox, type Msg, type NatsConnection, type Subscription } from '@nats-io/transport-node';
import type { Logger, RawMessage } from '../../core/types.ts';
import type { ConnectionState } from './connection-state.ts';
import { apiPrefixOf } from './jetstream-api.ts';
import { connectionState } from './nats-connection.ts';
import { parseDelivery } from './received/delivery-info.ts';
import { headersOf, replyOf, subjectOf } from './received/received-message.ts';

export interface PullConsumerOptions {
  readonly stream: string;
  /** Most messages asked for and unread together. */
  readonly maxMessages: number;
  /** Most bytes one request may bring. */
  readonly maxBytes: number;
  /** The server answers one request for so long. */
  readonly expiresMs?: number;
  /** Whoever reads waits for the end of the stream. */
  readonly isReadToEnd: boolean;
  readonly logger: Logger;
  /** Messages received and not yet read. */
  readonly unread: () => number;
  /** Their bytes: at `maxBytes` no more are asked for. */
  readonly unreadBytes: () => number;
  readonly onMessage: (message: RawMessage) => void;
  /** The stream holds nothing beyond what was received. */
  readonly onDrained: () => void;
}

export const HEARTBEAT_MS = 500;
const EXPIRES_MS = 5000;
/** A request that ran out is announced as ended within this; 2.9 forgets to where a message comes at that very moment. */
const UNANNOUNCED_MS = 100;
/** Three heartbeats missed: the consumer, the server or the way to it is gone. */
const SILENCE_MS = 1600;
/** How often a silent consumer is asked whether it is right to be silent. */
const PROBE_MS = 2000;
/** The same when the end is waited for: what was still to come may have been purged. */
const PROBE_TO_END_MS = 200;
const NANOS = 1_000_000;

export class PullConsumer {
  /** Resolves when it has ended. */
  readonly ended: Promise<void>;
  readonly #nc: NatsConnection;
  readonly #jsm: JetStreamManager;
  readonly #options: PullConsumerOptions;
  readonly #state: ConnectionState;
  readonly #name: string;
  /** Of a request: this and its number. The server tells there how it ended; what it brings comes by its own subject. */
  readonly #inbox = createInbox();
  readonly #expiresMs: number;
  readonly #subscription: Subscription;
  #resolveEnded: () => void = () => undefined;
  #isOver = false;
  /** Not ended as far as is known, oldest first. Which of them brought a message is not known: the oldest that can. */
  #requests: { readonly number: number; readonly sentAt: number; open: number }[] = [];
  #asked = 0;
  #isCheckDue = false;
  /** The consumer's own count of its deliveries. */
  #delivered: number;
  #pending: number;
  #lastSign: number;
  #lastMessage: number;
  #watchedAt: number;
  #isProbing = false;
  #isTooLargeForMaxBytes = false;

  constructor(nc: NatsConnection, jsm: JetStreamManager, info: ConsumerInfo, options: PullConsumerOptions) {
    this.#nc = nc;
    this.#jsm = jsm;
    this.#options = options;
    this.#state = connectionState(nc);
    this.#lastSign = this.#lastMessage = this.#watchedAt = this.#state.clock.elapsed();
    this.#name = info.name;
    this.#delivered = info.delivered.consumer_seq;
    this.#pending = info.num_pending;
    this.#expiresMs = options.expiresMs ?? EXPIRES_MS;
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
    this.#subscription = nc.subscribe(`${this.#inbox}.*`, {
      callback: (error, message) => {
        if (error === null) this.#receive(message);
      },
    });
    this.request();
    if (this.#pending === 0) options.onDrained();
  }

  /** Nothing is in the stream beyond what was received. */
  isDrained(): boolean {
    return this.#pending === 0 && !this.#isOver && this.#state.connected();
  }

  /** Asks for as much as it may hold unread, once half of that is free. */
  request(): void {
    if (this.#isOver || !this.#state.connected()) return;
    const { maxMessages, maxBytes, stream } = this.#options;
    const unread = this.#options.unread();
    const credit = this.#credit();
    const free = maxMessages - unread - credit;
    if (free < maxMessages / 2 && !(credit === 0 && unread === 0)) return;
    if (this.#options.unreadBytes() >= maxBytes) return;
    const isAlone = this.#isTooLargeForMaxBytes;
    const batch = isAlone ? 1 : free;
    const sentAt = this.#state.clock.elapsed();
    if (credit === 0) this.#lastSign = sentAt;
    const number = ++this.#asked;
    this.#requests.push({ number, sentAt, open: batch });
    const request = {
      batch,
      expires: this.#expiresMs * NANOS,
      idle_heartbeat: Math.min(HEARTBEAT_MS, this.#expiresMs / 2) * NANOS,
      ...(isAlone ? {} : { max_bytes: maxBytes }),
    };
    this.#nc.publish(`${apiPrefixOf(this.#nc)}.CONSUMER.MSG.NEXT.${stream}.${this.#name}`, JSON.stringify(request), {
      reply: `${this.#inbox}.${String(number)}`,
    });
    if (!this.#isCheckDue) this.#check();
  }

  /** Messages asked for and not yet come. */
  #credit(): number {
    return this.#requests.reduce((sum, { open }) => sum + open, 0);
  }

  /** When the oldest request must have ended: if that was not announced, it has all the same. */
  #check(): void {
    const [oldest] = this.#requests;
    this.#isCheckDue = oldest !== undefined && !this.#isOver;
    if (oldest === undefined || this.#isOver) return;
    const dueMs = Math.max(0, oldest.sentAt + this.#expiresMs + UNANNOUNCED_MS - this.#state.clock.elapsed());
    setTimeout(() => {
      if (this.#isOver) return;
      const before = this.#state.clock.elapsed() - this.#expiresMs - UNANNOUNCED_MS;
      // After a pause of ours the word may lie unread: it is looked for once more.
      if (this.#requests.some(({ sentAt }) => sentAt <= before)) {
        setImmediate(() => {
          this.#requests = this.#requests.filter(({ sentAt }) => sentAt > before);
          this.request();
          this.#check();
        });
      } else this.#check();
    }, dueMs).unref();
  }

  /** To be called every HEARTBEAT_MS / 2. */
  watch(): void {
    const now = this.#state.clock.elapsed();
    // We stood still ourselves: what came meanwhile is not read yet, so that silence says nothing.
    if (now - this.#watchedAt > HEARTBEAT_MS) this.#lastSign = this.#lastMessage = now;
    this.#watchedAt = now;
    // Nothing asked for: the reader is slow, and the silence ours.
    if (this.#isOver || !this.#state.connected() || this.#credit() === 0) return;
    if (now - this.#lastSign > SILENCE_MS) {
      this.#options.logger.warn('the consumer is silent, recreating it', { stream: this.#options.stream });
      this.end();
      return;
    }
    const probeMs = this.#options.isReadToEnd ? PROBE_TO_END_MS : PROBE_MS;
    if (now - this.#lastMessage > probeMs && !this.#isProbing) void this.#probe();
  }

  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#resolveEnded();
    if (this.#nc.isClosed()) return;
    this.#subscription.unsubscribe();
    if (!this.#state.connected()) return;
    // If this fails, the server removes it after its inactivity threshold.
    this.#jsm.consumers.delete(this.#options.stream, this.#name).catch(() => false);
  }

  #receive(message: Msg): void {
    if (this.#isOver) return;
    this.#lastSign = this.#state.clock.elapsed();
    const reply = replyOf(message);
    if (reply === undefined) {
      this.#hear(message);
      return;
    }
    const delivery = parseDelivery(reply);
    if (delivery === undefined) return;
    // The consumer counts its deliveries: a jump means that some were lost on the way here.
    if (delivery.consumerSeq !== this.#delivered + 1) {
      this.#options.logger.warn('deliveries were lost, reading again', { stream: this.#options.stream });
      this.end();
      return;
    }
    this.#delivered = delivery.consumerSeq;
    const [oldest] = this.#requests;
    if (oldest !== undefined && --oldest.open === 0) this.#requests.shift();
    this.#pending = delivery.pending;
    this.#lastMessage = this.#lastSign;
    this.#isTooLargeForMaxBytes = false;
    this.#options.onMessage({
      subject: subjectOf(message),
      headers: headersOf(message),
      data: message.data,
      seq: delivery.streamSeq,
      stored: delivery.stored,
    });
  }

  /** A status message: heartbeat, end of a request, or bad news. */
  #hear({ subject, headers }: Msg): void {
    const code = headers?.code ?? 0;
    if (code === 100) {
      const delivered = Number(headers?.get('Nats-Last-Consumer') ?? '');
      if (delivered > this.#delivered) this.end();
      return;
    }
    const description = headers?.description ?? '';
    const isTooLarge = code === 409 && /maxbytes/i.test(description);
    // Newer servers say so of a request that brought all that it asked for.
    const isDone = code === 409 && /batch completed/i.test(description);
    if (code === 404 || code === 408 || isTooLarge || isDone) {
      this.#end(Number(subject.slice(this.#inbox.length + 1)), Number(headers?.get('Nats-Pending-Messages') ?? '0'));
      if (isTooLarge && this.#options.unread() === 0 && this.#credit() === 0) this.#isTooLargeForMaxBytes = true;
      this.request();
      return;
    }
    const fields = { stream: this.#options.stream, code, reason: description };
    this.#options.logger.warn('the consumer ended, recreating it', fields);
    this.end();
  }

  /** A request ended and did not bring so many messages: what it was thought to lack beyond that, or less, others do. */
  #end(number: number, unused: number): void {
    const ended = this.#requests.find((request) => request.number === number);
    this.#requests = this.#requests.filter((request) => request !== ended);
    let more = (ended?.open ?? 0) - unused;
    for (const request of this.#requests) {
      const open = Math.max(0, request.open + more);
      more -= open - request.open;
      request.open = open;
    }
    this.#requests = this.#requests.filter(({ open }) => open > 0);
  }

  /** Nothing comes: is there really nothing? */
  async #probe(): Promise<void> {
    this.#isProbing = true;
    const before = this.#lastMessage;
    try {
      const info = await this.#jsm.consumers.info(this.#options.stream, this.#name);
      if (this.#isOver || this.#lastMessage !== before) return;
      const now = this.#state.clock.elapsed();
      if (info.num_pending === 0) {
        this.#lastMessage = now;
        // What is delivered may still be on its way here.
        if (info.delivered.consumer_seq !== this.#delivered) return;
        this.#pending = 0;
        this.#options.onDrained();
      } else if (now - before > PROBE_MS) {
        const fields = { stream: this.#options.stream, pending: info.num_pending };
        this.#options.logger.warn('messages are pending and none come, recreating the consumer', fields);
        this.end();
      }
    } catch (error) {
      // Any other failure shows in the missing heartbeats.
      if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.ConsumerNotFound) this.end();
    } finally {
      this.#isProbing = false;
    }
  }
}
