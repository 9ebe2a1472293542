/**
 * What one subscription may and wants to see: its topics, its `where`, and the scope of whoever asked.
 *
 * `where` is a wish: a key that lacks the dimension passes, so that the whole-company tile is always available.
 * `scope` is a right: a key that names a value outside it never leaves, and one that names something without saying whose it
 * is (`{store: s7}` to somebody of one region) only where the configuration says so (`scope_of`: store s7 lies in east). A key
 * that lacks a scoped dimension beside one that is in scope, or has no dimension at all, is a total over more than the scope:
 * it passes as a bare number (unless `totals` is false), stripped of whatever names others: samples, causes outside the scope,
 * details.
 */
import type { AlertMessage, KpiMessage } from '../core/wire.ts';
import { must } from '../core/must.ts';
import type { Json, JsonObject } from '../core/types.ts';

export interface Scope {
  readonly channels?: readonly string[];
  readonly regions?: readonly string[];
  readonly teams?: readonly string[];
  /** May see totals over more than the scope, as bare numbers. True when left out. */
  readonly totals?: boolean;
  /** Of whoever gave it (a ticket): nothing is seen that this one does not let see, whatever else is limited beside. */
  readonly within?: Scope;
}

/** Dimensions that a scope can limit. */
export const SCOPED_DIMENSIONS = ['channel', 'region', 'team'] as const;
export type ScopedDimension = (typeof SCOPED_DIMENSIONS)[number];

/** Whose the values of another dimension are: store s7 → region east. A value that is not listed is nobody's. */
export interface ScopeOf {
  /** E.g. `store`. */
  readonly dimension: string;
  /** E.g. `region`. */
  readonly within: ScopedDimension;
  readonly values: Readonly<Record<string, string>>;
}

export type Key = Readonly<Record<string, string>>;
type Limits = readonly (readonly [dimension: string, values: ReadonlySet<string>])[];

export interface Filter {
  /** Canonical text: equal filters have equal texts. */
  readonly id: string;
  readonly allKpis: boolean;
  readonly kpis: ReadonlySet<string>;
  readonly alerts: boolean;
  readonly actions: boolean;
  readonly health: boolean;
  readonly where: Limits;
  readonly scope: Limits;
  readonly totals: boolean;
  /** That of the scope which this one lies within. */
  readonly within: Filter | null;
  readonly scopeOf: readonly ScopeOf[];
}

/** `scopeOf`: the same for everybody as long as the process runs. */
export function filterOf(
  topics: readonly string[],
  where: Readonly<Record<string, readonly string[]>> = {},
  scope: Scope | null = null,
  scopeOf: readonly ScopeOf[] = [],
): Filter {
  const kpis = topics.filter((topic) => topic.startsWith('kpi/') && topic !== 'kpi/*').map((topic) => topic.slice(4));
  const names = [...new Set(topics)].sort();
  const wanted = Object.keys(where)
    .sort()
    .map((dimension) => [dimension, [...new Set(must(where[dimension]))].sort()] as const);
  const allowed = limitsOf(scope);
  const within = scope?.within === undefined ? null : filterOf([], {}, scope.within, scopeOf);
  return {
    id: JSON.stringify([names, wanted, allowed, scope?.totals ?? true, within?.id ?? null]), // null: in none
    allKpis: topics.includes('kpi/*'),
    kpis: new Set(kpis),
    alerts: topics.includes('alerts'),
    actions: topics.includes('actions'),
    health: topics.includes('health'),
    where: wanted.map(([dimension, values]) => [dimension, new Set(values)] as const),
    scope: allowed.map(([dimension, values]) => [dimension, new Set(values)] as const),
    totals: scope?.totals ?? true,
    within,
    scopeOf,
  };
}

function limitsOf(scope: Scope | null): (readonly [string, readonly string[]])[] {
  const limits: (readonly [string, readonly string[]])[] = [];
  if (scope?.channels) limits.push(['channel', [...scope.channels].sort()]);
  if (scope?.regions) limits.push(['region', [...scope.regions].sort()]);
  if (scope?.teams) limits.push(['team', [...scope.teams].sort()]);
  return limits;
}

export function wantsKpi(filter: Filter, kpi: string): boolean {
  return filter.allKpis || filter.kpis.has(kpi);
}

/** Whether a value or an alert of this key may and should be seen. */
export function passes(filter: Filter, key: Key): boolean {
  for (const [dimension, values] of filter.where) {
    const value = key[dimension];
    if (value !== undefined && !values.has(value)) return false;
  }
  return inScope(filter, key);
}

