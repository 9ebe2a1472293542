import type { QuantileConfig } from '../quantile-measure.ts';
import { numbersIn, type Oracle, over, type Trials } from './oracle-tools.ts';

const oracle: Oracle<QuantileConfig> = ({ value, q }, sample) => {
  const values = numbersIn(value, sample).sort((a, b) => a - b);
  return over(values, values[Math.floor(q * (values.length - 1))] ?? 0);
};

export const trials = {
  quantile: {
    oracle,
    examples: [
      { kind: 'quantile', value: 'data.amount', q: 0.5 },
      { kind: 'quantile', value: 'data.score', q: 0.95 },
    ],
  },
} satisfies Trials;
