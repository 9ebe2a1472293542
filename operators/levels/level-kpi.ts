/** A KPI of a level: without `from`, read of a clock at the end of each slide. */
import { didYouMean } from '../../engine/core/text/spelling.ts';
import type { Millis } from '../../engine/core/types.ts';
import type { Section } from '../config/config-values.ts';
import type { Report } from '../config/config-part.ts';
import { levelTypeOf, type LevelKpi } from './level-plan.ts';

interface Clock {
  readonly id: string;
  readonly keep: readonly string[];
}

const HOUR_MS = 3_600_000;

/** What it reads is filled in; what cannot be meant is reported. */
export function levelKpi<K extends LevelKpi & { readonly window: { readonly slideMs?: Millis } }>(
  section: Section,
  kpi: K,
  clocks: readonly Clock[],
  report: Report,
): K {
  const id = kpi.measure.clock ?? ''; // none: reported below
  const clock = clocks.find((one) => one.id === id);
  const ids = clocks.map((one) => one.id);
  const at = section.section('measure').path('clock');
  if (clock === undefined) report(at, `there is no clock "${id}"${didYouMean(id, ids)}`);
  for (const name of ['from', 'where'])
    if (section.has(name)) report(section.path(name), 'a level is read of its clock, not of events: leave it out');
  const { kind, sizeMs, slideMs = sizeMs } = kpi.window;
  if ((kind !== 'sliding' && kind !== 'tumbling') || sizeMs !== slideMs || sizeMs === undefined) {
    report(
      section.path('window'),
      'a level is read at the end of each slide: expected a sliding window of size = slide',
    );
    return kpi;
  }
  if (sizeMs > HOUR_MS || HOUR_MS % sizeMs !== 0)
    report(section.path('window', 'slide'), 'a level is read so often that an hour is whole slides, e.g. 10s, 1m, 15m');
  for (const [i, set] of kpi.by.entries())
    for (const [j, dimension] of set.entries())
      if (clock !== undefined && !keepsDimension(clock, dimension))
        report(section.path('by', i, j), `the clock ${id} keeps no "${dimension}": add it to its \`keep\``);
  return { ...kpi, from: [levelTypeOf(id, sizeMs)] };
}

/** Names of fields as clocks and dimensions write them. */
export function keepsDimension({ keep }: Pick<Clock, 'keep'>, dimension: string): boolean {
  const plain = (name: string): string => name.replace(/^data\./, '').replace(/^customer\.(tier|segment)$/, '$1');
  return keep.some((name) => plain(name) === plain(dimension));
}
