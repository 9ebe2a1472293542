/** `earshot process`: the pipeline over a file, for back-tests. stdout holds results only; everything else goes to stderr. */
import { Option } from 'commander';
import { stderrLogger, type LogFormat } from '../../adapters/process/log.ts';
import { openOutput, type Output } from '../../adapters/process/output-file.ts';
import { systemClock } from '../../adapters/process/system-clock.ts';
import { progressLine } from '../../adapters/process/terminal-progress.ts';
import { letterSeal, sealKeys } from '../../adapters/keys/letter-seal.ts';
import { fileMaskKey } from '../../adapters/keys/kept-keys.ts';
import { EngineError } from '../../core/errors.ts';
import { didYouMean } from '../../core/text/spelling.ts';
import type { Logger, Millis, Outgoing } from '../../core/types.ts';
import { Inhibitions } from '../../delivery/inhibition.ts';
import { runFile } from '../../runtime/file-run.ts';
import { pipeStages } from '../../runtime/stages.ts';
import { learnedReference, openScoring, withReference, type Scoring } from '../open-models.ts';
import type { Config } from '../config/config.ts';
import { ExpressionWatch } from '../expression-watch.ts';
import { fileFacts } from '../facts/file-facts.ts';
import { chainOf, stagesOf } from '../pipeline.ts';
import { Hook } from '../hooks/hook.ts';
import { HookBackTest } from '../hooks/hook-back-test.ts';
import { inhibitRule } from '../hooks/inhibit-rules.ts';
import { openCalendars } from '../open-calendars.ts';
import type { CliCommand } from './shared/command.ts';
import { configFile, configured } from './shared/configured.ts';
import { nameOf, readable } from './shared/event-file.ts';
import { whileRunning } from './shared/failed-while-running.ts';
import { FileVerdict } from './shared/file-verdict.ts';
import { KpiTable } from './shared/kpi-table.ts';
import { actionWriter, lineWriter, noticeWriter, tableWriter, type MessageWriter } from './shared/message-writer.ts';
import { configOption, logOption } from './shared/option-values.ts';
import { processInput } from './shared/process-input.ts';
import { ProcessSummary } from './shared/process-summary.ts';
import { thenExit, untilStopped } from './shared/stopping.ts';

/** Evaluations of an expression without one result, over a whole file, are said from so many on. */
const LEAST_IN_A_FILE = 10;

interface ProcessOptions {
  readonly config?: string;
  readonly input: string;
  readonly output: string;
  readonly only?: string;
  readonly sort?: boolean;
  readonly map?: string;
  readonly format: 'ndjson' | 'csv';
  readonly hooks?: boolean;
  readonly actions?: boolean;
  readonly chart: readonly string[];
  readonly facts: readonly string[];
  readonly log: LogFormat;
}

export const command: CliCommand = {
  define: (cli) =>
    cli
      .addOption(configOption())
      .requiredOption('--input <file.ndjson>', 'one CloudEvent a line; - is stdin')
      .option('--output <file.ndjson>', 'where the messages go; - is stdout', '-')
      .option('--only <subject>', 'only messages whose subject begins so, e.g. cx.alerts')
      .option('--sort', 'put the events in the order of their time first (files of up to 64 GiB, in 256 MiB of memory)')
      .option('--map <source>', 'the input is CSV, and its rows are mapped by this source (see import); sorted by time')
      .addOption(
        new Option('--format <format>', 'of the output: all messages, or the windows of KPIs as a table')
          .choices(['ndjson', 'csv'])
          .default('ndjson'),
      )
      .option(
        '--facts <fact=file.csv:column>',
        'what is joined to events, and its column of keys; once a lookup',
        collected,
        [],
      )
      .option('--actions', 'the actions that would have been triggered, in short, instead of the messages')
      .option('--hooks', 'the notices that hooks would have sent, instead of the messages')
      .option('--chart <kpi>', 'draws its course at the end, on stderr; may be given several times', collected, [])
      .addOption(logOption())
      .action((options: ProcessOptions) => thenExit(processFile(options, untilStopped().signal))),
};

const collected = (one: string, before: readonly string[]): readonly string[] => [...before, one];

async function processFile(options: ProcessOptions, signal: AbortSignal): Promise<void> {
  const config = await configured(options.config);
  checkCharts(options.chart, config);
  const logger = stderrLogger(options.log);
  await readable(options.input);
  const output = await openOutput(options.output, [options.input, configFile(options.config)]);
  let scoring: Scoring | null = null;
  try {
    scoring = await openScoring(config, logger);
    const learned = await learnedReference(config, logger);
    const judged = withReference(config, scoring?.reference ?? null, learned, logger);
    await whileRunning(() =>
      runPipeline(options, judged, scoring, { output, writer: writerOf(options, config) }, logger, signal),
    );
  } finally {
    await output.discard();
    await scoring?.close();
  }
}

