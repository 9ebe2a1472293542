/**
 * What ends or withdraws actions, by action and key, from when it comes until nothing that happened before it can come any more: so
 * that what asks for an action may come after it. In the order of event time.
 */
import { at as elementAt, must } from '../../../engine/core/must.ts';
import type { Millis } from '../../../engine/core/types.ts';
import { Heap } from '../../shared/heap.ts';
import type { VerbRecord } from '../action.ts';

export type SavedVerbs = readonly [action: number, key: string, verbs: readonly VerbRecord[] | null];

/** What is remembered of one key of an action. */
interface Remembered {
  readonly action: number;
  readonly key: string;
  /** In their order; none: it is forgotten. */
  verbs: readonly VerbRecord[];
  /** Since it was saved. */
  isChanged: boolean;
}

export class VerbMemory {
  readonly #latenessMs: readonly Millis[];
  /** By action, then key: no name is put together to look one up. */
  readonly #known: readonly Map<string, Remembered>[];
  readonly #forgetting = new Heap<VerbRecord>((a, b) => this.#until(a) < this.#until(b));
  #changed: Remembered[] = [];
  size = 0;

  constructor(latenessMs: readonly Millis[]) {
    this.#latenessMs = latenessMs;
    this.#known = latenessMs.map(() => new Map<string, Remembered>());
  }
  #until({ action, at }: VerbRecord): Millis {
    return at + elementAt(this.#latenessMs, action);
  }

  of(action: number, key: string): readonly VerbRecord[] {
    return elementAt(this.#known, action).get(key)?.verbs ?? NONE;
  }
  /** False: it is known. */
  add(verb: VerbRecord): boolean {
    const { action, key } = verb;
    const ofAction = elementAt(this.#known, action);
    const known = ofAction.get(key);
    if (known === undefined) {
      const first: Remembered = { action, key, verbs: [verb], isChanged: false };
      ofAction.set(key, first);
      this.#changes(first);
    } else {
      const { verbs } = known;
      let place = verbs.length;
      // Most come in their order.
      while (place > 0 && compareVerbs(elementAt(verbs, place - 1), verb) > 0) place -= 1;
      if (place > 0 && compareVerbs(elementAt(verbs, place - 1), verb) === 0) return false;
      known.verbs = verbs.toSpliced(place, 0, verb);
      this.#changes(known);
    }
    this.#forgetting.push(verb);
    this.size += 1;
    return true;
  }
  pass(now: Millis): void {
    for (let first = this.#forgetting.first; first !== undefined; first = this.#forgetting.first) {
      if (this.#until(first) >= now) return;
      this.#forgetting.pop();
      this.#forget(first);
    }
  }
  #forget(verb: VerbRecord): void {
    const ofAction = elementAt(this.#known, verb.action);
    const known = must(ofAction.get(verb.key), 'what is remembered until its time');
    known.verbs = known.verbs.length === 1 ? NONE : known.verbs.filter((one) => one !== verb);
    if (known.verbs.length === 0) ofAction.delete(verb.key);
    this.#changes(known);
    this.size -= 1;
  }
  #changes(known: Remembered): void {
    if (known.isChanged) return;
    known.isChanged = true;
    this.#changed.push(known);
  }
  clear(): void {
    for (const known of this.#changed) known.verbs = NONE;
    for (const ofAction of this.#known) ofAction.clear();
    this.#forgetting.clear();
    this.size = 0;
  }

  /** A key that was forgotten and is met again stands twice, in that order. */
  takeChanges(): readonly SavedVerbs[] {
    const changed = this.#changed;
    this.#changed = [];
    return changed.map((known): SavedVerbs => {
      known.isChanged = false;
      const { action, key, verbs } = known;
      return [action, key, verbs.length === 0 ? null : verbs];
    });
  }
  *all(): Iterable<SavedVerbs> {
    for (const ofAction of this.#known)
      for (const { action, key, verbs } of ofAction.values()) yield [action, key, verbs];
  }
}

const NONE: readonly VerbRecord[] = [];

/** By instant, then by event: in every run the same. */
export function compareVerbs(a: VerbRecord, b: VerbRecord): number {
  if (a.at !== b.at) return a.at - b.at;
  if (a.event !== b.event) return a.event < b.event ? -1 : 1;
  if (a.verb !== b.verb) return a.verb < b.verb ? -1 : 1;
  if (a.action !== b.action) return a.action - b.action;
  return a.key === b.key ? 0 : a.key < b.key ? -1 : 1;
}
