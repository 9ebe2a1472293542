/** What `import` and `process --map` say of the rows of a file. */
import { EngineError } from '../../../core/errors.ts';
import type { CsvTable } from '../../../adapters/formats/csv-table.ts';
import type { SourceConfig } from '../../../../operators/sources/sources-config.ts';
import { missingColumns } from '../../sources/missing-columns.ts';
import type { RowReport } from '../../sources/row-events.ts';

/** Bad rows, as compilers write faults: `file:line: error: what`. */
export function reportFaults(file: string, { faults, bad }: RowReport, stream: { write(text: string): unknown }): void {
  for (const { line, error } of faults) stream.write(`${file}:${line}: error: ${error}\n`);
  if (bad > faults.length) stream.write(`${file}: and ${bad - faults.length} more rows\n`);
}

/**
 * Before any row is read: what of the map can never give anything over these columns, as warnings. Throws FILE_UNUSABLE where nothing
 * of it can.
 */
export function reportColumns(
  file: string,
  { columns }: Pick<CsvTable, 'columns'>,
  source: SourceConfig,
  stream: { write(text: string): unknown },
): void {
  const { faults, isHopeless } = missingColumns(source, columns);
  for (const { at, error } of faults) stream.write(`${file}:1: warning: sources[${source.id}].${at}: ${error}\n`);
  if (!isHopeless) return;
  const [first] = faults;
  const why = `no rule of sources[${source.id}].map can read its columns (${first?.at}: ${first?.error}); the first line must be that of their names`;
  throw new EngineError('FILE_UNUSABLE', [file, why]);
}

/** Throws FILE_UNUSABLE where nothing came of any row. `true`: of most of them something is bad. */
export function isMostlyBad(file: string, { rows, events, bad }: RowReport): boolean {
  if (events === 0) throw new EngineError('FILE_UNUSABLE', [file, 'none of its rows became an event']);
  return bad * 2 > rows;
}

/** How the file is read, and what its first rows become. */
export function dryRunText(
  { encoding, delimiter, columns }: CsvTable,
  { zone }: SourceConfig,
  events: readonly string[],
): string {
  const shown = delimiter === '\t' ? 'tab' : delimiter;
  return [
    `encoding   ${encoding}`,
    `delimiter  ${shown}`,
    `columns    ${columns.join(' · ')}`,
    `times      of ${zone} where they name no zone`,
    '',
    ...events,
    '',
  ].join('\n');
}
