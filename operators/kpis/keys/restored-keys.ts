/**
 * Keys as they were saved that no event has met since: found by their values, in a table that is filled in a fraction of the
 * time that maps of texts take. Who is met goes into the maps of the directory, which find a key without making anything.
 */
import { fnv1a, fnv1aUnit, spread } from '../../../engine/core/hash.ts';
import { must } from '../../../engine/core/must.ts';
import { OpenTable } from '../../shared/open-table.ts';
import type { KeyEntry } from './key-entry.ts';

export class RestoredKeys {
  size = 0;
  /** undefined: taken. */
  readonly #entries: (KeyEntry | undefined)[] = [];
  readonly #places: OpenTable;
  readonly #hashAt = (place: number): number => hash(must(this.#entries[place]).values);

  /** `most`: how many will be added. */
  constructor(most: number) {
    this.#places = new OpenTable(most);
  }

  /** One that is not in here. All are added before the first is taken. */
  add(entry: KeyEntry): void {
    const places = this.#places;
    let slot = places.slotOf(hash(entry.values));
    while (places.placeAt(slot) >= 0) slot = places.after(slot);
    places.put(slot, this.#entries.push(entry) - 1, this.#hashAt);
    this.size += 1;
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
    const places = this.#places;
    let slot = places.slotOf(hash(values));
    for (let place = places.placeAt(slot); place >= 0; place = places.placeAt(slot)) {
      const entry = this.#entries[place];
      if (entry !== undefined && isWanted(entry)) {
        this.#entries[place] = undefined;
        this.size -= 1;
        return entry;
      }
      slot = places.after(slot);
    }
    return undefined;
  }
}

/** Of all values, each ended by a unit that is in no text. */
function hash(values: readonly string[]): number {
  let hashed: number | undefined;
  for (const value of values) hashed = fnv1aUnit(0x1_0000, fnv1a(value, hashed));
  return spread(hashed ?? 0); // the one key of a KPI without dimensions
}
