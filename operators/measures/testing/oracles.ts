/** Every measure's oracle and examples: whatever a file `<kind>.oracle.ts` of this folder exports as `trials`. */
import { readdirSync } from 'node:fs';
import { must } from '../../../engine/core/must.ts';
import { MEASURES, type MeasureConfig } from '../measures.ts';
import type { OracleValue, Sample, Trial, Trials } from './oracle-tools.ts';

const folder = new URL('.', import.meta.url);
const files = readdirSync(folder).filter((file) => /\.oracle\.[jt]s$/.test(file));
const exported = await Promise.all(
  files.map(async (file) => {
    const { trials } = (await import(new URL(file, folder).href)) as { readonly trials?: Trials };
    return must(trials, `what ${file} exports as trials`);
  }),
);
const TRIALS: ReadonlyMap<string, Trial<MeasureConfig>> = new Map(
  exported.flatMap((trials) => Object.entries(trials)) as [string, Trial<MeasureConfig>][],
);

function trialOf(kind: string): Trial<MeasureConfig> {
  return must(TRIALS.get(kind), `operators/measures/testing/${kind}.oracle.ts, as max.oracle.ts is for max,`);
}

/** The configurations that property tests compare, of every measure. */
export const EXAMPLES: readonly MeasureConfig[] = MEASURES.flatMap(({ kind }) => trialOf(kind).examples);

/** What the measure is over the events of one window, computed by its oracle. */
export function measured(config: MeasureConfig, sample: Sample): OracleValue {
  return trialOf(config.kind).oracle(config, sample);
}
