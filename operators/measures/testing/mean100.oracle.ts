import type { Mean100Config } from '../mean100.ts';
import { meanOf, numbersIn, type Oracle } from './oracle-tools.ts';

export const mean100Oracle: Oracle<Mean100Config> = ({ value, min = 0, max = 10 }, sample) =>
  meanOf(numbersIn(value, sample, min, max).map((answer) => ((answer - min) / (max - min)) * 100));
