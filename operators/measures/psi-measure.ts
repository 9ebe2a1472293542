import { stability } from '../aggregates/stability.ts';
import { expression, number } from '../config/config-schema-forms.ts';
import type { Measure, MeasureSource } from './measure.ts';
import { numberWithin } from './reading.ts';

export interface PsiConfig {
  readonly kind: 'psi';
  readonly value: string;
  readonly min: number;
  readonly max: number;
  readonly bins: number;
  /** Counts by bin when all was well; null: that of the sentiment model. */
  readonly reference: readonly number[] | null;
  /** Each of its own: two KPIs may be held against different references. */
  readonly kpi: string;
}

const DEFAULT_BINS = 10;

/** The model's reference is of scores from −1 to 1; of anything else it says nothing. */
export const isOfScores = ({ min, max }: { readonly min: number; readonly max: number }): boolean =>
  min === -1 && max === 1;

export const psiMeasure: Measure<PsiConfig> = {
  kind: 'psi',
  about: {
    en: 'drift: how far the distribution is from a reference (population stability index)',
    'zh-CN': '漂移：分布与参照的偏离（群体稳定性指标）',
  },
  schema: {
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
  parse: (source) => ({ kind: 'psi', kpi: source.kpi, value: source.expression('value'), ...parseBins(source) }),
  aggregate: (config) => stability(config, config.reference),
  reader: ({ value, min, max }, compile) => numberWithin(compile(value), min, max),
  unit: () => 'none',
  decimals: 3,
  isAdditive: false,
  isNothingZero: false,
  hasInterval: false,
  /** What it is held against is not counted, and may change with the model. */
  countedAs: (config) => ({ ...config, reference: null }),
};

function parseBins({ section, report }: MeasureSource): Pick<PsiConfig, 'min' | 'max' | 'bins' | 'reference'> {
  const min = section.number('min', -1);
  const max = section.number('max', 1);
  if (!(min < max)) report(section.path('max'), `found ${max}, expected more than min (${min})`);
  const given = section.list('reference').map(Number);
  if (section.has('reference') && !(given.reduce((a, b) => a + b, 0) > 0)) {
    report(section.path('reference'), 'found no counts, expected some above 0');
  }
  const reference = section.has('reference') ? given : null;
  return { min, max, bins: reference?.length ?? DEFAULT_BINS, reference };
}
