import { sum } from '../aggregates/sum.ts';
import { levelNumber, LEVEL_SCHEMA, parseLevel, type LevelConfig } from './level-reading.ts';
import type { Measure } from './measure.ts';

export const openMeasure: Measure<LevelConfig<'open'>> = {
  kind: 'open',
  about: {
    en: 'how many runs of a clock are open at the end of the slide, paused ones too',
    'zh-CN': '时段末仍未结束的计时数量（含暂停）',
  },
  schema: LEVEL_SCHEMA,
  parse: (source) => parseLevel('open', source),
  aggregate: () => sum,
  reader: () => levelNumber('open'),
  unit: () => 'count',
  decimals: 0,
  isAdditive: true,
};
