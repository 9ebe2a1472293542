/** The course of one KPI and key over a span, as a chart draws it: points, gaps, revisions, what is still open. Pure. */
import type { KpiMessage } from '../../../engine/core/wire.ts';
import type { Span } from '../../line/page-client.ts';
import { isNewer } from '../kpi-values.ts';

export interface CoursePoint {
  /** Window end, ms. */
  readonly t: number;
  readonly v: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly n: number;
  readonly revision: number;
  /** Its window is still filling, or lacks events. */
  readonly state: 'final' | 'open' | 'partial';
}
export interface Gap {
  readonly from: number;
  readonly to: number;
}

/** About so many points are drawn, whatever the span. */
const POINTS = 240;
const STEPS_MS = [5, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600].map((s) => s * 1000);
/** So many steps without a value are a gap. */
const GAP_STEPS = 3;

/** How far apart points stand; never closer than windows do. */
export function stepOf(span: Span, window: unknown): number {
  const wanted = (span.to - span.from) / POINTS;
  const step = STEPS_MS.find((one) => one >= wanted) ?? 86_400_000; // longer than any
  return Math.max(step, slideOf(window));
}
/** How often a window ends; 0: whenever it likes. */
function slideOf(window: unknown): number {
  if (typeof window !== 'object' || window === null) return 0;
  const { slideMs, sizeMs, everyMs } = window as Readonly<Record<string, unknown>>;
  const slide = [slideMs, everyMs, sizeMs].find((one) => typeof one === 'number');
  return typeof slide === 'number' ? slide : 0;
}
export function sizeOf(window: unknown): number | null {
  const size =
    typeof window === 'object' && window !== null ? (window as Readonly<Record<string, unknown>>)['sizeMs'] : null;
  return typeof size === 'number' ? size : null;
}

/** Of each step the last window, of each window what stands; live values join at their end. */
export function pointsOf(messages: readonly KpiMessage[], { from, to }: Span, stepMs: number): readonly CoursePoint[] {
  const steps = new Map<number, KpiMessage>();
  for (const message of messages) {
    const end = Date.parse(message.window.end);
    if (message.retracted === true || !(end >= from && end <= to + stepMs)) continue;
    const step = Math.floor(end / stepMs);
    const known = steps.get(step);
    if (known === undefined || isNewer(message, known)) steps.set(step, message);
  }
  return [...steps.values()].map(pointOf).sort((a, b) => a.t - b.t);
}
function pointOf({ window, value, interval, n, revision, final, partial }: KpiMessage): CoursePoint {
  return {
    t: Date.parse(window.end),
    v: value,
    low: interval?.[0] ?? null,
    high: interval?.[1] ?? null,
    n,
    revision,
    state: partial === true ? 'partial' : final ? 'final' : 'open',
  };
}

/** Where values are missing between others: drawn as a hole, never as a line across it. */
export function gapsOf(points: readonly CoursePoint[], stepMs: number): readonly Gap[] {
  const spoken = points.filter(({ v }) => v !== null);
  return spoken.flatMap((point, i): Gap[] => {
    const next = spoken[i + 1];
    return next !== undefined && next.t - point.t > GAP_STEPS * stepMs ? [{ from: point.t, to: next.t }] : [];
  });
}

/** An earlier time, moved here to be compared. */
export function shifted(
  messages: readonly KpiMessage[],
  byMs: number,
  span: Span,
  stepMs: number,
): readonly CoursePoint[] {
  const earlier = { from: span.from - byMs, to: span.to - byMs };
  return pointsOf(messages, earlier, stepMs).map((point) => ({ ...point, t: point.t + byMs }));
}

/** The value nearest to a time, not further than two steps off; null: there is none. */
export function valueAt(points: readonly CoursePoint[], t: number, stepMs: number): CoursePoint | null {
  let best: CoursePoint | null = null;
  for (const point of points) if (best === null || Math.abs(point.t - t) < Math.abs(best.t - t)) best = point;
  return best !== null && Math.abs(best.t - t) <= 2 * stepMs ? best : null;
}

/** A change is one only where the intervals part. */
export function isSame(a: CoursePoint, b: CoursePoint): boolean {
  if (a.low === null || a.high === null || b.low === null || b.high === null) return a.v === b.v;
  return a.low <= b.high && b.low <= a.high;
}

/** RFC 4180, with what each window says of itself. */
export function csvOf(points: readonly CoursePoint[]): string {
  const rows = points.map(({ t, v, n, low, high, revision, state }) =>
    // join writes null as nothing: an empty cell is no value.
    [new Date(t).toISOString(), v, n, low, high, revision, state].join(','),
  );
  return ['window_end,value,n,low,high,revision,state', ...rows, ''].join('\r\n');
}

/** The range of an axis over values and lines, with a little air; percent stays within 0 to 100. */
export function extentOf(values: readonly (number | null)[], isPercent: boolean): readonly [number, number] {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return [0, isPercent ? 100 : 1];
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const air = (high - low || Math.abs(high) || 1) * 0.12;
  return isPercent ? [Math.max(0, low - air), Math.min(100, high + air)] : [low - air, high + air];
}
