/** What falls due, in an order that every run repeats: at one instant records first, then what is known, each by its name. */
import { must } from '../../engine/core/must.ts';
import type { Millis } from '../../engine/core/types.ts';
import { Heap } from '../shared/heap.ts';
import type { Held, VerbRecord } from './action.ts';
import { nextOf, type HeldActions } from './held-actions.ts';
import { compareVerbs } from './memory/verb-memory.ts';

export type Timer =
  | { readonly at: Millis; readonly held: Held }
  /** A record whose time comes. */
  | { readonly at: Millis; readonly verb: VerbRecord };

type HeldTimer = Extract<Timer, { readonly held: Held }>;

export class ActionTimers {
  readonly #heap = new Heap<HeldTimer>(isBefore);
  /** By themselves: they come about in their order, what is known does not. */
  readonly #verbs = new Heap<VerbRecord>((a, b) => compareVerbs(a, b) < 0);
  readonly #held: HeldActions;

  constructor(held: HeldActions) {
    this.#held = held;
  }
  plan(held: Held): void {
    this.#heap.push({ at: nextOf(held), held });
  }
  planVerb(verb: VerbRecord): void {
    this.#verbs.push(verb);
  }
  /** Infinity: nothing falls due. */
  get firstAt(): Millis {
    return Math.min(this.#verbs.first?.at ?? Infinity, this.#firstHeld()?.at ?? Infinity);
  }
  /** Takes what falls due at `firstAt`. */
  take(): Timer {
    const verb = this.#verbs.first;
    const held = this.#firstHeld();
    if (verb !== undefined && (held === undefined || verb.at <= held.at)) {
      this.#verbs.pop();
      return { at: verb.at, verb };
    }
    this.#heap.pop();
    return must(held, 'what falls due');
  }
  /** Without those of what became otherwise. */
  #firstHeld(): HeldTimer | undefined {
    for (;;) {
      const first = this.#heap.first;
      if (first === undefined) return undefined;
      const { held, at } = first;
      if (this.#held.get(held.trigger.id) === held && nextOf(held) === at) return first;
      this.#heap.pop();
    }
  }
  clear(): void {
    this.#heap.clear();
    this.#verbs.clear();
  }
}

function isBefore(a: HeldTimer, b: HeldTimer): boolean {
  return a.at !== b.at ? a.at < b.at : a.held.trigger.id < b.held.trigger.id;
}
