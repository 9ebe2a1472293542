/** A map that knows what changed since it was last saved, and keeps its order (least recently set first) when restored. */
import type { State } from '../../engine/core/types.ts';

export type SavedEntry = readonly [key: string, value: State];

const PART_ENTRIES = 500;

export class SavedMap<V> {
  readonly #entries = new Map<string, V>();
  readonly #changed = new Set<string>();
  readonly #encode: (value: V) => State;

  constructor(encode: (value: V) => State) {
    this.#encode = encode;
  }
  get size(): number {
    return this.#entries.size;
  }
  get(key: string): V | undefined {
    return this.#entries.get(key);
  }
  entries(): IterableIterator<[string, V]> {
    return this.#entries.entries();
  }
  oldest(): readonly [string, V] | undefined {
    for (const entry of this.#entries) return entry;
    return undefined;
  }
  /** Also after `value` was changed in place. Makes it the most recent. */
  set(key: string, value: V): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    this.#mark(key);
  }
  delete(key: string): void {
    if (this.#entries.delete(key)) this.#mark(key);
  }
  clear(): void {
    for (const key of this.#entries.keys()) this.#changed.add(key);
    this.#entries.clear();
  }
  /** Changed entries in the order of their change, null for a removed one; empty: nothing changed. */
  takeChanges(): readonly SavedEntry[] {
    if (this.#changed.size === 0) return [];
    const changes: SavedEntry[] = [];
    for (const key of this.#changed) {
      const value = this.#entries.get(key);
      changes.push([key, value === undefined ? null : this.#encode(value)]);
    }
    this.#changed.clear();
    return changes;
  }
  /** Everything present when the first part is pulled; entries may change in between. */
  *parts(): Generator<readonly SavedEntry[], void, undefined> {
    const keys = [...this.#entries.keys()];
    for (let i = 0; i < keys.length; i += PART_ENTRIES) {
      const part: SavedEntry[] = [];
      for (const key of keys.slice(i, i + PART_ENTRIES)) {
        const value = this.#entries.get(key);
        if (value !== undefined) part.push([key, this.#encode(value)]);
      }
      if (part.length > 0) yield part;
    }
  }
  /** Takes saved entries in; they count as saved. */
  load(entries: readonly (readonly [string, V | null])[]): void {
    for (const [key, value] of entries) {
      this.#entries.delete(key);
      if (value !== null) this.#entries.set(key, value);
    }
  }
  #mark(key: string): void {
    this.#changed.delete(key);
    this.#changed.add(key);
  }
}
