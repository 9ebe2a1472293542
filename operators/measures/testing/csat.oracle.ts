import type { CsatConfig } from '../csat-measure.ts';
import { answersIn, percentOf, type Oracle, type Trials } from './oracle-tools.ts';

const oracle: Oracle<CsatConfig> = ({ value, min = 1, max = 5, satisfied }, sample) =>
  percentOf(answersIn(value, sample, { min, max }), (given) => isSatisfied(given, satisfied));

function isSatisfied(
  { answer, min, max }: { readonly answer: number; readonly min: number; readonly max: number },
  satisfied: number | undefined,
): boolean {
  if (satisfied !== undefined && min < satisfied && satisfied <= max) return answer >= satisfied;
  const points = max - min + 1;
  if (points === 3) return answer >= max;
  if (points === 4 || points === 5 || points === 6 || points === 7) return answer >= max - 1;
  if (points === 10) return answer >= max - 2;
  return (answer - min) / (max - min) >= 0.7 - 1e-12;
}

export const trials = { csat: { oracle, examples: [{ kind: 'csat', value: 'data.score' }] } } satisfies Trials;
