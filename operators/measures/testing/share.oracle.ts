import type { ShareConfig } from '../share-measure.ts';
import { evaluated, type Oracle, percentOf } from './oracle-tools.ts';

export const shareOracle: Oracle<ShareConfig> = ({ of }, sample) =>
  percentOf(
    evaluated(of, sample).filter((value) => typeof value === 'boolean'),
    Boolean,
  );
