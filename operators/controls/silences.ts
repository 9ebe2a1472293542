/** Who does not want to hear of which alerts until when. */
import { formatInstant } from '../../engine/core/cloud-events.ts';
import type { Json, LiveItem, Millis, State } from '../../engine/core/types.ts';
import { SavedMap, type SavedEntry } from '../rules/saved-map.ts';

/** Which alerts: those that agree with everything given. */
export interface SilenceMatch {
  readonly rule: string | null;
  readonly kpi: string | null;
  readonly severity: string | null;
  /** Dimensions that must be so. */
  readonly key: Readonly<Record<string, string>> | null;
}
export interface Silence {
  readonly id: string;
  readonly match: SilenceMatch;
  readonly until: Millis;
  readonly by: string;
  /** When it was decided. */
  readonly at: Millis;
  readonly why: string;
}
/** What a silence is held against. */
export interface Silenceable {
  readonly rule: string;
  readonly kpi: string;
  readonly severity: string;
  readonly key: Readonly<Record<string, string>>;
}

export const MAX_SILENCES = 1000;

export class Silences {
  readonly #silences = new SavedMap<Silence>((silence): State => ({ ...silence, match: { ...silence.match } }));

  get size(): number {
    return this.#silences.size;
  }
  clear(): void {
    this.#silences.clear();
  }
  /** False: there are too many. The same id again replaces the first. */
  add(silence: Silence): boolean {
    if (this.#silences.size >= MAX_SILENCES && this.#silences.get(silence.id) === undefined) return false;
    this.#silences.set(silence.id, silence);
    return true;
  }
  /** False: there is none of that id. */
  remove(id: string): boolean {
    if (this.#silences.get(id) === undefined) return false;
    this.#silences.delete(id);
    return true;
  }
  all(): Iterable<Silence> {
    return [...this.#silences.entries()].map(([, silence]) => silence);
  }
  covers(alert: Silenceable, at: Millis): boolean {
    for (const [, { until, match }] of this.#silences.entries()) if (until > at && agrees(match, alert)) return true;
    return false;
  }
  /** When the next one ends. */
  nextEnd(): Millis | undefined {
    let next: Millis | undefined;
    for (const [, { until }] of this.#silences.entries()) if (next === undefined || until < next) next = until;
    return next;
  }
  /** Forgets those that are over. Returns their ids. */
  expire(now: Millis): readonly string[] {
    const over = [...this.#silences.entries()].filter(([, silence]) => silence.until <= now);
    for (const [id] of over) this.#silences.delete(id);
    return over.map(([id]) => id);
  }
  takeChanges(): readonly SavedEntry[] {
    return this.#silences.takeChanges();
  }
  parts(): Generator<readonly SavedEntry[], void, undefined> {
    return this.#silences.parts();
  }
  load(entries: readonly SavedEntry[]): void {
    this.#silences.load(entries.map(([id, silence]) => [id, silence as unknown as Silence | null]));
  }
}

/** For the gateway's list. */
export function silenceItem({ id, match, until, by, at, why }: Silence): LiveItem {
  const given = Object.fromEntries<Json>(Object.entries(match).filter(([, value]) => value !== null));
  const value = { silence: id, match: given, until: formatInstant(until), by, at: formatInstant(at), reason: why };
  return { topic: 'silences', key: id, value };
}
export function silenceGone(id: string): LiveItem {
  return { topic: 'silences', key: id, value: null };
}

function agrees({ rule, kpi, severity, key }: SilenceMatch, alert: Silenceable): boolean {
  if (rule !== null && rule !== alert.rule) return false;
  if (kpi !== null && kpi !== alert.kpi) return false;
  if (severity !== null && severity !== alert.severity) return false;
  for (const dimension in key) if (alert.key[dimension] !== key[dimension]) return false;
  return true;
}
