import type { QuantileConfig } from '../quantile-measure.ts';
import { numbersIn, type Oracle, over } from './oracle-tools.ts';

export const quantileOracle: Oracle<QuantileConfig> = ({ value, q }, sample) => {
  const values = numbersIn(value, sample).sort((a, b) => a - b);
  return over(values, values[Math.floor(q * (values.length - 1))] ?? 0);
};
