/** Silences as the gateway took them: a list to answer from where the engine hands in none. Bounded; the expired ones go. */
import type { Json, JsonObject, Millis } from '../../core/types.ts';

const MAX_SILENCES = 1_000;

export class Silences {
  readonly #now: () => Millis;
  readonly #open = new Map<string, { readonly silence: JsonObject; readonly until: Millis }>();

  constructor(now: () => Millis) {
    this.#now = now;
  }

  get full(): boolean {
    this.#expire();
    return this.#open.size >= MAX_SILENCES;
  }

  add(id: string, until: Millis, silence: JsonObject): void {
    this.#open.set(id, { silence, until });
  }

  get(id: string): JsonObject | undefined {
    this.#expire();
    return this.#open.get(id)?.silence;
  }

  remove(id: string): boolean {
    return this.#open.delete(id);
  }

  list(): Json[] {
    this.#expire();
    return [...this.#open.values()].map(({ silence }) => silence);
  }

  #expire(): void {
    const now = this.#now();
    for (const [id, { until }] of this.#open) if (until <= now) this.#open.delete(id);
  }
}
