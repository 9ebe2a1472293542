/** Silences of an Alertmanager, which people there use to say that they know: read from its API v2 and held against an alert's labels. */
import { must } from '../../engine/core/must.ts';
import type { Millis } from '../../engine/core/types.ts';

export interface ForeignSilence {
  readonly id: string;
  /** Free text there: as it is said, not as it is known. */
  readonly createdBy: string;
  readonly comment: string;
  readonly endsAt: Millis;
  readonly matchers: readonly LabelMatcher[];
}

export interface LabelMatcher {
  readonly name: string;
  readonly value: string;
  readonly isRegex: boolean;
  readonly isEqual: boolean;
}

/** Whether the whole text is what the pattern says, in linear time; throws where it is no pattern. */
export type MatchesWhole = (pattern: string, text: string) => boolean;

/** Those in force; null: that is no list of silences. */
export function activeSilences(body: string): readonly ForeignSilence[] | null {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return null;
  }
  if (!Array.isArray(value)) return null;
  return (value as readonly RawSilence[]).flatMap((one) => {
    const endsAt = Date.parse(one.endsAt ?? ''); // not a time: refused below
    const matchers = (one.matchers ?? []).flatMap(matcherOf); // none: refused below
    // What cannot be read must not silence more than it says.
    const isWhole = matchers.length > 0 && matchers.length === one.matchers?.length;
    if (one.status?.state !== 'active' || typeof one.id !== 'string' || Number.isNaN(endsAt) || !isWhole) return [];
    return [{ id: one.id, createdBy: textOf(one.createdBy), comment: textOf(one.comment), endsAt, matchers }];
  });
}

/** Every matcher holds. A label that is missing is empty, as Alertmanager has it. */
export function covers(
  { matchers, endsAt }: ForeignSilence,
  labels: Readonly<Record<string, string>>,
  now: Millis,
  matches: MatchesWhole,
): boolean {
  return (
    endsAt > now &&
    matchers.every(({ name, value, isRegex, isEqual }) => {
      const label = Object.hasOwn(labels, name) ? must(labels[name]) : '';
      return (isRegex ? matches(value, label) : label === value) === isEqual;
    })
  );
}

interface RawSilence {
  readonly id?: unknown;
  readonly createdBy?: unknown;
  readonly comment?: unknown;
  readonly endsAt?: string;
  readonly status?: { readonly state?: unknown };
  readonly matchers?: readonly unknown[];
}

function matcherOf(value: unknown): readonly LabelMatcher[] {
  const { name, value: wanted, isRegex, isEqual } = (value ?? {}) as Readonly<Record<string, unknown>>; // not a matcher: refused below
  if (typeof name !== 'string' || typeof wanted !== 'string') return [];
  // Before 0.22 there was no `isEqual`.
  return [{ name, value: wanted, isRegex: isRegex === true, isEqual: isEqual !== false }];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
