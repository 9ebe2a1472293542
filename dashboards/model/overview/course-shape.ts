/**
 * The geometry of a course on the overview: points → SVG path data in a fixed box, its axis and the lines across it. Time has its
 * real width: what is not known stays empty. Pure.
 */
export interface Sample {
  readonly t: number;
  readonly v: number | null;
  readonly low: number | null;
  readonly high: number | null;
}
export interface CourseInput {
  /** Ascending by time. */
  readonly points: readonly Sample[];
  /** An earlier time, moved here to be compared. */
  readonly before: readonly Sample[];
  readonly end: number;
  readonly spanMs: number;
  /** Target, limits: shown as lines, at the edge with an arrow where they are too far off to be drawn. */
  readonly marks: readonly number[];
  readonly isPercent: boolean;
}
export interface Mark {
  readonly at: number;
  readonly y: number;
  readonly isOut: 'above' | 'below' | null;
  /** Where its words stand so that they are not in the way of the course. */
  readonly words: 'above' | 'below';
}
export interface CourseShape {
  /** Path of the course; a window without a value breaks it. */
  readonly line: string;
  /** Around it, the 95 % interval. */
  readonly band: string;
  readonly before: string;
  readonly last: { readonly x: number; readonly y: number } | null;
  readonly marks: readonly Mark[];
  /** Ends of the axis, round numbers; null: there is nothing to draw. */
  readonly axis: readonly [number, number] | null;
}

export const WIDTH = 1000;
export const HEIGHT = 100;
/** Noise must not look like a storm: the box shows at least this share of the value's size (percent: points). */
const MIN_SHARE = 0.1;
const MIN_PERCENT_POINTS = 6;
/** A line further off than so many times the course's own range would flatten it. */
const FAR = 4;
/** Words of lines stand over so much of the course, from the left. */
const WORDS_SHARE = 0.35;
const EMPTY: CourseShape = { line: '', band: '', before: '', last: null, marks: [], axis: null };

export function courseShape(input: CourseInput): CourseShape {
  const from = input.end - input.spanMs;
  const shown = input.points.filter(({ t }) => t >= from && t <= input.end);
  const before = input.before.filter(({ t }) => t >= from && t <= input.end);
  const values = shown.flatMap(({ v }) => (v === null ? [] : [v]));
  if (values.length === 0) return EMPTY;
  const axis = axisOf(values, before, { ...input, points: shown });
  const [low, high] = axis;
  const xOf = (t: number): number => round(((t - from) / input.spanMs) * WIDTH);
  const yOf = (v: number): number => round(HEIGHT * (1 - (Math.min(Math.max(v, low), high) - low) / (high - low)));
  const spots = (run: readonly Sample[], pick: (sample: Sample) => number | null): string[] =>
    run.flatMap((sample) => {
      const v = pick(sample);
      return v === null ? [] : [`${xOf(sample.t)} ${yOf(v)}`];
    });
  const path = (points: readonly Sample[]): string =>
    runsOf(points)
      .map((run) => `M${spots(run, ({ v }) => v).join('L')}`)
      .join('');
  const bands = runsOf(shown).map((run) => {
    const edge = [...spots(run, ({ high: top }) => top), ...spots(run.toReversed(), ({ low: bottom }) => bottom)];
    return edge.length < 4 ? '' : `M${edge.join('L')}Z`;
  });
  const last = shown.at(-1);
  const mean = meanAtWords(shown, from + input.spanMs * WORDS_SHARE);
  return {
    line: path(shown),
    band: bands.join(''),
    before: path(before),
    last: last?.v == null ? null : { x: xOf(last.t), y: yOf(last.v) },
    marks: input.marks.map((at) => ({
      ...{ at, y: yOf(at), isOut: at > high ? 'above' : at < low ? 'below' : null },
      words: at >= mean ? 'above' : 'below',
    })),
    axis,
  };
}

/** Where words stand over the course; of all of it where nothing is known there. */
function meanAtWords(shown: readonly Sample[], to: number): number {
  const under = shown.flatMap(({ t, v }) => (v === null || t > to ? [] : [v]));
  const values = under.length > 0 ? under : shown.flatMap(({ v }) => v ?? []); // a window without cases
  return values.reduce((sum, v) => sum + v, 0) / values.length;
}

/** Stretches without a hole. */
function runsOf(points: readonly Sample[]): Sample[][] {
  const runs: Sample[][] = [];
  let isOpen = false;
  for (const sample of points) {
    if (sample.v !== null) {
      if (isOpen) runs.at(-1)?.push(sample);
      else runs.push([sample]);
    }
    isOpen = sample.v !== null;
  }
  return runs;
}

/** The values with their intervals, and the lines that are near enough, between two round numbers. */
function axisOf(
  values: readonly number[],
  before: readonly Sample[],
  { marks, isPercent, points }: CourseInput,
): readonly [number, number] {
  const ends = points.flatMap(({ v, low, high }) => (v === null ? [] : [low ?? v, high ?? v])); // without an interval: itself
  const course = [...values, ...before.flatMap(({ v }) => v ?? [])]; // a window without cases
  let [low, high] = [Math.min(...course), Math.max(...course)];
  const least = isPercent ? MIN_PERCENT_POINTS : Math.max(Math.abs(low), Math.abs(high), 1e-9) * MIN_SHARE;
  const reach = 1.5 * Math.max(high - low, least);
  // A wide interval is cut off rather than the course flattened.
  low = Math.max(Math.min(low, ...ends), low - reach);
  high = Math.min(Math.max(high, ...ends), high + reach);
  const size = Math.max(high - low, least);
  for (const at of marks) {
    if (Math.abs(at - (low + high) / 2) > FAR * size) continue;
    low = Math.min(low, at);
    high = Math.max(high, at);
  }
  const missing = (least - (high - low)) / 2;
  if (missing > 0) [low, high] = [low - missing, high + missing];
  const step = roundStep((high - low) / 4);
  const [bottom, top] = [Math.floor(low / step) * step, Math.ceil(high / step) * step].map((one) =>
    Number(one.toPrecision(12)),
  ) as [number, number];
  if (!isPercent) return [bottom, top];
  return [low >= 0 ? Math.max(0, bottom) : bottom, high <= 100 ? Math.min(100, top) : top];
}
function roundStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  return ([1, 2, 5].find((one) => one * power >= rough) ?? 10) * power; // ten of the size below
}
function round(value: number): number {
  return Math.round(value * 10) / 10;
}
