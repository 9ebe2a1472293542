import type { SumConfig } from '../sum-measure.ts';
import { exactSum, numbersIn, type Oracle, over } from './oracle-tools.ts';

export const sumOracle: Oracle<SumConfig> = ({ value, min, max }, sample) => {
  const values = numbersIn(value, sample, min, max);
  return over(values, exactSum(values));
};
