import type { ShareConfig } from '../share-measure.ts';
import { evaluated, type Oracle, percentOf, type Trials } from './oracle-tools.ts';

const oracle: Oracle<ShareConfig> = ({ of }, sample) =>
  percentOf(
    evaluated(of, sample).filter((value) => typeof value === 'boolean'),
    Boolean,
  );

export const trials = {
  share: { oracle, examples: [{ kind: 'share', of: 'data.complaint == true' }] },
} satisfies Trials;
