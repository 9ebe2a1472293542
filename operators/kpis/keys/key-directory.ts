/** The keys of one set of dimensions, at most so many of them: what comes after counts under `~other`. */
import { at } from '../../../engine/core/must.ts';
import type { CxEvent } from '../../shared/messages.ts';
import { KeyEntry } from './key-entry.ts';
import { OTHER, type Dimension } from './key-of.ts';
import { RestoredKeys } from './restored-keys.ts';

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
  /** Those that are in none of the maps yet; null: all are. */
  #restored: RestoredKeys | null = null;
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
    const met = this.#met(event);
    if (met !== undefined) return met;
    const values = this.#valuesOf(event);
    return this.#unmet(values) ?? this.#enter(values);
  }
  /** The key with these values, one a dimension, entered if it is new. */
  ofValues(values: readonly string[]): KeyEntry {
    return this.findValues(values) ?? this.#enter(values);
  }
  /** The same, but nothing is entered. */
  find(event: CxEvent): KeyEntry | undefined {
    return this.#met(event) ?? (this.#restored === null ? undefined : this.#unmet(this.#valuesOf(event)));
  }
  findValues(values: readonly string[]): KeyEntry | undefined {
    let at: Level | KeyEntry | undefined = this.#first;
    for (const value of pathOf(values)) {
      if (!(at instanceof Map)) break;
      at = at.get(value);
    }
    return at instanceof KeyEntry ? at : this.#unmet(values);
  }

  #met(event: CxEvent): KeyEntry | undefined {
    const of = this.#dimensionsOf;
    if (of.length === 0) return this.#first.get('') as KeyEntry | undefined;
    let at: Level | KeyEntry | undefined = this.#first;
    for (let i = 0; i < of.length; i++) {
      at = (at as Level).get((of[i] as Dimension)(event));
      if (at === undefined) return undefined;
    }
    return at as KeyEntry;
  }
  /** One that was restored and is met now. */
  #unmet(values: readonly string[]): KeyEntry | undefined {
    const entry = this.#restored?.take(values);
    if (entry !== undefined) this.#index(entry);
    if (this.#restored?.size === 0) this.#restored = null;
    return entry;
  }
  #valuesOf(event: CxEvent): readonly string[] {
    return this.#dimensionsOf.map((of) => of(event));
  }
  #enter(own: readonly string[]): KeyEntry {
    let values = own;
    if (this.size >= this.#maxKeys) {
      const others = own.map(() => OTHER);
      const other = this.findValues(others);
      // What counts the others is no key of its own: it takes nobody's place.
      if (other === undefined || this.size > this.#maxKeys) {
        this.#shared.folded += 1;
        if (other !== undefined) return other;
        values = others;
      }
    }
    const entry = new KeyEntry(this.serial(), values);
    this.#index(entry);
    this.size += 1;
    this.newKeys.push(entry);
    return entry;
  }
  /** A number that nothing else of the operator has or had. */
  serial(): number {
    return this.#shared.nextSerial++;
  }
  #index(entry: KeyEntry): void {
    const path = pathOf(entry.values);
    const last = path.length - 1;
    let level = this.#first;
    for (let i = 0; i < last; i++) {
      const value = at(path, i);
      let next = level.get(value);
      if (!(next instanceof Map)) level.set(value, (next = new Map<string, Level | KeyEntry>()));
      level = next;
    }
    level.set(at(path, last), entry);
  }

  /** Enters a key as it was saved, to be shown again: what boards showed before is gone. `most`: at most so many are. */
  restore(entry: KeyEntry, most: number): void {
    this.#restored ??= new RestoredKeys(most);
    this.#restored.add(entry);
    this.size += 1;
    this.changed(entry);
  }
  remove(entry: KeyEntry): void {
    this.size -= 1;
    if (this.#restored?.remove(entry) !== true) removeFrom(this.#first, pathOf(entry.values), 0);
  }
  /** What is entered or met meanwhile is not left out, but may come twice. */
  *entries(): Generator<KeyEntry> {
    if (this.#restored !== null) yield* this.#restored.entries();
    yield* entriesOf(this.#first);
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

function* entriesOf(level: Level): Generator<KeyEntry> {
  for (const at of level.values()) {
    if (at instanceof KeyEntry) yield at;
    else yield* entriesOf(at);
  }
}

/** Levels that are left empty go too. */
function removeFrom(level: Level, path: readonly string[], depth: number): void {
  const value = at(path, depth);
  const next = level.get(value);
  if (next instanceof Map) {
    removeFrom(next, path, depth + 1);
    if (next.size > 0) return;
  }
  level.delete(value);
}
