import type { LevelConfig } from '../../levels/level-measures.ts';
import { exactSum, numbersIn, type Oracle, over } from './oracle-tools.ts';

export const openOracle: Oracle<LevelConfig<'open'>> = (_config, sample) => {
  const values = numbersIn('data.open', sample);
  return over(values, exactSum(values));
};

export const overdueOracle: Oracle<LevelConfig<'overdue'>> = (_config, sample) => {
  const values = numbersIn('data.overdue', sample);
  return over(values, exactSum(values));
};

export const oldestOracle: Oracle<LevelConfig<'oldest'>> = (_config, sample) => {
  const values = numbersIn('data.oldest', sample);
  return values.length === 0
    ? { value: null, n: sample.events.length }
    : { value: Math.max(...values), n: sample.events.length };
};
