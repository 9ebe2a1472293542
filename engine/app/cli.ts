#!/usr/bin/env node
/**
 * The commands (CONTRACT §2). Arguments, exit codes and what a person sees; the work is done by what compose.ts wires.
 * Exit codes: 0 done · 1 failed while running · 2 unusable arguments or configuration.
 */
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { failureFields, stderrLogger, type LogFormat } from '../adapters/process/log.ts';
import { isNatsAddress } from '../core/addresses.ts';
import { EngineError, reasonOf } from '../core/errors.ts';
import type { Reset } from './commands/commands.ts';

const DEFAULT_URL = 'http://127.0.0.1:8080';
const LEFT_OPEN_MS = 300;
const PARENT_EVERY_MS = 500;

/** `60x` or `0.5x`. */
function speed(text: string): number {
  const found = /^(\d+(?:\.\d+)?)x?$/.exec(text);
  const value = Number(found?.[1]);
  if (!(value > 0)) throw new InvalidArgumentError('a factor such as 60x was expected.');
  return value;
}

function rate(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 1_000_000))
    throw new InvalidArgumentError('events a second, such as 500, were expected.');
  return value;
}

function port(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535)
    throw new InvalidArgumentError('a port from 0 to 65535 was expected.');
  return value;
}

function natsAddress(text: string): string {
  if (!isNatsAddress(text)) throw new InvalidArgumentError('an address such as nats://10.0.0.5:4222 was expected.');
  return text;
}

function httpAddress(text: string): string {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) {
    throw new InvalidArgumentError(`an address such as ${DEFAULT_URL} was expected.`);
  }
  return text;
}

/** `kpi=<id>` or `state`, may be given several times. */
function resettable(text: string, before: Reset | undefined): Reset {
  const { kpis, state } = before ?? { kpis: [], state: false };
  if (text === 'state') return { kpis, state: true };
  const id = /^kpi=([a-z][a-z0-9_]{0,63})$/.exec(text)?.[1];
  if (id === undefined) throw new InvalidArgumentError('kpi=<id> with the id of a KPI, or state, was expected.');
  return { kpis: [...kpis, id], state };
}

interface Stopping {
  /** Aborts on the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  /** Ends the process as that signal would have without us, whatever its threads do. */
  readonly held: () => void;
}

