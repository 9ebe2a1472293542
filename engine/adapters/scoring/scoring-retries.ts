/**
 * What becomes of a batch that could not be scored. The worker tells which text it was at: that one is suspected and runs
 * alone from then on, the others run again at once, so that neighbours of a poisonous text wait for one fault, not for its
 * isolation. Where nobody can be suspected the batch runs once more, and is cut into eighths if that fails too.
 *
 * A text is reported as failed only when it has failed alone, again and again where that cost a worker: workers also die of
 * other causes, and who stood there then must not be blamed. Pure: no clock, no worker.
 */
export interface Fault {
  /** Of the thread, or of the batch alone. */
  readonly kind: 'died' | 'hung' | 'threw';
  /** Which text of the batch was at work; undefined: none, or it is not known. */
  readonly suspect: number | undefined;
}

export interface Batch<T> {
  readonly items: readonly T[];
  /** Runs so far. */
  readonly tries: number;
  /** One text, under suspicion. */
  readonly isAlone: boolean;
}

/** Runs alone until a text is reported as failed. A hung thread costs more than a dead one; what is thrown is the text's own doing. */
const VERDICT = { died: 5, hung: 4, threw: 1 } as const;
/** So many workers lost in a row without a text scored: it is not the texts, and none is run more than twice. */
const HOPELESS = 12;
const PARTS = 8;

export class ScoringRetries<T> {
  readonly #again: Batch<T>[] = [];
  readonly #suspects: Batch<T>[] = [];
  #lostInARow = 0;
  #wasAlone = false;

  /**
   * What to run next, if it is not something new. Innocents go before all else; suspects take turns with what is new, so
   * that they hold up neither each other's neighbours nor the stream.
   */
  next(isNewWaiting: boolean): Batch<T> | undefined {
    const innocent = this.#again.shift();
    if (innocent !== undefined) return innocent;
    this.#wasAlone = !(this.#wasAlone && isNewWaiting) && this.#suspects.length > 0;
    return this.#wasAlone ? this.#suspects.shift() : undefined;
  }

  scored(): void {
    this.#lostInARow = 0;
  }

  /** Takes up a batch that could not be scored; returns those of it that are reported as failed. */
  failed({ items, tries, isAlone }: Batch<T>, { kind, suspect }: Fault): readonly T[] {
    if (kind !== 'threw') this.#lostInARow++;
    const run = tries + 1;
    if (this.#lostInARow >= HOPELESS && (run >= 2 || isAlone)) return items;
    if (isAlone) {
      if (run >= VERDICT[kind]) return items;
      this.#suspects.push({ items, tries: run, isAlone });
      return [];
    }
    const blamed = suspect ?? (items.length === 1 && run >= 2 ? 0 : undefined);
    if (blamed !== undefined) {
      this.#suspects.push({ items: items.slice(blamed, blamed + 1), tries: 0, isAlone: true });
      const rest = items.filter((_, i) => i !== blamed);
      if (rest.length > 0) this.#again.push({ items: rest, tries: run, isAlone: false });
      return [];
    }
    const size = run === 1 ? items.length : Math.ceil(items.length / PARTS);
    for (let i = 0; i < items.length; i += size) {
      this.#again.push({ items: items.slice(i, i + size), tries: run, isAlone: false });
    }
    return [];
  }

  clear(): void {
    this.#again.length = 0;
    this.#suspects.length = 0;
  }
}
