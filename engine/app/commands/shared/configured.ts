/** The configuration that a command works with. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig, parseConfigText } from '../../../adapters/config/config-file.ts';
import { compileExpression } from '../../../adapters/expressions/cel.ts';
import { packageRoot } from '../../../adapters/process/package-root.ts';
import { configForm, type Config } from '../../config/config.ts';
import type { ConfigSource } from '../../reload/reloads-of.ts';

export const DEFAULT_CONFIG = 'earshot.yaml';

/** The named file, else earshot.yaml here, else the one that comes with Earshot. Throws CONFIG_NOT_FOUND, CONFIG_INVALID. */
export async function configured(named: string | undefined): Promise<Config> {
  return loadConfig(configFile(named), configForm(compileExpression));
}

export function configFile(named: string | undefined): string {
  return named ?? (existsSync(DEFAULT_CONFIG) ? DEFAULT_CONFIG : join(packageRoot(), DEFAULT_CONFIG));
}

export function withPort(config: Config, port: number | undefined): Config {
  return port === undefined ? config : { ...config, http: { ...config.http, port } };
}

/** The same, to be read again while it is used. */
export function configSource(named: string | undefined, port: number | undefined): ConfigSource {
  const file = configFile(named);
  const form = configForm(compileExpression);
  return {
    read: async () => withPort(await loadConfig(file, form), port),
    parse: (text) => withPort(parseConfigText(text, file, form), port),
  };
}
