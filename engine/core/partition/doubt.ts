/**
 * How often it was not known whether this process still owns what it runs: counted by one thread, seen by all of the process. Counted,
 * not timed: a clock that is set back would leave it in doubt until that time comes again.
 */
import { cellAt } from '../must.ts';

export class Doubt {
  readonly memory: SharedArrayBuffer;
  readonly #count: Float64Array;

  /** `memory`: of the one that notes it. */
  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(8)) {
    this.memory = memory;
    this.#count = new Float64Array(memory);
  }

  note(): void {
    this.#count[0] = this.count() + 1;
  }

  readonly count = (): number => cellAt(this.#count, 0);
}
