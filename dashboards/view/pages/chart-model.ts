/** What a chart of one KPI's course is given to draw. */
import type { CoursePoint, Gap } from '../../model/pages/chart-points.ts';

export interface ChartLine {
  readonly at: number;
  readonly text: string;
  readonly kind: 'fire' | 'recover' | 'target';
}
export interface ChartBand extends Gap {
  readonly text: string;
}
export interface ChartModel {
  readonly from: number;
  readonly to: number;
  readonly points: readonly CoursePoint[];
  readonly day: readonly CoursePoint[];
  readonly week: readonly CoursePoint[];
  readonly gaps: readonly ChartBand[];
  readonly bands: readonly ChartBand[];
  readonly lines: readonly ChartLine[];
  /** Of the value axis. */
  readonly extent: readonly [number, number];
  /** `now 20.4%`; '': nothing is known now. */
  readonly now: string;
  /** It is in alarm. */
  readonly alarm: boolean;
}
export interface ChartTexts {
  /** The chart's name for who does not see it. */
  readonly name: string;
  readonly samples: string;
  readonly axis: (value: number) => string;
  /** What stands under the pointer, line by line. */
  readonly tip: (at: number) => readonly string[];
}
