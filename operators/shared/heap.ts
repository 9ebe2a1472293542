/** A binary heap: what comes before all others comes out first. */
export class Heap<T> {
  readonly #items: T[] = [];
  readonly #isBefore: (a: T, b: T) => boolean;

  constructor(isBefore: (a: T, b: T) => boolean) {
    this.#isBefore = isBefore;
  }
  get size(): number {
    return this.#items.length;
  }
  get first(): T | undefined {
    return this.#items[0];
  }
  clear(): void {
    this.#items.length = 0;
  }
  push(item: T): void {
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
  pop(): T | undefined {
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
