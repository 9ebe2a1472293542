/** What a KPI measures: its type, schema and reading. */
import type { Millis } from '../../engine/core/types.ts';
import type { ExpressionChecks } from '../config/config-expressions.ts';
import { choice, count, duration, expression, number, tagged } from '../config/config-schema-forms.ts';
import type { Section } from '../config/config-values.ts';
import type { Report } from '../config/part.ts';

/** Fields hold CEL sources. */
export type MeasureConfig =
  | { readonly kind: 'count' }
  | {
      readonly kind: 'sum' | 'mean' | 'min' | 'max' | 'nps' | 'csat' | 'mean100';
      readonly value: string;
      readonly min?: number;
      readonly max?: number;
    }
  | { readonly kind: 'ces'; readonly value: string; readonly as: 'mean' | 'top' | 'index' }
  | { readonly kind: 'ratio'; readonly of: string; readonly per: string }
  | { readonly kind: 'quantile'; readonly value: string; readonly q: number }
  | { readonly kind: 'distinct'; readonly value: string }
  | { readonly kind: 'top'; readonly value: string; readonly k: number }
  | { readonly kind: 'share'; readonly of: string }
  | { readonly kind: 'rate'; readonly perMs: Millis }
  | {
      readonly kind: 'psi';
      readonly value: string;
      readonly min: number;
      readonly max: number;
      readonly bins: number;
      /** Counts by bin when all was well; null: that of the sentiment model. */
      readonly reference: readonly number[] | null;
      /** Each of its own: two KPIs may be held against different references. */
      readonly kpi: string;
    };

/** The model's reference is of scores from −1 to 1; of anything else it says nothing. */
export const isOfScores = ({ min, max }: { readonly min: number; readonly max: number }): boolean =>
  min === -1 && max === 1;

export type Unit = 'percent' | 'points' | 'count' | 'seconds' | 'milliseconds' | 'score' | 'none';

const value = expression('the number taken from an event, e.g. `data.score`');
const bounds = { min: number('values below are left out'), max: number('values above are left out') };
const scaled = { fields: { value, ...bounds }, required: ['value'] };

export const MEASURE_SCHEMA = tagged('what is computed over the events of a window', {
  count: { fields: {}, required: [] },
  sum: scaled,
  mean: scaled,
  min: scaled,
  max: scaled,
  nps: scaled,
  csat: scaled,
  mean100: scaled,
  ces: {
    fields: {
      value,
      as: choice('the mean, percent of 5–7, or percent of 6–7 less percent of 1–3 (−100 to 100)', 'mean', [
        'mean',
        'top',
        'index',
      ]),
    },
    required: ['value'],
  },
  ratio: {
    fields: {
      of: expression('which events are counted, e.g. `data.complaint == true`'),
      per: {
        ...expression(
          'against how many of which; counted by themselves, so that answers can be set against invitations: more `of` than `per` is above 100 %, without an interval (`share` never is)',
        ),
        default: 'true',
      },
    },
    required: ['of'],
  },
  quantile: {
    fields: { value, q: { ...number('which quantile, e.g. 0.95'), exclusiveMinimum: 0, exclusiveMaximum: 1 } },
    required: ['value', 'q'],
  },
  distinct: { fields: { value: expression('what is told apart, e.g. `data.customer.id`') }, required: ['value'] },
  top: {
    fields: { value: expression('what is ranked, e.g. `data.product`'), k: count('how many', 10, 1, 1000) },
    required: ['value'],
  },
  share: { fields: { of: expression('which events count, in percent of all') }, required: ['of'] },
  rate: { fields: { per: duration('events per how long', '1m') }, required: [] },
  psi: {
    fields: {
      value: expression('the number whose distribution is watched, e.g. `enrichment.sentiment.score`'),
      min: { ...number('where the first bin begins'), default: -1 },
      max: { ...number('where the last one ends'), default: 1 },
      reference: {
        type: 'array',
        description: "counts in equal bins when all was well; the sentiment model's, in ten, unless given",
        items: { type: 'number', minimum: 0 },
        minItems: 2,
        maxItems: 100,
      },
    },
    required: ['value'],
  },
});

type StabilityForm = Pick<Extract<MeasureConfig, { kind: 'psi' }>, 'min' | 'max' | 'bins' | 'reference'>;

export function readMeasure(
  id: string,
  section: Section,
  expressions: ExpressionChecks,
  report: Report,
): MeasureConfig {
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

export function decimalsOf({ kind }: MeasureConfig): number {
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

export function unitOf(measure: MeasureConfig): Unit {
  if (measure.kind === 'ratio' || measure.kind === 'share' || measure.kind === 'csat') return 'percent';
  if (measure.kind === 'ces') return ({ mean: 'score', top: 'percent', index: 'points' } as const)[measure.as];
  if (measure.kind === 'nps') return 'points';
  if (measure.kind === 'mean100') return 'score';
  return ['count', 'distinct', 'top'].includes(measure.kind) ? 'count' : 'none';
}
