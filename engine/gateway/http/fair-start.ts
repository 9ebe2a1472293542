/**
 * So many requests begin in one iteration of the event loop; the rest wait for those after it, in order. Thousands fit into what
 * one client sends at once, and a server that answered them as they are read would hold the loop for seconds.
 */
const PER_ITERATION = 16;

export class FairStart {
  readonly #perIteration: number;
  readonly #nextIteration: (work: () => void) => void;
  readonly #waiting: (() => void)[] = [];
  #begun = 0;
  #asked = false;

  constructor(perIteration = PER_ITERATION, nextIteration: (work: () => void) => void = setImmediate) {
    this.#perIteration = perIteration;
    this.#nextIteration = nextIteration;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Undefined: it may begin at once. */
  next(): Promise<void> | undefined {
    this.#ask();
    if (this.#begun < this.#perIteration && this.#waiting.length === 0) {
      this.#begun += 1;
      return undefined;
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #ask(): void {
    if (this.#asked) return;
    this.#asked = true;
    this.#nextIteration(() => {
      this.#asked = false;
      const due = this.#waiting.splice(0, this.#perIteration);
      this.#begun = due.length;
      for (const begin of due) begin();
      if (due.length > 0) this.#ask();
    });
  }
}
