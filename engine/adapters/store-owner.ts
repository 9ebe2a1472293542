/**
 * Who holds an embedded server's store: a file in it that names our process and the server's. It keeps a second Earshot
 * out, and lets the next start end a server whose owner was killed before it could.
 */
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { EngineError, reasonOf } from '../core/errors.ts';

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
 * holds it.
 */
export async function ownStore(folder: string): Promise<StoreOwner> {
  const path = join(folder, 'owner.json');
  const owner = markOf(process.pid) ?? { pid: process.pid, began: '' };
  while (!createWhole(path, { owner, server: null })) {
    const held = readOwner(path);
    if (held !== undefined && isAlive(held.owner)) throw new EngineError('STORE_IN_USE', [folder, held.owner.pid]);
    if (held?.server != null) await endProcess(held.server);
    rmSync(path, { force: true });
  }
  return {
    serverIs: (pid) => {
      const next = `${path}.${String(process.pid)}`;
      writeFileSync(next, JSON.stringify({ owner, server: markOf(pid) ?? null } satisfies OwnerRecord));
      renameSync(next, path);
    },
    release: () => rmSync(path, { force: true }),
  };
}

/** Creates the file with all its content or not at all; false: it exists. */
function createWhole(path: string, record: OwnerRecord): boolean {
  const draft = `${path}.${String(process.pid)}`;
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

function readOwner(path: string): OwnerRecord | undefined {
  try {
    const record: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof record !== 'object' || record === null || !('owner' in record) || !isMark(record.owner))
      return undefined;
    return { owner: record.owner, server: 'server' in record && isMark(record.server) ? record.server : null };
  } catch {
    return undefined; // torn or gone: nobody can be named, so nobody holds it
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
      return fields[0] === 'Z' ? undefined : { pid, began: fields[19] ?? '' };
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
export async function endProcess(mark: ProcessMark, patienceMs = 5000): Promise<void> {
  const until = performance.now() + patienceMs;
  signal(mark.pid, 'SIGTERM', isAlive(mark));
  while (isAlive(mark)) {
    if (performance.now() > until) signal(mark.pid, 'SIGKILL', true);
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
