/**
 * `earshot sources test <id> <file>`: what becomes of a payload (or of the rows of a file) under the map of a source, checked as a
 * running engine would. `list`: the configured sources, and the presets that there are. Exit code 1 where something becomes no event.
 */
import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { Argument, InvalidArgumentError } from 'commander';
import { EngineError, reasonOf } from '../../core/errors.ts';
import { didYouMean } from '../../core/text/spelling.ts';
import type { SourceConfig } from '../../../operators/sources/sources-config.ts';
import { PRESETS } from '../../../operators/sources/presets/presets.ts';
import type { Config } from '../config/config.ts';
import { tryPayload, tryRows } from '../sources/try-payload.ts';
import { trialLines, type Trial } from '../sources/trial.ts';
import type { CliCommand } from './shared/command.ts';
import { configured } from './shared/configured.ts';
import { configOption } from './shared/option-values.ts';

interface SourcesOptions {
  readonly config?: string;
  readonly header: Readonly<Record<string, string>>;
  readonly json?: boolean;
}

export const command: CliCommand = {
  define: (cli) =>
    cli
      .addArgument(new Argument('<what>', 'what to do').choices(['test', 'list']))
      .argument('[id]', 'the source, for test')
      .argument('[file]', 'a message as the tool sends it, or a table, for test; - is stdin', '-')
      .option('--header <name: value>', 'that came with it, such as "X-Event: ping"; once a header', headers, {})
      .option('--json', 'for programs: one JSON line')
      .addOption(configOption())
      .action(async (what: 'test' | 'list', id: string | undefined, file: string, options: SourcesOptions) => {
        const config = await configured(options.config);
        if (what === 'list') process.stdout.write(listText(config));
        else await test(config, id, file, options);
      }),
};

async function test(config: Config, id: string | undefined, file: string, options: SourcesOptions): Promise<void> {
  const source = sourceOf(config, id);
  const trial =
    source.kind === 'csv'
      ? await tryRows(config, source, file)
      : await tryPayload(config, source, await bytesOf(file), options.header);
  process.stdout.write(options.json === true ? `${JSON.stringify(trial)}\n` : trialLines(source, trial));
  process.exitCode = isGood(trial) ? 0 : 1;
}

const isGood = ({ isTaken, faults }: Trial): boolean => isTaken && faults.length === 0;

function sourceOf({ sources }: Config, id: string | undefined): SourceConfig {
  const ids = sources.map((one) => one.id);
  const known = ids.length === 0 ? 'the configuration has none' : `there are: ${ids.join(', ')}`;
  if (id === undefined) throw new EngineError('USAGE_INVALID', [`which source is to be tested? (${known})`]);
  const found = sources.find((one) => one.id === id);
  if (found !== undefined) return found;
  throw new EngineError('USAGE_INVALID', [`there is no source "${id}"${didYouMean(id, ids)} (${known})`]);
}

async function bytesOf(file: string): Promise<Uint8Array> {
  try {
    return file === '-' ? await buffer(process.stdin) : await readFile(file);
  } catch (thrown) {
    throw new EngineError('FILE_UNUSABLE', [file, reasonOf(thrown)], { cause: thrown });
  }
}

function headers(text: string, before: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const [, name, value] = /^([A-Za-z0-9-]+):\s*(.*)$/.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new InvalidArgumentError('expected name: value.');
  return { ...before, [name.toLowerCase()]: value };
}

function listText({ sources }: Config): string {
  const configuredOnes = sources.map(({ id, kind, preset, map }) => {
    const where = kind === 'webhook' ? `POST /v1/in/${id}` : `earshot import <file> --map ${id}`;
    return `${id.padEnd(16)} ${kind.padEnd(8)} ${(preset ?? '-').padEnd(11)} ${String(map.length).padStart(2)} rules  ${where}\n`;
  });
  const presets = PRESETS.map(({ name, about }) => `  ${name.padEnd(12)} ${about.en}\n`);
  return `${configuredOnes.join('') || 'no sources are configured\n'}\npresets:\n${presets.join('')}`;
}