function inScope(filter: Filter, key: Key): boolean {
  // One more limit makes a key that names it one's own: of others' it may be all the same.
  if (filter.within !== null && !inScope(filter.within, key)) return false;
  if (filter.scope.length === 0) return filter.totals || Object.keys(key).length > 0;
  let isTotal = false;
  let isOwned = false;
  for (const [dimension, values] of filter.scope) {
    const where = standing(filter, key, dimension, values);
    if (where === 'outside') return false;
    if (where === 'inside') isOwned = true;
    else isTotal = true;
  }
  // It names something, and nobody knows whose: it may be another's.
  if (!isOwned && Object.keys(key).length > 0) return false;
  return filter.totals || !isTotal;
}

/** Where a key stands by one scoped dimension: by the value it names, and by those of dimensions that lie within. */
function standing(
  { scopeOf }: Filter,
  key: Key,
  dimension: string,
  values: ReadonlySet<string>,
): 'inside' | 'outside' | 'unsaid' {
  const value = key[dimension];
  if (value !== undefined && !values.has(value)) return 'outside';
  let said: 'inside' | 'unsaid' = value === undefined ? 'unsaid' : 'inside';
  for (const { dimension: finer, within, values: owners } of scopeOf) {
    const part = key[finer];
    if (within !== dimension || part === undefined || !Object.hasOwn(owners, part)) continue;
    if (!values.has(must(owners[part]))) return 'outside';
    said = 'inside';
  }
  return said;
}

/** True when the key says of every scoped dimension that it is inside, so that nobody else's data is in it. */
function pinned(filter: Filter, key: Key): boolean {
  return filter.scope.every(([dimension, values]) => standing(filter, key, dimension, values) === 'inside');
}

/** Whether it lies wholly inside the scope: what one may decide for. A total concerns others too. */
export function isOwn(filter: Filter, key: Key): boolean {
  return pinned(filter, key);
}

/** The value as this filter may see it: the same object where nothing has to be taken out. */
export function visibleKpi(filter: Filter, message: KpiMessage): KpiMessage {
  if (message.detail === undefined || pinned(filter, message.key)) return message;
  const { detail: _detail, ...rest } = message;
  return rest;
}

/** The alert as this filter may see it: the same object where nothing has to be taken out. */
export function visibleAlert(filter: Filter, message: AlertMessage): AlertMessage {
  if (filter.scope.length === 0) return message;
  const isPinned = pinned(filter, message.key);
  const reason = withoutExpression(message);
  if (isPinned && reason === null && !saysKeys(message.threshold)) return message;
  return {
    ...message,
    ...reason,
    threshold: saysKeys(message.threshold) ? '' : message.threshold,
    samples: isPinned ? message.samples : [],
    acked: isPinned ? message.acked : withoutNote(message.acked),
    // A cause's key refines the alert's: what it does not name is a total once more.
    causes: isPinned ? message.causes : message.causes.filter((cause) => inScope(filter, cause.key)),
  };
}

/** An expression of a rule may name the keys that it is for: `key.region == "west" && value < 80`. */
function saysKeys(text: string): boolean {
  return /["']/.test(text);
}

/** A reason says what is so, and then which expression of the rule holds: of one that may name keys what is so alone; null: as it is. */
function withoutExpression({ reason, reason_zh: zh }: AlertMessage): Pick<AlertMessage, 'reason' | 'reason_zh'> | null {
  const end = reason.indexOf('; ');
  if (end < 0 || !saysKeys(reason.slice(end))) return null;
  const said = { reason: `${reason.slice(0, end)}.` };
  return zh === undefined ? said : { ...said, reason_zh: zh.replace(/；[^]*$/, '。') };
}

/** What somebody wrote of a total may name others. */
function withoutNote(acked: AlertMessage['acked']): AlertMessage['acked'] {
  if (acked?.note === undefined) return acked;
  const { note: _note, ...rest } = acked;
  return rest;
}

/** Actions are about single cases: a scoped reader sees only those that name every scoped dimension, nowhere outside the scope. */
export function passesAction(filter: Filter, action: Json): boolean {
  const named = keysOf(action);
  for (const [dimension, values] of filter.where) {
    const value = named.find((key) => key[dimension] !== undefined)?.[dimension];
    if (value !== undefined && !values.has(value)) return false;
  }
  return filter.scope.every(([dimension, values]) => {
    const standings = named.map((key) => standing(filter, key, dimension, values));
    return standings.includes('inside') && !standings.includes('outside');
  });
}

/** Where an action names dimensions: itself, its `key`, its `data` and that one's `key`, by the texts they hold. */
function keysOf(action: Json): Key[] {
  const field = (holder: Json | undefined, name: string): Json | undefined =>
    isObject(holder) ? holder[name] : undefined;
  const data = field(action, 'data');
  const places = [action, field(action, 'key'), data, field(data, 'key'), field(data, 'data')];
  return places.filter(isObject).map(textsOf);
}

function textsOf(holder: JsonObject): Key {
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(holder)) if (typeof value === 'string') texts[name] = value;
  return texts;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
