/**
 * Which KPIs share what. A shared read is all that reads the same types through the same filter: filter and measures are evaluated
 * once an event. Under it, one table for each set of keys and way of cutting time; under that, one view a KPI.
 * Depends on nothing but the KPIs, in their order: saved state names tables and views by their place here.
 */
import { onceCalendarOf, type Calendar } from '../windows/zone-days.ts';
import { readsQuality, type KpiConfig } from './kpis-config.ts';
import type { MeasureConfig } from '../measures/measures.ts';
import type { WindowConfig } from '../windows/window-config.ts';
import { slicedWindows, type SlicedConfig } from '../windows/windows.ts';

export interface ViewPlan {
  readonly kpi: KpiConfig;
  readonly window: SlicedConfig;
  /** Column of the table. */
  readonly column: number;
}
export interface TablePlan {
  readonly id: string;
  readonly dimensions: readonly string[];
  readonly maxKeys: number;
  /** Measures of the shared read. */
  readonly columns: readonly number[];
  readonly views: readonly ViewPlan[];
}
export interface SessionPlan {
  readonly id: string;
  readonly kpi: KpiConfig;
  readonly gapMs: number;
  readonly dimensions: readonly string[];
  /** Measure of the shared read. */
  readonly measure: number;
}
export interface ReadPlan {
  readonly types: readonly string[];
  readonly where: string | null;
  /** What cleaning leaves out counts as well. */
  readonly countsAll: boolean;
  readonly measures: readonly MeasureConfig[];
  readonly tables: readonly TablePlan[];
  readonly sessions: readonly SessionPlan[];
  readonly kpis: readonly KpiConfig[];
}

/** A key remembers in one bit a view whether it was shown. */
const MAX_VIEWS = 30;

interface Draft {
  readonly plan: ReadPlan;
  readonly measures: MeasureConfig[];
  readonly tables: DraftTable[];
  readonly sessions: SessionPlan[];
  readonly kpis: KpiConfig[];
}
interface DraftTable extends TablePlan {
  readonly columns: number[];
  readonly views: ViewPlan[];
}

export function layoutOf(kpis: readonly KpiConfig[], zone: string): readonly ReadPlan[] {
  const calendar = onceCalendarOf(zone);
  const drafts = new Map<string, Draft>();
  for (const kpi of kpis) {
    const types = [...new Set(kpi.from)].sort();
    const draft = draftOf(drafts, types, kpi);
    draft.kpis.push(kpi);
    const measure = indexOf(draft.measures, kpi.measure);
    const sets = new Map(kpi.by.map((names) => [JSON.stringify([...new Set(names)]), [...new Set(names)]]));
    for (const dimensions of sets.values()) place(draft, kpi, kpi.window, dimensions, measure, calendar);
  }
  return [...drafts.values()].map((draft) => draft.plan);
}

function draftOf(
  drafts: Map<string, Draft>,
  types: readonly string[],
  kpi: Pick<KpiConfig, 'where' | 'quality'>,
): Draft {
  const { where, quality } = kpi;
  const id = JSON.stringify([types, where, ...asksForAll(kpi)]);
  const known = drafts.get(id);
  if (known !== undefined) return known;
  const parts = { measures: [], tables: [], sessions: [], kpis: [] };
  const draft: Draft = { ...parts, plan: { types, where, countsAll: quality === 'any', ...parts } };
  drafts.set(id, draft);
  return draft;
}

function indexOf(measures: MeasureConfig[], measure: MeasureConfig): number {
  const id = canonical(measure);
  const at = measures.findIndex((other) => canonical(other) === id);
  return at >= 0 ? at : measures.push(measure) - 1;
}

function place(
  draft: Draft,
  kpi: KpiConfig,
  window: WindowConfig,
  dimensions: readonly string[],
  measure: number,
  calendar: () => Calendar,
): void {
  const read = [draft.plan.types, draft.plan.where, ...asksForAll(kpi)];
  if (window.kind === 'session') {
    const id = JSON.stringify([...read, kpi.id, dimensions, 'session']);
    draft.sessions.push({ id, kpi, gapMs: window.gapMs, dimensions, measure });
    return;
  }
  const { slices } = slicedWindows(window, calendar);
  const base = [...read, dimensions, slices, kpi.maxKeys];
  let part = 0;
  const idOf = (): string => JSON.stringify([...base, part]);
  let table = draft.tables.find((other) => other.id === idOf());
  while (table !== undefined && table.views.length >= MAX_VIEWS) {
    part += 1;
    table = draft.tables.find((other) => other.id === idOf());
  }
  if (table === undefined) {
    table = { id: idOf(), dimensions, maxKeys: kpi.maxKeys, columns: [], views: [] };
    draft.tables.push(table);
  }
  let column = table.columns.indexOf(measure);
  if (column < 0) column = table.columns.push(measure) - 1;
  table.views.push({ kpi, window, column });
}

/**
 * What tells a KPI that counts everything from one that does not; nothing where its filter says so: such KPIs were there
 * before there was a choice, and are saved without it.
 */
export function asksForAll({ where, quality }: Partial<Pick<KpiConfig, 'where' | 'quality'>>): readonly 'any'[] {
  return quality === 'any' && !readsQuality(where ?? null) ? [quality] : [];
}

/** JSON with the names in order, so that equal things have equal texts. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
