/** `earshot reload`: a running engine reads its configuration again. Exit code: 0 taken up or nothing to do, 2 refused. */
import type { CliCommand } from './shared/command.ts';
import { httpAddress } from './shared/option-values.ts';
import { askedToReload, reloadText } from '../reload/reload-request.ts';

interface ReloadOptions {
  readonly url: string;
  readonly token?: string;
  readonly json?: boolean;
}

export const command: CliCommand = {
  define: (cli) =>
    cli
      .option('--url <url>', 'of its gateway', httpAddress, 'http://127.0.0.1:8080')
      .option('--token <jwt>', 'of an admin, where the gateway asks for one (or EARSHOT_TOKEN)')
      .option('--json', 'for programs')
      .action(async ({ url, token, json }: ReloadOptions) => {
        const report = await askedToReload(url, token ?? process.env['EARSHOT_TOKEN']);
        process.stdout.write(json === true ? `${JSON.stringify(report)}\n` : reloadText(report));
        process.exitCode = report.outcome === 'refused' ? 2 : 0;
      }),
};
