/** Publishes what follows from one input alone, ahead of the commit: pipelined, in order, bounded. */
import type { Millis, Outgoing, Sink } from '../../core/types.ts';

/** More than this many messages unacknowledged: the chain waits. */
export const MAX_FORWARDS = 8192;
/**
 * More bytes than this on their way, what the last commit sends included: the chain waits. 8,192 messages of a few KiB fit;
 * of the largest that a broker takes they would be gigabytes.
 */
export const MAX_PENDING_BYTES = 32 * 1024 * 1024;

export class Forwarder {
  /** Since when nothing was acknowledged although something waits. */
  busySince: Millis | undefined;
  readonly #sink: Sink;
  readonly #signal: AbortSignal;
  readonly #now: () => Millis;
  readonly #onProgress: () => void;
  readonly #onFailure: (thrown: unknown) => void;
  readonly #pending = new Set<Promise<void>>();
  #outstanding = 0;

  constructor(
    sink: Sink,
    signal: AbortSignal,
    now: () => Millis,
    onProgress: () => void,
    onFailure: (thrown: unknown) => void,
  ) {
    this.#sink = sink;
    this.#signal = signal;
    this.#now = now;
    this.#onProgress = onProgress;
    this.#onFailure = onFailure;
  }

  /** Messages published and not yet acknowledged. */
  get outstanding(): number {
    return this.#outstanding;
  }

  get isFull(): boolean {
    return this.#outstanding >= MAX_FORWARDS || this.#sink.pendingBytes() >= MAX_PENDING_BYTES;
  }

  publish(messages: readonly Outgoing[]): void {
    // What waits below keeps the number alone: the messages themselves need not live until they are acknowledged.
    const count = messages.length;
    if (count === 0) return;
    this.#outstanding += count;
    this.busySince ??= this.#now();
    const published: Promise<void> = this.#sink.publish(messages, this.#signal).then(
      () => {
        this.#outstanding -= count;
        this.busySince = this.#outstanding > 0 ? this.#now() : undefined;
        this.#pending.delete(published);
        this.#onProgress();
      },
      (thrown: unknown) => {
        // It stays in the set: no commit may ever cover it.
        this.#onFailure(thrown);
        throw thrown;
      },
    );
    published.catch(() => undefined);
    this.#pending.add(published);
  }

  /** Resolves when everything published so far is acknowledged. */
  async drained(): Promise<void> {
    await Promise.all([...this.#pending]);
  }
}
