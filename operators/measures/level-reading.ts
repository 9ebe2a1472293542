/** What measures of level have in common: the clock whose level it is, and the number in a reading. */
import type { JsonObject } from '../../engine/core/types.ts';
import type { LevelKind } from '../levels/level-plan.ts';
import type { Measure, MeasureSource, Read } from './measure.ts';

export interface LevelConfig<K extends LevelKind> {
  readonly kind: K;
  readonly clock: string;
}

export const LEVEL_SCHEMA: Measure<LevelConfig<LevelKind>>['schema'] = {
  fields: {
    clock: {
      $ref: '#/$defs/id',
      description: 'whose level; the KPI has no `from`, and a sliding window whose size is its slide',
    } satisfies JsonObject,
  },
  required: ['clock'],
};

export function parseLevel<K extends LevelKind>(kind: K, { section }: MeasureSource): LevelConfig<K> {
  return { kind, clock: section.text('clock', '') };
}

export function levelNumber(kind: LevelKind): Read {
  return ({ data }) => {
    const value = data[kind];
    return typeof value === 'number' ? value : undefined;
  };
}
