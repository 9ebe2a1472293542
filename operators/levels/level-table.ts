/**
 * What is open of one clock, by combination of dimensions: how many, how many overdue, the oldest. Kept up with each change, and
 * overdue ones by a heap of due times; a reading looks at the combinations alone, never at the keys.
 */
import { must } from '../../engine/core/must.ts';
import type { JsonObject, Millis } from '../../engine/core/types.ts';
import { dimension, type Dimension } from '../kpis/keys/key-of.ts';
import { Heap } from '../shared/heap.ts';
import type { LevelChange } from './level-change.ts';
import { levelEventOf } from './level-change.ts';
import type { LevelPlan } from './level-plan.ts';

interface Entry {
  readonly key: string;
  readonly combination: Combination;
  readonly started: Millis;
  readonly due: Millis;
  isOverdue: boolean;
}

interface Combination {
  readonly id: string;
  /** What is kept of one of its keys: all have the same dimensions. */
  readonly kept: JsonObject;
  open: number;
  overdue: number;
  readonly starts: Heap<Entry>;
  /** What was read last of it was not nothing. */
  isReported: boolean;
}

export interface Level {
  readonly combination: string;
  readonly kept: JsonObject;
  readonly open: number;
  readonly overdue: number;
  /** Seconds; null: nothing is open. */
  readonly oldest: number | null;
}

const LEAST_STALE = 256;

export class LevelTable {
  readonly plan: LevelPlan;
  readonly #dimensions: readonly Dimension[];
  readonly #entries = new Map<string, Entry>();
  readonly #combinations = new Map<string, Combination>();
  #dues = new Heap<Entry>((a, b) => a.due < b.due);

  constructor(plan: LevelPlan) {
    this.plan = plan;
    this.#dimensions = plan.dimensions.map(dimension);
  }

  get keys(): number {
    return this.#entries.size;
  }
  /** Nothing is open, and nothing left to say. */
  get isQuiet(): boolean {
    return this.#combinations.size === 0;
  }

  put({ key, isOpen, started, due }: LevelChange, kept: JsonObject): void {
    const before = this.#entries.get(key);
    if (before !== undefined) {
      this.#entries.delete(key);
      before.combination.open -= 1;
      if (before.isOverdue) before.combination.overdue -= 1;
    }
    if (!isOpen) return;
    const combination = this.#combinationOf(kept);
    const entry: Entry = { key, combination, started, due, isOverdue: false };
    this.#entries.set(key, entry);
    combination.open += 1;
    combination.starts.push(entry);
    if (due !== Infinity) this.#dues.push(entry);
    this.#sweep(combination);
  }

  /** As it stands at `at`, of what happened before; in the order of combinations. What has become empty is said once. */
  read(at: Millis): readonly Level[] {
    for (let first = this.#dues.first; first !== undefined && first.due < at; first = this.#dues.first) {
      this.#dues.pop();
      if (!this.#counts(first) || first.isOverdue) continue;
      first.isOverdue = true;
      first.combination.overdue += 1;
    }
    const levels: Level[] = [];
    for (const one of [...this.#combinations.values()].sort((a, b) => (a.id < b.id ? -1 : 1))) {
      const { id, kept, open, overdue, isReported } = one;
      if (open === 0) this.#combinations.delete(id);
      if (open === 0 && !isReported) continue;
      one.isReported = true;
      levels.push({ combination: id, kept, open, overdue, oldest: open === 0 ? null : this.#oldest(one, at) });
    }
    return levels;
  }

  /** Combinations of which something was said that was not nothing, with what is kept. */
  reported(): ReadonlyMap<string, JsonObject> {
    return new Map(
      [...this.#combinations.values()].filter(({ isReported }) => isReported).map(({ id, kept }) => [id, kept]),
    );
  }
  restoreReported(kept: JsonObject): void {
    this.#combinationOf(kept).isReported = true;
  }

  clear(): void {
    this.#entries.clear();
    this.#combinations.clear();
    this.#dues.clear();
  }

  #oldest({ starts }: Combination, at: Millis): number {
    while (!this.#counts(must(starts.first))) starts.pop();
    return (at - must(starts.first).started) / 1000;
  }

  #counts(entry: Entry): boolean {
    return this.#entries.get(entry.key) === entry;
  }

  #combinationOf(kept: JsonObject): Combination {
    const event = levelEventOf(this.plan.type, 0, kept);
    const id = JSON.stringify(this.#dimensions.map((of) => of(event)));
    let found = this.#combinations.get(id);
    if (found === undefined) {
      const starts = new Heap<Entry>((a, b) => a.started < b.started);
      found = { id, kept, open: 0, overdue: 0, starts, isReported: false };
      this.#combinations.set(id, found);
    }
    return found;
  }

  /** Heap entries that no longer count are cleared away once they are more than those that do. */
  #sweep({ starts, open }: Combination): void {
    if (starts.size > 2 * open + LEAST_STALE) this.#refill(starts);
    if (this.#dues.size > 2 * this.#entries.size + LEAST_STALE) this.#refill(this.#dues);
  }
  #refill(heap: Heap<Entry>): void {
    const kept: Entry[] = [];
    for (let entry = heap.pop(); entry !== undefined; entry = heap.pop()) if (this.#counts(entry)) kept.push(entry);
    for (const entry of kept) heap.push(entry);
  }
}
