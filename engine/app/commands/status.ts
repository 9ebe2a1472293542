/** `earshot status`: how a running engine does. Exit code: 0 ready, 1 not. */
import { pause } from '../../adapters/nats/nats-connection.ts';
import { EngineError } from '../../core/errors.ts';
import { readStatus, statusText } from './shared/status-report.ts';
import type { CliCommand } from './shared/command.ts';
import { httpAddress } from './shared/option-values.ts';
import { thenExit, untilStopped } from './shared/stopping.ts';

interface StatusOptions {
  readonly url: string;
  readonly token?: string;
  readonly json?: boolean;
  readonly watch?: boolean;
}

const EVERY_MS = 2_000;
const CLEAR = '\x1b[H\x1b[2J';

export const command: CliCommand = {
  define: (cli) =>
    cli
      .option('--url <url>', 'of its gateway', httpAddress, 'http://127.0.0.1:8080')
      .option('--token <jwt>', 'where the gateway asks for one (or EARSHOT_TOKEN)')
      .option('--json', 'for programs')
      .option('--watch', 'again every 2 s until Ctrl-C; one JSON line each with --json')
      .action((options: StatusOptions) =>
        options.watch === true ? thenExit(watchStatus(options)) : sayStatus(options),
      ),
};

async function sayStatus({ url, token, json }: StatusOptions): Promise<void> {
  const status = await readStatus(url, token ?? process.env['EARSHOT_TOKEN']);
  process.stdout.write(json === true ? `${JSON.stringify(status)}\n` : statusText(status));
  process.exitCode = status.ready ? 0 : 1;
}

/** Goes on while the engine does not answer: that is what somebody watches for. */
async function watchStatus(options: StatusOptions): Promise<void> {
  const { signal } = untilStopped();
  while (!signal.aborted) {
    if (process.stdout.isTTY && options.json !== true) process.stdout.write(CLEAR);
    try {
      await sayStatus(options);
    } catch (thrown) {
      if (!(thrown instanceof EngineError) || thrown.kind !== 'io') throw thrown;
      process.stdout.write(
        options.json === true ? `${JSON.stringify({ ready: false, error: thrown.message })}\n` : `${thrown.message}\n`,
      );
      process.exitCode = 1;
    }
    await pause(EVERY_MS, signal).catch(() => undefined); // stopped meanwhile
  }
}
