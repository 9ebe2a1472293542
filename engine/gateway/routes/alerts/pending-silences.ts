/**
 * PendingSilences in force: those the engine holds, and before they have gone through it what this gateway has just taken or taken
 * back. Bounded; the expired ones go.
 */
import type { Json, JsonObject, Millis } from '../../../core/types.ts';

const MAX_SILENCES = 1_000;

export class PendingSilences {
  readonly #now: () => Millis;
  /** As the engine holds them, by id. */
  readonly #held: () => ReadonlyMap<string, Json>;
  readonly #taken = new Map<string, { readonly silence: Json; readonly until: Millis }>();
  readonly #takenBack = new Set<string>();

  constructor(now: () => Millis, held: () => ReadonlyMap<string, Json>) {
    this.#now = now;
    this.#held = held;
  }

  get full(): boolean {
    return this.#inForce().size >= MAX_SILENCES;
  }

  add(id: string, until: Millis, silence: Json): void {
    this.#taken.set(id, { silence, until });
  }

  get(id: string): Json | undefined {
    return this.#inForce().get(id);
  }

  remove(id: string): void {
    this.#taken.delete(id);
    if (this.#held().has(id)) this.#takenBack.add(id);
  }

  list(): Json[] {
    return [...this.#inForce().values()];
  }

  #inForce(): Map<string, Json> {
    const now = this.#now();
    const held = this.#held();
    for (const id of this.#takenBack) if (!held.has(id)) this.#takenBack.delete(id);
    const all = new Map<string, Json>();
    for (const [id, silence] of held) {
      // From here on the engine's word counts.
      this.#taken.delete(id);
      if (!this.#takenBack.has(id) && endOf(silence) > now) all.set(id, silence);
    }
    for (const [id, { silence, until }] of this.#taken) {
      if (until > now) all.set(id, silence);
      else this.#taken.delete(id);
    }
    return all;
  }
}

function endOf(silence: Json): Millis {
  const until = (silence as JsonObject | null)?.['until'];
  return typeof until === 'string' ? Date.parse(until) : Infinity;
}
