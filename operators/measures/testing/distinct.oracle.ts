import type { DistinctConfig } from '../distinct-measure.ts';
import { labelsIn, type Oracle, over } from './oracle-tools.ts';

export const distinctOracle: Oracle<DistinctConfig> = ({ value }, sample) => {
  const labels = labelsIn(value, sample);
  return over(labels, new Set(labels).size);
};