/** Before anything is read. */
function checkCharts(charts: readonly string[], { kpis }: Config): void {
  const ids = kpis.map(({ id }) => id);
  const unknown = charts.find((id) => !ids.includes(id));
  if (unknown !== undefined)
    throw new EngineError('USAGE_INVALID', [`--chart: there is no KPI ${unknown}${didYouMean(unknown, ids)}`]);
}

async function runPipeline(
  { input, only = '', sort = false, facts: given, map, chart, format }: ProcessOptions,
  config: Config,
  scoring: Scoring | null,
  { output, writer }: { readonly output: Output; readonly writer: MessageWriter },
  logger: Logger,
  signal: AbortSignal,
): Promise<void> {
  const progress = progressLine(process.stderr, () => systemClock.now(), logger);
  const verdict = new FileVerdict();
  const summary = new ProcessSummary(config);
  const expressions = new ExpressionWatch();
  let written = 0;
  const write = async (messages: readonly Outgoing[]): Promise<void> => {
    verdict.see(messages);
    summary.see(messages);
    await writeLines(writer.write(messages));
  };
  const writeLines = async (lines: readonly string[]): Promise<void> => {
    if (lines.length > 0) await output.write(lines.join(''));
    written += lines.length;
  };
  const maskKey = maskKeyOf(config, logger);
  const facts = await fileFacts(config.facts, given, {
    compile: expressions.compile,
    mask: { key: maskKey, labels: config.mask.labels },
    logger,
  });
  // No broker has stored it: nothing else says when an event happened.
  const read = stagesOf(config, scoring?.pool ?? null, {
    ...{ isFile: true, isTimeRequired: true, maskKey },
    seal: letterSeal(sealKeys(config.seal)),
  });
  const onRead = (events: number, isSorting: boolean): void =>
    progress.show(isSorting ? `${events} lines read, to be sorted` : `${events} events read, ${written} messages out`);
  await output.write(writer.begin());
  const { counters } = await runFile({
    stage: facts === null ? read : pipeStages(read, facts),
    chain: chainOf(config, { compile: expressions.compile }),
    input: processInput(config, { file: input, map, isSorted: sort, onRead, signal }),
    outOfOrdernessMs: config.time.outOfOrdernessMs,
    refusedAheadMs: refusedAheadMs(config),
    write,
    clock: systemClock,
    logger,
    signal,
  });
  progress.end();
  await writeLines(writer.end());
  await output.keep();
  for (const { code, message, about } of expressions.degradations(0, LEAST_IN_A_FILE))
    logger.warn(message, { code, about: about.join(', ') });
  const nothing = summary.nothing(only, written, format);
  if (nothing !== null) logger.warn(nothing.why, nothing.fields);
  if (process.stderr.isTTY) process.stderr.write(summary.text(counters));
  else logger.info('processed', { ...counters, written });
  const width = process.stderr.isTTY ? process.stderr.columns : 80;
  for (const id of chart) process.stderr.write(summary.chart(id, width));
  verdict.check(nameOf(input), counters);
}

function writerOf(
  { format, hooks = false, actions = false, only = '', output }: ProcessOptions,
  config: Config,
): MessageWriter {
  if (hooks) return noticeWriter(hookBackTest(config));
  if (actions) return actionWriter();
  return format === 'csv' ? tableWriter(new KpiTable(config), only, output !== '-') : lineWriter(only);
}

function hookBackTest({ hooks, inhibit, time: { zone }, calendars }: Config): HookBackTest {
  const surroundings = { zone, calendars: openCalendars(calendars) };
  return new HookBackTest(
    hooks.map((hook) => new Hook(hook, surroundings)),
    new Inhibitions(inhibit.map(inhibitRule)),
  );
}

/** As far ahead as neither `max_future` nor the disorder that the configuration allows explains. */
function refusedAheadMs({ time, kpis }: Config): Millis {
  return time.maxFutureMs + Math.max(time.allowedLatenessMs, ...kpis.map(({ allowedLatenessMs }) => allowedLatenessMs));
}

/**
 * Pseudonyms as the live engine of this configuration makes them. Without a key they are the same for everybody, and can be undone
 * by whoever tries all telephone numbers: that is said, since the same input must give the same output.
 */
function maskKeyOf({ nats }: Config, logger: Logger): string {
  const key = fileMaskKey(nats.servers.length === 0 ? nats.embedded.store : null);
  if (key === undefined) logger.warn('pseudonyms are made without a key', { give: 'EARSHOT_MASK_KEY' });
  return key ?? ''; // said above
}
