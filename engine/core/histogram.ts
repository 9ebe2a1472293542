/** A histogram of milliseconds with fixed bounds, cheap to fill. */
import { at } from './must.ts';

export interface HistogramView {
  /** Upper bounds of the buckets in ms, rising. */
  readonly bounds: readonly number[];
  /** One a bound, then those above the last; not cumulated. */
  readonly counts: readonly number[];
  readonly count: number;
  readonly sumMs: number;
  readonly maxMs: number;
}

/** 0.25, 0.5, 1, … 8192. */
export const POWERS_OF_TWO_MS: readonly number[] = Array.from({ length: 16 }, (_, i) => 0.25 * 2 ** i);
/** 1 ms to 2.5 s, in steps that people read. */
export const ROUND_STEPS_MS: readonly number[] = [1, 2, 5, 10, 20, 50, 100, 250, 500, 1000, 2500];

export class Histogram {
  readonly #bounds: readonly number[];
  readonly #counts: number[];
  #count = 0;
  #sumMs = 0;
  #maxMs = 0;

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = new Array<number>(bounds.length + 1).fill(0);
  }

  record(ms: number): void {
    const bounds = this.#bounds;
    let bucket = 0;
    while (bucket < bounds.length && ms > at(bounds, bucket)) bucket++;
    this.#counts[bucket] = at(this.#counts, bucket) + 1;
    this.#count++;
    this.#sumMs += ms;
    if (ms > this.#maxMs) this.#maxMs = ms;
  }

  view(): HistogramView {
    return {
      bounds: this.#bounds,
      counts: [...this.#counts],
      count: this.#count,
      sumMs: this.#sumMs,
      maxMs: this.#maxMs,
    };
  }
}

/** What so great a part (0…1) of all took at most: a bucket's bound, or the greatest there was. null: there is nothing. */
export function atMost(views: readonly HistogramView[], part: number): number | null {
  const [first] = views;
  if (first === undefined) return null;
  const counts = first.counts.map((_, i) => views.reduce((sum, view) => sum + at(view.counts, i), 0));
  const count = counts.reduce((sum, n) => sum + n, 0);
  const most = Math.max(...views.map(({ maxMs }) => maxMs));
  let seen = 0;
  for (const [i, n] of counts.entries()) {
    seen += n;
    if (count > 0 && seen >= part * count) return Math.min(first.bounds[i] ?? most, most); // above the last bound
  }
  return null;
}
