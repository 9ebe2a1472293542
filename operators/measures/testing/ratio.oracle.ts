import type { RatioConfig } from '../ratio-measure.ts';
import { evaluated, type Oracle, type Trials } from './oracle-tools.ts';

const oracle: Oracle<RatioConfig> = (config, sample) => {
  const per = evaluated(config.per, sample).filter((value) => value === true).length;
  const of = evaluated(config.of, sample).filter((value) => value === true).length;
  return { value: per === 0 ? null : (of / per) * 100, n: per };
};

export const trials = {
  ratio: { oracle, examples: [{ kind: 'ratio', of: 'data.complaint == true', per: 'data.score > 2' }] },
} satisfies Trials;
