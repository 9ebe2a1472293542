import { distinct } from '../aggregates/distinct.ts';
import { expression } from '../config/config-schema-forms.ts';
import type { Measure } from './measure.ts';
import { labels } from './reading.ts';

export interface DistinctConfig {
  readonly kind: 'distinct';
  readonly value: string;
}

export const distinctMeasure: Measure<DistinctConfig> = {
  kind: 'distinct',
  about: { en: 'how many different labels', 'zh-CN': '不同标签的个数' },
  schema: { fields: { value: expression('what is counted once each, e.g. `data.customer.id`') }, required: ['value'] },
  parse: ({ expression: source }) => ({ kind: 'distinct', value: source('value', '', 'label') }),
  aggregate: () => distinct,
  reader: ({ value }, compile) => labels(compile(value)),
  unit: () => 'count',
  decimals: 0,
  isAdditive: true,
  isNothingZero: true,
  hasInterval: false,
};
