/** What a page's address says beside the board's own settings (settings.ts), and the addresses that lead to pages. Pure. */
import type { Key } from '../kpi-values.ts';
import type { NAVIGATION } from './page-names.ts';
import { GROUPINGS, TABS, type AlertFilter } from './alert-groups.ts';

export const RANGES = ['1h', '6h', '24h', '7d', '30d'] as const;
export type Range = (typeof RANGES)[number];
const HOUR_MS = 3_600_000;
export const RANGE_MS: Readonly<Record<Range, number>> = {
  '1h': HOUR_MS,
  '6h': 6 * HOUR_MS,
  '24h': 24 * HOUR_MS,
  '7d': 168 * HOUR_MS,
  '30d': 720 * HOUR_MS,
};

export interface KpiAddress {
  readonly kpi: string;
  readonly key: Key;
  readonly range: Range;
  readonly compare: ReadonlySet<'day' | 'week'>;
  /** Dimensions of the small charts, joined by `,`; null: the first there are. */
  readonly split: string | null;
}

export function alertsAddress(search: string): AlertFilter & { readonly alert: string | null } {
  const query = new URLSearchParams(search);
  return {
    alert: query.get('alert'),
    tab: TABS.find((tab) => tab === query.get('show')) ?? 'open',
    by: GROUPINGS.find((by) => by === query.get('by')) ?? 'rule',
    severity: query.get('severity'),
    owner: query.get('owner'),
    text: query.get('q') ?? '', // nothing is looked for
  };
}

export function kpiAddress(search: string): KpiAddress {
  const query = new URLSearchParams(search);
  const compare = new Set((query.get('compare') ?? '').split(',')); // with nothing
  const keys = query.getAll('key').flatMap((part): [string, string][] => {
    const colon = part.indexOf(':');
    return colon > 0 ? [[part.slice(0, colon), part.slice(colon + 1)]] : [];
  });
  return {
    kpi: query.get('kpi') ?? '', // said on the page
    key: Object.fromEntries(keys),
    range: RANGES.find((range) => range === query.get('range')) ?? '1h',
    compare: new Set((['day', 'week'] as const).filter((one) => compare.has(one))),
    split: query.get('split'),
  };
}

export interface HeatAddress {
  /** null: the first that is split by two dimensions. */
  readonly kpi: string | null;
  /** Two dimensions, or one over all KPIs; null: the first there are. */
  readonly by: readonly string[] | null;
}
export function heatAddress(search: string): HeatAddress {
  const query = new URLSearchParams(search);
  const by = query.get('by')?.split(',').filter(Boolean).slice(0, 2) ?? []; // not said
  return { kpi: query.get('kpi'), by: by.length === 0 ? null : by };
}

export interface JourneyAddress {
  /** null: the first that has a funnel. */
  readonly journey: string | null;
  readonly range: Range;
}
export function journeyAddress(search: string): JourneyAddress {
  const query = new URLSearchParams(search);
  return { journey: query.get('journey'), range: RANGES.find((range) => range === query.get('range')) ?? '1h' };
}

/** The address with some settings changed; null takes one out. */
export function changed(search: string, change: Readonly<Record<string, string | readonly string[] | null>>): string {
  const query = new URLSearchParams(search);
  for (const [name, value] of Object.entries(change)) {
    query.delete(name);
    for (const one of value === null ? [] : typeof value === 'string' ? [value] : value) query.append(name, one);
  }
  const text = query.toString();
  return text === '' ? '?' : `?${text}`;
}

/** What goes along from page to page: how it looks and which slice it shows. */
const KEPT = ['lang', 'theme', 'zone', 'where'];
function kept(search: string): URLSearchParams {
  const query = new URLSearchParams(search);
  const rest = new URLSearchParams();
  for (const [name, value] of query) if (KEPT.includes(name)) rest.append(name, value);
  return rest;
}
function address(folder: string, query: URLSearchParams): string {
  const text = query.toString();
  return text === '' ? folder : `${folder}?${text}`;
}

/** Addresses of pages, from a page in folder `up` (`./` for the overview, `../` for the others). */
export function overviewHref(up: string, search: string): string {
  return address(up, kept(search));
}
export function pageHref(up: string, search: string, page: (typeof NAVIGATION)[number]): string {
  return page === 'overview' ? overviewHref(up, search) : address(`${up}${page}/`, kept(search));
}
export function alertsHref(up: string, search: string, alert: string | null = null): string {
  const query = kept(search);
  if (alert !== null) query.set('alert', alert);
  return address(`${up}alerts/`, query);
}
export function kpiHref(up: string, search: string, kpi: string, key: Key = {}): string {
  const query = kept(search);
  query.set('kpi', kpi);
  for (const [dimension, value] of Object.entries(key)) query.append('key', `${dimension}:${value}`);
  return address(`${up}kpi/`, query);
}
