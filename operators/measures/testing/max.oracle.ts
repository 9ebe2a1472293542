import type { MaxConfig } from '../max-measure.ts';
import { numbersIn, type Oracle, over, type Trials } from './oracle-tools.ts';

const oracle: Oracle<MaxConfig> = ({ value, min, max }, sample) => {
  const values = numbersIn(value, sample, min ?? -Infinity, max ?? Infinity);
  return over(values, Math.max(...values));
};

export const trials = { max: { oracle, examples: [{ kind: 'max', value: 'data.amount' }] } } satisfies Trials;
