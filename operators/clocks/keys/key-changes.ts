/** Which keys of each clock changed since the last delta, and which are gone: what a commit saves. */
import { at as elementAt } from '../../../engine/core/must.ts';
import type { KeyColumns } from './key-columns.ts';

export class KeyChanges {
  readonly #columns: KeyColumns;
  /** By clock: slots that were touched, and keys that are gone. */
  readonly #dirty: readonly number[][];
  readonly #gone: readonly Set<string>[];

  #hasPassed = false;

  constructor(columns: KeyColumns, clocks: number) {
    this.#columns = columns;
    this.#dirty = Array.from({ length: clocks }, () => []);
    this.#gone = Array.from({ length: clocks }, () => new Set<string>());
  }

  touch(slot: number): void {
    if (this.#columns.isDirty(slot)) return;
    this.#columns.setDirty(slot, true);
    elementAt(this.#dirty, this.#columns.clockOf(slot)).push(slot);
  }
  /** Time passed what was saved as if it had. */
  passed(): void {
    this.#hasPassed = true;
  }
  added(clock: number, key: string): void {
    const gone = elementAt(this.#gone, clock);
    if (gone.size > 0) gone.delete(key);
  }
  removed(clock: number, key: string): void {
    elementAt(this.#gone, clock).add(key);
  }

  get isEmpty(): boolean {
    return (
      !this.#hasPassed && this.#dirty.every(({ length }) => length === 0) && this.#gone.every(({ size }) => size === 0)
    );
  }
  /** How far time is was saved. */
  timeSaved(): void {
    this.#hasPassed = false;
  }
  /** Since it was asked for last: slots, and keys that are gone. */
  take(clock: number): { readonly changed: readonly number[]; readonly gone: readonly string[] } {
    const dirty = elementAt(this.#dirty, clock);
    const changed: number[] = [];
    for (const slot of dirty) {
      // One that was removed since is dirty no more, or another key's, perhaps of another clock, which says so itself.
      if (!this.#columns.isDirty(slot) || this.#columns.clockOf(slot) !== clock) continue;
      this.#columns.setDirty(slot, false);
      changed.push(slot);
    }
    dirty.length = 0;
    const removed = elementAt(this.#gone, clock);
    const gone = [...removed];
    removed.clear();
    return { changed, gone };
  }
  clear(): void {
    this.#hasPassed = false;
    for (const dirty of this.#dirty) dirty.length = 0;
    for (const gone of this.#gone) gone.clear();
  }
}
