/** `kpis` and `live_every`: which figures are kept, and what must hold inside one of them. */
import { didYouMean } from '../../engine/core/text/spelling.ts';
import type { Millis } from '../../engine/core/types.ts';
import type { Unit } from '../measures/measure.ts';
import { isInvertible } from '../aggregates/aggregate.ts';
import { levelKpi } from '../levels/level-kpi.ts';
import { isLevelKind } from '../levels/level-plan.ts';
import { CLOCK_TYPE_PREFIX } from '../clocks/clock.ts';
import { aggregateOf, MEASURE_SCHEMA, measureOf, parseMeasure, type MeasureConfig } from '../measures/measures.ts';
import {
  choice,
  count,
  DIMENSIONS_SCHEMA,
  duration,
  expression,
  flag,
  object,
  titles,
} from '../config/config-schema-forms.ts';
import { Section, type Titles } from '../config/config-values.ts';
import { reportRepeatedIds, type Checks, type ConfigPart, type Report } from '../config/config-part.ts';
import { EVENT_TYPE_NAMES } from '../events/types/event-types.ts';
import { readWindow, WINDOW_SCHEMA, type WindowConfig } from '../windows/window-config.ts';
import { JOURNEY_TYPE_PREFIX } from '../journeys/journey-outcome.ts';
import { funnelKpis } from '../journeys/funnel.ts';
import type { JourneyConfig } from '../journeys/journey.ts';
import type { TimeConfig } from '../windows/time-config.ts';

export interface KpiConfig {
  /** `[a-z][a-z0-9_]*`: a NATS token. */
  readonly id: string;
  readonly title: Titles;
  /** One line: what it measures. */
  readonly definition?: Titles;
  /** Where the definition comes from. */
  readonly source?: string;
  readonly from: readonly string[];
  /** CEL; null: all. */
  readonly where: string | null;
  readonly measure: MeasureConfig;
  readonly window: WindowConfig;
  readonly by: readonly (readonly string[])[];
  readonly maxKeys: number;
  /** Counts what cleaning leaves out as well (operators/cleaning/marks.ts). */
  readonly quality?: 'any';
  /** Also write live values to CX_KPI. */
  readonly liveToStream: boolean;
  readonly allowedLatenessMs: Millis;
  /** Of windows that began before the KPI joined a running store: marked as partial, or not reported. */
  readonly onPartial: 'mark' | 'withhold';
  /** For the board: which way is good, what to reach, what the number is. */
  readonly better: 'higher' | 'lower';
  readonly target: number | null;
  readonly unit: Unit;
  readonly decimals: number;
}

const UNITS: readonly Unit[] = ['percent', 'points', 'count', 'seconds', 'milliseconds', 'score', 'none'];

const kpi = object(
  'one figure',
  {
    id: { $ref: '#/$defs/id', description: 'its name in subjects, rules and the board' },
    title: titles('what people read; its id unless given'),
    definition: titles('one line: what it measures; nothing is made of it, the glossary shows it'),
    source: { type: 'string', description: 'where the definition comes from', maxLength: 400 },
    from: {
      description:
        'event types it is computed from, `clock.<id>` for the outcomes of a clock, `journey.<id>` for those of a journey: one or a list; measures of journeys and of levels need none',
      type: ['string', 'array'],
      items: { type: 'string' },
      minItems: 1,
      maxItems: 64,
    },
    where: { ...expression('which of these events; all unless given'), default: null },
    measure: MEASURE_SCHEMA,
    quality: choice(
      'whether events that cleaning leaves out (`cleaning.leave_out`) count; `any` where `where` reads `enrichment.quality`',
      'clean',
      ['clean', 'any'],
    ),
    window: WINDOW_SCHEMA,
    by: {
      type: 'array',
      description: 'one set of keys each; `[]` is the whole company',
      default: [[]],
      items: DIMENSIONS_SCHEMA,
      minItems: 1,
      maxItems: 16,
    },
    max_keys: count('further keys fold into `~other`', 100_000, 1, 10_000_000),
    live_to_stream: flag('also write live values to CX_KPI', false),
    allowed_lateness: duration('how late an event may still revise a final window', '`time.allowed_lateness`'),
    on_partial: choice(
      'windows that began before the KPI was added or reset: marked as partial, or not reported at all',
      'mark',
      ['mark', 'withhold'],
    ),
    better: choice('which way is good', 'higher', ['higher', 'lower']),
    target: { type: ['number', 'null'], description: 'what to reach, shown beside the value', default: null },
    unit: choice('what the number is', 'by measure', UNITS),
    decimals: { type: 'integer', description: 'places shown', default: 'by measure', minimum: 0, maximum: 6 },
  },
  ['id', 'measure', 'window'],
);

