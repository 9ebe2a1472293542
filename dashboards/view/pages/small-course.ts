/** A small course: a line that breaks where values are missing, on a scale that its neighbours may share, and its newest point. */
import type { Span } from '../../line/page-client.ts';
import { gapsOf, type CoursePoint } from '../../model/pages/chart-points.ts';
import { svg } from '../element.ts';

export interface SmallLook {
  readonly span: Span;
  readonly extent: readonly [number, number];
  readonly target: number | null;
  readonly isAlarmed: boolean;
  /** Beside a height of 48. */
  readonly width: number;
}

const HEIGHT = 48;

export function smallCourse(
  points: readonly CoursePoint[],
  stepMs: number,
  { span: { from, to }, extent: [low, high], target, isAlarmed, width }: SmallLook,
): SVGElement {
  const x = (t: number): string => (((t - from) / (to - from || 1)) * width).toFixed(1);
  const y = (v: number): string => (HEIGHT - ((v - low) / (high - low || 1)) * HEIGHT).toFixed(1);
  const spoken = points.flatMap(({ t, v }) => (v === null ? [] : [{ t, v }]));
  const broken = new Set(gapsOf(points, stepMs).map((gap) => gap.to));
  const d = spoken.map(({ t, v }, i) => `${i === 0 || broken.has(t) ? 'M' : 'L'}${x(t)} ${y(v)}`).join('');
  const last = spoken.at(-1);
  const parts = [
    ...(target === null ? [] : [svg('path', { d: `M0 ${y(target)}H${width}`, class: 'aim' })]),
    svg('path', { d, class: isAlarmed ? 'run al' : 'run' }),
    ...(last === undefined ? [] : [svg('circle', { cx: x(last.t), cy: y(last.v), r: '3.5' })]),
  ];
  return svg('svg', { class: 'small', viewBox: `-2 -4 ${width + 6} ${HEIGHT + 8}`, 'aria-hidden': 'true' }, parts);
}
