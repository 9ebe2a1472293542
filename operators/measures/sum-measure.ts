import { sum } from '../aggregates/sum.ts';
import { MAX_MAGNITUDE } from '../aggregates/exact-sum.ts';
import type { Measure } from './measure.ts';
import { BOUNDED_SCHEMA, numberWithin, parseBounded, type Bounded } from './reading.ts';

export interface SumConfig extends Bounded {
  readonly kind: 'sum';
}

export const sumMeasure: Measure<SumConfig> = {
  kind: 'sum',
  about: { en: 'the sum, exact in millionths', 'zh-CN': '总和（精确到百万分之一）' },
  schema: BOUNDED_SCHEMA,
  parse: (source) => ({ kind: 'sum', ...parseBounded(source) }),
  aggregate: () => sum,
  reader: ({ value, min: low, max: high }, compile) =>
    numberWithin(compile(value), low ?? -MAX_MAGNITUDE, high ?? MAX_MAGNITUDE),
  unit: () => 'none',
  decimals: 1,
  isAdditive: true,
  isNothingZero: true,
  hasInterval: false,
};
