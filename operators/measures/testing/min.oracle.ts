import type { MinConfig } from '../min-measure.ts';
import { numbersIn, type Oracle, over, type Trials } from './oracle-tools.ts';

const oracle: Oracle<MinConfig> = ({ value, min, max }, sample) => {
  const values = numbersIn(value, sample, min ?? -Infinity, max ?? Infinity);
  return over(values, Math.min(...values));
};

export const trials = { min: { oracle, examples: [{ kind: 'min', value: 'data.amount' }] } } satisfies Trials;
