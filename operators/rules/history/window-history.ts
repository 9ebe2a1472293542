/**
 * What a rule that looks back knows of earlier final windows, by key: the last few of each, revisions taken in. Exact for any order
 * of arrival within the lateness of the KPI. At most MAX_HISTORIES keys: past that the one not heard of for longest is forgotten; so is one
 * whose windows are all too old to matter.
 */
import type { Millis } from '../../../engine/core/types.ts';
import type { KpiConfig } from '../../kpis/kpis-config.ts';
import { measureOf } from '../../measures/measures.ts';
import type { KpiValue } from '../../shared/messages.ts';
import type { RuleConfig } from '../rules-config.ts';
import { SavedMap, type SavedEntry } from '../saved-map.ts';
import type { WindowSteps } from '../window-step.ts';
import type { Baseline, Consecutive } from './history-config.ts';

export const MAX_HISTORIES = 10_000;

/** What expressions may read, and the trend; what is not known is not there. */
export interface Past {
  readonly previous?: number;
  readonly change?: number;
  /** So many windows in a row are worse; at most as many as the rule asks for. */
  readonly run?: number;
  readonly baseline?: number;
}

type Pane = readonly [end: Millis, value: number | null, n: number];
/** Oldest first. */
type Panes = readonly Pane[];

/** The key under which it is kept since when windows are whole: no key of a KPI looks so. */
const SINCE = '~since';
/** Differences of decimals: 80.1 − 79.1 is not quite 1. */
const EPSILON = 1e-9;

export class WindowHistory {
  readonly #consecutive: Consecutive | undefined;
  readonly #baseline: Baseline | undefined;
  readonly #kpi: KpiConfig;
  readonly #minN: number;
  readonly #steps: WindowSteps;
  readonly #sizeMs: Millis;
  /** How far back windows matter. */
  readonly #reachMs: Millis;
  readonly #keys = new SavedMap<Panes>((panes) => panes);
  /** Since when windows are whole, under one name: saved as the rest is. */
  readonly #marks = new SavedMap<Panes>((panes) => panes);
  #since: Millis | null = null;

  /** Null: the rule does not look back. */
  static of(rule: RuleConfig, kpi: KpiConfig, steps: WindowSteps): WindowHistory | null {
    const looksBack = rule.consecutive !== undefined || rule.baseline !== undefined;
    return looksBack ? new WindowHistory(rule, kpi, steps) : null;
  }

  private constructor({ consecutive, baseline, minN }: RuleConfig, kpi: KpiConfig, steps: WindowSteps) {
    this.#consecutive = consecutive;
    this.#baseline = baseline;
    this.#kpi = kpi;
    this.#minN = minN;
    this.#steps = steps;
    this.#sizeMs = 'sizeMs' in kpi.window ? kpi.window.sizeMs : 0;
    const trend = consecutive === undefined ? 0 : (consecutive.periods + 2) * steps.longestMs;
    const usual = baseline === undefined ? 0 : (baseline.windows + 2) * this.#sizeMs;
    this.#reachMs = Math.max(trend, usual);
  }

  /** Takes a final value in, the late ones too. */
  note({ final, keyId, window: { start, end }, value, n, retracted }: KpiValue): void {
    if (!final || retracted === true) return;
    if (this.#baseline !== undefined && this.#since === null) this.restart(start);
    if (this.#consecutive === undefined && end % this.#sizeMs !== 0) return;
    const known = this.#keys.get(keyId) ?? NONE;
    const newest = Math.max(end, known.at(-1)?.[0] ?? end); // the first of its key
    const kept = known.filter((pane) => pane[0] !== end && pane[0] > newest - this.#reachMs);
    if (end > newest - this.#reachMs) kept.push([end, value, n]);
    this.#keys.set(
      keyId,
      kept.sort((a, b) => a[0] - b[0]),
    );
    this.#forget(newest);
  }

  #forget(newest: Millis): void {
    for (;;) {
      const oldest = this.#keys.oldest();
      if (oldest === undefined) return;
      const last = oldest[1].at(-1)?.[0] ?? newest;
      if (this.#keys.size <= MAX_HISTORIES && last > newest - this.#reachMs) return;
      this.#keys.delete(oldest[0]);
    }
  }

  /** What is known of before the window of this value. */
  before(value: KpiValue): Past {
    const panes = this.#keys.get(value.keyId) ?? NONE; // a key that is new
    const trend = this.#consecutive === undefined ? {} : this.#trend(this.#consecutive, panes, value);
    const baseline = this.#baseline === undefined ? undefined : this.#usual(this.#baseline, panes, value.window.start);
    return baseline === undefined ? trend : { ...trend, baseline };
  }

  #trend({ periods, leastChange }: Consecutive, panes: Panes, value: KpiValue): Past {
    let run = 0;
    let later: Pane = [value.window.end, value.value, value.n];
    let past: Past = { run };
    for (let i = panes.length - 1; i >= 0 && run < periods; i--) {
      const pane = panes[i];
      if (pane === undefined || pane[0] >= later[0]) continue;
      // A window that lacks is no witness, and neither is one with too little in it.
      if (this.#steps.endAfter(pane[0]) !== later[0] || later[2] < this.#minN || pane[2] < this.#minN) break;
      if (later[1] === null || pane[1] === null) break;
      const change = later[1] - pane[1];
      if (run === 0) past = { previous: pane[1], change };
      const worse = this.#kpi.better === 'higher' ? -change : change;
      if (worse <= EPSILON || worse < leastChange - EPSILON) break;
      run += 1;
      later = pane;
    }
    return { ...past, run };
  }

  #usual({ windows }: Baseline, panes: Panes, start: Millis): number | undefined {
    const last = Math.floor(start / this.#sizeMs) * this.#sizeMs;
    const first = last - windows * this.#sizeMs;
    if (this.#since === null || first < this.#since) return undefined;
    let [sum, count] = [0, 0];
    for (const [end, value] of panes) {
      if (end <= first || end > last || value === null) continue;
      sum += value;
      count += 1;
    }
    const isZero = measureOf(this.#kpi.measure).isNothingZero;
    if (isZero) return sum / windows;
    return count === 0 ? undefined : sum / count;
  }

  /** Windows that begin before `since` say nothing of what is usual; what is known of them is forgotten. */
  restart(since: Millis): void {
    this.#keys.clear();
    this.#since = since;
    this.#marks.set(SINCE, [[since, null, 0]]);
  }
  clear(): void {
    this.#keys.clear();
    this.#marks.clear();
    this.#since = null;
  }

  takeChanges(): readonly SavedEntry[] {
    return [...this.#keys.takeChanges(), ...this.#marks.takeChanges()];
  }
  *parts(): Generator<readonly SavedEntry[], void, undefined> {
    yield* this.#marks.parts();
    yield* this.#keys.parts();
  }
  load(entries: readonly SavedEntry[]): void {
    for (const [key, panes] of entries) {
      (key === SINCE ? this.#marks : this.#keys).load([[key, panes as unknown as Panes | null]]);
    }
    this.#since = this.#marks.get(SINCE)?.[0]?.[0] ?? null; // nothing was seen yet
  }
}

const NONE: Panes = [];
