/** A histogram of milliseconds with fixed bounds, cheap to fill. */
export interface TallyCounts {
  /** Upper bounds in ms; the last count has none. */
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
  readonly sum: number;
}

const BOUNDS = [1, 2, 5, 10, 20, 50, 100, 250, 500, 1000, 2500];

export class Tally {
  readonly #counts = new Array<number>(BOUNDS.length + 1).fill(0);
  #sum = 0;

  add(ms: number): void {
    let i = 0;
    while (i < BOUNDS.length && ms > (BOUNDS[i] ?? 0)) i++;
    this.#counts[i] = (this.#counts[i] ?? 0) + 1;
    this.#sum += ms;
  }

  counts(): TallyCounts {
    return { bounds: BOUNDS, counts: [...this.#counts], sum: this.#sum };
  }
}
