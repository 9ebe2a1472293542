import { count } from '../aggregates/count.ts';
import type { Measure } from './measure.ts';

export interface CountConfig {
  readonly kind: 'count';
}

export const countMeasure: Measure<CountConfig> = {
  kind: 'count',
  about: { en: 'how many events', 'zh-CN': '事件数' },
  schema: { fields: {}, required: [] },
  parse: () => ({ kind: 'count' }),
  aggregate: () => count,
  reader: () => () => 1,
  unit: () => 'count',
  decimals: 0,
  isAdditive: true,
  isNothingZero: true,
  hasInterval: false,
};
