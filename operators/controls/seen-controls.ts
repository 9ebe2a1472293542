/**
 * Ids of controls that were taken: a message recorded and published again is not carried out again. A control is refused unless
 * it was stored within five minutes of its own time, so ten minutes of them are enough, by their own times.
 */
import type { Millis, State } from '../../engine/core/types.ts';

export const CONTROL_WITHIN_MS: Millis = 5 * 60_000;
const KEPT_MS = 2 * CONTROL_WITHIN_MS;
const PART = 1_000;

type Entry = readonly [id: string, at: Millis];

export class SeenControls {
  /** In the order they came, which is about that of their times. */
  readonly #seen = new Map<string, Millis>();
  #latest: Millis = Number.MIN_SAFE_INTEGER;
  #added: Entry[] = [];

  /** False: it was taken before. */
  add(id: string, at: Millis): boolean {
    if (this.#seen.has(id)) return false;
    this.#put(id, at);
    this.#added.push([id, at]);
    return true;
  }

  takeChanges(): State | undefined {
    if (this.#added.length === 0) return undefined;
    const added = this.#added;
    this.#added = [];
    return added;
  }

  *parts(): Generator<State, void, undefined> {
    const all: readonly Entry[] = [...this.#seen];
    for (let from = 0; from < all.length; from += PART) yield all.slice(from, from + PART);
  }

  load(part: State): void {
    for (const [id, at] of part as readonly Entry[]) this.#put(id, at);
  }

  #put(id: string, at: Millis): void {
    this.#seen.set(id, at);
    this.#latest = Math.max(this.#latest, at);
    for (const [old, then] of this.#seen) {
      if (then >= this.#latest - KEPT_MS) break;
      this.#seen.delete(old);
    }
  }
}
