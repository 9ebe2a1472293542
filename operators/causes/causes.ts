/** Contribution analysis: which finer keys of a KPI are behind a breach. */
import type { State } from '../../engine/core/types.ts';
import type { AlertCause } from '../../engine/core/wire.ts';
import type { KpiConfig } from '../kpis/kpis-config.ts';
import { measureOf } from '../measures/measures.ts';
import type { KpiValue } from '../shared/messages.ts';
import { SavedMap, type SavedEntry } from '../rules/saved-map.ts';
import { stepMs } from '../rules/window-step.ts';

type Key = Readonly<Record<string, string>>;
/** The latest value of one key. */
interface Neighbour {
  readonly key: Key;
  readonly end: number;
  readonly value: number;
  readonly n: number;
}
export interface Breach {
  readonly key: Key;
  readonly end: number;
  readonly value: number | null;
  readonly n: number;
}

const MAX_CAUSES = 3;
/** Per KPI; past it the one not heard of for longest is forgotten. */
export const MAX_NEIGHBOURS = 1000;

export class Neighbours {
  readonly #rows = new SavedMap<Neighbour>(encode);
  readonly #kpi: KpiConfig;
  readonly #isAdditive: boolean;
  readonly #minDimensions: number;
  /** Keys of one moment are not all emitted at the same time: this far apart still counts as the same window. */
  readonly #toleranceMs: number;

  /** `minDimensions`: fewer explain nothing, because no rule judges anything coarser. */
  constructor(kpi: KpiConfig, minDimensions: number) {
    this.#kpi = kpi;
    this.#isAdditive = measureOf(kpi.measure).isAdditive;
    this.#minDimensions = minDimensions;
    this.#toleranceMs = kpi.window.kind === 'sliding' ? Math.max(kpi.window.slideMs, kpi.window.sizeMs / 20) : 0;
  }
  get size(): number {
    return this.#rows.size;
  }
  clear(): void {
    this.#rows.clear();
  }

  note(value: KpiValue): void {
    let dimensions = 0;
    for (const _ in value.key) dimensions += 1;
    if (dimensions < this.#minDimensions) return;
    const known = this.#rows.get(value.keyId);
    const { end } = value.window;
    if (known !== undefined && known.end > end) return;
    if (value.value === null || value.retracted === true) this.#rows.delete(value.keyId);
    else this.#rows.set(value.keyId, { key: value.key, end, value: value.value, n: value.n });
    this.#forget(end - 2 * Math.max(this.#toleranceMs, stepMs(this.#kpi.window)));
  }

  #forget(before: number): void {
    for (;;) {
      const oldest = this.#rows.oldest();
      if (oldest === undefined || (oldest[1].end >= before && this.#rows.size <= MAX_NEIGHBOURS)) return;
      this.#rows.delete(oldest[0]);
    }
  }

  /** At most three, the strongest first, none inside another; empty when nothing finer explains it. */
  causesOf(breach: Breach): readonly AlertCause[] {
    if (breach.value === null || breach.n <= 0) return [];
    const candidates: { id: string; dimensions: number; cause: AlertCause }[] = [];
    for (const [id, row] of this.#rows.entries()) {
      if (Math.abs(row.end - breach.end) > this.#toleranceMs || !isFiner(row.key, breach.key)) continue;
      const contribution = this.#contribution(row, breach.value, breach.n);
      if (this.#badness(contribution) <= 0) continue;
      const share = Math.min(1, row.n / breach.n);
      const cause = { key: row.key, value: row.value, n: row.n, share, contribution };
      candidates.push({ id, dimensions: Object.keys(row.key).length, cause });
    }
    candidates.sort(
      (a, b) =>
        this.#badness(b.cause.contribution) - this.#badness(a.cause.contribution) ||
        b.dimensions - a.dimensions ||
        (a.id < b.id ? -1 : 1),
    );
    const causes: AlertCause[] = [];
    for (const { cause } of candidates) {
      if (causes.some((taken) => isFiner(taken.key, cause.key) || isFiner(cause.key, taken.key))) continue;
      causes.push(cause);
      if (causes.length === MAX_CAUSES) break;
    }
    return causes;
  }

  /** (v − V)·n/N: sums to 0 over a full partition of the whole, so a finer key never outweighs a region that is bad all over. */
  #contribution(row: Neighbour, total: number, n: number): number {
    return this.#isAdditive ? row.value : ((row.value - total) * row.n) / n;
  }
  #badness(contribution: number): number {
    return this.#kpi.better === 'higher' ? -contribution : contribution;
  }

  takeChanges(): readonly SavedEntry[] {
    return this.#rows.takeChanges();
  }
  parts(): Generator<readonly SavedEntry[], void, undefined> {
    return this.#rows.parts();
  }
  load(entries: readonly SavedEntry[]): void {
    this.#rows.load(entries.map(([id, row]) => [id, row as Neighbour | null]));
  }
}

function encode(row: Neighbour): State {
  return { key: row.key, end: row.end, value: row.value, n: row.n };
}

/** All of `coarse`, and more. */
function isFiner(fine: Key, coarse: Key): boolean {
  let more = 0;
  for (const dimension in fine) if (coarse[dimension] === undefined) more += 1;
  if (more === 0) return false;
  for (const dimension in coarse) if (fine[dimension] !== coarse[dimension]) return false;
  return true;
}
