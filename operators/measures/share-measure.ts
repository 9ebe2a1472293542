import { share } from '../aggregates/proportion.ts';
import { expression } from '../config/config-schema-forms.ts';
import type { Measure } from './measure.ts';
import { truth } from './reading.ts';

export interface ShareConfig {
  readonly kind: 'share';
  readonly of: string;
}

export const shareMeasure: Measure<ShareConfig> = {
  kind: 'share',
  about: { en: 'percent of events for which `of` holds', 'zh-CN': '满足 `of` 的事件占比' },
  schema: { fields: { of: expression('which events count, in percent of all') }, required: ['of'] },
  parse: ({ expression: source }) => ({ kind: 'share', of: source('of') }),
  aggregate: () => share,
  reader: ({ of }, compile) => truth(compile(of)),
  unit: () => 'percent',
  decimals: 1,
  isAdditive: false,
  isNothingZero: false,
  hasInterval: true,
};
