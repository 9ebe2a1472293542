/** The saved form of the rules operator, and taking it over under other rules. */
import type { State } from '../../engine/core/types.ts';
import type { AlertMessage } from '../../engine/core/wire.ts';
import type { OpenAlert } from './alerts/alert-message.ts';
import type { EventRuleConfig } from './per-event/event-rules-config.ts';
import type { RuleConfig } from './rules-config.ts';
import type { SavedEntry } from './saved-map.ts';
import { announcedOf, decodeTrack } from './track.ts';

export interface SavedRule {
  readonly tracks: readonly SavedEntry[];
  /** How far calm keys were judged. */
  readonly judged: readonly SavedEntry[];
  /** The last message of each open alert. */
  readonly alerts: readonly SavedEntry[];
  /** Earlier windows, of rules that look back. */
  readonly history?: readonly SavedEntry[];
}

/** A snapshot part and a delta alike; entries are absolute, null removes. */
export interface RulesPart {
  /** Rules whose saved state no longer counts. */
  readonly gone: readonly string[];
  readonly rules: Readonly<Record<string, SavedRule>>;
  readonly neighbours: Readonly<Record<string, readonly SavedEntry[]>>;
  readonly silences: readonly SavedEntry[];
}

/** Appended by `migrateRules`: rules of the same id, but of another meaning. */
interface ChangedPart {
  readonly changed: readonly string[];
}

export interface Restored {
  readonly parts: readonly RulesPart[];
  readonly changed: ReadonlySet<string>;
  /** Saved rules that are configured no more, with their open alerts. */
  readonly removed: readonly { readonly rule: string; readonly alerts: readonly OpenAlert[] }[];
}

export function readSaved(saved: readonly State[], configured: ReadonlySet<string>): Restored {
  const parts: RulesPart[] = [];
  const changed = new Set<string>();
  const strangers = new Map<string, Stranger>();
  for (const state of saved) {
    const part = state as unknown as RulesPart | ChangedPart;
    if ('changed' in part) {
      for (const rule of part.changed) changed.add(rule);
      continue;
    }
    parts.push(part);
    for (const rule of part.gone) strangers.delete(rule);
    for (const [rule, saved] of Object.entries(part.rules)) {
      if (configured.has(rule)) continue;
      const stranger = strangers.get(rule) ?? new Stranger();
      strangers.set(rule, stranger);
      stranger.load(saved);
    }
  }
  const removed = [...strangers].map(([rule, stranger]) => ({ rule, alerts: stranger.openAlerts() }));
  return { parts: withoutGone(parts), changed, removed };
}

/** A saved rule that is configured no more. */
class Stranger {
  readonly #alerts = new Map<string, AlertMessage>();
  readonly #announced = new Map<string, OpenAlert['announced']>();

  load({ tracks, alerts }: SavedRule): void {
    for (const [key, saved] of tracks) {
      const track = decodeTrack(saved);
      if (track === null) this.#announced.delete(key);
      else this.#announced.set(key, track.announced);
    }
    for (const [key, message] of alerts) {
      if (message === null) this.#alerts.delete(key);
      else this.#alerts.set(key, message as unknown as AlertMessage);
    }
  }
  openAlerts(): readonly OpenAlert[] {
    return [...this.#alerts].map(([key, message]) => ({
      message,
      announced: announcedOf(this.#announced.get(key), message),
    }));
  }
}

/** A rule that was removed and came back starts empty: what was saved of it before counts no more. */
function withoutGone(parts: readonly RulesPart[]): readonly RulesPart[] {
  const gone = new Set<string>();
  const kept: RulesPart[] = [];
  for (const part of parts.toReversed()) {
    const rules =
      gone.size === 0 ? part.rules : Object.fromEntries(Object.entries(part.rules).filter(([rule]) => !gone.has(rule)));
    kept.push({ ...part, rules });
    for (const rule of part.gone) gone.add(rule);
  }
  return kept.reverse();
}

/** What the meaning of saved state depends on: not titles, owners or runbooks. */
export function fingerprintOf(rule: RuleConfig): State {
  const { kpi, by, fire, recover, forMs, keepFiringForMs, minN, on, onNoData, severity, expect } = rule;
  const { consecutive, baseline, certain } = rule;
  const meaning = { kpi, by, fire, recover, forMs, keepFiringForMs, minN, on, onNoData, severity };
  // State from before there was one of these lacks it.
  return {
    ...meaning,
    ...(expect.length > 0 && { expect }),
    ...(consecutive !== undefined && { consecutive: { ...consecutive } }),
    ...(baseline !== undefined && { baseline: { ...baseline } }),
    ...(certain === true && { certain }),
  };
}

export function eventFingerprintOf({ raise, resolve, by, expireMs, severity }: EventRuleConfig): State {
  return { raise: { ...raise }, resolve: resolve === null ? null : { ...resolve }, by, expireMs, severity };
}

/** Every change of rules is lawful: new ones start empty, removed ones are ended, changed ones judge their alerts again. */
export function migrateRules(
  saved: readonly State[],
  from: State | undefined,
  to: State,
  isSame: (a: State, b: State) => boolean,
): readonly State[] {
  const before = rulesOf(from);
  const after = rulesOf(to);
  const changed = Object.keys(after).filter((rule) => {
    const [old, now] = [before[rule], after[rule]];
    return old === undefined || now === undefined || !isSame(old, now);
  });
  return [...saved, { changed }];
}

function rulesOf(fingerprint: State | undefined): Readonly<Record<string, State>> {
  const isMap = typeof fingerprint === 'object' && fingerprint !== null && !Array.isArray(fingerprint);
  return isMap ? (fingerprint as Readonly<Record<string, State>>) : {};
}
