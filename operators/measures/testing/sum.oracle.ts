import type { SumConfig } from '../sum-measure.ts';
import { exactSum, numbersIn, type Oracle, over, type Trials } from './oracle-tools.ts';

const oracle: Oracle<SumConfig> = ({ value, min, max }, sample) => {
  const values = numbersIn(value, sample, min, max);
  return over(values, exactSum(values));
};

export const trials = { sum: { oracle, examples: [{ kind: 'sum', value: 'data.amount' }] } } satisfies Trials;