interface Earlier {
  readonly time: TimeConfig;
  /** Whose outcomes KPIs may read. */
  readonly clocks: readonly { readonly id: string; readonly keep: readonly string[] }[];
  readonly journeys: readonly Pick<JourneyConfig, 'id' | 'title' | 'steps' | 'keep' | 'funnel'>[];
}

export const KPIS_PART: ConfigPart<readonly KpiConfig[], Earlier> = {
  fields: { kpis: { type: ['array', 'null'], description: 'figures', default: [], items: kpi, maxItems: 1000 } },
  read(root, checks, { time, clocks, journeys }) {
    const made = journeys.flatMap((journey, i) =>
      funnelKpis(journey, journey.funnel).map((raw) => new Section(raw, ['journeys', i, 'funnel'])),
    );
    const sections = [...root.sections('kpis'), ...made];
    const outcomes = [
      ...clocks.map(({ id }) => CLOCK_TYPE_PREFIX + id),
      ...journeys.map(({ id }) => JOURNEY_TYPE_PREFIX + id),
    ];
    reportRepeatedIds(sections, 'KPIs', checks.report);
    return sections.map((section) => {
      const read = readKpi(section, time.allowedLatenessMs, outcomes, checks);
      checkJourney(section, read.measure, journeys, checks.report);
      return isLevelKind(read.measure.kind) ? levelKpi(section, read, clocks, checks.report) : read;
    });
  },
};

export const LIVE_PART: ConfigPart<Millis> = {
  fields: { live_every: duration('boards are shown at most one live value a KPI and key in this time', '100ms') },
  read: (root) => root.durationMs('live_every', 100),
};

function readKpi(
  section: Section,
  allowedLatenessMs: Millis,
  outcomeTypes: readonly string[],
  { expressions, report }: Checks,
): KpiConfig {
  const id = section.text('id', '');
  const measure = parseMeasure(id, section.section('measure'), expressions, report);
  const where = section.expression('where', null);
  if (where !== null) expressions.event(section, 'where', where);
  const quality = section.choice('quality', ['clean', 'any'], readsQuality(where) ? 'any' : 'clean');
  if (quality === 'clean' && readsQuality(JSON.stringify(measure))) {
    report(
      section.path('measure'),
      'the measure reads enrichment.quality, and what cleaning leaves out is not counted here: write `quality: any` beside it',
    );
  }
  const from = isLevelKind(measure.kind) ? [] : readFrom(section, measure, outcomeTypes, report);
  const window = readWindow(section.section('window'), report);
  if (from.some((type) => outcomeTypes.includes(type))) checkTakenBack(section, measure, window, report);
  return {
    id,
    title: section.titles('title', id),
    ...(section.has('definition') ? { definition: section.titles('definition', id) } : null),
    ...(section.has('source') ? { source: section.text('source', '') } : null),
    from,
    where,
    measure,
    ...(quality === 'any' ? { quality } : null),
    window,
    by: readBy(section, report),
    maxKeys: section.number('max_keys', 100_000),
    liveToStream: section.flag('live_to_stream', false),
    allowedLatenessMs: section.durationMs('allowed_lateness', allowedLatenessMs),
    onPartial: section.choice('on_partial', ['mark', 'withhold'], 'mark'),
    better: section.choice('better', ['higher', 'lower'], 'higher'),
    target: section.number('target', null),
    unit: section.choice('unit', UNITS, measureOf(measure).unit(measure)),
    decimals: section.number('decimals', measureOf(measure).decimals),
  };
}

