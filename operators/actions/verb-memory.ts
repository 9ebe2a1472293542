/**
 * What ends or withdraws actions, by action and key, from when it comes until nothing that happened before it can come any more: so
 * that what asks for an action may come after it. In the order of event time.
 */
import { at as elementAt } from '../../engine/core/must.ts';
import type { Millis } from '../../engine/core/types.ts';
import { Heap } from '../shared/heap.ts';
import type { VerbRecord } from './action.ts';

export type SavedVerbs = readonly [action: number, key: string, verbs: readonly VerbRecord[] | null];

export class VerbMemory {
  readonly #latenessMs: readonly Millis[];
  readonly #verbs = new Map<string, VerbRecord[]>();
  readonly #forgetting = new Heap<VerbRecord>((a, b) => this.#until(a) < this.#until(b));
  readonly #changed = new Map<string, readonly [action: number, key: string]>();
  size = 0;

  constructor(latenessMs: readonly Millis[]) {
    this.#latenessMs = latenessMs;
  }
  #until({ action, at }: VerbRecord): Millis {
    return at + elementAt(this.#latenessMs, action);
  }

  of(action: number, key: string): readonly VerbRecord[] {
    return this.#verbs.get(nameOf(action, key)) ?? NONE;
  }
  /** False: it is known. */
  add(verb: VerbRecord): boolean {
    const { action, key } = verb;
    const name = nameOf(action, key);
    const known = this.#verbs.get(name) ?? []; // the first of its key
    if (known.some((one) => compareVerbs(one, verb) === 0)) return false;
    this.#verbs.set(name, [...known, verb].sort(compareVerbs));
    this.#forgetting.push(verb);
    this.#changed.set(name, [action, key]);
    this.size += 1;
    return true;
  }
  pass(now: Millis): void {
    for (let first = this.#forgetting.first; first !== undefined; first = this.#forgetting.first) {
      if (this.#until(first) >= now) return;
      this.#forgetting.pop();
      const { action, key } = first;
      const name = nameOf(action, key);
      const rest = this.of(action, key).filter((one) => one !== first);
      if (rest.length === 0) this.#verbs.delete(name);
      else this.#verbs.set(name, rest);
      this.#changed.set(name, [action, key]);
      this.size -= 1;
    }
  }
  clear(): void {
    this.#verbs.clear();
    this.#forgetting.clear();
    this.size = 0;
  }

  takeChanges(): readonly SavedVerbs[] {
    const changes = Array.from(this.#changed.values(), ([action, key]): SavedVerbs => {
      const verbs = this.#verbs.get(nameOf(action, key));
      return [action, key, verbs ?? null]; // they are forgotten
    });
    this.#changed.clear();
    return changes;
  }
  *all(): Iterable<SavedVerbs> {
    for (const verbs of this.#verbs.values()) {
      const { action, key } = elementAt(verbs, 0);
      yield [action, key, verbs];
    }
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
function nameOf(action: number, key: string): string {
  return `${String(action)} ${key}`;
}
