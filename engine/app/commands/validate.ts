/**
 * `earshot validate`: what configuration files say, and then what a look at this machine shows: the files they name are there
 * and hold what they should, as a start would find them. Nothing is connected to, nothing written.
 *
 * Faults are on stdout, a line each, as compilers write them: `file:line:column: error: where: what`, which editors read.
 */
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { text } from 'node:stream/consumers';
import { compileExpression } from '../../adapters/expressions/cel.ts';
import type { ConfigFault, FaultAt } from '../../adapters/config/config-fault.ts';
import { checkConfig } from '../../adapters/config/config-file.ts';
import { fileKeySet } from '../../gateway/access/key-set.ts';
import { readCertificate } from '../../gateway/server/certificate.ts';
import { credentialsText, tlsTexts } from '../../adapters/config/key-files.ts';
import { stderrLogger } from '../../adapters/process/log.ts';
import { must } from '../../core/must.ts';
import { EngineError, reasonOf } from '../../core/errors.ts';
import { configForm } from '../config/config.ts';
import type { Config } from '../config/config.ts';
import { hookAddressFaults } from '../config/hook-addresses.ts';
import { unkeptDimensions } from '../config/unkept-dimensions.ts';
import { calendarNotes } from '../../../operators/calendars/calendars-config.ts';
import { systemClock } from '../../adapters/process/system-clock.ts';
import { calendarDegradations } from '../degradations.ts';
import { openCalendars } from '../open-calendars.ts';
import { threadNote } from '../threads/thread-count.ts';
import type { CliCommand } from './shared/command.ts';
import { httpAddress } from './shared/option-values.ts';
import { askedToReload, reloadText } from '../reload/reload-request.ts';
import { findModels, learnedReference } from '../open-models.ts';

export const command: CliCommand = {
  define: (cli) =>
    cli
      .argument('[files...]', 'the files; - reads stdin (default: earshot.yaml)')
      .option('--text-only', 'not whether the files it names (keys, certificates, models) are on this machine')
      .option('--against <url>', 'what a reload of the engine there would say of it', httpAddress)
      .option('--token <jwt>', 'of an admin, where that engine asks for one (or EARSHOT_TOKEN)')
      .action(async (named: readonly string[], options: ValidateOptions) => {
        process.exitCode = 0;
        for (const file of named.length === 0 ? ['earshot.yaml'] : named) {
          if (!(await isGood(file, options))) process.exitCode = 2;
        }
      }),
};

interface ValidateOptions {
  readonly textOnly?: boolean;
  readonly against?: string;
  readonly token?: string;
}

async function isGood(named: string, { textOnly = false, against, token }: ValidateOptions): Promise<boolean> {
  const file = named === '-' ? '<stdin>' : named;
  let content: string;
  try {
    content = named === '-' ? await text(process.stdin) : await readFile(file, 'utf8');
  } catch (thrown) {
    throw new EngineError('CONFIG_NOT_FOUND', [file, reasonOf(thrown)], { cause: thrown });
  }
  const form = configForm(compileExpression);
  const folder = named === '-' ? '.' : dirname(file);
  const checked = checkConfig(content, form, process.env, folder);
  if ('faults' in checked) return reportFaults(file, checked.faults);
  const { hooks } = checked.config;
  const missing = [...hookAddressFaults(hooks), ...(textOnly ? [] : await namedFiles(checked.config))];
  if (missing.length > 0) {
    // Once more, for their lines.
    const again = checkConfig(content, { ...form, parse: () => ({ faults: missing }) }, process.env, folder);
    return reportFaults(file, 'faults' in again ? again.faults : []);
  }
  for (const note of notesOn(checked.config)) process.stderr.write(`${file}: ${note}\n`);
  process.stdout.write(`${file}: good, with ${contentsOf(checked.config)}\n`);
  if (against === undefined) return true;
  const report = await askedToReload(against, token ?? process.env['EARSHOT_TOKEN'], content);
  process.stdout.write(reloadText(report, true));
  return report.outcome !== 'refused';
}

/** What it has, in the words of the configuration; what it has none of is left out, but for KPIs. */
function contentsOf({ kpis, rules, eventRules, clocks, journeys, actions, sources, hooks, board }: Config): string {
  const counts: readonly (readonly [number, string, string])[] = [
    [kpis.length, 'KPI', 'KPIs'],
    [rules.length + eventRules.length, 'rule', 'rules'],
    [clocks.length, 'clock', 'clocks'],
    [journeys.length, 'journey', 'journeys'],
    [actions.length, 'action', 'actions'],
    [sources.length, 'source', 'sources'],
    [hooks.length, 'hook', 'hooks'],
    [board.tiles.length, 'tile', 'tiles'],
  ];
  const said = counts
    .filter(([count], i) => count > 0 || i === 0)
    .map(([n, one, many]) => `${n} ${n === 1 ? one : many}`);
  return said.length === 1 ? said.join() : `${said.slice(0, -1).join(', ')} and ${must(said.at(-1))}`;
}

/** What is no fault and ought to be known. */
function notesOn(config: Config): readonly string[] {
  const { calendars } = config;
  const ending = calendarDegradations([...openCalendars(calendars).values()], systemClock.now());
  return [
    ...unkeptDimensions(config),
    ...calendars.flatMap(calendarNotes),
    ...[threadNote(config)].flatMap((note) => note ?? []), // there is none
    ...ending.map(({ message, about }) => `${about.join(', ')}: ${message}`),
  ];
}

function reportFaults(file: string, faults: readonly ConfigFault[]): false {
  for (const { line, column, path, message } of faults) {
    process.stdout.write(`${file}:${line}:${column}: error: ${path === '' ? '' : `${path}: `}${message}\n`);
  }
  process.stderr.write(`${file}: ${faults.length} ${faults.length === 1 ? 'fault' : 'faults'}\n`);
  return false;
}

/** What is wrong with the files that a configuration names. */
async function namedFiles(config: Config): Promise<readonly FaultAt[]> {
  const { nats, http, drift } = config;
  const faults: FaultAt[] = [];
  const look = async (at: FaultAt['at'], use: () => unknown): Promise<void> => {
    try {
      await use();
    } catch (thrown) {
      faults.push({ at, message: reasonOf(thrown) });
    }
  };
  const { credentials } = nats;
  if (credentials !== null) await look(['nats', 'credentials'], () => credentialsText(credentials));
  const { tls } = nats;
  if (tls !== null) await look(['nats', 'tls'], () => tlsTexts(tls));
  const serving = http.tls;
  if (serving !== null) await look(['http', 'tls'], () => readCertificate(serving));
  const jwks = http.auth?.jwks ?? null;
  if (jwks !== null && !isUrl(jwks)) await look(['http', 'auth', 'jwks'], () => fileKeySet(jwks));
  const quiet = stderrLogger('pretty');
  await look(['scoring'], () => findModels(config, quiet));
  if (drift.file !== null) await look(['drift', 'file'], () => learnedReference(config, quiet));
  return faults;
}

const isUrl = (text: string): boolean => /^https?:\/\//i.test(text);
