import { top } from '../aggregates/top-labels.ts';
import { count, expression } from '../config/config-schema-forms.ts';
import type { Measure } from './measure.ts';
import { labels } from './reading.ts';

export interface TopConfig {
  readonly kind: 'top';
  readonly value: string;
  readonly k: number;
}

export const topMeasure: Measure<TopConfig> = {
  kind: 'top',
  about: { en: 'the `k` most frequent labels, and the count of the first', 'zh-CN': '最常见的 `k` 个标签及首位的次数' },
  schema: {
    fields: { value: expression('what is ranked, e.g. `data.product`'), k: count('how many', 10, 1, 1000) },
    required: ['value'],
  },
  parse: ({ section, expression: source }) => ({
    kind: 'top',
    value: source('value', '', 'label'),
    k: section.number('k', 10),
  }),
  aggregate: ({ k }) => top(k),
  reader: ({ value }, compile) => labels(compile(value)),
  unit: () => 'count',
  decimals: 0,
  isAdditive: false,
  isNothingZero: true,
  hasInterval: false,
};
