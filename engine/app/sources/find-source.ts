/** The source that `--map` names: one of the configuration by its id, or a file of its own that holds one. */
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { loadConfig, type ConfigForm } from '../../adapters/config/config-file.ts';
import { compileExpression } from '../../adapters/expressions/cel.ts';
import { packagedHolidays } from '../../adapters/holidays/packaged-holidays.ts';
import { EngineError } from '../../core/errors.ts';
import { didYouMean } from '../../core/text/spelling.ts';
import { expressionChecks } from '../../../operators/config/config-expressions.ts';
import { FORMS } from '../../../operators/config/config-schema-forms.ts';
import { Section, type Fault } from '../../../operators/config/config-values.ts';
import { readSource, type SourceConfig } from '../../../operators/sources/sources-config.ts';
import { SOURCE_SCHEMA } from '../../../operators/sources/sources-schema.ts';
import type { Config } from '../config/config.ts';

/** Throws USAGE_INVALID, CONFIG_INVALID. The source is of rows: one of webhooks has other variables. */
export async function findSource({ sources, time }: Config, named: string): Promise<SourceConfig> {
  const known = sources.find(({ id }) => id === named);
  if (known !== undefined && known.kind === 'csv') return known;
  if (known !== undefined)
    throw new EngineError('USAGE_INVALID', [`the source ${named} takes webhooks: rows are mapped by one of kind csv`]);
  if (existsSync(named)) return loadConfig(named, mapFile(named, time.zone));
  const ids = sources.filter(({ kind }) => kind === 'csv').map(({ id }) => id);
  const there = ids.length === 0 ? 'the configuration has no source of kind csv' : `there are: ${ids.join(', ')}`;
  throw new EngineError('USAGE_INVALID', [
    `there is neither a source nor a file "${named}"${didYouMean(named, ids)} (${there})`,
  ]);
}

/** A source by itself, as `sources` would hold it; its id is the name of the file unless it says one. */
function mapFile(file: string, zone: string): ConfigForm<SourceConfig> {
  const id = basename(file)
    .replace(/\.\w+$/, '')
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, '_')
    .replace(/^(?![a-z])/, 'f_')
    .slice(0, 64);
  return {
    schema: { $schema: 'http://json-schema.org/draft-07/schema#', ...SOURCE_SCHEMA, required: [], $defs: FORMS },
    parse: (raw) => {
      const faults: Fault[] = [];
      const report = (at: Fault['at'], message: string): void => void faults.push({ at, message });
      const checks = { report, expressions: expressionChecks(compileExpression, report), holidays: packagedHolidays() };
      const given = typeof raw === 'object' && raw !== null ? raw : {};
      const config = readSource(new Section({ id, kind: 'csv', ...given }, []), checks, zone);
      return faults.length === 0 ? { config } : { faults };
    },
  };
}
