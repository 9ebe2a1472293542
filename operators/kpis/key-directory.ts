/** The keys of one set of dimensions, at most so many of them: what comes after counts under `~other`. */
import type { CxEvent } from '../types.ts';
import { KeyEntry } from './key-entry.ts';
import { OTHER, type Dimension } from './key-of.ts';

/** What the tables of one operator share. */
export interface Shared {
  nextSerial: number;
  /** Events whose key was folded into `~other`, not yet counted. */
  folded: number;
}

/** What a key is found by: its value, or all values with their lengths, so that no two keys have the same text. */
function lookupOf(values: readonly string[]): string {
  const [first] = values;
  if (values.length === 1 && first !== undefined) return first;
  let lookup = '';
  for (const value of values) lookup += `${value.length}:${value}`;
  return lookup;
}

export class KeyDirectory {
  readonly dimensions: readonly string[];
  readonly keys = new Map<string, KeyEntry>();
  /** Keys whose live values changed since they were last shown. */
  queue: KeyEntry[] = [];
  /** Since the last delta. */
  newKeys: KeyEntry[] = [];
  touchedQuotes: KeyEntry[] = [];
  readonly #dimensionsOf: readonly Dimension[];
  readonly #maxKeys: number;
  readonly #shared: Shared;

  constructor(dimensions: readonly string[], dimensionsOf: readonly Dimension[], maxKeys: number, shared: Shared) {
    this.dimensions = dimensions;
    this.#dimensionsOf = dimensionsOf;
    this.#maxKeys = maxKeys;
    this.#shared = shared;
  }

  /** The key of an event, entered if it is new. */
  of(event: CxEvent): KeyEntry {
    const lookup = this.#lookup(event);
    return this.keys.get(lookup) ?? this.#enter(lookup, event);
  }
  /** The same, but nothing is entered. */
  find(event: CxEvent): KeyEntry | undefined {
    return this.keys.get(this.#lookup(event));
  }
  #lookup(event: CxEvent): string {
    const of = this.#dimensionsOf;
    return of.length === 1 && of[0] !== undefined ? of[0](event) : this.#lookupOf(event);
  }
  #lookupOf(event: CxEvent): string {
    let lookup = '';
    for (const of of this.#dimensionsOf) {
      const value = of(event);
      lookup += `${value.length}:${value}`;
    }
    return lookup;
  }
  #enter(lookup: string, event: CxEvent): KeyEntry {
    if (this.keys.size < this.#maxKeys) {
      return this.#add(
        lookup,
        this.#dimensionsOf.map((of) => of(event)),
      );
    }
    this.#shared.folded += 1;
    const values = this.#dimensionsOf.map(() => OTHER);
    const other = lookupOf(values);
    return this.keys.get(other) ?? this.#add(other, values);
  }
  #add(lookup: string, values: readonly string[]): KeyEntry {
    const entry = new KeyEntry(this.#shared.nextSerial++, lookup, values);
    this.keys.set(lookup, entry);
    this.newKeys.push(entry);
    return entry;
  }
  /** A key as it was saved. */
  restore(serial: number, values: readonly string[]): KeyEntry {
    const entry = new KeyEntry(serial, lookupOf(values), values);
    this.keys.set(entry.lookup, entry);
    return entry;
  }
  remove(entry: KeyEntry): void {
    this.keys.delete(entry.lookup);
  }

  changed(entry: KeyEntry): void {
    if (entry.queued) return;
    entry.queued = true;
    this.queue.push(entry);
  }
  touchQuotes(entry: KeyEntry): void {
    if (entry.quotesTouched) return;
    entry.quotesTouched = true;
    this.touchedQuotes.push(entry);
  }
}
