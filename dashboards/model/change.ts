/** How a KPI moved against five minutes ago, or against the earliest we know. Pure. */
import type { Point } from './kpi-values.ts';

export interface Change {
  readonly delta: number;
  /** How long before the present value the compared one is. */
  readonly overMs: number;
}

export const COMPARE_MS = 5 * 60_000;
/** A shorter past says nothing. */
const LEAST_MS = 20_000;
/** While the engine is young its first windows hold next to nothing: the earliest to compare with has half the cases of now. */
const COMPARABLE_SHARE = 0.5;

/**
 * @param finalOnly compare whole windows only: where a window fills from nothing (tumbling), a partial one is no news.
 */
export function changeOf(points: readonly Point[], finalOnly: boolean): Change | null {
  const usable = points.filter((point) => point.v !== null && point.partial !== true && (point.final || !finalOnly));
  const last = usable.at(-1);
  if (last?.v == null) return null;
  const comparable = (point: Point): boolean => point.n >= last.n * COMPARABLE_SHARE;
  const before = usable.findLast((point) => point.t <= last.t - COMPARE_MS) ?? usable.find(comparable);
  if (before?.v == null || last.t - before.t < LEAST_MS) return null;
  return { delta: last.v - before.v, overMs: last.t - before.t };
}
