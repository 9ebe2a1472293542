import type { RateConfig } from '../rate-measure.ts';
import { type Oracle, over, type Trials } from './oracle-tools.ts';

const oracle: Oracle<RateConfig> = ({ perMs }, { events, span }) => over(events, (events.length * perMs) / span);

export const trials = { rate: { oracle, examples: [{ kind: 'rate', perMs: 1000 }] } } satisfies Trials;
