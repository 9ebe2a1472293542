/** The course of a value on a terminal: in one line of eighths, or as a chart of several lines with where rules fire. Pure. */

export interface CoursePoint {
  /** End of the window, ms since 1970. */
  readonly t: number;
  /** null: the window has no value. */
  readonly v: number | null;
}

const EIGHTHS = '▁▂▃▄▅▆▇█';
/** Where a column has no value. */
const GAP = '·';

/** Mean of the values in each of `columns` equal spans of time; null: none there. */
export function columnsOf(points: readonly CoursePoint[], columns: number): readonly (number | null)[] {
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined || columns < 1) return [];
  const count = Math.min(columns, points.length);
  const span = (last.t - first.t) / count;
  const sums = new Float64Array(count);
  const counts = new Uint32Array(count);
  for (const { t, v } of points) {
    if (v === null) continue;
    const column = columnAt(t, first.t, span, count);
    sums[column] = Number(sums[column]) + v;
    counts[column] = Number(counts[column]) + 1;
  }
  return Array.from(counts, (n, i) => (n === 0 ? null : Number(sums[i]) / n));
}

const columnAt = (t: number, first: number, span: number, count: number): number =>
  span === 0 ? 0 : Math.min(count - 1, Math.max(0, Math.floor((t - first) / span)));

/** At most `width` cells. The lowest value is the lowest eighth and the highest the highest: it shows a course, not a size. */
export function courseLine(points: readonly CoursePoint[], width: number): string {
  const columns = columnsOf(points, width);
  const values = columns.filter((value) => value !== null);
  if (values.length === 0) return '';
  const low = Math.min(...values);
  const size = Math.max(...values) - low;
  return columns
    .map((value) =>
      value === null ? GAP : EIGHTHS.charAt(size === 0 ? 3 : Math.min(7, Math.floor(((value - low) / size) * 8))),
    )
    .join('');
}

export interface ChartInput {
  readonly points: readonly CoursePoint[];
  /** Where rules fire, and the target: horizontal lines. */
  readonly lines: readonly number[];
  /** Spans in which an alert was open. */
  readonly alerts: readonly { readonly from: number; readonly to: number }[];
  /** Cells for the whole, axis included. */
  readonly width: number;
  /** Lines of the plot. */
  readonly height: number;
  readonly format: (value: number) => string;
}

/** Dots of a cell of 2 × 4, by column and row. */
const DOTS = [
  [0x01, 0x02, 0x04, 0x40],
  [0x08, 0x10, 0x20, 0x80],
] as const;
const BLANK = 0x2800;

/** Lines of text: the plot with its axis, and below it where alerts were open (`!`). Empty where there is no value. */
export function chartLines({ points, lines, alerts, width, height, format }: ChartInput): readonly string[] {
  const all = [...points.flatMap(({ v }) => (v === null ? [] : [v])), ...lines];
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined || points.every(({ v }) => v === null)) return [];
  const [low, high] = spread(Math.min(...all), Math.max(...all));
  const rowOf = (value: number): number => Math.round(((high - value) / (high - low)) * (height * 4 - 1));
  const labels = new Map<number, string>([
    [height - 1, format(low)],
    [0, format(high)],
    ...lines.map((line): [number, string] => [Math.floor(rowOf(line) / 4), format(line)]),
  ]);
  const margin = Math.max(...[...labels.values()].map((label) => label.length));
  const cells = Math.max(1, width - margin - 2);
  const dots = plotted(columnsOf(points, cells * 2), rowOf, cells, height);
  const marked = new Set(lines.map((line) => Math.floor(rowOf(line) / 4)));
  const rows = dots.map((row, y) => {
    const line = Array.from(row, (cell) =>
      cell === 0 ? (marked.has(y) ? '┄' : ' ') : String.fromCharCode(BLANK + cell),
    );
    return `${(labels.get(y) ?? '').padStart(margin)} ${labels.has(y) ? '┤' : '│'}${line.join('').trimEnd()}`; // not every row has a label
  });
  if (alerts.length === 0) return rows;
  const span = (last.t - first.t) / cells;
  const open = Array.from({ length: cells }, (_, x) => {
    const from = first.t + x * span;
    return alerts.some((alert) => alert.from <= from + span && alert.to >= from) ? '!' : ' ';
  });
  return [...rows, `${' '.repeat(margin)} │${open.join('').trimEnd()}`];
}

/** A flat course lies in the middle. */
const spread = (low: number, high: number): readonly [number, number] =>
  low === high ? [low - 1, high + 1] : [low, high];

/** Columns at two dots a cell, joined from value to value. */
function plotted(
  columns: readonly (number | null)[],
  rowOf: (value: number) => number,
  cells: number,
  height: number,
): readonly Uint8Array[] {
  const grid = Array.from({ length: height }, () => new Uint8Array(cells));
  // Few points are as wide as many.
  const scale = columns.length < 2 ? 1 : (cells * 2 - 1) / (columns.length - 1);
  let before: { readonly x: number; readonly y: number } | null = null;
  columns.forEach((value, i) => {
    if (value === null) return void (before = null);
    const at = { x: Math.round(i * scale), y: rowOf(value) };
    for (const { x, y } of before === null ? [at] : between(before, at)) {
      const row = grid[y >> 2];
      const bit = DOTS[x % 2 === 0 ? 0 : 1][y % 4];
      if (row !== undefined && bit !== undefined) row[x >> 1] = Number(row[x >> 1]) | bit;
    }
    before = at;
  });
  return grid;
}

function between(
  from: { readonly x: number; readonly y: number },
  to: { readonly x: number; readonly y: number },
): readonly { readonly x: number; readonly y: number }[] {
  const steps = Math.max(Math.abs(to.x - from.x), Math.abs(to.y - from.y), 1);
  return Array.from({ length: steps + 1 }, (_, i) => ({
    x: Math.round(from.x + ((to.x - from.x) * i) / steps),
    y: Math.round(from.y + ((to.y - from.y) * i) / steps),
  }));
}
