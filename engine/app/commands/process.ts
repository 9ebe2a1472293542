/** `earshot process`: the pipeline over a file, for back-tests. stdout holds results only; everything else goes to stderr. */
import { open, type FileHandle } from 'node:fs/promises';
import { ndjsonMessages } from '../../adapters/formats/ndjson.ts';
import { stderrLogger, type LogFormat } from '../../adapters/process/log.ts';
import { systemClock } from '../../adapters/process/system-clock.ts';
import { progressLine } from '../../adapters/process/terminal-progress.ts';
import { formatInstant } from '../../core/cloud-events.ts';
import { EngineError, reasonOf } from '../../core/errors.ts';
import type { Outgoing } from '../../core/types.ts';
import { runFile } from '../../runtime/file-run.ts';
import { learnedReference, openScoring, withReference, type Scoring } from '../open-models.ts';
import { chainOf, stagesOf } from '../pipeline.ts';
import type { CliCommand } from './shared/command.ts';
import { configured } from './shared/configured.ts';
import { configOption, logOption } from './shared/option-values.ts';
import { readable } from './shared/readable.ts';
import { writeOut } from './shared/standard-output.ts';
import { untilStopped } from './shared/stopping.ts';

interface ProcessOptions {
  readonly config?: string;
  readonly input: string;
  readonly output: string;
  readonly only?: string;
  readonly log: LogFormat;
}

export const command: CliCommand = {
  define: (cli) =>
    cli
      .addOption(configOption())
      .requiredOption('--input <file.ndjson>', 'one CloudEvent a line; - is stdin')
      .option('--output <file.ndjson>', 'where the messages go; - is stdout', '-')
      .option('--only <subject>', 'only messages whose subject begins so, e.g. cx.alerts')
      .addOption(logOption())
      .action((options: ProcessOptions) => processFile(options, untilStopped().signal)),
};

async function processFile(command: ProcessOptions, signal: AbortSignal): Promise<void> {
  const configuration = await configured(command.config);
  const logger = stderrLogger(command.log);
  await readable(command.input);
  const sink = command.output === '-' ? null : await writable(command.output);
  let scoring: Scoring | null = null;
  const progress = progressLine(process.stderr, () => systemClock.now());
  let written = 0;
  const write = async (messages: readonly Outgoing[]): Promise<void> => {
    const wanted =
      command.only === undefined ? messages : messages.filter(({ subject }) => subject.startsWith(command.only ?? ''));
    if (wanted.length === 0) return;
    const text = wanted.map(lineOf).join('');
    if (sink !== null) await sink.write(text);
    else await writeOut(text);
    written += wanted.length;
    progress.show(`${written} messages out`);
  };
  try {
    scoring = await openScoring(configuration, logger);
    const learned = await learnedReference(configuration, logger);
    const config = withReference(configuration, scoring?.reference ?? null, learned, logger);
    const { counters } = await runFile({
      // A file has no clock: nothing in it is the future.
      stage: stagesOf(config, scoring?.pool ?? null, { now: () => Infinity }),
      chain: chainOf(config),
      input: ndjsonMessages(command.input, {
        maxLineBytes: config.limits.maxEventBytes * 2,
        batchLines: 256,
        stored: () => 0,
      }),
      outOfOrdernessMs: config.time.outOfOrdernessMs,
      write,
      clock: systemClock,
      logger,
      signal,
    });
    progress.end();
    logger.info('processed', { ...counters, written });
  } finally {
    await sink?.close();
    await scoring?.close();
  }
}

async function writable(file: string): Promise<FileHandle> {
  try {
    return await open(file, 'w');
  } catch (thrown) {
    throw new EngineError('FILE_UNUSABLE', [file, reasonOf(thrown)], { cause: thrown });
  }
}

/** One message as `process` writes it (CONTRACT §4). */
function lineOf({ subject, id, type, time, data }: Outgoing): string {
  return `${JSON.stringify({ subject, id, type, time: formatInstant(time), data })}\n`;
}
