/**
 * Open addressing with linear probing: from 32-bit hashes to places in a list of the owner's, who knows what is equal. Four
 * bytes a slot, half of them taken at most; nothing is made to look something up. A place stays until the table goes; the owner may
 * leave it empty in the list.
 *
 * Tables whose keys are numbers and lie in the slots themselves (`aggregates/tally.ts`, `dedupe/id-set.ts`) are apart: a place
 * in between would cost each event one more look at memory.
 */
export class OpenTable {
  /** One more than the place; 0: free. */
  #slots: Int32Array;
  #taken = 0;

  /** `most`: so many are expected. More make it grow. */
  constructor(most = 16) {
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * most + 1)));
  }

  /** Where one with this hash is looked for first. */
  slotOf(hash: number): number {
    return hash & (this.#slots.length - 1);
  }
  /** The place that stands in a slot; −1: it is free, and what was looked for is not here. */
  placeAt(slot: number): number {
    return (this.#slots[slot] as number) - 1;
  }
  /** Where it is looked for next. */
  after(slot: number): number {
    return (slot + 1) & (this.#slots.length - 1);
  }

  /** Puts a place into a free slot. `hashOf` gives the hash of what is at a place, should the table have to grow. */
  put(slot: number, place: number, hashOf: (place: number) => number): void {
    this.#slots[slot] = place + 1;
    this.#taken += 1;
    if (this.#taken * 2 > this.#slots.length) this.#grow(hashOf);
  }

  #grow(hashOf: (place: number) => number): void {
    const old = this.#slots;
    this.#slots = new Int32Array(old.length * 2);
    for (const entry of old) {
      if (entry === 0) continue;
      let slot = this.slotOf(hashOf(entry - 1));
      while (this.placeAt(slot) >= 0) slot = this.after(slot);
      this.#slots[slot] = entry;
    }
  }
}
