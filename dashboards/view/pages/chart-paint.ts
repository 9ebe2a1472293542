/** What stands behind and over the lines of a chart: bands of alerts, holes, limits with their words, revisions, the newest point. */
import type uPlot from 'uplot';
import type { ChartModel, ChartTexts } from './chart-model.ts';

export interface Paint {
  readonly model: ChartModel;
  readonly texts: ChartTexts;
  readonly hasSamples: boolean;
  readonly colours: Readonly<
    Record<
      | 'text'
      | 'text2'
      | 'text3'
      | 'line'
      | 'line_c'
      | 'alarm'
      | 'week'
      | 'bar'
      | 'surface'
      | 'band'
      | 'wash'
      | 'font'
      | 'bold',
      string
    >
  > & { readonly right: number };
}

/** Beside a chart with less space than this nothing is written. */
export const WRITTEN_FROM = 40;

export function drawGround(plot: uPlot, paint: Paint | null): void {
  if (paint === null) return;
  const { ctx, bbox } = plot;
  const { model, colours } = paint;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  for (const { from, to } of model.bands) {
    const [left, right] = span(plot, from, to);
    ctx.fillStyle = colours.wash;
    ctx.fillRect(left, bbox.top, right - left, bbox.height);
    ctx.fillStyle = colours.alarm;
    ctx.fillRect(left, bbox.top, right - left, 5 * devicePixelRatio);
  }
  for (const { from, to } of model.gaps) hatch(plot, ...span(plot, from, to), colours.line);
  ctx.restore();
}

function span(plot: uPlot, from: number, to: number): [number, number] {
  const left = plot.valToPos(from / 1000, 'x', true);
  return [left, Math.max(left + 3 * devicePixelRatio, plot.valToPos(to / 1000, 'x', true))];
}

function hatch({ ctx, bbox }: uPlot, left: number, right: number, colour: string): void {
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, bbox.top, right - left, bbox.height);
  ctx.clip();
  ctx.strokeStyle = colour;
  ctx.lineWidth = devicePixelRatio;
  ctx.beginPath();
  for (let x = left - bbox.height; x < right; x += 9 * devicePixelRatio) {
    ctx.moveTo(x, bbox.top + bbox.height);
    ctx.lineTo(x + bbox.height, bbox.top);
  }
  ctx.stroke();
  ctx.restore();
}

interface Label {
  readonly y: number;
  readonly text: string;
  readonly colour: string;
  readonly font: string;
}

export function drawOver(plot: uPlot, paint: Paint | null): void {
  if (paint === null) return;
  const { ctx, bbox } = plot;
  const { model, texts, colours, hasSamples } = paint;
  const [low, high] = model.extent;
  ctx.save();
  const labels: Label[] = [];
  for (const { at, text, kind } of model.lines) {
    const inside = Math.min(high, Math.max(low, at));
    const y = plot.valToPos(inside, 'y', true);
    const colour = kind === 'fire' ? colours.alarm : kind === 'recover' ? colours.text3 : colours.text2;
    // Out of range: an arrow at the edge instead of a line.
    const mark = at > high ? ' ↑' : at < low ? ' ↓' : '';
    if (mark === '') rule(plot, y, colour, kind);
    labels.push({ y, text: `${text}${mark}`, colour, font: colours.font });
  }
  revisions(plot, paint);
  const newest = model.points.findLast(({ v }) => v !== null);
  if (newest !== undefined && newest.v !== null) {
    const [x, y] = [plot.valToPos(newest.t / 1000, 'x', true), plot.valToPos(newest.v, 'y', true)];
    if (x >= bbox.left && x <= bbox.left + bbox.width) dot(ctx, x, y, colours.text);
    if (model.now !== '') labels.unshift({ y, text: model.now, colour: colours.text, font: colours.bold });
  }
  if (hasSamples) {
    const y = bbox.top + bbox.height - 12 * devicePixelRatio;
    labels.push({ y, text: texts.samples, colour: colours.text3, font: colours.font });
  }
  names(plot, paint);
  if (colours.right >= WRITTEN_FROM) placed(labels, bbox).forEach((label) => write(plot, label));
  ctx.restore();
}

