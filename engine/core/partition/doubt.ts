/**
 * When it was last not known whether this process still owns what it runs, by the wall clock: noted by one thread, seen by all of the
 * process.
 */
import { cellAt } from '../must.ts';
import type { Millis } from '../types.ts';

export class Doubt {
  readonly memory: SharedArrayBuffer;
  readonly #at: Float64Array;

  /** `memory`: of the one that notes it. */
  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(8)) {
    this.memory = memory;
    this.#at = new Float64Array(memory);
  }

  note(at: Millis): void {
    this.#at[0] = at;
  }

  /** 0: never. */
  readonly at = (): Millis => cellAt(this.#at, 0);
}
