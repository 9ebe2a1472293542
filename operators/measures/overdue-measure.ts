import { sum } from '../aggregates/sum.ts';
import { levelNumber, LEVEL_SCHEMA, parseLevel, type LevelConfig } from './level-reading.ts';
import type { Measure } from './measure.ts';

export const overdueMeasure: Measure<LevelConfig<'overdue'>> = {
  kind: 'overdue',
  about: { en: 'how many open runs of a clock are past their due time', 'zh-CN': '时段末已超时的计时数量' },
  schema: LEVEL_SCHEMA,
  parse: (source) => parseLevel('overdue', source),
  aggregate: () => sum,
  reader: () => levelNumber('overdue'),
  unit: () => 'count',
  decimals: 0,
  isAdditive: true,
};
