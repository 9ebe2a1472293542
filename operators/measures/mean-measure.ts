import { mean } from '../aggregates/sum.ts';
import { MAX_MAGNITUDE } from '../aggregates/exact-sum.ts';
import type { Measure } from './measure.ts';
import { BOUNDED_SCHEMA, numberWithin, parseBounded, type Bounded } from './reading.ts';

export interface MeanConfig extends Bounded {
  readonly kind: 'mean';
}

export const meanMeasure: Measure<MeanConfig> = {
  kind: 'mean',
  about: { en: 'the arithmetic mean', 'zh-CN': '算术平均' },
  schema: BOUNDED_SCHEMA,
  parse: (source) => ({ kind: 'mean', ...parseBounded(source) }),
  aggregate: () => mean,
  reader: ({ value, min: low, max: high }, compile) =>
    numberWithin(compile(value), low ?? -MAX_MAGNITUDE, high ?? MAX_MAGNITUDE),
  unit: () => 'none',
  decimals: 1,
  isAdditive: false,
  isNothingZero: false,
  hasInterval: true,
};
