import type { MeanConfig } from '../mean-measure.ts';
import { meanOf, numbersIn, type Oracle } from './oracle-tools.ts';

export const meanOracle: Oracle<MeanConfig> = ({ value, min, max }, sample) =>
  meanOf(numbersIn(value, sample, min, max));
