import { max } from '../aggregates/extreme.ts';
import type { Measure } from './measure.ts';
import { BOUNDED_SCHEMA, numberWithin, parseBounded, type Bounded } from './reading.ts';

export interface MaxConfig extends Bounded {
  readonly kind: 'max';
}

export const maxMeasure: Measure<MaxConfig> = {
  kind: 'max',
  about: { en: 'the greatest value', 'zh-CN': '最大值' },
  schema: BOUNDED_SCHEMA,
  parse: (source) => ({ kind: 'max', ...parseBounded(source) }),
  aggregate: () => max,
  reader: ({ value, min: low, max: high }, compile) =>
    numberWithin(compile(value), low ?? -Number.MAX_VALUE, high ?? Number.MAX_VALUE),
  unit: () => 'none',
  decimals: 1,
  isAdditive: false,
  isNothingZero: false,
  hasInterval: false,
};
