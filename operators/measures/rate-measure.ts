import type { Millis } from '../../engine/core/types.ts';
import { rate } from '../aggregates/count.ts';
import { duration } from '../config/config-schema-forms.ts';
import type { Measure } from './measure.ts';

export interface RateConfig {
  readonly kind: 'rate';
  readonly perMs: Millis;
}

export const rateMeasure: Measure<RateConfig> = {
  kind: 'rate',
  about: { en: 'how many events in each `per`', 'zh-CN': '每 `per` 的事件数' },
  schema: { fields: { per: duration('events per how long', '1m') }, required: [] },
  parse: ({ section }) => ({ kind: 'rate', perMs: section.durationMs('per', 60_000) }),
  aggregate: ({ perMs }) => rate(perMs),
  reader: () => () => 1,
  unit: () => 'none',
  decimals: 1,
  isAdditive: true,
  isNothingZero: true,
  hasInterval: false,
};
