/**
 * Who holds an embedded server's store: a file in it that names our process and the server's. It keeps a second Earshot
 * out, and lets the next start end a server whose owner was killed before it could.
 */
import { at } from '../../core/must.ts';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { EngineError, reasonOf } from '../../core/errors.ts';
import type { Clock } from '../../core/types.ts';
import { systemClock } from '../process/system-clock.ts';

interface OwnerRecord {
  readonly owner: ProcessMark;
  readonly server: ProcessMark | null;
}
/** A process id and when that process began, so that an id used again is not taken for it. */
export interface ProcessMark {
  readonly pid: number;
  readonly began: string;
}

export interface StoreOwner {
  /** Notes the server that runs on the store now. */
  serverIs(pid: number): void;
  release(): void;
}

/**
 * Takes the store, ending a server that was left on it. Throws EngineError STORE_IN_USE when another living Earshot
 * holds it, or is taking it at this moment.
 */
export async function ownStore(folder: string): Promise<StoreOwner> {
  const path = join(folder, 'owner.json');
  const owner = markOf(process.pid) ?? { pid: process.pid, began: '' };
  await take(path, owner, folder);
  return {
    serverIs: (pid) => replace(path, { owner, server: markOf(pid) ?? null }),
    release: () => rmSync(path, { force: true }),
  };
}

/**
 * A file whose owner has ended is replaced, never removed, and only by whoever owns the right to succeed just that owner: of
 * several that find it at the same moment one would remove what another has put in its place.
 */
async function take(path: string, owner: ProcessMark, folder: string): Promise<void> {
  while (!createWhole(path, { owner, server: null })) {
    const held = readOwner(path);
    if (held === undefined) continue;
    if (isAlive(held.owner)) throw new EngineError('STORE_IN_USE', [folder, held.owner.pid]);
    const succession = `${path}.after-${String(held.owner.pid)}-${held.owner.began}`;
    await take(succession, owner, folder);
    try {
      const now = readOwner(path);
      if (now === undefined || now.owner.pid !== held.owner.pid || now.owner.began !== held.owner.began) continue;
      if (now.server !== null) await endProcess(now.server);
      replace(path, { owner, server: null });
      return;
    } finally {
      rmSync(succession, { force: true });
    }
  }
}

function draftOf(path: string): string {
  return `${path}.${String(process.pid)}`;
}

function replace(path: string, record: OwnerRecord): void {
  writeFileSync(draftOf(path), JSON.stringify(record));
  renameSync(draftOf(path), path);
}

/** Creates the file with all its content or not at all; false: it exists. */
function createWhole(path: string, record: OwnerRecord): boolean {
  const draft = draftOf(path);
  try {
    writeFileSync(draft, JSON.stringify(record));
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw new EngineError('STORE_UNUSABLE', [path, reasonOf(error)], { cause: error });
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Of a torn file: it names nobody, so nobody holds it. */
const NOBODY: OwnerRecord = { owner: { pid: 0, began: 'torn' }, server: null };

/** undefined: there is no file. */
function readOwner(path: string): OwnerRecord | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new EngineError('STORE_UNUSABLE', [path, reasonOf(error)], { cause: error });
  }
  try {
    const record: unknown = JSON.parse(text);
    if (typeof record !== 'object' || record === null || !('owner' in record) || !isMark(record.owner)) return NOBODY;
    return { owner: record.owner, server: 'server' in record && isMark(record.server) ? record.server : null };
  } catch {
    return NOBODY;
  }
}

function isMark(value: unknown): value is ProcessMark {
  return (
    typeof value === 'object' &&
    value !== null &&
    'pid' in value &&
    Number.isSafeInteger(value.pid) &&
    'began' in value &&
    typeof value.began === 'string'
  );
}

/** When the process began, as its system tells it; undefined: there is no such process. */
export function markOf(pid: number): ProcessMark | undefined {
  try {
    if (process.platform === 'linux') {
      const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
      // The program's name may hold anything, so count from its closing bracket; a zombie has ended.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return fields[0] === 'Z' ? undefined : { pid, began: at(fields, 19) };
    }
    const began = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    return began === '' ? undefined : { pid, began };
  } catch {
    return undefined; // no such process
  }
}

function isAlive(mark: ProcessMark): boolean {
  const now = markOf(mark.pid);
  return now !== undefined && now.began === mark.began;
}

/** Asks the process to end, then makes it. */
export async function endProcess(mark: ProcessMark, patienceMs = 5000, clock: Clock = systemClock): Promise<void> {
  const until = clock.elapsed() + patienceMs;
  signal(mark.pid, 'SIGTERM', isAlive(mark));
  while (isAlive(mark)) {
    if (clock.elapsed() > until) signal(mark.pid, 'SIGKILL', true);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function signal(pid: number, name: NodeJS.Signals, alive: boolean): void {
  if (!alive) return;
  try {
    process.kill(pid, name);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return; // ended in between: as wanted
    throw error;
  }
}
