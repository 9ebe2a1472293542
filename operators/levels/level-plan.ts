/** Which levels are read: of which clocks, how often, by which dimensions. */
import { CLOCK_TYPE_PREFIX } from '../clocks/clock.ts';
import type { Millis } from '../../engine/core/types.ts';

/** Of measures. */
export const LEVEL_KINDS = ['open', 'overdue', 'oldest'] as const;
export type LevelKind = (typeof LEVEL_KINDS)[number];

/** One reading at the end of each slide, for all KPIs that want it. */
export interface LevelPlan {
  /** Of the events that carry what was read. */
  readonly type: string;
  /** Id of the clock. */
  readonly clock: string;
  readonly slideMs: Millis;
  /** Of all its KPIs: their sums, and the greatest, are those of fewer. */
  readonly dimensions: readonly string[];
}

/** What a KPI is, as far as levels go. */
export interface LevelKpi {
  readonly from: readonly string[];
  readonly measure: { readonly kind: string; readonly clock?: string };
  readonly window: { readonly kind: string; readonly sizeMs?: Millis };
  readonly by: readonly (readonly string[])[];
}

export function levelTypeOf(clock: string, slideMs: Millis): string {
  return `${CLOCK_TYPE_PREFIX}${clock}.level.${String(slideMs)}`;
}

export function isLevelKind(kind: string): kind is LevelKind {
  return (LEVEL_KINDS as readonly string[]).includes(kind);
}

export function levelPlans(kpis: readonly LevelKpi[]): readonly LevelPlan[] {
  const plans = new Map<string, LevelPlan>();
  for (const { measure, window, by } of kpis) {
    const { kind, clock } = measure;
    if (!isLevelKind(kind) || clock === undefined || window.sizeMs === undefined) continue;
    const type = levelTypeOf(clock, window.sizeMs);
    const dimensions = [...new Set([...(plans.get(type)?.dimensions ?? []), ...by.flat()])].sort(); // none before the first
    plans.set(type, { type, clock, slideMs: window.sizeMs, dimensions });
  }
  return [...plans.values()];
}
