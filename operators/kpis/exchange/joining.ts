/**
 * KPIs that joined where partitions are combined, until each partition that was heard under former KPIs has said when they
 * joined it: only then is it known which windows are whole.
 */
import { START_OF_TIME, type Millis } from '../../../engine/core/types.ts';

/** A put. By KPI: who has not said it yet, and the highest event time of those that have. */
export type Joining = Readonly<Record<string, { readonly partitions: readonly string[]; readonly maxTs: Millis }>>;
/** All partitions have said when these joined them, the last of them at `maxTs`. */
export interface JoinedAll {
  readonly kpis: readonly string[];
  readonly maxTs: Millis;
}

/** `joined` join where these partitions were heard. */
export function joiningOf(before: Joining, joined: readonly string[], partitions: readonly string[]): Joining {
  const added = joined.map((kpi) => [kpi, { partitions, maxTs: START_OF_TIME }] as const);
  return partitions.length === 0 ? before : { ...before, ...Object.fromEntries(added) };
}

export class JoiningKpis {
  #joining: Joining;
  #hasChanged = false;

  constructor(saved: Joining) {
    this.#joining = saved;
  }

  /**
   * The partition had come to `maxTs` without these KPIs. `isLast`: from here on it counts them, so that all KPIs have joined
   * it. Returns those that have now joined everywhere, if there are any.
   */
  reported(
    partition: string,
    { kpis, maxTs, isLast }: { readonly kpis: readonly string[]; readonly maxTs: Millis; readonly isLast: boolean },
  ): JoinedAll | undefined {
    const next: Record<string, Joining[string]> = {};
    const done: string[] = [];
    let doneAt = START_OF_TIME;
    let hasChanged = false;
    for (const [kpi, { partitions, maxTs: before }] of Object.entries(this.#joining)) {
      const left = isLast ? partitions.filter((one) => one !== partition) : partitions;
      const at = kpis.includes(kpi) ? Math.max(before, maxTs) : before;
      hasChanged ||= at !== before || left.length !== partitions.length;
      if (left.length > 0) next[kpi] = { partitions: left, maxTs: at };
      else {
        done.push(kpi);
        doneAt = Math.max(doneAt, at);
      }
    }
    if (!hasChanged) return undefined;
    this.#joining = next;
    this.#hasChanged = true;
    return done.length === 0 ? undefined : { kpis: done, maxTs: doneAt };
  }

  /** What changed since the last call; undefined: nothing. */
  takeChange(): Joining | undefined {
    if (!this.#hasChanged) return undefined;
    this.#hasChanged = false;
    return this.#joining;
  }
  get now(): Joining {
    return this.#joining;
  }
  get size(): number {
    return Object.keys(this.#joining).length;
  }
}