function rule({ ctx, bbox }: uPlot, y: number, colour: string, kind: string): void {
  ctx.strokeStyle = colour;
  ctx.lineWidth = 2 * devicePixelRatio;
  ctx.setLineDash((kind === 'fire' ? [] : kind === 'recover' ? [2, 5] : [9, 6]).map((part) => part * devicePixelRatio));
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.setLineDash([]);
}

function dot(ctx: CanvasRenderingContext2D, x: number, y: number, colour: string): void {
  ctx.fillStyle = colour;
  ctx.beginPath();
  ctx.arc(x, y, 5.5 * devicePixelRatio, 0, 2 * Math.PI);
  ctx.fill();
}

/** ▼ over what was said once more later. */
function revisions(plot: uPlot, { model, colours }: Paint): void {
  const { ctx, bbox } = plot;
  ctx.fillStyle = colours.line_c;
  const r = 5 * devicePixelRatio;
  for (const { t, v, revision } of model.points) {
    if (revision === 0 || v === null) continue;
    const [x, y] = [plot.valToPos(t / 1000, 'x', true), plot.valToPos(v, 'y', true) - 3 * r];
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.beginPath();
    ctx.moveTo(x - r, y - r);
    ctx.lineTo(x + r, y - r);
    ctx.lineTo(x, y + r);
    ctx.fill();
  }
}

/** What a band or a hole is, written in it as far as it fits beside the last. */
function names(plot: uPlot, { model, colours }: Paint): void {
  const { ctx, bbox } = plot;
  ctx.font = scaled(colours.font);
  ctx.textBaseline = 'top';
  ctx.textAlign = 'left';
  let free = bbox.left;
  for (const { from, text } of model.bands) {
    const width = ctx.measureText(text).width;
    const left = Math.min(plot.valToPos(from / 1000, 'x', true) + 4 * devicePixelRatio, bbox.left + bbox.width - width);
    if (left < free || text === '') continue;
    halo(ctx, text, left, bbox.top + 9 * devicePixelRatio, colours.alarm, colours.surface);
    free = left + width + 8 * devicePixelRatio;
  }
  for (const { from, to, text } of model.gaps) {
    const width = ctx.measureText(text).width;
    const middle = plot.valToPos((from + to) / 2000, 'x', true) - width / 2;
    const left = Math.min(Math.max(middle, bbox.left), bbox.left + bbox.width - width);
    halo(ctx, text, left, bbox.top + bbox.height * 0.72, colours.text2, colours.surface);
  }
}

function halo(ctx: CanvasRenderingContext2D, text: string, x: number, y: number, colour: string, ground: string): void {
  ctx.lineWidth = 5 * devicePixelRatio;
  ctx.lineJoin = 'round';
  ctx.strokeStyle = ground;
  ctx.strokeText(text, x, y);
  ctx.fillStyle = colour;
  ctx.fillText(text, x, y);
}

/** Labels never overlap: the first stays where it is, the others give way. */
function placed(labels: readonly Label[], { top, height }: uPlot.BBox): readonly Label[] {
  const gap = 21 * devicePixelRatio;
  const kept: Label[] = [];
  for (const label of labels) {
    let y = label.y;
    const isTaken = (at: number): boolean => kept.some((other) => Math.abs(other.y - at) < gap);
    for (let i = 1; isTaken(y) && i < 24; i += 1) {
      const step = Math.ceil(i / 2) * (gap / 2) * (i % 2 === 0 ? -1 : 1);
      const next = label.y + step;
      if (next >= top && next <= top + height) y = next;
    }
    kept.push({ ...label, y });
  }
  return kept;
}

function write({ ctx, bbox }: uPlot, { y, text, colour, font }: Label): void {
  ctx.font = scaled(font);
  ctx.fillStyle = colour;
  ctx.textBaseline = 'middle';
  ctx.textAlign = 'left';
  ctx.fillText(text, bbox.left + bbox.width + 10 * devicePixelRatio, y);
}

export function scaled(font: string): string {
  return font.replace(/(\d+)px/, (_all, size: string) => `${Number(size) * devicePixelRatio}px`);
}
