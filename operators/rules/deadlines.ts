/** A binary heap of moments, earliest first; equal ones by rule, then key, so that their order never depends on history. */
import type { Millis } from '../../engine/core/types.ts';

export interface Deadline {
  readonly at: Millis;
  /** Position of the rule in the configuration. */
  readonly rule: number;
  readonly key: string;
}

export class Deadlines {
  readonly #heap: Deadline[] = [];

  get size(): number {
    return this.#heap.length;
  }
  peek(): Deadline | undefined {
    return this.#heap[0];
  }
  clear(): void {
    this.#heap.length = 0;
  }
  push(deadline: Deadline): void {
    const heap = this.#heap;
    let i = heap.push(deadline) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || !isBefore(deadline, above)) break;
      heap[i] = above;
      i = parent;
    }
    heap[i] = deadline;
  }
  pop(): Deadline | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return first;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      let below = heap[child];
      if (below === undefined) break;
      const right = heap[child + 1];
      if (right !== undefined && isBefore(right, below)) {
        child += 1;
        below = right;
      }
      if (!isBefore(below, last)) break;
      heap[i] = below;
      i = child;
    }
    heap[i] = last;
    return first;
  }
}

function isBefore(a: Deadline, b: Deadline): boolean {
  return a.at !== b.at ? a.at < b.at : a.rule !== b.rule ? a.rule < b.rule : a.key < b.key;
}
