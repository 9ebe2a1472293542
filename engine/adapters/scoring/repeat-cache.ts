/** Scores of texts seen lately, by text: least recently used go first when the bytes are spent. */
export class RepeatCache<T> {
  readonly #maxBytes: number;
  readonly #bytesEach: number;
  readonly #values = new Map<string, T>();
  #bytes = 0;

  /** `bytesEach`: what a value costs beside its text (two bytes a unit). */
  constructor(maxBytes: number, bytesEach: number) {
    this.#maxBytes = maxBytes;
    this.#bytesEach = bytesEach;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get(text: string): T | undefined {
    const value = this.#values.get(text);
    if (value === undefined) return undefined;
    this.#values.delete(text);
    this.#values.set(text, value);
    return value;
  }

  set(text: string, value: T): void {
    const cost = this.#cost(text);
    // One huge text must not push everything else out.
    if (cost > this.#maxBytes / 16) return;
    if (!this.#values.delete(text)) this.#bytes += cost;
    this.#values.set(text, value);
    for (const oldest of this.#values.keys()) {
      if (this.#bytes <= this.#maxBytes) break;
      this.#values.delete(oldest);
      this.#bytes -= this.#cost(oldest);
    }
  }

  clear(): void {
    this.#values.clear();
    this.#bytes = 0;
  }

  #cost(text: string): number {
    return text.length * 2 + this.#bytesEach;
  }
}