/** A second signal ends the process at once. */
function untilStopped(): Stopping {
  const stop = new AbortController();
  let first: NodeJS.Signals = 'SIGTERM';
  const held = (): void => {
    process.removeAllListeners(first);
    process.kill(process.pid, first);
  };
  const onSignal = (name: NodeJS.Signals): void => {
    if (stop.signal.aborted) return held();
    first = name;
    stop.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  // npm hands a signal to the shell that it runs us in, which keeps it to itself and is gone.
  const parent = process.ppid;
  const isOrphan = (): void => {
    if (process.ppid !== parent && !stop.signal.aborted) onSignal('SIGTERM');
  };
  if (process.env['npm_lifecycle_event'] !== undefined) setInterval(isOrphan, PARENT_EVERY_MS).unref();
  return { signal: stop.signal, held };
}

/**
 * Runs to its end, and the process soon after, whatever is still open: the NATS client keeps the socket of an attempt that met
 * with silence.
 */
async function thenExit(work: Promise<void>): Promise<void> {
  try {
    await work;
  } finally {
    setTimeout(() => process.exit(), LEFT_OPEN_MS).unref();
  }
}

const logOption = (): Option =>
  new Option('--log <format>', 'how to log on stderr').choices(['json', 'pretty']).default('json');
const configOption = (): Option =>
  new Option('--config <file>', 'the configuration (default: earshot.yaml where it lies, else built in)');

export function program(): Command {
  const earshot = new Command('earshot')
    .description("Real-time customer experience: hears, within a second, when your customers' experience turns.")
    .exitOverride()
    .showHelpAfterError('(see --help)');

  earshot
    .command('run')
    .description('the engine and the gateway against nats.servers, or an embedded nats-server when none is named')
    .addOption(configOption())
    .option('--port <port>', 'of the gateway, instead of http.port', port)
    .option(
      '--reset <what>',
      'kpi=<id>: let this KPI begin anew where its saved state no longer fits it; state: go on where saved state is lost',
      resettable,
    )
    .addOption(logOption())
    .action(async (options: { config?: string; port?: number; reset?: Reset; log: LogFormat }) => {
      const { runEngine } = await import('./commands/commands.ts');
      await thenExit(runEngine({ ...options, ...untilStopped() }));
    });

  earshot
    .command('demo')
    .description(
      'what `npm start` runs: embedded NATS, the engine, the wall-board, and real customer feedback as live events',
    )
    .addOption(configOption())
    .option('--port <port>', 'of the gateway, instead of http.port', port)
    .option('--rate <events/s>', 'how many events a second', rate, 200)
    .addOption(logOption().default('pretty'))
    .action(async (options: { config?: string; port?: number; rate: number; log: LogFormat }) => {
      const { runDemo } = await import('./commands/feeds.ts');
      await thenExit(runDemo({ ...options, ...untilStopped() }));
    });

  earshot
    .command('process')
    .description(
      'the same pipeline over a file: no NATS, no network, event time only; the same input gives the same bytes',
    )
    .addOption(configOption())
    .requiredOption('--input <file.ndjson>', 'one CloudEvent a line; - is stdin')
    .option('--output <file.ndjson>', 'where the messages go; - is stdout', '-')
    .option('--only <subject>', 'only messages whose subject begins so, e.g. cx.alerts')
    .addOption(logOption())
    .action(async (options: { config?: string; input: string; output: string; only?: string; log: LogFormat }) => {
      const { processFile } = await import('./commands/commands.ts');
      await processFile({ ...options, ...untilStopped() });
    });

  earshot
    .command('replay')
    .description('publishes a file of events (one CloudEvent a line) to the input subjects')
    .argument('<file.ndjson>', '- is stdin')
    .addOption(
      new Option('--speed <factor>', 'as fast as the events happened, times this').argParser(speed).conflicts('rate'),
    )
    .addOption(new Option('--rate <events/s>', 'evenly, this many a second').argParser(rate))
    .option('--retime', 'give each event the time of its publication')
    .option('--nats <url>', 'the server to publish to', natsAddress, 'nats://127.0.0.1:4222')
    .addOption(configOption())
    .addOption(logOption())
    .action(
      async (
        file: string,
        options: { speed?: number; rate?: number; retime?: boolean; nats: string; config?: string; log: LogFormat },
      ) => {
        const { replayFile } = await import('./commands/feeds.ts');
        await replayFile({ ...options, file, ...untilStopped() });
      },
    );

  earshot
    .command('score')
    .description('scores one text a line from stdin; one JSON line each on stdout')
    .option('--model <dir>', 'a model folder instead of the configured one')
    .addOption(logOption())
    .action(async (options: { model?: string; log: LogFormat }) => {
      const { scoreLines } = await import('./commands/commands.ts');
      await scoreLines(options);
    });

  earshot
    .command('validate')
    .description('checks a configuration: each fault with its line, where it is and what was expected')
    .argument('[config]', 'the file', 'earshot.yaml')
    .option('--text-only', 'not whether the files it names (keys, certificates, models) are on this machine')
    .action(async (file: string, options: { textOnly?: boolean }) => {
      const { validateConfig } = await import('./commands/validate.ts');
      process.exitCode = await validateConfig(file, options.textOnly);
    });

  earshot
    .command('status')
    .description('health, lag, throughput and open alerts of a running engine')
    .option('--url <url>', 'of its gateway', httpAddress, DEFAULT_URL)
    .option('--token <jwt>', 'where the gateway asks for one (or EARSHOT_TOKEN)')
    .option('--json', 'for programs')
    .action(async (options: { url: string; token?: string; json?: boolean }) => {
      const { showStatus } = await import('./commands/commands.ts');
      process.exitCode = await showStatus(options);
    });

  earshot
    .command('nats-config')
    .description('prints what nats-server needs in its configuration for several partitions')
    .argument('[config]', 'the file', 'earshot.yaml')
    .action(async (file: string) => {
      const { printNatsConfig } = await import('./commands/commands.ts');
      await printNatsConfig(file);
    });

  return earshot;
}

export async function main(argv: readonly string[]): Promise<number> {
  const earshot = program();
  // Who has asked for no log is a person.
  const asked: { log: LogFormat } = { log: 'pretty' };
  earshot.hook('preAction', (_, command) => {
    asked.log = command.opts<{ log?: LogFormat }>().log ?? 'pretty';
  });
  try {
    await earshot.parseAsync([...argv]);
    return typeof process.exitCode === 'number' ? process.exitCode : 0;
  } catch (thrown) {
    // Usage: told by the parser already.
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : 2;
    const exit = thrown instanceof EngineError && thrown.kind === 'config' ? 2 : 1;
    if (asked.log === 'json') stderrLogger('json').error('ended', { ...failureFields(thrown), exit });
    else if (thrown instanceof EngineError)
      process.stderr.write(`earshot: ${thrown.message}\n  ${thrown.code}: ${thrown.help}\n`);
    else process.stderr.write(`earshot: ${reasonOf(thrown)}\n`);
    return exit;
  }
}

process.exitCode = await main(process.argv);
