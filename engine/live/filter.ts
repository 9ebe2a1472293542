/**
 * What one subscription may and wants to see: its topics, its `where`, and the scope of whoever asked.
 *
 * `where` is a wish: a key that lacks the dimension passes, so that the whole-company tile is always to be had.
 * `scope` is a right: a dimension's value outside it never leaves. A key that lacks the dimension is a total over more than
 * the scope: it passes as a bare number (unless `totals` is false), stripped of whatever names others: samples, causes
 * outside the scope, details.
 */
import type { AlertMessage, KpiMessage } from '../core/wire.ts';
import type { Json, JsonObject } from '../core/types.ts';

export interface Scope {
  readonly channels?: readonly string[];
  readonly regions?: readonly string[];
  readonly teams?: readonly string[];
  /** May see totals over more than the scope, as bare numbers. True when left out. */
  readonly totals?: boolean;
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
}

export function filterOf(
  topics: readonly string[],
  where: Readonly<Record<string, readonly string[]>> = {},
  scope: Scope | null = null,
): Filter {
  const kpis = topics.filter((topic) => topic.startsWith('kpi/') && topic !== 'kpi/*').map((topic) => topic.slice(4));
  const names = [...new Set(topics)].sort();
  const wanted = Object.keys(where)
    .sort()
    .map((dimension) => [dimension, [...new Set(where[dimension])].sort()] as const);
  const allowed = limitsOf(scope);
  return {
    id: JSON.stringify([names, wanted, allowed, scope?.totals ?? true]),
    allKpis: topics.includes('kpi/*'),
    kpis: new Set(kpis),
    alerts: topics.includes('alerts'),
    actions: topics.includes('actions'),
    health: topics.includes('health'),
    where: wanted.map(([dimension, values]) => [dimension, new Set(values)] as const),
    scope: allowed.map(([dimension, values]) => [dimension, new Set(values)] as const),
    totals: scope?.totals ?? true,
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
  for (const [dimension, values] of filter.scope) {
    const value = key[dimension];
    if (value === undefined ? !filter.totals : !values.has(value)) return false;
  }
  return true;
}

/** True when the key names every scoped dimension, so that nobody else's data is in it. */
function pinned(filter: Filter, key: Key): boolean {
  return filter.scope.every(([dimension, values]) => {
    const value = key[dimension];
    return value !== undefined && values.has(value);
  });
}

/** The value as this filter may see it: the same object where nothing has to be taken out. */
export function visibleKpi(filter: Filter, message: KpiMessage): KpiMessage {
  if (message.detail === undefined || pinned(filter, message.key)) return message;
  const { detail: _detail, ...rest } = message;
  return rest;
}

/** The alert as this filter may see it: the same object where nothing has to be taken out. */
export function visibleAlert(filter: Filter, message: AlertMessage): AlertMessage {
  if (pinned(filter, message.key)) return message;
  return {
    ...message,
    samples: [],
    // A cause's key refines the alert's: what it does not name is a total once more.
    causes: message.causes.filter((cause) => inScope(filter, cause.key)),
  };
}

const NAMED_BY = ['', 'key', 'data'] as const;

/** Actions are about single cases: a scoped reader sees only those that name every scoped dimension, inside the scope. */
export function passesAction(filter: Filter, action: Json): boolean {
  const named = (dimension: string): string | undefined => {
    for (const place of NAMED_BY) {
      const holder = place === '' ? action : isObject(action) ? action[place] : undefined;
      const value = isObject(holder) ? holder[dimension] : undefined;
      if (typeof value === 'string') return value;
    }
    return undefined;
  };
  for (const [dimension, values] of filter.where) {
    const value = named(dimension);
    if (value !== undefined && !values.has(value)) return false;
  }
  return filter.scope.every(([dimension, values]) => {
    const value = named(dimension);
    return value !== undefined && values.has(value);
  });
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
