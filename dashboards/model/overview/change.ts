/** How a KPI moved against the same time yesterday, against five minutes ago where yesterday is not known, or against the earliest we know. Pure. */
import type { Point } from '../kpi-values.ts';

export interface Change {
  readonly delta: number;
  /** What it is compared with. */
  readonly was: number;
  /** How long before the present value the compared one is. */
  readonly overMs: number;
  readonly isYesterday: boolean;
  /** Whether more than chance lies between: the intervals part. null: they are not known. */
  readonly isApart: boolean | null;
}

export const COMPARE_MS = 5 * 60_000;
const DAY_MS = 86_400_000;
/** A shorter past says nothing. */
const LEAST_MS = 20_000;
/** While the engine is young its first windows hold next to nothing: the earliest to compare with has half the cases of now. */
const COMPARABLE_SHARE = 0.5;
/** Of a normal distribution, 97.5 %. */
const Z = 1.96;

export interface ChangeInput {
  readonly points: readonly Point[];
  /** Of a day before, at their own times. */
  readonly dayBefore: readonly Point[];
  /** Compare whole windows only: where a window fills from nothing (tumbling), a partial one is no news. */
  readonly isFinalOnly: boolean;
  readonly isCount: boolean;
}

export function changeOf({ points, dayBefore, isFinalOnly, isCount }: ChangeInput): Change | null {
  const usable = points.filter((point) => isUsable(point) && (point.final || !isFinalOnly));
  const last = usable.at(-1);
  if (last?.v == null) return null;
  const yesterday = nearest(dayBefore.filter(isUsable), last.t - DAY_MS);
  const comparable = (point: Point): boolean => point.n >= last.n * COMPARABLE_SHARE;
  const before =
    yesterday ??
    usable.findLast((point) => point.t <= last.t - COMPARE_MS) ??
    usable.find((point) => comparable(point));
  if (before?.v == null || last.t - before.t < LEAST_MS) return null;
  return {
    ...{ delta: last.v - before.v, was: before.v, overMs: last.t - before.t, isYesterday: before === yesterday },
    isApart: isApart(before, last, isCount),
  };
}

function isUsable({ v, partial }: Point): boolean {
  return v !== null && partial !== true;
}
function nearest(points: readonly Point[], t: number): Point | undefined {
  const near = points.filter((point) => Math.abs(point.t - t) <= COMPARE_MS);
  return near.toSorted((a, b) => Math.abs(a.t - t) - Math.abs(b.t - t))[0];
}
function isApart(a: Point, b: Point, isCount: boolean): boolean | null {
  if (a.low !== null && a.high !== null && b.low !== null && b.high !== null) return a.low > b.high || b.low > a.high;
  // Counts sway by the root of their size.
  if (isCount && a.v !== null && b.v !== null) return Math.abs(a.v - b.v) > Z * Math.sqrt(Math.max(a.v + b.v, 1));
  return null;
}
