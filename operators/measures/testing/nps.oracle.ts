import type { NpsConfig } from '../nps-measure.ts';
import { numbersIn, type Oracle, over } from './oracle-tools.ts';

export const npsOracle: Oracle<NpsConfig> = ({ value, min, max }, sample) => {
  const values = numbersIn(value, sample, min ?? 0, max ?? 10);
  const promoters = values.filter((answer) => answer >= 9).length;
  const detractors = values.filter((answer) => answer < 7).length;
  return over(values, ((promoters - detractors) / values.length) * 100);
};
