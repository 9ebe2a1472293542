/** Measures of level: what is read of a clock at the end of each slide. */
import { oldest } from '../aggregates/extreme.ts';
import { sum } from '../aggregates/sum.ts';
import type { Measure, MeasureSource, Read } from '../measures/measure.ts';
import type { LevelKind } from './level-plan.ts';

export interface LevelConfig<K extends LevelKind> {
  readonly kind: K;
  readonly clock: string;
}

const SCHEMA: Measure<LevelConfig<LevelKind>>['schema'] = {
  fields: {
    clock: {
      $ref: '#/$defs/id',
      description: 'whose level; the KPI has no `from`, and a sliding window whose size is its slide',
    },
  },
  required: ['clock'],
};

/** Below every age. */
const NOTHING_WAITS = -1;

export const openMeasure: Measure<LevelConfig<'open'>> = {
  kind: 'open',
  about: {
    en: 'how many runs of a clock are open at the end of the slide, paused ones too',
    'zh-CN': '时段末仍未结束的计时数量（含暂停）',
  },
  schema: SCHEMA,
  parse: (source) => parseLevel('open', source),
  aggregate: () => sum,
  reader: () => numberIn('open'),
  unit: () => 'count',
  decimals: 0,
  isAdditive: true,
  isNothingZero: true,
  hasInterval: false,
};

export const overdueMeasure: Measure<LevelConfig<'overdue'>> = {
  kind: 'overdue',
  about: { en: 'how many open runs of a clock are past their due time', 'zh-CN': '时段末已超时的计时数量' },
  schema: SCHEMA,
  parse: (source) => parseLevel('overdue', source),
  aggregate: () => sum,
  reader: () => numberIn('overdue'),
  unit: () => 'count',
  decimals: 0,
  isAdditive: true,
  isNothingZero: true,
  hasInterval: false,
};

export const oldestMeasure: Measure<LevelConfig<'oldest'>> = {
  kind: 'oldest',
  about: { en: 'the age of the oldest open run of a clock, in seconds', 'zh-CN': '最久一项已持续的秒数' },
  schema: SCHEMA,
  parse: (source) => parseLevel('oldest', source),
  aggregate: () => oldest,
  reader: () => (event) => numberIn('oldest')(event) ?? NOTHING_WAITS,
  unit: () => 'seconds',
  decimals: 0,
  isAdditive: false,
  isNothingZero: true,
  hasInterval: false,
};

function parseLevel<K extends LevelKind>(kind: K, { section }: MeasureSource): LevelConfig<K> {
  return { kind, clock: section.text('clock', '') };
}

function numberIn(kind: LevelKind): (event: Parameters<Read>[0]) => number | undefined {
  return ({ data }) => {
    const value = data[kind];
    return typeof value === 'number' ? value : undefined;
  };
}
