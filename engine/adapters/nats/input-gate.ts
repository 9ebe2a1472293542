/**
 * What the gateway puts into the input (events, decisions of people) and waits for: bounded, so that a broker that is away or
 * full costs neither memory nor every connection. Whoever does not get in, or is not acknowledged in time, is refused and
 * sends again: with the same ids nothing counts twice.
 */
import type { Queue } from '../../core/metrics.ts';
import type { Publisher, StorableMessage } from './publisher.ts';

export interface InputGateOptions {
  /** Callers waiting: fewer than the requests the gateway takes, so that others still get theirs. */
  readonly maxRequests?: number;
  /** Messages waiting for their acknowledgement. */
  readonly maxMessages?: number;
  /** Their bytes. */
  readonly maxBytes?: number;
  /** A caller that waits longer is answered without an acknowledgement. */
  readonly withinMs?: number;
}

/** `full`: nothing was sent. `late`: not acknowledged in time, stored perhaps. */
export type Outcome = 'stored' | 'full' | 'late';

export class InputGate {
  readonly #publisher: Publisher;
  readonly #signal: AbortSignal;
  readonly #maxRequests: number;
  readonly #maxMessages: number;
  readonly #maxBytes: number;
  readonly #withinMs: number;
  /** Of the callers waiting. */
  readonly #open = new Set<AbortController>();
  #requests = 0;
  #messages = 0;
  #bytes = 0;
  readonly refusals = { full: 0, late: 0 };

  /** `signal`: ends all waiting. */
  constructor(publisher: Publisher, signal: AbortSignal, options: InputGateOptions = {}) {
    this.#publisher = publisher;
    this.#signal = signal;
    this.#maxRequests = options.maxRequests ?? 256;
    this.#maxMessages = options.maxMessages ?? 4096;
    this.#maxBytes = options.maxBytes ?? 32 * 1024 * 1024;
    this.#withinMs = options.withinMs ?? 10_000;
    // One listener for all: signals warn of more than ten.
    const end = (): void => this.#open.forEach((one) => one.abort(signal.reason));
    signal.addEventListener('abort', end, { once: true });
  }

  /** What waits, by name, and at most. */
  queues(): readonly Queue[] {
    const refused = this.refusals.full;
    return [
      { queue: 'input_requests', depth: this.#requests, limit: this.#maxRequests, refused },
      { queue: 'input_messages', depth: this.#messages, limit: this.#maxMessages },
      { queue: 'input_bytes', depth: this.#bytes, limit: this.#maxBytes },
    ];
  }

  /** `stored` only once the broker has acknowledged all of them. Rejects as `Publisher.publish` does. */
  async store(messages: readonly StorableMessage[]): Promise<Outcome> {
    const bytes = messages.reduce((sum, { data }) => sum + data.length, 0);
    // One batch alone always gets in: its size has a limit of its own.
    const isFull =
      this.#requests >= this.#maxRequests ||
      this.#messages + messages.length > this.#maxMessages ||
      this.#bytes + bytes > this.#maxBytes;
    if (isFull && this.#requests > 0) {
      this.refusals.full += 1;
      return 'full';
    }
    this.#requests += 1;
    this.#messages += messages.length;
    this.#bytes += bytes;
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), this.#withinMs);
    this.#open.add(late);
    if (this.#signal.aborted) late.abort(this.#signal.reason);
    try {
      await this.#publisher.publish(messages, late.signal);
      return 'stored';
    } catch (thrown) {
      if (!late.signal.aborted || this.#signal.aborted) throw thrown;
      this.refusals.late += 1;
      return 'late';
    } finally {
      clearTimeout(timer);
      this.#open.delete(late);
      this.#requests -= 1;
      this.#messages -= messages.length;
      this.#bytes -= bytes;
    }
  }
}
