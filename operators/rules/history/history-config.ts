/** How a rule looks back on earlier windows: `consecutive` (trends), `baseline` (bursts). */
import type { JsonObject } from '../../../engine/core/types.ts';
import { count, object } from '../../config/config-schema-forms.ts';
import type { Section } from '../../config/config-values.ts';
import type { Report } from '../../config/config-part.ts';
import type { KpiConfig } from '../../kpis/kpis-config.ts';
import { DAY_MS } from '../../windows/zone-days.ts';

/** So many windows in a row, each worse than the one before by at least so much. */
export interface Consecutive {
  readonly periods: number;
  readonly leastChange: number;
}
/** The mean over so many earlier windows, none of which overlaps another or the one that is judged. */
export interface Baseline {
  readonly windows: number;
}

export const CONSECUTIVE_SCHEMA: JsonObject = object(
  'a trend: a breach only when so many windows in a row are each worse (`better` of the KPI) than the one before',
  {
    periods: count('how many windows in a row', 2, 1, 100),
    least_change: {
      type: 'number',
      description: 'by how much each has to be worse, in the unit of the KPI; any worsening unless given',
      default: 0,
      minimum: 0,
    },
  },
);
export const BASELINE_SCHEMA: JsonObject = object(
  'what is usual: gives `fire` and `recover` the variable `baseline`, the mean of earlier windows of the same key',
  { windows: count('of how many earlier windows; before there are so many nothing is judged', 8, 1, 200) },
);

export function readConsecutive(section: Section, kpi: KpiConfig | undefined, report: Report): Consecutive | undefined {
  if (!section.has('consecutive')) return undefined;
  const given = section.section('consecutive');
  if (kpi !== undefined && !followEachOther(kpi)) {
    const message = `a trend is one of windows that follow each other: the window of the KPI "${kpi.id}" has to be tumbling`;
    report(section.path('consecutive'), message);
  }
  return { periods: given.number('periods', 2), leastChange: given.number('least_change', 0) };
}

function followEachOther({ window }: KpiConfig): boolean {
  return window.kind === 'tumbling' || (window.kind === 'sliding' && window.sizeMs === window.slideMs);
}

export function readBaseline(section: Section, kpi: KpiConfig | undefined, report: Report): Baseline | undefined {
  if (!section.has('baseline')) return undefined;
  if (kpi !== undefined && !hasSlots(kpi)) {
    const message = `the KPI "${kpi.id}" has no earlier windows to compare with: its window has to be tumbling, or sliding by a part of its size, and shorter than a day`;
    report(section.path('baseline'), message);
  }
  return { windows: section.section('baseline').number('windows', 8) };
}

function hasSlots({ window }: KpiConfig): boolean {
  if (window.kind === 'tumbling') return window.sizeMs < DAY_MS;
  return window.kind === 'sliding' && window.sizeMs < DAY_MS && window.sizeMs % window.slideMs === 0;
}
