import { csat } from '../aggregates/proportion.ts';
import type { Measure } from './measure.ts';
import { BOUNDED_SCHEMA, numberWithin, parseBounded, type Bounded } from './reading.ts';

export interface CsatConfig extends Bounded {
  readonly kind: 'csat';
}

export const csatMeasure: Measure<CsatConfig> = {
  kind: 'csat',
  about: { en: 'percent of satisfied answers', 'zh-CN': '满意回答占比' },
  schema: BOUNDED_SCHEMA,
  parse: (source) => ({ kind: 'csat', ...parseBounded(source) }),
  aggregate: ({ max }) => csat(max ?? 5),
  reader: ({ value, min, max }, compile) => numberWithin(compile(value), min ?? 1, max ?? 5),
  unit: () => 'percent',
  decimals: 1,
  isAdditive: false,
};
