import { min } from '../aggregates/extreme.ts';
import type { Measure } from './measure.ts';
import { BOUNDED_SCHEMA, numberWithin, parseBounded, type Bounded } from './reading.ts';

export interface MinConfig extends Bounded {
  readonly kind: 'min';
}

export const minMeasure: Measure<MinConfig> = {
  kind: 'min',
  about: { en: 'the least value', 'zh-CN': '最小值' },
  schema: BOUNDED_SCHEMA,
  parse: (source) => ({ kind: 'min', ...parseBounded(source) }),
  aggregate: () => min,
  reader: ({ value, min: low, max: high }, compile) =>
    numberWithin(compile(value), low ?? -Number.MAX_VALUE, high ?? Number.MAX_VALUE),
  unit: () => 'none',
  decimals: 1,
  isAdditive: false,
  isNothingZero: false,
  hasInterval: false,
};
