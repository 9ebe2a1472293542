/** Which alerts are meant: every named property has one of its values. */
import type { AlertMessage } from '../../engine/core/wire.ts';
import type { JsonObject } from '../../engine/core/types.ts';
import type { Section } from '../config/config-values.ts';
import { textOrList } from './setting-forms.ts';

/** `severity`, `rule`, `kpi`, `owner` or a dimension → the values that match. Empty: everything. */
export type Matchers = Readonly<Record<string, readonly string[]>>;

export const matchersSchema = (description: string): JsonObject => ({
  type: ['object', 'null'],
  description,
  default: {},
  additionalProperties: {
    type: ['string', 'array'],
    items: { type: 'string', maxLength: 200 },
    maxLength: 200,
    minItems: 1,
    maxItems: 100,
  },
  maxProperties: 20,
});

export function readMatchers(section: Section): Matchers {
  return Object.fromEntries(section.names().map((name) => [name, textOrList(section, name)]));
}

export function isMatch(matchers: Matchers, message: AlertMessage): boolean {
  return Object.entries(matchers).every(([name, values]) => values.includes(propertyOf(message, name)));
}

/** Whose alerts and actions these are. */
export interface Route {
  readonly for: Matchers;
  /** Of hooks before it that keep what they take to themselves. */
  readonly unless: readonly Matchers[];
}

export function takesAlert({ for: own, unless }: Route, message: AlertMessage): boolean {
  return isMatch(own, message) && !unless.some((matchers) => isMatch(matchers, message));
}

export function takesAction(
  { for: own, unless }: Route,
  action: { readonly kind: string; readonly owner: string | null },
  data: JsonObject | undefined,
): boolean {
  return isActionMatch(own, action, data) && !unless.some((matchers) => isActionMatch(matchers, action, data));
}

/** What an alert lacks is empty. */
export function propertyOf(message: AlertMessage, name: string): string {
  switch (name) {
    case 'severity':
    case 'rule':
    case 'kpi':
      return message[name];
    case 'owner':
      return message.owner ?? ''; // nobody's matches no name
    default:
      return message.key[name] ?? ''; // a key that the alert has not matches nothing named
  }
}

/** Actions go to hooks that name some of their kinds; `owner` and what the action's data holds match as for alerts. */
function isActionMatch(
  { action: kinds, ...matchers }: Matchers,
  { kind, owner }: { readonly kind: string; readonly owner: string | null },
  data: JsonObject | undefined,
): boolean {
  if (kinds === undefined || !(kinds.includes(kind) || kinds.includes(textIn(data, 'action')))) return false;
  return Object.entries(matchers).every(
    ([name, values]) => values.includes(name === 'owner' ? (owner ?? '') : textIn(data, name)), // nobody's matches no name
  );
}

/** What it lacks is empty. */
function textIn(data: JsonObject | undefined, name: string): string {
  const value = data?.[name];
  if (typeof value === 'string') return value;
  const key = data?.['key'];
  const inner = typeof key === 'object' && key !== null && !Array.isArray(key) ? (key as JsonObject)[name] : undefined;
  return typeof inner === 'string' ? inner : '';
}
