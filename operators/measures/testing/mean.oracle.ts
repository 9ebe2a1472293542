import type { MeanConfig } from '../mean-measure.ts';
import { meanOf, numbersIn, type Oracle, type Trials } from './oracle-tools.ts';

const oracle: Oracle<MeanConfig> = ({ value, min, max }, sample) => meanOf(numbersIn(value, sample, min, max));

export const trials = { mean: { oracle, examples: [{ kind: 'mean', value: 'data.amount' }] } } satisfies Trials;
