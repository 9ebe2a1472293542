/** A KPI's course over time, drawn by uPlot: interval, limits, alerts and gaps as bands, n below, values under the pointer. */
import uPlot from 'uplot';
import { element, setShown, setText } from '../element.ts';
import type { CoursePoint } from '../../model/pages/chart-points.ts';
import type { ChartModel, ChartTexts } from './chart-model.ts';
import { drawGround, drawOver, scaled, WRITTEN_FROM, type Paint } from './chart-paint.ts';

export interface CourseChart {
  readonly root: HTMLElement;
  readonly show: (model: ChartModel, texts: ChartTexts) => void;
  /** The picture; null: nothing is drawn. */
  readonly canvas: () => HTMLCanvasElement | null;
  readonly resetZoom: () => void;
}
export interface ChartOptions {
  readonly zone: string;
  readonly height: number;
  readonly hasSamples: boolean;
  readonly onZoom?: (isZoomed: boolean) => void;
}

/** Of the height, for n. */
const SAMPLE_SHARE = 0.2;

export function courseChart(options: ChartOptions): CourseChart {
  const tip = element('div', 'tip', [], { 'aria-hidden': 'true' });
  const host = element('div', 'plot');
  const root = element('div', 'course', [host, tip], { role: 'img' });
  let chart: uPlot | null = null;
  let shown: { readonly model: ChartModel; readonly texts: ChartTexts } | null = null;
  let isZoomed = false;
  const paint = (): Paint | null => (shown === null ? null : { ...shown, colours: coloursOf(root), ...options });
  const point = (plot: uPlot): void => {
    const { left, idx } = plot.cursor;
    const at = idx === null || idx === undefined ? undefined : plot.data[0][idx];
    const isOver = left !== undefined && left >= 0 && at !== undefined && shown !== null;
    setShown(tip, isOver);
    if (!isOver || shown === null) return;
    tip.replaceChildren(...shown.texts.tip(at * 1000).map((line) => lineOf(line)));
    const isRight = left > plot.over.clientWidth / 2;
    tip.style.left = `${plot.over.offsetLeft + left + (isRight ? -16 : 16)}px`;
    tip.dataset['side'] = isRight ? 'left' : 'right';
  };
  let beside = 0;
  const begin = (): uPlot => {
    beside = coloursOf(root).right;
    return new uPlot(
      {
        ...frameOf(options, coloursOf(root), () => shown),
        width: Math.max(240, host.clientWidth),
        hooks: {
          drawClear: [(plot) => drawGround(plot, paint())],
          draw: [(plot) => drawOver(plot, paint())],
          setCursor: [point],
          setSelect: [() => zoomed(true)],
        },
      },
      dataOf(shown?.model ?? null),
      host,
    );
  };
  const zoomed = (is: boolean): void => {
    if (is !== isZoomed) options.onZoom?.(is);
    isZoomed = is;
  };
  host.addEventListener('dblclick', () => zoomed(false));
  new ResizeObserver(() => {
    if (chart === null || host.clientWidth === 0) return;
    // On another kind of screen other room is left beside it, which uPlot asks for once.
    const { right } = coloursOf(root);
    if (right !== beside) {
      chart.destroy();
      chart = begin();
    } else chart.setSize({ width: host.clientWidth, height: options.height });
  }).observe(host);
  return {
    root,
    show(model, texts) {
      shown = { model, texts };
      root.setAttribute('aria-label', texts.name);
      if (chart === null) {
        if (host.clientWidth === 0) return;
        chart = begin();
      } else chart.setData(dataOf(model), !isZoomed);
    },
    canvas: () => chart?.ctx.canvas ?? null,
    resetZoom() {
      zoomed(false);
      if (chart !== null && shown !== null) chart.setData(dataOf(shown.model), true);
    },
  };
}

function lineOf(content: string): HTMLElement {
  const node = element('span', '');
  setText(node, content);
  return node;
}

/** uPlot's columns: time in s, value, value still open, low, high, yesterday, last week, n. */
function dataOf(model: ChartModel | null): uPlot.AlignedData {
  if (model === null) return [[], [], [], [], [], [], [], []];
  const { points, day, week, gaps } = model;
  const lists = [points, day, week];
  const holes = gaps.map(({ from, to }) => (from + to) / 2);
  const times = [...new Set([...lists.flatMap((list) => list.map(({ t }) => t)), ...holes])].sort((a, b) => a - b);
  const [own, yesterday, before] = lists.map((list) => new Map(list.map((one) => [one.t, one])));
  const hole = new Set(holes);
  // undefined: nothing is said here, the line goes on; null: there is a hole.
  const of = (map: Map<number, CoursePoint> | undefined, pick: (point: CoursePoint) => number | null | undefined) =>
    times.map((t) => {
      const found = map?.get(t);
      return found === undefined ? (hole.has(t) && map === own ? null : undefined) : pick(found);
    });
  const last = points.findLastIndex(({ state }) => state === 'final');
  const isTail = (point: CoursePoint): boolean => point.state !== 'final' || points[last] === point;
  const columns = [
    of(own, (point) => (point.state === 'final' ? point.v : undefined)),
    of(own, (point) => (isTail(point) ? point.v : undefined)),
    of(own, ({ low }) => low),
    of(own, ({ high }) => high),
    of(yesterday, ({ v }) => v),
    of(before, ({ v }) => v),
    of(own, ({ n }) => n),
  ];
  return [times.map((t) => t / 1000), ...columns] as uPlot.AlignedData;
}

