/** Actions that are known, by their id and by whose they are; how many wait and are open; which changed since they were saved. */
import { at as elementAt } from '../../engine/core/must.ts';
import { END_OF_TIME, type Millis } from '../../engine/core/types.ts';
import type { Held } from './action.ts';

export class HeldActions {
  readonly #byId = new Map<string, Held>();
  /** By action, then key: no name is put together to look one up. */
  readonly #byKey: readonly Map<string, Set<Held>>[];
  readonly #counts: { waiting: number; open: number }[];
  /** Since they were saved: those that are gone, too. */
  readonly changed = new Set<string>();

  /** `actions`: how many are configured. */
  constructor(actions: number) {
    this.#counts = Array.from({ length: actions }, () => ({ waiting: 0, open: 0 }));
    this.#byKey = this.#counts.map(() => new Map<string, Set<Held>>());
  }

  get size(): number {
    return this.#byId.size;
  }
  get(id: string): Held | undefined {
    return this.#byId.get(id);
  }
  has({ trigger }: Held): boolean {
    return this.#byId.has(trigger.id);
  }
  ids(): readonly string[] {
    return [...this.#byId.keys()];
  }
  all(): readonly Held[] {
    return [...this.#byId.values()];
  }
  /** In an order that every run repeats. */
  ofKey(action: number, key: string): readonly Held[] {
    const known = elementAt(this.#byKey, action).get(key);
    if (known === undefined) return NONE;
    return [...known].sort((a, b) => (a.trigger.id < b.trigger.id ? -1 : 1));
  }
  countOf(action: number, stage: 'waiting' | 'open'): number {
    return elementAt(this.#counts, action)[stage];
  }
  total(stage: 'waiting' | 'open'): number {
    return this.#counts.reduce((sum, counts) => sum + counts[stage], 0);
  }

  put(held: Held): void {
    const { id, action, key } = held.trigger;
    this.#byId.set(id, held);
    const ofAction = elementAt(this.#byKey, action);
    const known = ofAction.get(key);
    if (known === undefined) ofAction.set(key, new Set([held]));
    else known.add(held);
    this.#counted(held, 1);
    this.changed.add(id);
  }
  drop(held: Held): void {
    const { id, action, key } = held.trigger;
    if (!this.#byId.delete(id)) return;
    const ofAction = elementAt(this.#byKey, action);
    const known = ofAction.get(key);
    known?.delete(held);
    if (known?.size === 0) ofAction.delete(key);
    this.#counted(held, -1);
    this.changed.add(id);
  }
  stage(held: Held, stage: 'open' | 'over', expireAt: Millis): void {
    this.#counted(held, -1);
    held.stage = stage;
    held.expireAt = expireAt;
    this.#counted(held, 1);
    this.changed.add(held.trigger.id);
  }
  #counted({ stage, trigger }: Held, by: number): void {
    if (stage !== 'over') elementAt(this.#counts, trigger.action)[stage] += by;
  }
}

const NONE: readonly Held[] = [];

/** When something becomes of it if nothing comes. */
export function nextOf({ stage, sendAt, escalateAt, expireAt }: Held): Millis {
  if (stage === 'waiting') return sendAt;
  return stage === 'open' ? Math.min(escalateAt ?? END_OF_TIME, expireAt) : expireAt; // nobody is to hear of it
}
