/**
 * The combination of the slices of a moving window for aggregates without an inverse, amortised O(1) combinations a slice
 * ("two-stacks": Tangwongsan, Hirzel, Schneider, "In-Order Sliding-Window Aggregation in Worst-Case Constant Time", 2021).
 * The front holds, for each older slice, the combination of it and all older-than-the-back slices after it; the back one
 * combination of the rest. Aggregates are commutative, so late values may be added to any slice.
 */
import type { Millis } from '../../engine/core/types.ts';
import type { Part, PartOps } from './part.ts';

/** Adds the present content of the slice that starts at `start`. */
export type TakeSlice = (into: Part, start: Millis) => void;

export class TwoStacks {
  readonly #ops: Pick<PartOps, 'fresh' | 'copy' | 'merge'>;
  readonly #take: TakeSlice;
  /** Oldest last. */
  readonly #front: { readonly start: Millis; readonly part: Part }[] = [];
  #back: Part;
  /** Rising. */
  #backStarts: Millis[] = [];

  constructor(ops: Pick<PartOps, 'fresh' | 'copy' | 'merge'>, take: TakeSlice) {
    this.#ops = ops;
    this.#take = take;
    this.#back = ops.fresh();
  }

  /** A slice comes in, later than all before. */
  enter(start: Millis): void {
    this.#backStarts.push(start);
    this.#take(this.#back, start);
  }

  /** Forgets the slices before `start`. */
  leaveBefore(start: Millis): void {
    this.#popBefore(start);
    if (this.#front.length === 0 && (this.#backStarts[0] ?? start) < start) {
      this.#flip();
      this.#popBefore(start);
    }
  }
  #popBefore(start: Millis): void {
    while ((this.#front.at(-1)?.start ?? start) < start) this.#front.pop();
  }

  /** A late value: already in its slice, and in no combination yet. `added` may be a slice that was not there before. */
  insert(start: Millis, added: Part): void {
    const newest = this.#front[0];
    if (newest !== undefined && start <= newest.start) {
      this.#insertFront(start, added);
      return;
    }
    const starts = this.#backStarts;
    let i = starts.length;
    while (i > 0 && (starts[i - 1] ?? start) > start) i--;
    if (starts[i - 1] !== start) starts.splice(i, 0, start);
    this.#ops.merge(this.#back, added);
  }

  /** The combination of the slices from `start` on. A fresh copy. */
  query(start: Millis): Part {
    if ((this.#backStarts[0] ?? start) < start) this.#flip();
    const result = this.#ops.copy(this.#back);
    for (let i = this.#front.length - 1; i >= 0; i--) {
      const item = this.#front[i];
      if (item !== undefined && item.start >= start) {
        this.#ops.merge(result, item.part);
        break;
      }
    }
    return result;
  }

  #insertFront(start: Millis, added: Part): void {
    // Found from the newest on: each front item at or before `start` holds the value too.
    let at = 0;
    while (at < this.#front.length && (this.#front[at]?.start ?? start) > start) at++;
    if (this.#front[at]?.start !== start) {
      const after = this.#front[at - 1];
      const part = after === undefined ? this.#ops.fresh() : this.#ops.copy(after.part);
      this.#front.splice(at, 0, { start, part });
    }
    for (let i = at; i < this.#front.length; i++) {
      const item = this.#front[i];
      if (item !== undefined) this.#ops.merge(item.part, added);
    }
  }

  /** Moves the back to the front, under what is there. */
  #flip(): void {
    if (this.#backStarts.length === 0) return;
    const older = this.#front.splice(0);
    let part = this.#ops.fresh();
    for (let i = this.#backStarts.length - 1; i >= 0; i--) {
      const start = this.#backStarts[i] ?? 0;
      part = this.#ops.copy(part);
      this.#take(part, start);
      this.#front.push({ start, part });
    }
    for (const item of older) {
      this.#ops.merge(item.part, part);
      this.#front.push(item);
    }
    this.#backStarts = [];
    this.#back = this.#ops.fresh();
  }
}
