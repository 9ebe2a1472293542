import type { CesConfig } from '../ces.ts';
import { meanOf, numbersIn, type Oracle, over, percentOf } from './oracle-tools.ts';

export const cesOracle: Oracle<CesConfig> = (config, sample) => {
  const values = numbersIn(config.value, sample, 1, 7);
  if (config.as === 'mean') return meanOf(values);
  if (config.as === 'top') return percentOf(values, (answer) => answer >= 5);
  const high = values.filter((answer) => answer >= 6).length;
  const low = values.filter((answer) => answer <= 3).length;
  return over(values, ((high - low) / values.length) * 100);
};
