/** The keys of saved state by their serials, while it is read: keys may be millions. */
import { at } from '../../../engine/core/must.ts';
import { OpenTable } from '../../shared/open-table.ts';
import { KeyEntry } from './key-entry.ts';

export class SavedKeys {
  readonly #entries: KeyEntry[] = [];
  readonly #places = new OpenTable();
  /** Serials rise one by one: as their own hashes they lie side by side. */
  readonly #serialAt = (place: number): number => at(this.#entries, place).serial;

  get size(): number {
    return this.#entries.length;
  }
  /** A key that was saved twice is the same. */
  add(serial: number, values: readonly string[]): void {
    const slot = this.#slotOf(serial);
    if (this.#places.placeAt(slot) >= 0) return;
    this.#places.put(slot, this.#entries.push(new KeyEntry(serial, values)) - 1, this.#serialAt);
  }
  get(serial: number): KeyEntry | undefined {
    return this.#entries[this.#places.placeAt(this.#slotOf(serial))];
  }

  /** Where the serial is, or would be put. */
  #slotOf(serial: number): number {
    const places = this.#places;
    let slot = places.slotOf(serial);
    for (let place = places.placeAt(slot); place >= 0; place = places.placeAt(slot)) {
      if (this.#entries[place]?.serial === serial) break;
      slot = places.after(slot);
    }
    return slot;
  }
}
