/** Where the `nats-server` program is. */
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { EngineError } from '../../core/errors.ts';

/** Debian puts it into /usr/sbin, which a user's PATH need not hold. */
const BEYOND_PATH = ['/usr/sbin', '/usr/local/bin', '/usr/local/sbin', '/opt/homebrew/bin'];

/**
 * Path of the nats-server to run: NATS_SERVER_BIN if set, else the first on the PATH, else in the usual places.
 * Throws EngineError NATS_SERVER_MISSING.
 */
export function findNatsServer(env: Readonly<Record<string, string | undefined>> = process.env): string {
  const named = env['NATS_SERVER_BIN'];
  if (named !== undefined && named !== '') {
    if (isProgram(named)) return named;
    throw new EngineError('NATS_SERVER_MISSING', [`NATS_SERVER_BIN names ${named}, which is no program`]);
  }
  const name = process.platform === 'win32' ? 'nats-server.exe' : 'nats-server';
  const folders = [...(env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== ''), ...BEYOND_PATH]; // a process without one
  for (const folder of folders) {
    const path = join(folder, name);
    if (isProgram(path)) return path;
  }
  throw new EngineError('NATS_SERVER_MISSING', ['it is neither on the PATH nor in the usual places']);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false; // not there, or not ours to run: both mean "look further"
  }
}
