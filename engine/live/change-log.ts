/** The last changes that must reach every client one by one: alerts and actions. Bounded; says when what is asked is gone. */
export interface Change<T> {
  readonly seq: number;
  readonly value: T;
  /** Encoded forms, by codec; filled in when first needed. */
  readonly pieces: (string | Uint8Array | undefined)[];
}

export class ChangeLog<T> {
  readonly #limit: number;
  #entries: Change<T>[] = [];
  #forgotten = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  push(seq: number, value: T): void {
    this.#entries.push({ seq, value, pieces: [] });
    // Dropped in blocks: one by one would move the whole array each time.
    if (this.#entries.length >= this.#limit * 2) {
      const dropped = this.#entries.splice(0, this.#entries.length - this.#limit);
      this.#forgotten = dropped.at(-1)?.seq ?? this.#forgotten;
    }
  }

  /** True when everything after `seq` is still here. */
  reaches(seq: number): boolean {
    return seq >= this.#forgotten;
  }

  get size(): number {
    return this.#entries.length;
  }

  /** Sequence of the newest entry; 0: none. */
  get last(): number {
    return this.#entries.at(-1)?.seq ?? 0;
  }

  /** Oldest first. */
  since(seq: number): readonly Change<T>[] {
    let from = this.#entries.length;
    while (from > 0) {
      const entry = this.#entries[from - 1];
      if (entry === undefined || entry.seq <= seq) break;
      from -= 1;
    }
    return from === this.#entries.length ? [] : this.#entries.slice(from);
  }

  /** The newest, oldest first. */
  recent(count: number): readonly Change<T>[] {
    return this.#entries.slice(-count);
  }
}
