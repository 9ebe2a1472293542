import { MAX_MAGNITUDE } from '../aggregates/exact-sum.ts';
import { quantile } from '../aggregates/quantile.ts';
import { number } from '../config/config-schema-forms.ts';
import type { Measure } from './measure.ts';
import { numberWithin, VALUE } from './reading.ts';

export interface QuantileConfig {
  readonly kind: 'quantile';
  readonly value: string;
  readonly q: number;
}

export const quantileMeasure: Measure<QuantileConfig> = {
  kind: 'quantile',
  about: { en: 'the value at rank `q`, within 1 %', 'zh-CN': '第 `q` 分位的值，误差 1 % 以内' },
  schema: {
    fields: {
      value: VALUE,
      q: { ...number('which quantile, e.g. 0.95'), exclusiveMinimum: 0, exclusiveMaximum: 1 },
    },
    required: ['value', 'q'],
  },
  parse: ({ section, expression }) => ({
    kind: 'quantile',
    value: expression('value'),
    q: section.number('q', 0.5),
  }),
  aggregate: ({ q }) => quantile(q),
  reader: ({ value }, compile) => numberWithin(compile(value), -MAX_MAGNITUDE, MAX_MAGNITUDE),
  unit: () => 'none',
  decimals: 1,
  isAdditive: false,
  isNothingZero: false,
  hasInterval: false,
};
