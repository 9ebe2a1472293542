/** The geometry of a sparkline: points → SVG path data in a fixed box. Pure. */
import type { Point } from './kpi-values.ts';

export interface SparklineShape {
  /** Path of the course; a window without a value breaks it. */
  readonly line: string;
  /** The same, closed down to the floor. */
  readonly area: string;
  readonly targetY: number | null;
  readonly last: { readonly x: number; readonly y: number } | null;
  /** The 95 % interval of the last value, as y from top to bottom. */
  readonly whisker: { readonly top: number; readonly bottom: number } | null;
}
export interface SparklineInput {
  readonly points: readonly Point[];
  readonly target: number | null;
  readonly interval: readonly [number, number] | null;
  /** At most this much time is shown, ending with the last point. */
  readonly spanMs: number;
  readonly percent: boolean;
}

export const WIDTH = 400;
export const HEIGHT = 100;
const PAD = 6;
const RIGHT = WIDTH - 10;
/** Noise must not look like a storm: the box shows at least this share of the value's size (percent: points). */
const MIN_SHARE = 0.1;
const MIN_PERCENT_POINTS = 6;
const EMPTY: SparklineShape = { line: '', area: '', targetY: null, last: null, whisker: null };

export function sparkline(input: SparklineInput): SparklineShape {
  const end = input.points.at(-1)?.t ?? 0;
  const shown = input.points.filter((point) => point.t >= end - input.spanMs);
  const values = shown.flatMap((point) => (point.v === null ? [] : [point.v]));
  const first = shown[0];
  if (first === undefined || values.length === 0) return EMPTY;
  const [low, high] = domain(values, input);
  const xOf = (t: number): number => (end === first.t ? RIGHT : ((t - first.t) / (end - first.t)) * RIGHT);
  const yOf = (v: number): number => {
    const share = (Math.min(Math.max(v, low), high) - low) / (high - low);
    return HEIGHT - PAD - share * (HEIGHT - 2 * PAD);
  };
  const runs = runsOf(shown).map((run) => run.map(({ t, v }) => ({ x: round(xOf(t)), y: round(yOf(v)) })));
  const tail = runs.at(-1)?.at(-1) ?? null;
  const last = shown.at(-1)?.v === null ? null : tail;
  return {
    line: runs.map((run) => pathOf(run)).join(''),
    area: runs.map((run) => areaOf(run)).join(''),
    targetY: input.target === null ? null : round(yOf(input.target)),
    last,
    whisker:
      last === null || input.interval === null
        ? null
        : { top: round(yOf(input.interval[1])), bottom: round(yOf(input.interval[0])) },
  };
}

interface Sample {
  readonly t: number;
  readonly v: number;
}
function runsOf(points: readonly Point[]): Sample[][] {
  const runs: Sample[][] = [];
  let run: Sample[] = [];
  for (const { t, v } of points) {
    if (v !== null) {
      if (run.length === 0) runs.push(run);
      run.push({ t, v });
    } else if (run.length > 0) run = [];
  }
  return runs;
}

/** The values, and the target when it is near enough not to flatten them. */
function domain(values: readonly number[], input: SparklineInput): readonly [number, number] {
  let low = values.reduce((a, b) => Math.min(a, b), Infinity);
  let high = values.reduce((a, b) => Math.max(a, b), -Infinity);
  const size = Math.max(Math.abs(low), Math.abs(high), 1e-9);
  const least = input.percent ? MIN_PERCENT_POINTS : size * MIN_SHARE;
  if (input.target !== null && Math.abs(input.target - (low + high) / 2) <= 4 * Math.max(high - low, least)) {
    low = Math.min(low, input.target);
    high = Math.max(high, input.target);
  }
  if (high - low < least) {
    const middle = (low + high) / 2;
    low = middle - least / 2;
    high = middle + least / 2;
  }
  const margin = (high - low) * 0.06;
  return [low - margin, high + margin];
}

interface Spot {
  readonly x: number;
  readonly y: number;
}
function pathOf(run: readonly Spot[]): string {
  return run.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${x} ${y}`).join('');
}
function areaOf(run: readonly Spot[]): string {
  const [start, end] = [run[0], run.at(-1)];
  if (start === undefined || end === undefined || run.length < 2) return '';
  return `${pathOf(run)}L${end.x} ${HEIGHT}L${start.x} ${HEIGHT}Z`;
}
function round(value: number): number {
  return Math.round(value * 10) / 10;
}
