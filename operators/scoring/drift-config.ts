/** `drift`: what KPIs of drift are held against where they name no reference of their own. */
import { isOfScores } from '../measures/psi-measure.ts';
import { count, object } from '../config/config-schema-forms.ts';
import type { ConfigPart } from '../config/config-part.ts';
import type { KpiConfig } from '../kpis/kpis-config.ts';

export interface DriftConfig {
  /** Where the reference is learned from one's own events; null: it is not. */
  readonly file: string | null;
  readonly learn: number;
}

export const DRIFT_PART: ConfigPart<DriftConfig, { readonly kpis: readonly KpiConfig[] }> = {
  fields: {
    drift: object('what KPIs of drift without a `reference` are held against', {
      file: {
        type: 'string',
        description: 'where it is learned from the first events here, and kept; without it the model says',
        minLength: 1,
        maxLength: 4096,
      },
      learn: count('so many values are enough', 10_000, 100, 100_000_000),
    }),
  },
  read(root, { report }, { kpis }) {
    const section = root.section('drift');
    const file = section.has('file') ? section.text('file', '') : null;
    for (const [i, { measure }] of kpis.entries()) {
      if (measure.kind !== 'psi' || measure.reference !== null || isOfScores(measure) || file !== null) continue;
      report(
        ['kpis', i, 'measure', 'reference'],
        'the key "reference" is missing: the model has one for scores from -1 to 1 alone; or name drift.file, where it is learned',
      );
    }
    return { file, learn: section.number('learn', 10_000) };
  },
};