function frameOf(
  { zone, height, hasSamples }: ChartOptions,
  colours: Paint['colours'],
  shown: () => { readonly model: ChartModel; readonly texts: ChartTexts } | null,
): Omit<uPlot.Options, 'width'> {
  const line = (stroke: string, width: number, dash: number[] = []): uPlot.Series => ({
    ...{ stroke, width, dash, points: { show: false } },
  });
  const own = (): string => (shown()?.model.alarm === true ? colours.alarm : colours.line_c);
  const none: uPlot.Series = { stroke: 'transparent', width: 0, points: { show: false } };
  const axis = { stroke: colours.text3, font: colours.font, ticks: { show: false }, gap: 8 };
  const grid = { stroke: colours.line, width: 1 };
  const extent = (): readonly [number, number] => shown()?.model.extent ?? [0, 1];
  return {
    height,
    padding: [14, (plot) => besideOf(plot, colours, shown()?.model ?? null), 0, 4],
    legend: { show: false },
    tzDate: (t) => uPlot.tzDate(new Date(t * 1000), zone),
    cursor: { y: false, drag: { x: true, y: false }, points: { size: 9 } },
    scales: {
      x: { range: (_plot, min, max) => (shown() === null ? [min, max] : [min, max]) },
      y: {
        range: () => {
          const [low, high] = extent();
          return [hasSamples ? low - ((high - low) * SAMPLE_SHARE) / (1 - SAMPLE_SHARE) : low, high];
        },
      },
      n: { range: (_plot, _min, max) => [0, (max || 1) / (SAMPLE_SHARE * 0.8)] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 38,
        space: 84,
        values: (_plot, ticks) => clockTexts(ticks, zone, shown()),
      },
      {
        ...axis,
        grid,
        size: 64,
        splits: (_plot, _axis, low, high) => ticksOf(extent(), low, high),
        values: (_plot, ticks) =>
          ticks.map(
            (value) =>
              shown()
                ?.texts.axis(value)
                .replace(/[.]0+(?=\D|$)/, '') ?? '',
          ), // nothing is drawn yet
      },
    ],
    series: [
      {},
      { ...line('', 2.5), stroke: own },
      { ...line('', 2.5, [3, 4]), stroke: own },
      none,
      none,
      line(colours.text3, 1.5, [2, 4]),
      line(colours.week, 1.5, [7, 5]),
      {
        ...{ scale: 'n', stroke: 'transparent', width: 0, fill: colours.bar, points: { show: false } },
        ...(hasSamples && uPlot.paths.bars !== undefined
          ? { paths: uPlot.paths.bars({ size: [0.7, 40] }) }
          : { show: false }),
      },
    ],
    bands: [{ series: [4, 3], fill: colours.band }],
  };
}

/** What stands right of the chart has its width: the words of the longest line in this language, and never most of the chart. */
function besideOf({ ctx, width }: uPlot, colours: Paint['colours'], model: ChartModel | null): number {
  if (model === null || colours.right < WRITTEN_FROM) return colours.right;
  ctx.save();
  ctx.font = scaled(colours.bold);
  const texts = [...model.lines.map(({ text }) => `${text} ↑`), model.now];
  const widest = Math.max(...texts.map((text) => ctx.measureText(text).width)) / devicePixelRatio;
  ctx.restore();
  return Math.min(Math.max(colours.right, widest + 14), width * 0.36);
}

/** Four or five round numbers within the value's own part of the axis. */
function ticksOf([low, high]: readonly [number, number], _min: number, _max: number): number[] {
  const rough = (high - low) / 4 || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((m) => m * power).find((one) => one >= rough) ?? rough;
  const ticks: number[] = [];
  for (let at = Math.ceil(low / step) * step; at <= high; at += step) ticks.push(Number(at.toPrecision(10)));
  return ticks;
}

const DAY_S = 86_400;
/** With seconds where ticks are closer than a minute. */
function clockTexts(ticks: readonly number[], zone: string, shown: { readonly model: ChartModel } | null): string[] {
  const isLong = shown !== null && (shown.model.to - shown.model.from) / 1000 > 2 * DAY_S;
  const [first = 0, second = first + 60] = ticks; // of less than two nothing is to be distinguished
  const seconds: Intl.DateTimeFormatOptions = second - first < 60 ? { second: '2-digit' } : {};
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    ...(isLong
      ? { month: '2-digit', day: '2-digit' }
      : { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', ...seconds }),
  });
  return ticks.map((t) => format.format(t * 1000));
}

/** The theme's colours, as the style sheet has them: a canvas knows no variables. */
function coloursOf(node: HTMLElement): Paint['colours'] {
  const style = getComputedStyle(node.isConnected ? node : document.documentElement);
  const of = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
  const isNarrow = innerWidth < 700;
  return {
    ...{ text: of('text'), text2: of('text2'), text3: of('text3'), line: of('line'), line_c: of('line-c') },
    ...{ alarm: of('alarm'), week: of('week'), bar: of('bar'), surface: of('surface'), band: of('band') },
    ...{ wash: of('wash'), right: isNarrow ? 14 : rem * (innerWidth < 1400 ? 8.5 : 11.5) },
    font: `${Math.round(rem * 0.9375)}px ${style.fontFamily}`,
    bold: `700 ${Math.round(rem * 1.0625)}px ${style.fontFamily}`,
  };
}
