/** `earshot status`: how a running engine does. Exit code: 0 ready, 1 not. */
import { readStatus, statusText } from './shared/status-report.ts';
import type { CliCommand } from './shared/command.ts';
import { httpAddress } from './shared/option-values.ts';

interface StatusOptions {
  readonly url: string;
  readonly token?: string;
  readonly json?: boolean;
}

export const command: CliCommand = {
  define: (cli) =>
    cli
      .option('--url <url>', 'of its gateway', httpAddress, 'http://127.0.0.1:8080')
      .option('--token <jwt>', 'where the gateway asks for one (or EARSHOT_TOKEN)')
      .option('--json', 'for programs')
      .action(async ({ url, token, json }: StatusOptions) => {
        const status = await readStatus(url, token ?? process.env['EARSHOT_TOKEN']);
        process.stdout.write(json === true ? `${JSON.stringify(status)}\n` : statusText(status));
        process.exitCode = status.ready ? 0 : 1;
      }),
};
