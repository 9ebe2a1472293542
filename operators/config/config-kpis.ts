/** KPIs of a configuration, normalised, and what must hold inside one of them. */
import { didYouMean } from '../../engine/core/spelling.ts';
import type { Millis } from '../../engine/core/types.ts';
import type { KpiConfig, MeasureConfig, WindowConfig } from './config.ts';
import { durationMs, durationText, type Path, type Section } from './config-values.ts';
import { EVENT_TYPES } from '../events/schemas.ts';
import type { ExpressionChecks } from './config-expressions.ts';

const DAY_MS = 86_400_000;
/** A window is cut into slices at its edges; more than this many in one window is a mistake in a unit. */
const MAX_SLICES = 1_000_000;
const PERIOD_MS = { day: DAY_MS, week: 7 * DAY_MS, month: 28 * DAY_MS } as const;

type StabilityForm = Pick<Extract<MeasureConfig, { kind: 'psi' }>, 'min' | 'max' | 'bins' | 'reference'>;

const TYPES: readonly string[] = Object.keys(EVENT_TYPES);

export type Report = (at: Path, message: string) => void;

export function readKpi(
  section: Section,
  allowedLatenessMs: Millis,
  expressions: ExpressionChecks,
  report: Report,
): KpiConfig {
  const id = section.text('id', '');
  const measure = readMeasure(id, section.section('measure'), expressions, report);
  const where = section.expression('where', null);
  if (where !== null) expressions.event(section, 'where', where);
  return {
    id,
    title: section.titles('title', id),
    from: readFrom(section, report),
    where,
    measure,
    window: readWindow(section.section('window'), report),
    by: readBy(section, report),
    maxKeys: section.number('max_keys', 100_000),
    liveToStream: section.flag('live_to_stream', false),
    allowedLatenessMs: section.durationMs('allowed_lateness', allowedLatenessMs),
    better: section.choice('better', ['higher', 'lower'], 'higher'),
    target: section.number('target', null),
    unit: section.choice(
      'unit',
      ['percent', 'points', 'count', 'seconds', 'milliseconds', 'score', 'none'],
      unitOf(measure),
    ),
    decimals: section.number('decimals', decimalsOf(measure)),
  };
}

