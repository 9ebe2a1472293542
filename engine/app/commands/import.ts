/**
 * `earshot import <file.csv> --map <source>`: the rows of a CSV file as events, in the order of their time: into a file, or into the
 * broker. Rows that become no event are named with their line and how to mend them; the others go on. stdout holds results only.
 */
import { Publisher, type StorableMessage } from '../../adapters/nats/publisher.ts';
import { openCsvTable, type CsvTable } from '../../adapters/formats/csv-table.ts';
import { sortedByTime } from '../../adapters/formats/sort-by-time.ts';
import { fileMaskKey } from '../../adapters/keys/kept-keys.ts';
import { stderrLogger, type LogFormat } from '../../adapters/process/log.ts';
import { openOutput } from '../../adapters/process/output-file.ts';
import { systemClock } from '../../adapters/process/system-clock.ts';
import { progressLine, type Progress } from '../../adapters/process/terminal-progress.ts';
import { EngineError } from '../../core/errors.ts';
import { allAtOnce } from '../../core/steps/steps.ts';
import type { Logger, RawMessage } from '../../core/types.ts';
import { createIngest } from '../../../operators/events/ingest.ts';
import type { SourceConfig } from '../../../operators/sources/sources-config.ts';
import type { Config } from '../config/config.ts';
import { eventRules } from '../pipeline.ts';
import { findSource } from '../sources/find-source.ts';
import { rowEvents, RowReport, type CheckEvent } from '../sources/row-events.ts';
import { withBroker } from './shared/broker-session.ts';
import type { CliCommand } from './shared/command.ts';
import { configFile, configured } from './shared/configured.ts';
import { whileRunning } from './shared/failed-while-running.ts';
import { configOption, logOption } from './shared/option-values.ts';
import { dryRunText, isMostlyBad, reportColumns, reportFaults } from './shared/row-report.ts';
import { thenExit, untilStopped } from './shared/stopping.ts';

interface ImportOptions {
  readonly map: string;
  readonly output?: string;
  readonly dryRun?: boolean;
  readonly config?: string;
  readonly log: LogFormat;
}

export const command: CliCommand = {
  define: (cli) =>
    cli
      .argument('<file.csv>')
      .requiredOption('--map <source>', 'a source of kind csv in the configuration, or a file that holds one')
      .option('--output <file.ndjson>', 'where the events go, one a line; - is stdout (default: the broker)')
      .option('--dry-run', 'only show how the file is read, what its first rows become, and which rows are bad')
      .addOption(configOption())
      .addOption(logOption())
      .action((file: string, options: ImportOptions) => thenExit(importFile(file, options, untilStopped().signal))),
};

/** A broker that does not take so many messages in this time is away. */
const WITHIN_MS = 30_000;
const SHOWN = 3;

interface Import {
  readonly file: string;
  readonly config: Config;
  readonly source: SourceConfig;
  readonly table: CsvTable;
  readonly report: RowReport;
  readonly progress: Progress;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

async function importFile(file: string, options: ImportOptions, signal: AbortSignal): Promise<void> {
  const config = await configured(options.config);
  const source = await findSource(config, options.map);
  const logger = stderrLogger(options.log);
  const table = await openCsvTable(file, {
    delimiter: source.delimiter,
    encoding: source.encoding === 'auto' ? null : source.encoding,
  });
  const progress = progressLine(process.stderr, () => systemClock.now(), logger);
  const run: Import = { file, config, source, table, report: new RowReport(), progress, logger, signal };
  reportColumns(file, table, source, process.stderr);
  await whileRunning(async () => {
    if (options.dryRun === true) await tryRows(run);
    else if (options.output === undefined) await publishRows(run);
    else await writeRows(run, options.output, [file, configFile(options.config)]);
  });
  progress.end();
  const { rows, events, bad } = run.report;
  reportFaults(file, run.report, process.stderr);
  const { encoding } = table;
  logger.info(options.dryRun === true ? 'looked at' : 'imported', { rows, events, bad, encoding });
  if (isMostlyBad(file, run.report)) process.exitCode = 1;
}

/** Good events, in the order of the file. */
function eventsOf({ table, source, report, config, progress, signal }: Import): AsyncGenerator<readonly RawMessage[]> {
  const read = createIngest({ ...eventRules(config), isTimeRequired: true, maskKey: '' });
  const check: CheckEvent = (event) => {
    const step = allAtOnce(read({ 'content-type': 'application/cloudevents+json' }, event, systemClock.now()));
    const [fault] = step.faults;
    return fault === undefined ? null : `${fault.error}${fault.at === '' ? '' : ` (at ${fault.at})`}`;
  };
  const onRow = (): void => {
    signal.throwIfAborted();
    progress.show(`${report.rows} rows read, ${report.events} events`);
  };
  return rowEvents(table, source, report, { check, onRow });
}

async function writeRows(run: Import, to: string, reads: readonly string[]): Promise<void> {
  const output = await openOutput(to, reads);
  try {
    for await (const batch of sortedByTime(run.file, eventsOf(run)))
      await output.write(batch.map(({ data }) => `${Buffer.from(data).toString()}\n`).join(''));
    // Nothing is put in the place of what was there before.
    if (run.report.events > 0) await output.keep();
  } finally {
    await output.discard();
  }
}

async function publishRows(run: Import): Promise<void> {
  const { config, logger, progress, signal } = run;
  const key = fileMaskKey(config.nats.servers.length === 0 ? config.nats.embedded.store : null);
  const read = createIngest({ ...eventRules(config), maskKey: key ?? '' }); // subjects only: the engine masks by its own
  const storable = ({ data, headers }: RawMessage): readonly StorableMessage[] =>
    allAtOnce(read(headers, data, systemClock.now())).accepted;
  await withBroker(config, logger, async (nc) => {
    const publisher = new Publisher(nc, { logger });
    let published = 0;
    try {
      for await (const batch of sortedByTime(run.file, eventsOf(run))) {
        const late = AbortSignal.timeout(WITHIN_MS);
        await publisher.publish(batch.flatMap(storable), AbortSignal.any([signal, late])).catch((thrown: unknown) => {
          const why = `${publisher.blocked() ?? 'no acknowledgement came'}; ${published} events were published`;
          throw late.aborted ? new EngineError('PUBLISH_FAILED', ['cx.events', why], { cause: thrown }) : thrown;
        });
        published += batch.length;
        progress.show(`${published} events published`);
      }
    } finally {
      publisher.close();
    }
  });
}

async function tryRows(run: Import): Promise<void> {
  const first: string[] = [];
  for await (const batch of eventsOf(run))
    for (const { data } of batch.slice(0, SHOWN - first.length)) first.push(Buffer.from(data).toString());
  process.stdout.write(dryRunText(run.table, run.source, first));
}
