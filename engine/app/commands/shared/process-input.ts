/** The events that `process` reads: the lines of a file, or the rows of a table under a map. */
import { openCsvTable } from '../../../adapters/formats/csv-table.ts';
import { sortedByTime } from '../../../adapters/formats/sort-by-time.ts';
import { EngineError } from '../../../core/errors.ts';
import type { RawMessage } from '../../../core/types.ts';
import type { Config } from '../../config/config.ts';
import { findSource } from '../../sources/find-source.ts';
import { rowEvents, RowReport } from '../../sources/row-events.ts';
import { eventLines } from './event-file.ts';
import { isMostlyBad, reportColumns, reportFaults } from './row-report.ts';

export interface ProcessInput {
  readonly file: string;
  readonly map: string | undefined;
  readonly isSorted: boolean;
  /** Called with how many were read so far; `isSorting`: none of them goes on before all are read. */
  readonly onRead: (events: number, isSorting: boolean) => void;
  /** While a file is sorted nothing else looks at it. */
  readonly signal: AbortSignal;
}

export async function* processInput(config: Config, input: ProcessInput): AsyncGenerator<readonly RawMessage[]> {
  const { file, map, isSorted, onRead } = input;
  const batches =
    map === undefined
      ? eventLines(file, config, { isSorted, batchLines: 256, onSorting: watching(input) })
      : rowsOf(config, map, input);
  let events = 0;
  for await (const batch of batches) {
    events += batch.length;
    onRead(events, false);
    yield batch;
  }
}

async function* rowsOf(config: Config, map: string, input: ProcessInput): AsyncGenerator<readonly RawMessage[]> {
  const { file } = input;
  if (file === '-') throw new EngineError('USAGE_INVALID', ['a table is looked at before it is read: name a file']);
  const source = await findSource(config, map);
  const encoding = source.encoding === 'auto' ? null : source.encoding;
  const table = await openCsvTable(file, { delimiter: source.delimiter, encoding });
  const report = new RowReport();
  reportColumns(file, table, source, process.stderr);
  const watch = watching(input);
  yield* sortedByTime(file, rowEvents(table, source, report, { onRow: () => watch(report.rows) }));
  reportFaults(file, report, process.stderr);
  if (isMostlyBad(file, report)) process.exitCode = 1;
}

function watching({ onRead, signal }: ProcessInput): (read: number) => void {
  return (read) => {
    signal.throwIfAborted();
    onRead(read, true);
  };
}
