import { nps } from '../aggregates/balance.ts';
import type { Measure } from './measure.ts';
import { BOUNDED_SCHEMA, numberWithin, parseBounded, type Bounded } from './reading.ts';

export interface NpsConfig extends Bounded {
  readonly kind: 'nps';
}

export const npsMeasure: Measure<NpsConfig> = {
  kind: 'nps',
  about: {
    en: 'promoters (9 and more) less detractors (below 7) of 0–10, in points of all answers',
    'zh-CN': '0–10 分中推荐者（≥ 9）占比减贬损者（< 7）占比',
  },
  schema: BOUNDED_SCHEMA,
  parse: (source) => ({ kind: 'nps', ...parseBounded(source) }),
  aggregate: () => nps,
  reader: ({ value, min, max }, compile) => numberWithin(compile(value), min ?? 0, max ?? 10), // as NPS is asked: 0 to 10
  unit: () => 'points',
  decimals: 1,
  isAdditive: false,
  isNothingZero: false,
  hasInterval: true,
};
