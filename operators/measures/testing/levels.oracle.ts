import type { LevelConfig } from '../../levels/level-measures.ts';
import { exactSum, numbersIn, type Oracle, over, type Trials } from './oracle-tools.ts';

const openOracle: Oracle<LevelConfig<'open'>> = (_config, sample) => {
  const values = numbersIn('data.open', sample);
  return over(values, exactSum(values));
};

const overdueOracle: Oracle<LevelConfig<'overdue'>> = (_config, sample) => {
  const values = numbersIn('data.overdue', sample);
  return over(values, exactSum(values));
};

const oldestOracle: Oracle<LevelConfig<'oldest'>> = (_config, sample) => {
  const values = numbersIn('data.oldest', sample);
  return values.length === 0
    ? { value: null, n: sample.events.length }
    : { value: Math.max(...values), n: sample.events.length };
};

/** They read no events of a stream: the room of levels compares them. */
export const trials = {
  open: { oracle: openOracle, examples: [] },
  overdue: { oracle: overdueOracle, examples: [] },
  oldest: { oracle: oldestOracle, examples: [] },
} satisfies Trials;
