/** What the commands of cli.ts do, with the parts that compose.ts wires. stdout holds results only; everything else goes to stderr. */
import { existsSync } from 'node:fs';
import { access, constants, open, type FileHandle } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { compileExpression } from '../../adapters/expressions/cel.ts';
import { loadConfig } from '../../adapters/config/config-file.ts';
import { failureFields, stderrLogger, type LogFormat } from '../../adapters/process/log.ts';
import { natsServerConfig } from '../../adapters/embedded-server/nats-server-config.ts';
import { ndjsonMessages } from '../../adapters/formats/ndjson.ts';
import { packageRoot } from '../../adapters/process/package-root.ts';
import { progressLine } from '../../adapters/process/terminal-progress.ts';
import { readStatus, statusText } from './status-report.ts';
import { systemClock } from '../../adapters/process/system-clock.ts';
import { publicAddress } from '../../adapters/nats/redact-address.ts';
import { formatInstant } from '../../core/cloud-events.ts';
import { EngineError, reasonOf } from '../../core/errors.ts';
import type { Logger, Outgoing } from '../../core/types.ts';
import { runFile } from '../../runtime/file-run.ts';
import { configForm } from '../config/config.ts';
import type { Config } from '../config/config.ts';
import { scoreLine } from '../../../operators/scoring/score.ts';
import { startEngine, type LiveEngine } from '../engine.ts';
import { chainOf, stagesOf } from '../pipeline.ts';
import { learnedReference, openScoring, withReference, type Scoring } from '../open-models.ts';

const DEFAULT_CONFIG = 'earshot.yaml';

/** The named file, else earshot.yaml here, else the one that comes with Earshot. */
export async function configured(named: string | undefined): Promise<Config> {
  const file = named ?? (existsSync(DEFAULT_CONFIG) ? DEFAULT_CONFIG : join(packageRoot(), DEFAULT_CONFIG));
  return loadConfig(file, configForm(compileExpression));
}

/** What may begin anew: KPIs whose saved state does not fit, and all of it where it is lost. */
export interface Reset {
  readonly kpis: readonly string[];
  readonly state: boolean;
}

interface LiveCommand {
  readonly config?: string;
  readonly port?: number;
  readonly log: LogFormat;
  readonly reset?: Reset;
  readonly signal: AbortSignal;
  /** See LiveOptions. */
  readonly held?: () => void;
}

export async function runEngine(command: LiveCommand): Promise<void> {
  const config = await configured(command.config);
  const logger = stderrLogger(command.log);
  const reset = command.reset ?? { kpis: [], state: false };
  for (const id of reset.kpis) {
    if (!config.kpis.some((kpi) => kpi.id === id)) {
      throw new EngineError('USAGE_INVALID', [`--reset kpi=${id}: the configuration has no such KPI`]);
    }
  }
  await live(withPort(config, command.port), logger, command, null, () => undefined, reset);
}

export function withPort(config: Config, port: number | undefined): Config {
  return port === undefined ? config : { ...config, http: { ...config.http, port } };
}

/** Runs until the signal or a failure; `feed` gets the running engine and is told to end by the signal it is handed. */
export async function live(
  config: Config,
  logger: Logger,
  { signal, held }: Pick<LiveCommand, 'signal' | 'held'>,
  demo: { readonly 'zh-CN': string; readonly en: string } | null,
  feed: (engine: LiveEngine, stop: AbortSignal) => Promise<void> | undefined,
  reset?: Reset,
): Promise<void> {
  let engine: LiveEngine;
  try {
    engine = await startEngine({ config, logger, demo, ...(reset && { reset }), signal, ...(held && { held }) });
  } catch (thrown) {
    // Stopped while it was starting: that is what was asked for.
    if (!signal.aborted) throw thrown;
    return logger.info('stopped');
  }
  const feeding = new AbortController();
  const onStop = (): void => feeding.abort(new Error('stopping'));
  signal.addEventListener('abort', onStop, { once: true });
  if (signal.aborted) onStop();
  logger.info('ready', { url: engine.url, nats: engine.natsUrls.map(publicAddress).join(','), pid: process.pid });
  const stopped = new Promise<void>((done) => {
    if (signal.aborted) done();
    else signal.addEventListener('abort', () => done(), { once: true });
  });
  const fed = Promise.resolve(feed(engine, feeding.signal));
  try {
    await Promise.race([engine.failed, fed.then(() => stopped)]);
    logger.info('stopping');
  } catch (thrown) {
    logger.error('failed', failureFields(thrown));
    throw thrown;
  } finally {
    onStop();
    await fed.catch((thrown: unknown) => logger.warn('the feed ended badly', failureFields(thrown)));
    await engine.stop();
    logger.info('stopped');
  }
}

export interface ProcessCommand {
  readonly config?: string;
  readonly input: string;
  readonly output: string;
  readonly only?: string;
  readonly log: LogFormat;
  readonly signal: AbortSignal;
}

export async function processFile(command: ProcessCommand): Promise<void> {
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
      signal: command.signal,
    });
    progress.end();
    logger.info('processed', { ...counters, written });
  } finally {
    await sink?.close();
    await scoring?.close();
  }
}

/** Throws FILE_UNUSABLE, before anything was begun. */
export async function readable(file: string): Promise<void> {
  if (file === '-') return;
  try {
    await access(file, constants.R_OK);
  } catch (thrown) {
    throw new EngineError('FILE_UNUSABLE', [file, reasonOf(thrown)], { cause: thrown });
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
export function lineOf({ subject, id, type, time, data }: Outgoing): string {
  return `${JSON.stringify({ subject, id, type, time: formatInstant(time), data })}\n`;
}

export async function scoreLines(command: { readonly model?: string; readonly log: LogFormat }): Promise<void> {
  const config = await configured(undefined);
  const scoring = await openScoring(config, stderrLogger(command.log), command.model);
  if (scoring === null) throw new EngineError('USAGE_INVALID', ['no model is configured: name one with --model']);
  try {
    // Each line leaves as soon as it and those before it are scored; a bounded number is under way.
    const underWay: Promise<void>[] = [];
    let written = Promise.resolve();
    for await (const text of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
      const started = performance.now();
      const scored = scoring.pool
        .score([text])
        .then(([result]) => scoreLine(text, result ?? { failed: 'no score' }, performance.now() - started));
      written = Promise.all([scored, written]).then(([line]) => writeOut(`${line}\n`));
      // Whoever waits for it hears of a failure: here below, or at the end.
      written.catch(() => undefined);
      underWay.push(written);
      if (underWay.length >= 512) await underWay.shift();
    }
    await written;
  } finally {
    await scoring.close();
  }
}

async function writeOut(text: string): Promise<void> {
  if (!process.stdout.write(text)) await new Promise<void>((resume) => process.stdout.once('drain', () => resume()));
}

/** Exit code: 0 ready, 1 not. */
export async function showStatus(command: {
  readonly url: string;
  readonly token?: string;
  readonly json?: boolean;
}): Promise<number> {
  const status = await readStatus(command.url, command.token ?? process.env['EARSHOT_TOKEN']);
  process.stdout.write(command.json === true ? `${JSON.stringify(status)}\n` : statusText(status));
  return status.ready ? 0 : 1;
}

export async function printNatsConfig(file: string): Promise<void> {
  const config = await configured(file);
  process.stdout.write(natsServerConfig(config.partitions));
}
