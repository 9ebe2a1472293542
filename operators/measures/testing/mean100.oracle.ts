import type { Mean100Config } from '../mean100-measure.ts';
import { answersIn, meanOf, type Oracle, type Trials } from './oracle-tools.ts';

/** Of measures that name a scale, and answers that bring one of their own or none. */
const oracle: Oracle<Mean100Config> = ({ value, min = 0, max = 10 }, sample) =>
  meanOf(
    answersIn(value, sample, { min, max }).map((given) => ((given.answer - given.min) / (given.max - given.min)) * 100),
  );

export const trials = {
  mean100: { oracle, examples: [{ kind: 'mean100', value: 'data.score', min: 0, max: 10 }] },
} satisfies Trials;
