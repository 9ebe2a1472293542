/**
 * One subject whose messages form a chain: each is stored only if the one before it is still the last. Whoever else writes
 * to it breaks our chain, and we are refused from then on. That is what fences a writer that lost its partition.
 */
import { type JetStreamClient, JetStreamApiError, type JetStreamManager, type StoredMsg } from '@nats-io/jetstream';
import { headers, type NatsConnection, nuid } from '@nats-io/transport-node';
import { EngineError, reasonOf } from '../../core/errors.ts';
import type { Logger } from '../../core/types.ts';
import { answerOf, connectionOf, connectionState, pause } from '../nats/nats-connection.ts';

/** Names the attempt, so that a message whose acknowledgement was lost is known again. */
export const WRITE_HEADER = 'Earshot-Write';
/** Kept by the broker with the message: what was last when it was stored. */
export const EXPECTED_HEADER = 'Nats-Expected-Last-Subject-Sequence';

const FIRST_BACKOFF_MS = 25;
const LONGEST_BACKOFF_MS = 1000;
const LOG_EVERY_MS = 10_000;

export interface ChainContext {
  readonly nc: NatsConnection;
  readonly js: JetStreamClient;
  readonly jsm: JetStreamManager;
  readonly stream: string;
  readonly subject: string;
  readonly partition: number;
  readonly logger: Logger;
  readonly ackWithinMs: number;
}

export class CommitChain {
  readonly #context: ChainContext;
  readonly #writer = nuid.next();
  #count = 0;
  #last: number;
  #blocked: string | undefined;
  #fence: EngineError | undefined;

  /** `last`: stream sequence of the subject's last message; 0: it has none. */
  constructor(context: ChainContext, last: number) {
    this.#context = context;
    this.#last = last;
  }

  get last(): number {
    return this.#last;
  }

  blocked(): string | undefined {
    return this.#blocked;
  }

  /**
   * Stores the message and returns its sequence. Throws EngineError COMMIT_FENCED when another writer was faster, then and
   * ever after; retries everything else for ever. One call at a time.
   */
  async append(data: Uint8Array, signal: AbortSignal): Promise<number> {
    if (this.#fence !== undefined) throw this.#fence;
    const { nc, js, subject, ackWithinMs } = this.#context;
    this.#count += 1;
    const mark = `${this.#writer}.${String(this.#count)}`;
    let loggedAt = Number.NEGATIVE_INFINITY;
    for (let waitMs = FIRST_BACKOFF_MS; ; waitMs = Math.min(LONGEST_BACKOFF_MS, waitMs * 2)) {
      signal.throwIfAborted();
      const named = headers();
      named.set(WRITE_HEADER, mark);
      try {
        const expect = { lastSubjectSequence: this.#last };
        const ack = await answerOf(nc, js.publish(subject, data, { headers: named, expect, timeout: ackWithinMs }));
        return this.#isStored(ack.seq);
      } catch (error) {
        // Refused or unanswered, it may have been stored all the same, by an earlier attempt: the stream alone knows.
        const last = await this.#readLast(signal);
        if (last?.header.get(WRITE_HEADER) === mark) return this.#isStored(last.seq);
        if ((last?.seq ?? 0) !== this.#last) {
          this.#fence = new EngineError('COMMIT_FENCED', [this.#context.partition], { cause: error });
          throw this.#fence;
        }
        this.#blocked = `commits: ${reasonOf(error)}`;
        const now = connectionState(nc).clock.elapsed();
        if (now - loggedAt > LOG_EVERY_MS) {
          loggedAt = now;
          this.#complain(error);
        }
        await pause(waitMs, signal);
      }
    }
  }

  #isStored(seq: number): number {
    this.#last = seq;
    this.#blocked = undefined;
    return seq;
  }

  /** The subject's last message, asked for until there is an answer. */
  async #readLast(signal: AbortSignal): Promise<StoredMsg | null> {
    const { nc, jsm, stream, subject } = this.#context;
    for (let waitMs = FIRST_BACKOFF_MS; ; waitMs = Math.min(LONGEST_BACKOFF_MS, waitMs * 2)) {
      signal.throwIfAborted();
      try {
        await connectionOf(nc, signal);
        return await answerOf(nc, lastOf(jsm, stream, subject));
      } catch (error) {
        this.#blocked = `commits: ${reasonOf(error)}`;
        await pause(waitMs, signal);
      }
    }
  }

  #complain(error: unknown): void {
    const { logger, stream, partition } = this.#context;
    const reason = error instanceof JetStreamApiError ? error.message : reasonOf(error);
    const failure = new EngineError('PUBLISH_FAILED', [stream, reason]);
    logger.warn(failure.message, { code: failure.code, help: failure.help, partition });
  }
}

/** The last message of a subject; null: it has none. Asks the stream's leader, never a copy. */
export function lastOf(jsm: JetStreamManager, stream: string, subject: string): Promise<StoredMsg | null> {
  return jsm.streams.getMessage(stream, { last_by_subj: subject });
}
