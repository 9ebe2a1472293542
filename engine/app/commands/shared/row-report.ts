/** What `import` and `process --map` say of the rows of a file. */
import type { CsvTable } from '../../../adapters/formats/csv-table.ts';
import type { SourceConfig } from '../../../../operators/sources/sources-config.ts';
import type { RowReport } from '../../sources/row-events.ts';

/** Bad rows, as compilers write faults: `file:line: error: what`. */
export function reportFaults(file: string, { faults, bad }: RowReport, stream: { write(text: string): unknown }): void {
  for (const { line, error } of faults) stream.write(`${file}:${line}: error: ${error}\n`);
  if (bad > faults.length) stream.write(`${file}: and ${bad - faults.length} more rows\n`);
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
