import type { PsiConfig } from '../psi-measure.ts';
import { numbersIn, type Oracle, over, type Trials } from './oracle-tools.ts';

const oracle: Oracle<PsiConfig> = (config, sample) => {
  const values = numbersIn(config.value, sample, config.min, config.max);
  const reference = config.reference ?? [];
  const all = reference.reduce((a, b) => a + b, 0);
  const step = (config.max - config.min) / config.bins;
  const terms = reference.map((count, bin) => {
    const low = config.min + bin * step;
    const inside = values.filter((value) => value >= low && (value < low + step || bin === config.bins - 1)).length;
    const a = Math.max(1e-4, inside / values.length, 0.5 / values.length);
    const e = Math.max(1e-4, count / all);
    return (a - e) * Math.log(a / e);
  });
  return over(
    values,
    terms.reduce((a, b) => a + b, 0),
  );
};

export const trials = {
  psi: {
    oracle,
    examples: [{ kind: 'psi', value: 'data.score', min: 0, max: 10, bins: 5, reference: [5, 1, 1, 1, 2], kpi: 'any' }],
  },
} satisfies Trials;
