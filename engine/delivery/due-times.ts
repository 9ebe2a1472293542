/**
 * When names are to be looked at again: a name has one time. Gathered by quarters of a second, rounded up: never early, and
 * asking costs nothing while nothing is due.
 */
import type { Millis } from '../core/types.ts';

const QUARTER = 250;

export class DueTimes {
  readonly #slotOf = new Map<string, number>();
  readonly #slots = new Map<number, Set<string>>();
  #earliest = Number.POSITIVE_INFINITY;

  /** null: not any more. */
  set(name: string, at: Millis | null): void {
    const slot = at === null ? undefined : Math.ceil(at / QUARTER);
    const known = this.#slotOf.get(name);
    if (known === slot) return;
    if (known !== undefined) this.#leave(name, known);
    if (slot === undefined) return;
    this.#slotOf.set(name, slot);
    const names = this.#slots.get(slot);
    if (names === undefined) this.#slots.set(slot, new Set([name]));
    else names.add(name);
    this.#earliest = Math.min(this.#earliest, slot);
  }

  /** Those whose time has come: each is given once. */
  take(now: Millis): readonly string[] {
    const slot = Math.floor(now / QUARTER);
    if (slot < this.#earliest) return [];
    const due = [...this.#slots.keys()].filter((one) => one <= slot).sort((a, b) => a - b);
    const names = due.flatMap((one) => [...(this.#slots.get(one) ?? [])]); // they are its own keys
    for (const one of due) this.#slots.delete(one);
    for (const name of names) this.#slotOf.delete(name);
    this.#earliest = Math.min(...this.#slots.keys()); // of none: for ever
    return names;
  }

  get size(): number {
    return this.#slotOf.size;
  }

  #leave(name: string, slot: number): void {
    this.#slotOf.delete(name);
    const names = this.#slots.get(slot);
    names?.delete(name);
    if (names?.size === 0) this.#slots.delete(slot);
  }
}
