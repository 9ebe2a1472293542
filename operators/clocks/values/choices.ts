/**
 * Target and calendar by the values that decide. What decides repeats (a tier, a priority), so a choice is worked out once for equal
 * values and remembered. A choice in which some expression had no result is worked out each time: that it never has one is reported by
 * counting.
 */
import { at as elementAt } from '../../../engine/core/must.ts';
import type { Json } from '../../../engine/core/types.ts';
import type { Choice, Values } from '../clock.ts';

/** Of these values; undefined: it has no result. */
export type Condition = (values: Values) => unknown;
export interface When<T> {
  readonly holds: Condition;
  readonly then: T;
}

/** So many are remembered, then all are forgotten. */
const MOST = 4096;

type Known = Map<Json | undefined, Known | Choice>;

export class Choices {
  readonly #targets: readonly When<number | null>[];
  readonly #calendars: readonly When<number>[];
  /** Places of the values that decide. */
  readonly #choosing: readonly number[];
  #known: Known = new Map();
  #size = 0;
  /** Where nothing decides. */
  #only: Choice | undefined;

  constructor(
    targets: readonly When<number | null>[],
    calendars: readonly When<number>[],
    choosing: readonly number[],
  ) {
    this.#targets = targets;
    this.#calendars = calendars;
    this.#choosing = choosing;
  }

  of(values: Values): Choice {
    if (this.#choosing.length === 0) return (this.#only ??= this.#workedOut(values));
    let known: Known | Choice | undefined = this.#known;
    for (let i = 0; known instanceof Map && i < this.#choosing.length; i++)
      known = known.get(values[elementAt(this.#choosing, i)]);
    if (known !== undefined && !(known instanceof Map)) return known;
    return this.#workedOut(values);
  }

  #workedOut(values: Values): Choice {
    const [target, calendar] = [firstOf(this.#targets, values), firstOf(this.#calendars, values)];
    const choice: Choice = {
      targetMs: target.found ?? null, // none holds: no target
      calendar: calendar.found ?? -1, // none holds: every hour counts
    };
    if (this.#choosing.length > 0 && target.isSure && calendar.isSure) this.#remember(values, choice);
    return choice;
  }
  #remember(values: Values, choice: Choice): void {
    const path = this.#choosing.map((place) => values[place]);
    // What is equal is found again only of plain values.
    if (path.some(isObject)) return;
    const last = path.pop();
    if (this.#size >= MOST) {
      this.#known = new Map();
      this.#size = 0;
    }
    let known = this.#known;
    for (const value of path) {
      const next = known.get(value);
      const inner: Known = next instanceof Map ? next : new Map<Json | undefined, Known | Choice>();
      if (inner !== next) known.set(value, inner);
      known = inner;
    }
    known.set(last, choice);
    this.#size += 1;
  }
}

function isObject(value: Json | undefined): boolean {
  return typeof value === 'object' && value !== null;
}

/** The first that holds, and whether all that were asked had a result. */
function firstOf<T>(whens: readonly When<T>[], values: Values): { readonly found?: T; readonly isSure: boolean } {
  let isSure = true;
  for (const { holds, then } of whens) {
    const value = holds(values);
    if (value === true) return { found: then, isSure };
    if (value === undefined) isSure = false;
  }
  return { isSure };
}
