import type { NpsConfig } from '../nps-measure.ts';
import { numbersIn, type Oracle, over, type Trials } from './oracle-tools.ts';

const oracle: Oracle<NpsConfig> = ({ value, min, max }, sample) => {
  const values = numbersIn(value, sample, min ?? 0, max ?? 10);
  const promoters = values.filter((answer) => answer >= 9).length;
  const detractors = values.filter((answer) => answer < 7).length;
  return over(values, ((promoters - detractors) / values.length) * 100);
};

export const trials = { nps: { oracle, examples: [{ kind: 'nps', value: 'data.score' }] } } satisfies Trials;
