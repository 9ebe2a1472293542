/** All measures. One that is listed is read, checked, documented and computed; nothing else knows their kinds. */
import { must } from '../../engine/core/must.ts';
import type { AnyAggregate } from '../aggregates/aggregate.ts';
import type { ExpressionChecks, Wanted } from '../config/config-expressions.ts';
import { tagged } from '../config/config-schema-forms.ts';
import type { Section } from '../config/config-values.ts';
import type { Report } from '../config/config-part.ts';
import type { Scale } from '../events/answer-bounds.ts';
import type { CompileExpression } from '../shared/messages.ts';
import { oldestMeasure, openMeasure, overdueMeasure } from '../levels/level-measures.ts';
import { cesMeasure } from './ces-measure.ts';
import { conversionMeasure } from './journeys/conversion-measure.ts';
import { countMeasure } from './count-measure.ts';
import { csatMeasure } from './csat-measure.ts';
import { distinctMeasure } from './distinct-measure.ts';
import { dropOffMeasure } from './journeys/drop-off-measure.ts';
import { maxMeasure } from './max-measure.ts';
import { mean100Measure } from './mean100-measure.ts';
import { meanMeasure } from './mean-measure.ts';
import type { Measure, Read } from './measure.ts';
import { minMeasure } from './min-measure.ts';
import { npsMeasure } from './nps-measure.ts';
import { psiMeasure } from './psi-measure.ts';
import { quantileMeasure } from './quantile-measure.ts';
import { rateMeasure } from './rate-measure.ts';
import { ratioMeasure } from './ratio-measure.ts';
import { shareMeasure } from './share-measure.ts';
import { sumMeasure } from './sum-measure.ts';
import { timeInStepMeasure } from './journeys/time-in-step-measure.ts';
import { topMeasure } from './top-measure.ts';

/** In the order in which people are shown them. */
const LIST = [
  countMeasure,
  sumMeasure,
  meanMeasure,
  minMeasure,
  maxMeasure,
  npsMeasure,
  csatMeasure,
  mean100Measure,
  cesMeasure,
  ratioMeasure,
  quantileMeasure,
  distinctMeasure,
  topMeasure,
  shareMeasure,
  rateMeasure,
  psiMeasure,
  conversionMeasure,
  dropOffMeasure,
  timeInStepMeasure,
  openMeasure,
  overdueMeasure,
  oldestMeasure,
];

type ConfigOf<M> = M extends Measure<infer C> ? C : never;
/** Of any measure; fields hold CEL sources. */
export type MeasureConfig = ConfigOf<(typeof LIST)[number]>;
export type MeasureKind = MeasureConfig['kind'];

export const MEASURES: readonly Measure<MeasureConfig>[] = LIST;
const BY_KIND: ReadonlyMap<string, Measure<MeasureConfig>> = new Map(LIST.map((measure) => [measure.kind, measure]));

/** The measure of a configuration. */
export function measureOf({ kind }: MeasureConfig): Measure<MeasureConfig> {
  return must(BY_KIND.get(kind), 'every measure that was configured is in the list');
}

export const MEASURE_SCHEMA = tagged(
  'what is computed over the events of a window',
  Object.fromEntries(LIST.map(({ kind, schema }) => [kind, schema])),
);

/** `kpi`: the id of the KPI it belongs to. Total. */
export function parseMeasure(
  kpi: string,
  section: Section,
  expressions: ExpressionChecks,
  report: Report,
): MeasureConfig {
  const expression = (name: string, initial = '', wanted?: Wanted): string => {
    const found = section.expression(name, initial);
    if (section.has(name)) expressions.event(section, name, found, wanted);
    return found;
  };
  // The schema, made of the same list, reports a kind that is missing or unknown; what is read instead is never used.
  const measure = BY_KIND.get(section.text('kind', '')) ?? countMeasure;
  return measure.parse({ kpi, section, report, expression });
}

export function aggregateOf(config: MeasureConfig): AnyAggregate {
  return measureOf(config).aggregate(config);
}

/** `place`: of the measure in the configuration, where its evaluations are of interest. Throws EngineError EXPRESSION_INVALID. */
export function readerOf(config: MeasureConfig, compile: CompileExpression, place?: string): Read {
  if (place === undefined) return measureOf(config).reader(config, compile);
  return measureOf(config).reader(config, (source) => {
    const name = Object.entries(config).find(([, value]) => value === source)?.[0];
    return compile(source, name === undefined ? place : `${place}.${name}`);
  });
}

/** The scales that measures are configured for: answers on them are taken in. */
export function answerScalesOf(configs: readonly MeasureConfig[]): readonly Scale[] {
  return configs.flatMap((config) => measureOf(config).answerScale?.(config) ?? []);
}

/** What of a measure the saved state depends on. */
export function countedAs(config: MeasureConfig): MeasureConfig {
  return measureOf(config).countedAs?.(config) ?? config;
}
