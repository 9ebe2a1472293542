import type { CountConfig } from '../count-measure.ts';
import { type Oracle, over, type Trials } from './oracle-tools.ts';

const oracle: Oracle<CountConfig> = (_config, { events }) => over(events, events.length);

export const trials = { count: { oracle, examples: [{ kind: 'count' }] } } satisfies Trials;
