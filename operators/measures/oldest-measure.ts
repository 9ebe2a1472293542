import { oldest } from '../aggregates/extreme.ts';
import { LEVEL_SCHEMA, parseLevel, type LevelConfig } from './level-reading.ts';
import type { Measure } from './measure.ts';

/** Below every age. */
const NOTHING_WAITS = -1;

export const oldestMeasure: Measure<LevelConfig<'oldest'>> = {
  kind: 'oldest',
  about: { en: 'the age of the oldest open run of a clock, in seconds', 'zh-CN': '最久一项已持续的秒数' },
  schema: LEVEL_SCHEMA,
  parse: (source) => parseLevel('oldest', source),
  aggregate: () => oldest,
  reader:
    () =>
    ({ data }) =>
      typeof data['oldest'] === 'number' ? data['oldest'] : NOTHING_WAITS,
  unit: () => 'seconds',
  decimals: 0,
  isAdditive: false,
};
