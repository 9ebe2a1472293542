import type { MaxConfig } from '../max-measure.ts';
import { numbersIn, type Oracle, over } from './oracle-tools.ts';

export const maxOracle: Oracle<MaxConfig> = ({ value, min, max }, sample) => {
  const values = numbersIn(value, sample, min ?? -Infinity, max ?? Infinity);
  return over(values, Math.max(...values));
};
