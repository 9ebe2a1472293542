import type { RateConfig } from '../rate-measure.ts';
import { type Oracle, over } from './oracle-tools.ts';

export const rateOracle: Oracle<RateConfig> = ({ perMs }, { events, span }) =>
  over(events, (events.length * perMs) / span);
