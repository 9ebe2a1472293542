/**
 * `earshot hooks list`: how the hooks of a running engine do. `earshot hooks test <id>`: sends one notice, marked as a test, as
 * configured, and says what the receiver answered. `earshot hooks failed [id]`: notices that were given up, from the broker.
 * `earshot hooks replay`: they are sent once more, each under its id, by the engine that runs. Exit code: 0 all is well, 1 not.
 */
import { Argument } from 'commander';
import { EngineError } from '../../core/errors.ts';
import { didYouMean } from '../../core/text/spelling.ts';
import type { HookStatus } from '../../gateway/gateway-ports.ts';
import { systemClock } from '../../adapters/process/system-clock.ts';
import { sendTestNotice } from '../hooks/test-notice.ts';
import type { CliCommand } from './shared/command.ts';
import { configured, DEFAULT_CONFIG } from './shared/configured.ts';
import { failedNotices, failureLine, replayNotices, replayOrder } from './shared/failed-notices-report.ts';
import { configOption, httpAddress } from './shared/option-values.ts';

interface HooksOptions {
  readonly config?: string;
  readonly url: string;
  readonly token?: string;
  readonly notice?: string;
  readonly all?: boolean;
  readonly json?: boolean;
}

const WHAT = ['list', 'test', 'failed', 'replay'] as const;
const RUN: Readonly<
  Record<(typeof WHAT)[number], (id: string | undefined, options: HooksOptions) => Promise<boolean>>
> = { list: (_, options) => list(options), test, failed, replay };

export const command: CliCommand = {
  define: (cli) =>
    cli
      .addArgument(new Argument('<what>', 'what to do').choices(WHAT))
      .argument('[id]', 'the hook')
      .addOption(configOption())
      .option('--url <url>', 'of the gateway, for list', httpAddress, 'http://127.0.0.1:8080')
      .option('--token <jwt>', 'where the gateway asks for one (or EARSHOT_TOKEN)')
      .option('--notice <id>', 'for replay: that one')
      .option('--all', 'for replay: every notice of every hook')
      .option('--json', 'for programs')
      .action(async (what: (typeof WHAT)[number], id: string | undefined, options: HooksOptions) => {
        const isWell = await RUN[what](id, options);
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
  if (hooks.length === 0 && json !== true) process.stderr.write('its configuration names no hooks\n');
  return hooks.every(({ state }) => state !== 'failing');
}

function statusLine({ id, kind, state, delivered, waiting, failed, trouble }: HookStatus): string {
  const mark = state === 'failing' ? '✕' : state === 'ok' ? '✓' : '·';
  const why = trouble === null ? '' : `\n  ${trouble.reason}: ${trouble.hint}`;
  return `${mark} ${id} (${kind}) ${state}: ${delivered} delivered, ${waiting} waiting, ${failed} failed${why}\n`;
}

async function failed(id: string | undefined, { config, json }: HooksOptions): Promise<boolean> {
  const lines = await failedNotices(await configured(config), id);
  if (json === true) process.stdout.write(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  else process.stdout.write(lines.length === 0 ? '✓ no notice was given up\n' : lines.map(failureLine).join(''));
  return lines.length === 0;
}

async function replay(id: string | undefined, { config, notice, all, json }: HooksOptions): Promise<boolean> {
  const order = replayOrder(id, notice, all === true);
  const replayed = await replayNotices(await configured(config), order);
  const said = `${replayed} ${replayed === 1 ? 'notice is' : 'notices are'} sent once more\n`;
  process.stdout.write(json === true ? `${JSON.stringify({ replayed })}\n` : said);
  return true;
}

async function test(id: string | undefined, { config: file, json }: HooksOptions): Promise<boolean> {
  const config = await configured(file);
  const found = config.hooks.find((hook) => hook.id === id);
  if (found === undefined) {
    const known = config.hooks.map((hook) => hook.id);
    const where = `in ${file ?? DEFAULT_CONFIG}`;
    const names =
      known.length === 0
        ? `none is configured ${where}, --config names another file`
        : `${where} there are ${known.join(', ')}`;
    throw new EngineError('USAGE_INVALID', [`there is no hook "${id ?? ''}"${didYouMean(id ?? '', known)}: ${names}`]); // several, and none was named
  }
  const outcome = await sendTestNotice(found, config.time.zone, systemClock.now());
  if (json === true) process.stdout.write(`${JSON.stringify({ hook: found.id, ...outcome })}\n`);
  else if (outcome.kind === 'delivered')
    process.stdout.write(`✓ ${found.id} (${found.kind}): the receiver accepted it\n`);
  else process.stdout.write(`✕ ${found.id} (${found.kind}): ${outcome.reason}: ${outcome.hint}\n`);
  return outcome.kind === 'delivered';
}
