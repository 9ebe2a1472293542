import { mean100 } from '../aggregates/sum.ts';
import type { Measure } from './measure.ts';
import { BOUNDED_SCHEMA, parseBounded, type Bounded } from './reading.ts';
import { percentOfScale } from './scale.ts';

export interface Mean100Config extends Bounded {
  readonly kind: 'mean100';
}

export const mean100Measure: Measure<Mean100Config> = {
  kind: 'mean100',
  about: { en: 'the mean on a scale of 0 to 100', 'zh-CN': '换算到 0–100 后的平均' },
  schema: BOUNDED_SCHEMA,
  parse: (source) => ({ kind: 'mean100', ...parseBounded(source) }),
  aggregate: () => mean100,
  reader: ({ value, min, max }, compile) => percentOfScale(compile(value), min, max),
  unit: () => 'score',
  decimals: 1,
  isAdditive: false,
};
