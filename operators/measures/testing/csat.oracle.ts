import type { CsatConfig } from '../csat.ts';
import { numbersIn, type Oracle, percentOf } from './oracle-tools.ts';

export const csatOracle: Oracle<CsatConfig> = ({ value }, sample) =>
  percentOf(numbersIn(value, sample, 1, 5), (answer) => answer >= 4);
