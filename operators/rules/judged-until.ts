/**
 * Up to which moment keys without an alert were judged, so that a final window that comes after live values beyond it
 * changes nothing. Once the watermark is well past that moment nothing older can follow, and the key costs nothing.
 */
import type { Millis } from '../../engine/core/types.ts';
import { SavedMap, type SavedEntry } from './saved-map.ts';

/** Past it the key not heard of for longest is forgotten. */
export const MAX_JUDGED = 10_000;

export class JudgedUntil {
  readonly #until = new SavedMap<Millis>((at) => at);

  get size(): number {
    return this.#until.size;
  }
  until(keyId: string): Millis | undefined {
    return this.#until.get(keyId);
  }
  set(keyId: string, at: Millis): void {
    this.#until.set(keyId, at);
    const oldest = this.#until.size > MAX_JUDGED ? this.#until.oldest() : undefined;
    if (oldest !== undefined) this.#until.delete(oldest[0]);
  }
  delete(keyId: string): void {
    this.#until.delete(keyId);
  }
  /** Those at or before `horizon`. */
  forget(horizon: Millis): void {
    for (;;) {
      const oldest = this.#until.oldest();
      if (oldest === undefined || oldest[1] > horizon) return;
      this.#until.delete(oldest[0]);
    }
  }
  clear(): void {
    this.#until.clear();
  }
  takeChanges(): readonly SavedEntry[] {
    return this.#until.takeChanges();
  }
  parts(): Generator<readonly SavedEntry[], void, undefined> {
    return this.#until.parts();
  }
  load(entries: readonly SavedEntry[]): void {
    this.#until.load(entries.map(([key, at]) => [key, at as Millis | null]));
  }
}
