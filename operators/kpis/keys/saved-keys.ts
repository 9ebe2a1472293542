/** The keys of saved state by their serials, while it is read: a hash table in two arrays, since keys may be millions. */
import { KeyEntry } from './key-entry.ts';

export class SavedKeys {
  readonly #entries: KeyEntry[] = [];
  /** Of each slot: one more than the place of a key among the entries; 0: free. At most half of them are taken. */
  #slots = new Int32Array(64);

  get size(): number {
    return this.#entries.length;
  }
  /** A key that was saved twice is the same. */
  add(serial: number, values: readonly string[]): void {
    const slot = this.#slotOf(serial);
    if (this.#slots[slot] !== 0) return;
    this.#slots[slot] = this.#entries.push(new KeyEntry(serial, values));
    if (this.#entries.length * 2 > this.#slots.length) this.#grow();
  }
  get(serial: number): KeyEntry | undefined {
    return this.#entries[(this.#slots[this.#slotOf(serial)] ?? 0) - 1];
  }

  /** Where the serial is, or would be put. */
  #slotOf(serial: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    // Serials rise one by one: neighbours lie side by side.
    let at = serial & mask;
    for (let taken = slots[at] ?? 0; taken !== 0 && this.#entries[taken - 1]?.serial !== serial; taken = slots[at] ?? 0)
      at = (at + 1) & mask;
    return at;
  }
  #grow(): void {
    this.#slots = new Int32Array(this.#slots.length * 2);
    this.#entries.forEach(({ serial }, i) => (this.#slots[this.#slotOf(serial)] = i + 1));
  }
}
