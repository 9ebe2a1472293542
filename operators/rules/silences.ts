/** Who does not want to hear of which alerts until when. */
import type { Millis, State } from '../../engine/core/types.ts';
import { SavedMap, type SavedEntry } from './saved-map.ts';

export interface Silence {
  readonly id: string;
  /** null: every rule. */
  readonly rule: string | null;
  /** Dimensions that must be so; null: every key. */
  readonly key: Readonly<Record<string, string>> | null;
  readonly until: Millis;
  readonly by: string;
  readonly why: string;
}

export const MAX_SILENCES = 1000;

export class Silences {
  readonly #silences = new SavedMap<Silence>((silence): State => ({ ...silence }));

  get size(): number {
    return this.#silences.size;
  }
  clear(): void {
    this.#silences.clear();
  }
  /** False: there are too many. The same id again replaces the first. */
  add(silence: Silence): boolean {
    if (this.#silences.size >= MAX_SILENCES && this.#silences.get(silence.id) === undefined) return false;
    this.#silences.set(silence.id, silence);
    return true;
  }
  /** False: there is none of that id. */
  remove(id: string): boolean {
    if (this.#silences.get(id) === undefined) return false;
    this.#silences.delete(id);
    return true;
  }
  covers(rule: string, key: Readonly<Record<string, string>>, at: Millis): boolean {
    for (const [, silence] of this.#silences.entries()) {
      if (silence.until > at && (silence.rule === null || silence.rule === rule) && agrees(silence.key, key))
        return true;
    }
    return false;
  }
  /** When the next one ends. */
  nextEnd(): Millis | undefined {
    let next: Millis | undefined;
    for (const [, { until }] of this.#silences.entries()) if (next === undefined || until < next) next = until;
    return next;
  }
  /** Forgets those that are over; true if there were any. */
  expire(now: Millis): boolean {
    const over = [...this.#silences.entries()].filter(([, silence]) => silence.until <= now);
    for (const [id] of over) this.#silences.delete(id);
    return over.length > 0;
  }
  takeChanges(): readonly SavedEntry[] {
    return this.#silences.takeChanges();
  }
  parts(): Generator<readonly SavedEntry[], void, undefined> {
    return this.#silences.parts();
  }
  load(entries: readonly SavedEntry[]): void {
    this.#silences.load(entries.map(([id, silence]) => [id, silence as unknown as Silence | null]));
  }
}

function agrees(wanted: Readonly<Record<string, string>> | null, key: Readonly<Record<string, string>>): boolean {
  if (wanted === null) return true;
  for (const dimension in wanted) if (key[dimension] !== wanted[dimension]) return false;
  return true;
}
