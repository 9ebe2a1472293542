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

/** By the value of the first dimension, then of the second, …: no text is made to look a key up. */
type Level = Map<string, Level | KeyEntry>;

export class KeyDirectory {
  readonly dimensions: readonly string[];
  /** Keys whose live values changed since they were last shown. */
  queue: KeyEntry[] = [];
  /** Since the last delta. */
  newKeys: KeyEntry[] = [];
  touchedQuotes: KeyEntry[] = [];
  size = 0;
  readonly #first: Level = new Map();
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
    return this.find(event) ?? this.#enter(this.#dimensionsOf.map((of) => of(event)));
  }
  /** The key with these values, one a dimension, entered if it is new. */
  ofValues(values: readonly string[]): KeyEntry {
    return this.findValues(values) ?? this.#enter(values);
  }
  /** The same, but nothing is entered. */
  find(event: CxEvent): KeyEntry | undefined {
    const of = this.#dimensionsOf;
    if (of.length === 0) return this.#first.get('') as KeyEntry | undefined;
    let at: Level | KeyEntry | undefined = this.#first;
    for (let i = 0; i < of.length; i++) {
      at = (at as Level).get((of[i] as Dimension)(event));
      if (at === undefined) return undefined;
    }
    return at as KeyEntry;
  }
  #enter(own: readonly string[]): KeyEntry {
    let values = own;
    if (this.size >= this.#maxKeys) {
      this.#shared.folded += 1;
      values = own.map(() => OTHER);
      const other = this.findValues(values);
      if (other !== undefined) return other;
    }
    const entry = this.restore(this.#shared.nextSerial++, values);
    this.newKeys.push(entry);
    return entry;
  }
  findValues(values: readonly string[]): KeyEntry | undefined {
    let at: Level | KeyEntry | undefined = this.#first;
    for (const value of pathOf(values)) {
      if (!(at instanceof Map)) return undefined;
      at = at.get(value);
    }
    return at instanceof KeyEntry ? at : undefined;
  }
  /** A key as it was saved. */
  restore(serial: number, values: readonly string[]): KeyEntry {
    const entry = new KeyEntry(serial, values);
    const path = pathOf(values);
    let level = this.#first;
    for (const value of path.slice(0, -1)) {
      const next = level.get(value);
      const deeper: Level = next instanceof Map ? next : new Map<string, Level | KeyEntry>();
      level.set(value, deeper);
      level = deeper;
    }
    level.set(path.at(-1) ?? '', entry);
    this.size += 1;
    return entry;
  }
  remove(entry: KeyEntry): void {
    this.size -= 1;
    removeFrom(this.#first, pathOf(entry.values), 0);
  }
  *entries(level: Level = this.#first): Generator<KeyEntry> {
    for (const at of level.values()) {
      if (at instanceof KeyEntry) yield at;
      else yield* this.entries(at);
    }
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

/** The whole company has no dimensions, and is found under "". */
function pathOf(values: readonly string[]): readonly string[] {
  return values.length === 0 ? [''] : values;
}

/** Levels that are left empty go too. */
function removeFrom(level: Level, path: readonly string[], depth: number): void {
  const value = path[depth] ?? '';
  const next = level.get(value);
  if (next instanceof Map) {
    removeFrom(next, path, depth + 1);
    if (next.size > 0) return;
  }
  level.delete(value);
}
