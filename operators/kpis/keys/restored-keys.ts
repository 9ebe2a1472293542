/**
 * Keys as they were saved that no event has met since: found by their values, in a table that is filled in a fraction of the
 * time that maps of texts take. Who is met goes into the maps of the directory, which find a key without making anything.
 */
import type { KeyEntry } from './key-entry.ts';

export class RestoredKeys {
  size = 0;
  /** undefined: taken. */
  readonly #entries: (KeyEntry | undefined)[] = [];
  /** Of each slot: one more than the place of a key among the entries; 0: free, and always was. */
  readonly #slots: Int32Array;

  /** `most`: how many will be added. */
  constructor(most: number) {
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * most + 1)));
  }

  /** One that is not in here. */
  add(entry: KeyEntry): void {
    const place = this.#entries.push(entry);
    this.size += 1;
    const slots = this.#slots;
    const mask = slots.length - 1;
    let at = hash(entry.values) & mask;
    while (slots[at] !== 0) at = (at + 1) & mask;
    slots[at] = place;
  }
  /** Removes the key with these values. */
  take(values: readonly string[]): KeyEntry | undefined {
    return this.#takeWhere(values, (entry) => entry.values.every((value, i) => value === values[i]));
  }
  /** False: it was not here. */
  remove(entry: KeyEntry): boolean {
    return this.#takeWhere(entry.values, (other) => other === entry) !== undefined;
  }
  /** Those that are taken meanwhile are left out. */
  *entries(): Generator<KeyEntry> {
    for (const entry of this.#entries) if (entry !== undefined) yield entry;
  }

  #takeWhere(values: readonly string[], isWanted: (entry: KeyEntry) => boolean): KeyEntry | undefined {
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let at = hash(values) & mask; ; at = (at + 1) & mask) {
      const place = slots[at] ?? 0;
      if (place === 0) return undefined;
      const entry = this.#entries[place - 1];
      if (entry === undefined || !isWanted(entry)) continue;
      this.#entries[place - 1] = undefined;
      this.size -= 1;
      return entry;
    }
  }
}

/** 32 bits of all values, each ended by a unit that is in no text (the mixing of MurmurHash3). */
function hash(values: readonly string[]): number {
  let mixed = 0x811c9dc5;
  for (const value of values) {
    for (let i = 0; i < value.length; i++) mixed = Math.imul(mixed ^ value.charCodeAt(i), 0x01000193);
    mixed = Math.imul(mixed ^ 0x1_0000, 0x01000193);
  }
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  return mixed ^ (mixed >>> 13);
}
