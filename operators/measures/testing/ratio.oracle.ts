import type { RatioConfig } from '../ratio-measure.ts';
import { evaluated, type Oracle } from './oracle-tools.ts';

export const ratioOracle: Oracle<RatioConfig> = (config, sample) => {
  const per = evaluated(config.per, sample).filter((value) => value === true).length;
  const of = evaluated(config.of, sample).filter((value) => value === true).length;
  return { value: per === 0 ? null : (of / per) * 100, n: per };
};
