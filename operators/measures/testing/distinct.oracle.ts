import type { DistinctConfig } from '../distinct-measure.ts';
import { labelsIn, type Oracle, over, type Trials } from './oracle-tools.ts';

const oracle: Oracle<DistinctConfig> = ({ value }, sample) => {
  const labels = labelsIn(value, sample);
  return over(labels, new Set(labels).size);
};

export const trials = { distinct: { oracle, examples: [{ kind: 'distinct', value: 'data.score' }] } } satisfies Trials;
