import type { CountConfig } from '../count-measure.ts';
import { type Oracle, over } from './oracle-tools.ts';

export const countOracle: Oracle<CountConfig> = (_config, { events }) => over(events, events.length);
