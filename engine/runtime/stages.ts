/** The stateless stages, run ahead of the chain: several batches at once, handed on in their order. */
import { EngineError } from '../core/errors.ts';
import { placeOf } from '../core/text/place-of.ts';
import type { BatchStage, Clock, Logger, Millis } from '../core/types.ts';

/** What `first` makes goes through `second`. */
export function pipeStages<A, B, C>(first: BatchStage<A, B>, second: BatchStage<B, C>): BatchStage<A, C> {
  return {
    name: `${first.name} ${second.name}`,
    async apply(batch, signal) {
      return second.apply(await first.apply(batch, signal), signal);
    },
  };
}

export interface RunAheadOptions<In, Out> {
  readonly batches: AsyncIterable<readonly In[]>;
  readonly stage: BatchStage<In, Out>;
  /** Batches under way or ready and not yet taken: at this many the source is not asked for more. */
  readonly limit: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** Called when `take()` may give something new. */
  readonly onReady: () => void;
}

const RETRY_FIRST_MS = 100;
const RETRY_LONGEST_MS = 5000;

interface Slot<Out> {
  results?: readonly Out[];
  failure?: { readonly thrown: unknown };
  /** Why it is being tried again. */
  blockedBy?: string;
}

/**
 * Ordered, bounded pipeline. A stage that fails with an io error is tried again, that call alone, with growing pauses,
 * while everything behind it waits; any other failure ends the run, after what came before it was taken.
 */
export class RunAhead<In, Out> {
  readonly #options: RunAheadOptions<In, Out>;
  readonly #slots: Slot<Out>[] = [];
  #hasEnded = false;
  #onSpace: (() => void) | undefined;

  constructor(options: RunAheadOptions<In, Out>) {
    this.#options = options;
    void this.#pump();
  }

  /** Why the next batch keeps failing; undefined: it does not. */
  get blockedBy(): string | undefined {
    return this.#slots[0]?.blockedBy;
  }

  /** Batches read and not yet taken. */
  get pending(): number {
    return this.#slots.length;
  }

  /** Nothing more will come: the input ended, or the signal was given. */
  get hasEnded(): boolean {
    return this.#hasEnded && this.#slots.length === 0;
  }

  /** The next batch, if it is ready. Throws what ended the pipeline when everything before it was taken. */
  take(): readonly Out[] | undefined {
    const first = this.#slots[0];
    if (first?.failure !== undefined) throw first.failure.thrown;
    if (first?.results === undefined) return undefined;
    this.#slots.shift();
    this.#onSpace?.();
    return first.results;
  }

  async #pump(): Promise<void> {
    const { batches, limit, signal, onReady } = this.#options;
    try {
      for await (const batch of batches) {
        if (signal.aborted) break;
        void this.#fill(batch);
        if (this.#slots.length >= limit && !(await this.#hasSpace())) break;
      }
    } catch (thrown) {
      if (!signal.aborted) this.#slots.push({ failure: { thrown } });
    }
    this.#hasEnded = true;
    onReady();
  }

  async #fill(batch: readonly In[]): Promise<void> {
    const slot: Slot<Out> = {};
    this.#slots.push(slot);
    try {
      slot.results = await this.#apply(batch, slot);
    } catch (thrown) {
      slot.failure = { thrown };
    }
    this.#options.onReady();
  }

  async #apply(batch: readonly In[], slot: Slot<Out>): Promise<readonly Out[]> {
    const { stage, clock, logger, signal } = this.#options;
    let pauseMs: Millis = RETRY_FIRST_MS;
    for (;;) {
      try {
        const results = await stage.apply(batch, signal);
        if (results.length !== batch.length) {
          throw new Error(`${results.length} results for ${batch.length} messages`);
        }
        return results;
      } catch (thrown) {
        if (signal.aborted) throw thrown;
        if (!(thrown instanceof EngineError)) {
          throw new EngineError('OPERATOR_FAILED', [stage.name, placeOf(thrown)], { cause: thrown });
        }
        if (thrown.kind !== 'io') throw thrown;
        slot.blockedBy = thrown.message;
        logger.warn('stage failed, trying again', { stage: stage.name, code: thrown.code, pause_ms: pauseMs });
        await clock.sleepUntil(clock.now() + pauseMs, signal);
        pauseMs = Math.min(pauseMs * 2, RETRY_LONGEST_MS);
      }
    }
  }

  /** Resolves when a batch was taken; false: the signal was given. */
  #hasSpace(): Promise<boolean> {
    const { signal } = this.#options;
    return new Promise((resolve) => {
      const done = (): void => {
        this.#onSpace = undefined;
        signal.removeEventListener('abort', done);
        resolve(!signal.aborted);
      };
      this.#onSpace = done;
      signal.addEventListener('abort', done);
      if (signal.aborted) done();
    });
  }
}
