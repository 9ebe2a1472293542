/** What falls due, in an order that every run repeats: at one instant records first, then what is known, each by its name. */
import type { Millis } from '../../engine/core/types.ts';
import { Heap } from '../shared/heap.ts';
import type { Held, VerbRecord } from './action.ts';
import { nextOf, type HeldActions } from './held-actions.ts';
import { compareVerbs } from './verb-memory.ts';

export type Timer =
  | { readonly at: Millis; readonly held: Held }
  /** A record whose time comes. */
  | { readonly at: Millis; readonly verb: VerbRecord };

export class ActionTimers {
  readonly #heap = new Heap<Timer>(isBefore);
  readonly #held: HeldActions;

  constructor(held: HeldActions) {
    this.#held = held;
  }
  plan(held: Held): void {
    this.#heap.push({ at: nextOf(held), held });
  }
  planVerb(verb: VerbRecord): void {
    this.#heap.push({ at: verb.at, verb });
  }
  /** Without those of what became otherwise. */
  get first(): Timer | undefined {
    for (;;) {
      const first = this.#heap.first;
      if (first === undefined || 'verb' in first) return first;
      const { held, at } = first;
      if (this.#held.get(held.trigger.id) === held && nextOf(held) === at) return first;
      this.#heap.pop();
    }
  }
  pop(): void {
    this.#heap.pop();
  }
  clear(): void {
    this.#heap.clear();
  }
}

function isBefore(a: Timer, b: Timer): boolean {
  if (a.at !== b.at) return a.at < b.at;
  if ('verb' in a) return 'verb' in b ? compareVerbs(a.verb, b.verb) < 0 : true;
  return 'verb' in b ? false : a.held.trigger.id < b.held.trigger.id;
}
