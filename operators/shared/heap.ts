/**
 * A priority queue: what comes before all others comes out first. What is put in behind all that was put in before waits in a line, at a
 * cost that does not grow with its length: instants mostly come in their order. Anything else is in a binary heap.
 */
export class Heap<T> {
  readonly #items: T[] = [];
  /** In order, from `#taken` on. */
  #line: (T | undefined)[] = [];
  #taken = 0;
  readonly #isBefore: (a: T, b: T) => boolean;

  constructor(isBefore: (a: T, b: T) => boolean) {
    this.#isBefore = isBefore;
  }
  get size(): number {
    return this.#items.length + this.#line.length - this.#taken;
  }
  get first(): T | undefined {
    const [next, top] = [this.#line[this.#taken], this.#items[0]];
    if (next === undefined) return top;
    return top !== undefined && this.#isBefore(top, next) ? top : next;
  }
  clear(): void {
    this.#items.length = 0;
    this.#line = [];
    this.#taken = 0;
  }
  push(item: T): void {
    const last = this.#line[this.#line.length - 1];
    if (last === undefined || !this.#isBefore(item, last)) this.#line.push(item);
    else this.#rise(item);
  }
  pop(): T | undefined {
    const [next, top] = [this.#line[this.#taken], this.#items[0]];
    if (next === undefined || (top !== undefined && this.#isBefore(top, next))) return this.#sink();
    this.#line[this.#taken++] = undefined;
    // What was taken makes space once it is most of the line.
    if (this.#taken === this.#line.length) this.#line.length = this.#taken = 0;
    else if (this.#taken >= LEAST_TAKEN && 2 * this.#taken > this.#line.length) {
      this.#line = this.#line.slice(this.#taken);
      this.#taken = 0;
    }
    return next;
  }

  #rise(item: T): void {
    const items = this.#items;
    let at = items.push(item) - 1;
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      const above = items[parent];
      if (above === undefined || !this.#isBefore(item, above)) break;
      items[at] = above;
      at = parent;
    }
    items[at] = item;
  }
  #sink(): T | undefined {
    const items = this.#items;
    const first = items[0];
    const last = items.pop();
    if (last === undefined || items.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      const right = items[child + 1];
      let least = items[child];
      if (least === undefined) break;
      if (right !== undefined && this.#isBefore(right, least)) {
        least = right;
        child += 1;
      }
      if (!this.#isBefore(least, last)) break;
      items[at] = least;
      at = child;
    }
    items[at] = last;
    return first;
  }
}

const LEAST_TAKEN = 64;