function readFrom(section: Section, report: Report): readonly string[] {
  const raw = section.raw('from');
  const types = typeof raw === 'string' ? [raw] : section.strings('from');
  types.forEach((type, i) => {
    const at = typeof raw === 'string' ? section.path('from') : section.path('from', i);
    if (!TYPES.includes(type)) {
      report(at, `there is no event type "${type}"${didYouMean(type, TYPES)}`);
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

function readMeasure(id: string, section: Section, expressions: ExpressionChecks, report: Report): MeasureConfig {
  const source = (name: string, initial = ''): string => {
    const found = section.expression(name, initial);
    if (section.has(name)) expressions.event(section, name, found);
    return found;
  };
  const kind = section.text('kind', 'count');
  switch (kind) {
    case 'sum':
    case 'mean':
    case 'min':
    case 'max':
    case 'nps':
    case 'csat':
    case 'mean100': {
      const min = section.number('min', null);
      const max = section.number('max', null);
      return { kind, value: source('value'), ...(min === null ? {} : { min }), ...(max === null ? {} : { max }) };
    }
    case 'ces':
      return { kind, value: source('value'), as: section.choice('as', ['mean', 'top', 'index'], 'mean') };
    case 'ratio':
      return { kind, of: source('of'), per: source('per', 'true') };
    case 'quantile':
      return { kind, value: source('value'), q: section.number('q', 0.5) };
    case 'distinct':
      return { kind, value: source('value') };
    case 'top':
      return { kind, value: source('value'), k: section.number('k', 10) };
    case 'share':
      return { kind, of: source('of') };
    case 'psi':
      return { kind, kpi: id, value: source('value'), ...readStability(section, report) };
    case 'rate':
      return { kind, perMs: section.durationMs('per', 60_000) };
    default:
      return { kind: 'count' };
  }
}

function decimalsOf({ kind }: MeasureConfig): number {
  if (kind === 'psi') return 3;
  return ['count', 'distinct', 'top'].includes(kind) ? 0 : 1;
}

const PSI_BINS = 10;

function readStability(section: Section, report: Report): StabilityForm {
  const min = section.number('min', -1);
  const max = section.number('max', 1);
  if (!(min < max)) report(section.path('max'), `found ${max}, expected more than min (${min})`);
  const given = section.list('reference').map(Number);
  if (section.has('reference') && !(given.reduce((a, b) => a + b, 0) > 0)) {
    report(section.path('reference'), 'found no counts, expected some above 0');
  }
  const reference = section.has('reference') ? given : null;
  return { min, max, bins: reference?.length ?? PSI_BINS, reference };
}

function unitOf(measure: MeasureConfig): KpiConfig['unit'] {
  if (measure.kind === 'ratio' || measure.kind === 'share' || measure.kind === 'csat') return 'percent';
  if (measure.kind === 'ces') return ({ mean: 'score', top: 'percent', index: 'points' } as const)[measure.as];
  if (measure.kind === 'nps') return 'points';
  if (measure.kind === 'mean100') return 'score';
  return ['count', 'distinct', 'top'].includes(measure.kind) ? 'count' : 'none';
}

/** A window that cannot be meant is reported under the key that has to change. */
function readWindow(section: Section, report: Report): WindowConfig {
  const positive = (name: string): Millis => {
    const ms = durationMs(section.raw(name));
    if (ms !== undefined && ms <= 0)
      report(section.path(name), `a ${name} of 0 was given: it must be longer than that`);
    return ms === undefined || ms <= 0 ? 60_000 : ms;
  };
  const sizeMs = (): Millis => {
    const ms = positive('size');
    if (ms > DAY_MS && ms % DAY_MS !== 0) {
      report(
        section.path('size'),
        `${durationText(ms)} is more than a day but not whole days: write whole days, e.g. 2d`,
      );
    }
    return ms;
  };
  switch (section.raw('kind')) {
    case 'sliding': {
      const size = sizeMs();
      const slide = positive('slide');
      if (slide > size) {
        report(
          section.path('slide'),
          `the slide ${durationText(slide)} is longer than the size ${durationText(size)}: events would fall between windows`,
        );
      } else if (size / greatestDivisor(size, slide) > MAX_SLICES) {
        report(
          section.path('slide'),
          `${durationText(size)} by ${durationText(slide)} needs more than 1,000,000 slices`,
        );
      } else if (size >= DAY_MS && slide % DAY_MS !== 0 && DAY_MS % slide !== 0) {
        report(
          section.path('slide'),
          `windows of a day and more step from midnight, and ${durationText(slide)} does not divide a day, nor is it whole days: write e.g. 5m, 1h, 1d`,
        );
      }
      if (size < DAY_MS || slide >= DAY_MS) return { kind: 'sliding', sizeMs: size, slideMs: slide };
      return { kind: 'sliding', sizeMs: size, slideMs: slide, fromMidnight: true };
    }
    case 'session':
      return { kind: 'session', gapMs: positive('gap') };
    case 'cumulative': {
      const period = section.choice('period', ['day', 'week', 'month'], 'day');
      const every = positive('every');
      if (every > PERIOD_MS[period])
        report(section.path('every'), `${durationText(every)} is longer than the ${period}`);
      else if (DAY_MS % every !== 0 && every % DAY_MS !== 0) {
        report(section.path('every'), `${durationText(every)} does not divide a day: write e.g. 1m, 5m, 1h`);
      }
      return { kind: 'cumulative', period, everyMs: every };
    }
    default:
      return { kind: 'tumbling', sizeMs: sizeMs() };
  }
}

function greatestDivisor(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b];
  return a;
}
