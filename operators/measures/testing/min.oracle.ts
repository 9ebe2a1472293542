import type { MinConfig } from '../min-measure.ts';
import { numbersIn, type Oracle, over } from './oracle-tools.ts';

export const minOracle: Oracle<MinConfig> = ({ value, min, max }, sample) => {
  const values = numbersIn(value, sample, min ?? -Infinity, max ?? Infinity);
  return over(values, Math.min(...values));
};
