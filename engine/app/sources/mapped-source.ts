/** A configured source with its map compiled: what becomes of a payload, or of a row, live as in files. */
import { compileExpression } from '../../adapters/expressions/cel.ts';
import type { CompileExpression } from '../../core/expressions/expression.ts';
import { PRESETS } from '../../../operators/sources/presets/presets.ts';
import { mappingOf, type Mapped, type MapFault } from '../../../operators/sources/mapping.ts';
import { sourceVariables, type SourceConfig } from '../../../operators/sources/sources-config.ts';
import { timeReader } from '../../../operators/sources/time/mapped-time.ts';

/** `variables`: besides what the configuration says of the source itself. */
export type MapSource = (variables: Readonly<Record<string, unknown>>, fallback: () => string) => Mapped;

/** `compile`: of whoever watches what becomes of the expressions. */
export function mappedSource(source: SourceConfig, compile: CompileExpression = compileExpression): MapSource {
  const place = `sources[${source.id}]`;
  const presetRules = PRESETS.find(({ name }) => name === source.preset)?.map.length ?? 0; // without a preset all are its own
  const mapping = mappingOf(source.map, { compile, readTime: timeReader(source), place, presetRules });
  const own = sourceVariables(source);
  return (variables, fallback) => mapping({ ...own, ...variables }, fallback);
}

const MOST_NAMED = 5;

/** What stands in a dead letter, and before a person. Names places, never values. */
export function faultSentence(source: string, faults: readonly MapFault[]): string {
  if (faults.length === 0) return `no rule of sources[${source}].map takes it`;
  const named = faults.slice(0, MOST_NAMED).map(({ at, error }) => `sources[${source}].${at}: ${error}`);
  const more = faults.length > MOST_NAMED ? `; and ${faults.length - MOST_NAMED} more` : '';
  return named.join('; ') + more;
}
