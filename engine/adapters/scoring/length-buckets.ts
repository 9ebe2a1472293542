/**
 * What waits to be scored, sorted by length, so that a batch pads little: a batch is cut when a bucket holds enough for one,
 * or when its oldest text has waited long enough; then shorter texts fill it up.
 */
import { at } from '../../core/must.ts';
export interface Waiting {
  readonly text: string;
  /** When it came, on the clock that `take` is asked with. */
  readonly since: number;
}

export interface BucketLimits {
  /** Texts a batch. */
  readonly texts: number;
  /** UTF-16 units a batch; one text alone may be longer. */
  readonly units: number;
  readonly deadlineMs: number;
}

/** Longest text of each bucket but the last, in UTF-16 units. */
const BOUNDS = [32, 64, 128, 256, 512];

export class LengthBuckets<T extends Waiting> {
  readonly #limits: BucketLimits;
  readonly #buckets: T[][] = [...BOUNDS.map((): T[] => []), []];
  #size = 0;

  constructor(limits: BucketLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#size;
  }

  add(item: T): void {
    this.#size++;
    const length = item.text.length;
    let bucket = 0;
    while (bucket < BOUNDS.length && length > at(BOUNDS, bucket)) bucket++;
    at(this.#buckets, bucket).push(item);
  }

  /** When the oldest text is due, whether its batch is full or not; undefined: nothing waits. */
  dueAt(): number | undefined {
    let oldest: number | undefined;
    for (const bucket of this.#buckets) {
      const since = bucket[0]?.since;
      if (since !== undefined && (oldest === undefined || since < oldest)) oldest = since;
    }
    return oldest === undefined ? undefined : oldest + this.#limits.deadlineMs;
  }

  /** The next batch, overdue texts first; empty: nothing is due yet. */
  take(now: number): T[] {
    let chosen = -1;
    let oldest = now - this.#limits.deadlineMs;
    this.#buckets.forEach((bucket, i) => {
      const since = bucket[0]?.since;
      if (since !== undefined && since <= oldest) {
        oldest = since;
        chosen = i;
      }
    });
    if (chosen < 0) chosen = this.#buckets.findIndex((bucket) => bucket.length >= this.#limits.texts);
    const batch: T[] = [];
    let units = 0;
    for (let i = chosen; i >= 0; i--) {
      const bucket = at(this.#buckets, i);
      let taken = 0;
      while (taken < bucket.length && batch.length < this.#limits.texts) {
        const item = bucket[taken];
        if (item === undefined) break;
        if (batch.length > 0 && units + item.text.length > this.#limits.units) break;
        units += item.text.length;
        batch.push(item);
        taken++;
      }
      bucket.splice(0, taken);
    }
    this.#size -= batch.length;
    return batch;
  }

  /** Everything, in no particular order. */
  drain(): T[] {
    this.#size = 0;
    return this.#buckets.flatMap((bucket) => bucket.splice(0));
  }
}