/** A filter of marks decides itself what counts. */
export function readsQuality(source: string | null): boolean {
  return source?.includes('enrichment.quality') === true;
}

/** An outcome may be withdrawn: whoever counted it must be able to take it out again. */
function checkTakenBack(section: Section, measure: MeasureConfig, window: WindowConfig, report: Report): void {
  if (!isInvertible(aggregateOf(measure)))
    report(
      section.path('measure', 'kind'),
      `outcomes of clocks and journeys may be withdrawn, which "${measure.kind}" cannot undo: expected another measure (of the longest times: quantile)`,
    );
  if (window.kind === 'session')
    report(
      section.path('window', 'kind'),
      'outcomes of clocks and journeys may be withdrawn, which a session cannot undo: expected another window',
    );
}

/** The journey and the steps that its measure names are there. */
function checkJourney(section: Section, measure: MeasureConfig, journeys: Earlier['journeys'], report: Report): void {
  const of = measureOf(measure).journey?.(measure);
  if (of === undefined) return;
  const ids = journeys.map(({ id }) => id);
  const journey = journeys.find(({ id }) => id === of.id);
  if (journey === undefined)
    return report(section.path('measure', 'journey'), `there is no journey "${of.id}"${didYouMean(of.id, ids)}`);
  const steps = journey.steps.map(({ id }) => id);
  for (const [name, step] of Object.entries(of.steps))
    if (!steps.includes(step))
      report(section.path('measure', name), `the journey ${of.id} has no step "${step}"${didYouMean(step, steps)}`);
}

function readFrom(
  section: Section,
  measure: MeasureConfig,
  outcomeTypes: readonly string[],
  report: Report,
): readonly string[] {
  if (!section.has('from')) {
    const own = measureOf(measure).from?.(measure);
    if (own === undefined) report(section.path('from'), 'the key "from" is missing');
    return own ?? []; // reported
  }
  const known = [...EVENT_TYPE_NAMES, ...outcomeTypes];
  const raw = section.raw('from');
  const types = typeof raw === 'string' ? [raw] : section.strings('from');
  types.forEach((type, i) => {
    const at = typeof raw === 'string' ? section.path('from') : section.path('from', i);
    if (!known.includes(type)) {
      const meant = didYouMean(type, known);
      const isOutcome = /^(clock|journey)\./.test(type);
      const others = '; docs/reference/event-types.md lists them: take the nearest, with fields of your own';
      report(at, `there is no event type "${type}"${meant === '' && !isOutcome ? others : meant}`);
    } else if (types.indexOf(type) < i) report(at, `the event type "${type}" is listed twice`);
  });
  return types;
}

function readBy(section: Section, report: Report): readonly (readonly string[])[] {
  if (!section.has('by')) return [[]];
  const seen = new Set<string>();
  return section.list('by').map((set, i) => {
    const dimensions = Array.isArray(set) ? set.filter((item) => typeof item === 'string') : [];
    const twice = dimensions.find((dimension, j) => dimensions.indexOf(dimension) < j);
    if (twice !== undefined) report(section.path('by', i), `the dimension "${twice}" is in one set of keys twice`);
    const canonical = [...dimensions].sort().join(',');
    if (seen.has(canonical))
      report(section.path('by', i), `the set of keys [${dimensions.join(', ')}] is listed twice`);
    seen.add(canonical);
    return dimensions;
  });
}
