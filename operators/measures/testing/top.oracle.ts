import type { TopConfig } from '../top-measure.ts';
import { labelsIn, type Oracle, over, type Trials } from './oracle-tools.ts';

const oracle: Oracle<TopConfig> = ({ value }, sample) => {
  const labels = labelsIn(value, sample);
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return over(labels, Math.max(...counts.values()));
};

export const trials = { top: { oracle, examples: [{ kind: 'top', value: 'data.score', k: 2 }] } } satisfies Trials;
