/**
 * `earshot hooks list`: how the hooks of a running engine do. `earshot hooks test <id>`: sends one notice, marked as a test, as
 * configured, and says what the receiver answered. Exit code: 0 all is well, 1 not.
 */
import { Argument } from 'commander';
import { EngineError } from '../../core/errors.ts';
import { didYouMean } from '../../core/text/spelling.ts';
import type { HookStatus } from '../../gateway/gateway-ports.ts';
import { systemClock } from '../../adapters/process/system-clock.ts';
import { sendTestNotice } from '../hooks/test-notice.ts';
import type { CliCommand } from './shared/command.ts';
import { configured } from './shared/configured.ts';
import { configOption, httpAddress } from './shared/option-values.ts';

interface HooksOptions {
  readonly config?: string;
  readonly url: string;
  readonly token?: string;
  readonly json?: boolean;
}

export const command: CliCommand = {
  define: (cli) =>
    cli
      .addArgument(new Argument('<what>', 'what to do').choices(['list', 'test']))
      .argument('[id]', 'the hook to test')
      .addOption(configOption())
      .option('--url <url>', 'of the gateway, for list', httpAddress, 'http://127.0.0.1:8080')
      .option('--token <jwt>', 'where the gateway asks for one (or EARSHOT_TOKEN)')
      .option('--json', 'for programs')
      .action(async (what: 'list' | 'test', id: string | undefined, options: HooksOptions) => {
        const isWell = what === 'list' ? await list(options) : await test(id, options);
        process.exitCode = isWell ? 0 : 1;
      }),
};

async function list({ url, token = process.env['EARSHOT_TOKEN'], json }: HooksOptions): Promise<boolean> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const answer = await fetch(new URL('/v1/hooks', url), { headers }).catch(() => null);
  if (answer?.ok !== true) {
    const why = answer === null ? 'nothing answers there' : `it answers ${answer.status}`;
    throw new EngineError('USAGE_INVALID', [`the hooks of ${url} cannot be read: ${why}`]);
  }
  const { hooks } = (await answer.json()) as { readonly hooks: readonly HookStatus[] };
  process.stdout.write(json === true ? `${JSON.stringify(hooks)}\n` : hooks.map(statusLine).join(''));
  return hooks.every(({ state }) => state !== 'failing');
}

function statusLine({ id, kind, state, delivered, waiting, failed, trouble }: HookStatus): string {
  const mark = state === 'failing' ? '✕' : state === 'ok' ? '✓' : '·';
  const why = trouble === null ? '' : `\n  ${trouble.reason}: ${trouble.hint}`;
  return `${mark} ${id} (${kind}) ${state}: ${delivered} delivered, ${waiting} waiting, ${failed} failed${why}\n`;
}

async function test(id: string | undefined, { config: file, json }: HooksOptions): Promise<boolean> {
  const config = await configured(file);
  const found = config.hooks.find((hook) => hook.id === id);
  if (found === undefined) {
    const known = config.hooks.map((hook) => hook.id);
    const names = known.length === 0 ? 'none is configured' : `there are ${known.join(', ')}`;
    throw new EngineError('USAGE_INVALID', [`there is no hook "${id ?? ''}"${didYouMean(id ?? '', known)}: ${names}`]);
  }
  const outcome = await sendTestNotice(found, config.time.zone, systemClock.now());
  if (json === true) process.stdout.write(`${JSON.stringify({ hook: found.id, ...outcome })}\n`);
  else if (outcome.kind === 'delivered')
    process.stdout.write(`✓ ${found.id} (${found.kind}): the receiver accepted it\n`);
  else process.stdout.write(`✕ ${found.id} (${found.kind}): ${outcome.reason}: ${outcome.hint}\n`);
  return outcome.kind === 'delivered';
}
