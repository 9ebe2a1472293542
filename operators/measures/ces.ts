import { ces } from '../aggregates/balance.ts';
import { choice } from '../config/config-schema-forms.ts';
import type { Measure } from './measure.ts';
import { numberWithin, VALUE } from './reading.ts';

const USAGES = ['mean', 'top', 'index'] as const;

export interface CesConfig {
  readonly kind: 'ces';
  readonly value: string;
  readonly as: (typeof USAGES)[number];
}

export const cesMeasure: Measure<CesConfig> = {
  kind: 'ces',
  about: { en: 'customer effort (1–7, 7 is easiest)', 'zh-CN': '客户费力度（1–7，7 最轻松）' },
  schema: {
    fields: {
      value: VALUE,
      as: choice('the mean, percent of 5–7, or percent of 6–7 less percent of 1–3 (−100 to 100)', 'mean', USAGES),
    },
    required: ['value'],
  },
  parse: ({ section, expression }) => ({
    kind: 'ces',
    value: expression('value'),
    as: section.choice('as', USAGES, 'mean'),
  }),
  aggregate: (config) => ces[config.as],
  reader: ({ value }, compile) => numberWithin(compile(value), 1, 7),
  unit: (config) => (({ mean: 'score', top: 'percent', index: 'points' }) as const)[config.as],
  decimals: 1,
  isAdditive: false,
};
