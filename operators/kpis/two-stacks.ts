/**
 * The combination of the slices of a moving window for aggregates without an inverse ("two-stacks": Tangwongsan, Hirzel,
 * Schneider, "In-Order Sliding-Window Aggregation in Worst-Case Constant Time", 2021): amortised O(1) combinations a slice.
 * The front holds older slices and, at checkpoints among them, the combination of all front slices from there on; the back
 * holds the newer slices and one combination of them. Aggregates are commutative, so late values may be added anywhere.
 *
 * Small states have a checkpoint at each slice. Bulky ones have √n of them, and a query combines up to √n slices more.
 */
import type { Millis } from '../../engine/core/types.ts';
import type { Part, PartOps } from './part.ts';

/** Adds the present content of the slice that starts at `start`. */
export type TakeSlice = (into: Part, start: Millis) => void;
type Ops = Pick<PartOps, 'fresh' | 'copy' | 'merge' | 'bulky'>;

export class TwoStacks {
  readonly #ops: Ops;
  readonly #take: TakeSlice;
  /** Starts of the older slices, rising, and the combinations of the front from some of them on. */
  readonly #front: Millis[] = [];
  readonly #checkpoints: { readonly start: Millis; readonly part: Part }[] = [];
  /** Starts of the newer slices, rising, and their combination. */
  #newer: Millis[] = [];
  #back: Part;

  constructor(ops: Ops, take: TakeSlice) {
    this.#ops = ops;
    this.#take = take;
    this.#back = ops.fresh();
  }

  /** A slice comes in, later than all before. */
  enter(start: Millis): void {
    this.#newer.push(start);
    this.#take(this.#back, start);
  }

  /** Forgets the slices before `start`. */
  leaveBefore(start: Millis): void {
    this.#dropBefore(start);
    if ((this.#newer[0] ?? start) >= start) return;
    this.#flip();
    this.#dropBefore(start);
  }
  #dropBefore(start: Millis): void {
    while ((this.#front[0] ?? start) < start) this.#front.shift();
    while ((this.#checkpoints[0]?.start ?? start) < start) this.#checkpoints.shift();
  }

  /** A late value, in its slice already but in no combination yet. The slice may be one that was not there before. */
  insert(start: Millis, added: Part): void {
    const newest = this.#front.at(-1);
    if (newest === undefined || start > newest) {
      insertSorted(this.#newer, start);
      this.#ops.merge(this.#back, added);
      return;
    }
    insertSorted(this.#front, start);
    for (const checkpoint of this.#checkpoints) {
      if (checkpoint.start <= start) this.#ops.merge(checkpoint.part, added);
    }
  }

  /** The combination of the slices from `start` on: a part of its own. */
  query(start: Millis): Part {
    if ((this.#newer[0] ?? start) < start) this.#flip();
    const result = this.#ops.copy(this.#back);
    const from = lowerBound(this.#checkpoints.length, (i) => (this.#checkpoints[i]?.start ?? 0) < start);
    const checkpoint = this.#checkpoints[from];
    const until = checkpoint?.start ?? Infinity;
    for (let i = lowerBound(this.#front.length, (at) => (this.#front[at] ?? 0) < start); i < this.#front.length; i++) {
      const at = this.#front[i] ?? until;
      if (at >= until) break;
      this.#take(result, at);
    }
    if (checkpoint !== undefined) this.#ops.merge(result, checkpoint.part);
    return result;
  }

  /** The newer slices become the end of the front. */
  #flip(): void {
    const newer = this.#newer;
    if (newer.length === 0) return;
    const step = this.#ops.bulky ? Math.ceil(Math.sqrt(newer.length)) : 1;
    const part = this.#ops.fresh();
    const checkpoints: { start: Millis; part: Part }[] = [];
    for (let i = newer.length - 1; i >= 0; i--) {
      const start = newer[i] ?? 0;
      this.#take(part, start);
      if ((newer.length - i) % step === 0 || i === 0) checkpoints.push({ start, part: this.#ops.copy(part) });
    }
    for (const checkpoint of this.#checkpoints) this.#ops.merge(checkpoint.part, part);
    this.#checkpoints.push(...checkpoints.reverse());
    for (const start of newer) this.#front.push(start);
    this.#newer = [];
    this.#back = this.#ops.fresh();
  }
}

/** The first index for which `isBelow` no longer holds. */
function lowerBound(length: number, isBelow: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBelow(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function insertSorted(starts: Millis[], start: Millis): void {
  const at = lowerBound(starts.length, (i) => (starts[i] ?? 0) < start);
  if (starts[at] !== start) starts.splice(at, 0, start);
}
