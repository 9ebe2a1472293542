/**
 * A mode of the harness: after every step of a partition (an event, a window that closes, a batch that is prepared, a call of
 * a port before and after its effect) the event loop goes on, in microtasks or macrotasks, as a seed says. Whatever else runs
 * in the process runs in between; what comes out must not depend on it.
 */
import type { BatchStage, Clock, Millis } from '../core/types.ts';
import type { Fault } from './memory.ts';

/** More than the slice for which a partition may hold the event loop. */
const A_SLICE_MS: Millis = 10;
const MOST_YIELDS_A_STEP = 4;

export class RandomYields {
  /** How often the event loop went on because of this. */
  count = 0;
  #state: number;
  #elapsed: Millis = 0;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** At least 0, less than `most`; of the seed alone. */
  below(most: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * most);
  }

  /** Gives way some times, perhaps none. */
  async pause(): Promise<void> {
    for (let left = this.below(MOST_YIELDS_A_STEP + 1); left > 0; left -= 1) {
      this.count += 1;
      if (this.below(2) === 0) await Promise.resolve();
      else await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** For `connect` to a MemoryBroker: every call of a port waits before its effect, and after. */
  fault(inner: Fault = () => undefined): Fault {
    return async (call, when) => {
      await this.pause();
      await inner(call, when);
    };
  }

  /** Whoever asks how long it has held the event loop hears, half of the time, that it was too long. */
  clock(clock: Clock): Clock {
    return {
      now: () => clock.now(),
      sleepUntil: (time, signal) => clock.sleepUntil(time, signal),
      elapsed: () => {
        if (this.below(2) === 0) this.#elapsed += A_SLICE_MS;
        return this.#elapsed;
      },
    };
  }

  stage<A, B>(stage: BatchStage<A, B>): BatchStage<A, B> {
    return {
      name: stage.name,
      apply: async (batch, signal) => {
        await this.pause();
        const prepared = await stage.apply(batch, signal);
        await this.pause();
        return prepared;
      },
    };
  }
}
