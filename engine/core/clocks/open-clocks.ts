/**
 * What is open of each clock, counted: by age, by one kept field, what is past its due time, and what falls due next. Goes through the
 * runs once, some at a time; keeps no more than the counts and the few that are next.
 */
import { at, must } from '../must.ts';
import type { Millis } from '../types.ts';
import type { OpenRun } from './open-run.ts';

export interface OpenCount {
  readonly open: number;
  readonly overdue: number;
  readonly paused: number;
  /** Seconds; null: nothing is open. */
  readonly oldest_s: number | null;
  /** How many are younger than each of the bounds and not than the one before; the last: older than all. */
  readonly ages: readonly number[];
}
export interface OpenGroup extends OpenCount {
  /** null: the clock keeps no such field of them. */
  readonly value: string | null;
}
export interface NextDue {
  readonly key: string;
  readonly started: Millis;
  readonly due: Millis;
  readonly kept: Readonly<Record<string, string>>;
}
export interface OpenClock extends OpenCount {
  readonly clock: string;
  readonly groups: readonly OpenGroup[];
  /** Not yet due, the soonest first. */
  readonly next: readonly NextDue[];
}
export interface CountOptions {
  /** Milliseconds, ascending. */
  readonly bounds: readonly Millis[];
  /** The field that groups are of. */
  readonly by: string;
  readonly now: Millis;
  /** How many of those that fall due next. */
  readonly most: number;
}

/** Groups of a clock beyond these count together, without a value. */
const MOST_GROUPS = 200;

class Tally {
  readonly #ages: number[];
  #open = 0;
  #overdue = 0;
  #paused = 0;
  #first = Infinity;

  constructor(bounds: readonly Millis[]) {
    this.#ages = Array.from({ length: bounds.length + 1 }, () => 0);
  }
  add({ started, due, isPaused }: OpenRun, { bounds, now }: CountOptions): void {
    this.#open += 1;
    if (due !== null && due < now) this.#overdue += 1;
    if (isPaused) this.#paused += 1;
    if (started < this.#first) this.#first = started;
    const age = now - started;
    const found = bounds.findIndex((bound) => age < bound);
    const bucket = found < 0 ? bounds.length : found;
    this.#ages[bucket] = at(this.#ages, bucket) + 1;
  }
  count(now: Millis): OpenCount {
    return {
      ...{ open: this.#open, overdue: this.#overdue, paused: this.#paused, ages: this.#ages },
      oldest_s: this.#open === 0 ? null : Math.max(0, Math.round((now - this.#first) / 1000)),
    };
  }
}

export class OpenClocks {
  readonly #options: CountOptions;
  readonly #clocks = new Map<
    string,
    { readonly all: Tally; readonly groups: Map<string | null, Tally>; next: NextDue[] }
  >();

  /** `clocks`: ids in the order in which they are counted; runs of others are left out. */
  constructor(clocks: readonly string[], options: CountOptions) {
    this.#options = options;
    for (const id of clocks) this.#clocks.set(id, { all: new Tally(options.bounds), groups: new Map(), next: [] });
  }

  add(run: OpenRun): void {
    const found = this.#clocks.get(run.clock);
    if (found === undefined) return;
    const { by, now, bounds, most } = this.#options;
    found.all.add(run, this.#options);
    const value = Object.hasOwn(run.kept, by) ? must(run.kept[by]) : null; // `by` comes from an address: `constructor` too
    const name = found.groups.has(value) || found.groups.size < MOST_GROUPS ? value : null;
    if (!found.groups.has(name)) found.groups.set(name, new Tally(bounds));
    must(found.groups.get(name)).add(run, this.#options);
    if (run.due === null || run.due < now) return;
    const { key, started, due, kept } = run;
    found.next.push({ key, started, due, kept });
    // Now and then, not with each: sorting costs.
    if (found.next.length > 4 * most + 64) found.next = soonest(found.next, most);
  }

  counted(): readonly OpenClock[] {
    const { now, most } = this.#options;
    return Array.from(this.#clocks, ([clock, { all, groups, next }]) => ({
      ...{ clock, ...all.count(now) },
      groups: Array.from(groups, ([value, tally]) => ({ value, ...tally.count(now) })).sort(
        (a, b) => b.overdue - a.overdue || b.open - a.open || ((a.value ?? '') < (b.value ?? '') ? -1 : 1), // one without a value
      ),
      next: soonest(next, most),
    }));
  }
}

function soonest(next: readonly NextDue[], most: number): NextDue[] {
  return next.toSorted((a, b) => a.due - b.due || (a.key < b.key ? -1 : 1)).slice(0, most);
}
