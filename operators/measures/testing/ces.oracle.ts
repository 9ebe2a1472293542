import type { CesConfig } from '../ces-measure.ts';
import { answersIn, meanOf, over, percentOf, type Oracle, type Trials } from './oracle-tools.ts';

const oracle: Oracle<CesConfig> = ({ value, as, min = 1, max = 7 }, sample) => {
  // Where each answer stands on its scale, from 0 to 1.
  const places = answersIn(value, sample, { min, max }).map((given) => ({
    whole: given.max - given.min,
    above: given.answer - given.min,
  }));
  if (as === 'mean') return meanOf(places.map(({ above, whole }) => min + (above * (max - min)) / whole));
  // 5 of 1–7 is two thirds up its scale, 6 five sixths, 3 one third.
  if (as === 'top') return percentOf(places, ({ above, whole }) => above * 3 >= whole * 2);
  const high = places.filter(({ above, whole }) => above * 6 >= whole * 5).length;
  const low = places.filter(({ above, whole }) => above * 3 <= whole).length;
  return over(places, ((high - low) / places.length) * 100);
};

export const trials = {
  ces: {
    oracle,
    examples: (['mean', 'top', 'index'] as const).map((as) => ({ kind: 'ces', value: 'data.score', as })),
  },
} satisfies Trials;
