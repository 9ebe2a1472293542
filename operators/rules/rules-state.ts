/** The saved form of the rules operator, and taking it over under other rules. */
import type { State } from '../../engine/core/types.ts';
import type { AlertMessage } from '../../engine/core/wire.ts';
import type { SavedRule } from './rule-keys.ts';
import type { SavedEntry } from './saved-map.ts';

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
  readonly removed: readonly { readonly rule: string; readonly alerts: readonly AlertMessage[] }[];
}

export function readSaved(saved: readonly State[], configured: ReadonlySet<string>): Restored {
  const parts: RulesPart[] = [];
  const changed = new Set<string>();
  const strangers = new Map<string, Map<string, AlertMessage>>();
  for (const state of saved) {
    const part = state as unknown as RulesPart | ChangedPart;
    if ('changed' in part) {
      for (const rule of part.changed) changed.add(rule);
      continue;
    }
    parts.push(part);
    for (const rule of part.gone) strangers.delete(rule);
    for (const [rule, { alerts }] of Object.entries(part.rules)) {
      if (configured.has(rule)) continue;
      const open = strangers.get(rule) ?? new Map<string, AlertMessage>();
      strangers.set(rule, open);
      for (const [key, message] of alerts) {
        if (message === null) open.delete(key);
        else open.set(key, message as unknown as AlertMessage);
      }
    }
  }
  const removed = [...strangers].map(([rule, open]) => ({ rule, alerts: [...open.values()] }));
  return { parts: withoutGone(parts), changed, removed };
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

/** Every change of rules is lawful: new ones start empty, removed ones are ended, changed ones judge their alerts anew. */
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
