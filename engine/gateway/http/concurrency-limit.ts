/** Lets so many pass at once, so many wait in line, and sends the rest away. */
import type { Queue } from '../../core/metrics.ts';

export class ConcurrencyLimit {
  readonly #name: string;
  readonly #atOnce: number;
  readonly #maxWaiting: number;
  readonly #waiting: (() => void)[] = [];
  #inside = 0;
  #refused = 0;

  constructor(name: string, atOnce: number, maxWaiting: number) {
    this.#name = name;
    this.#atOnce = atOnce;
    this.#maxWaiting = maxWaiting;
  }

  queue(): Queue {
    const depth = this.#inside + this.#waiting.length;
    return { queue: this.#name, depth, limit: this.#atOnce + this.#maxWaiting, refused: this.#refused };
  }

  /** What `work` gives; 'full': it was sent away. */
  async pass<T>(work: () => Promise<T>): Promise<T | 'full'> {
    if (this.#inside >= this.#atOnce) {
      if (this.#waiting.length >= this.#maxWaiting) {
        this.#refused += 1;
        return 'full';
      }
      // Whoever leaves hands its place over.
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else {
      this.#inside += 1;
    }
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#inside -= 1;
      else next();
    }
  }
}
