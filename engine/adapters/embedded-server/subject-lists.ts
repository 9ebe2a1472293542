/**
 * A nats-server before 2.10 keeps beside each encrypted block of messages a plain list of their subjects (`<n>.fss`), in which
 * the keys of events would stand to be read. The list is only there to save a look through the block: where it cannot be read
 * the server makes it again in memory. So in streams whose subjects hold keys its name leads nowhere (/dev/null), ahead of the
 * server. What that costs is decision 020.
 */
import { lstatSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

/** Streams whose subjects hold keys. */
const WITH_KEYS = /^CX_(EVENTS_\d+|ENRICHED)$/;
/** Blocks, of 8 MiB each, that the server may begin before the next look. */
const AHEAD = 32;
const EVERY_MS = 1_000;

/** Looks now and again; `stop` looks once more. undefined: this server keeps no such lists. */
export function hidesSubjects(store: string, version: string | undefined): { readonly stop: () => void } | undefined {
  if (process.platform === 'win32' || !keepsLists(version)) return undefined;
  hideSubjects(store);
  const timer = setInterval(() => hideSubjects(store), EVERY_MS);
  timer.unref();
  return {
    stop: () => {
      clearInterval(timer);
      hideSubjects(store);
    },
  };
}

function keepsLists(version: string | undefined): boolean {
  const [major, minor] = (version ?? '').split('.').map(Number); // a server that does not say: as an old one
  // One that does not say its version may be such a one.
  return !(major !== undefined && minor !== undefined && (major > 2 || (major === 2 && minor >= 10)));
}

/** Takes away the lists there are, and keeps the next ones from being written. */
export function hideSubjects(store: string): void {
  const root = join(store, 'jetstream');
  for (const account of namesIn(root)) {
    for (const stream of namesIn(join(root, account, 'streams'))) {
      if (WITH_KEYS.test(stream)) hideIn(join(root, account, 'streams', stream, 'msgs'));
    }
  }
}

function hideIn(folder: string): void {
  const names = new Set(namesIn(folder));
  if (names.size === 0) return;
  const blocks = [...names].flatMap((name) => /^(\d+)\.blk$/.exec(name)?.[1] ?? []).map(Number);
  const last = Math.max(0, ...blocks);
  for (const block of [...blocks, ...Array.from({ length: AHEAD }, (_, i) => last + 1 + i)]) {
    const list = `${block}.fss`;
    if (!names.has(list) || !isHidden(join(folder, list))) hide(join(folder, list));
  }
}

function isHidden(list: string): boolean {
  try {
    return lstatSync(list).isSymbolicLink();
  } catch {
    return false; // the server has just taken it away with its block
  }
}

function hide(list: string): void {
  try {
    rmSync(list, { force: true });
    symlinkSync('/dev/null', list);
  } catch {
    // The server wrote it, or took the folder away, in between: the next look finds it.
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // not made yet, or gone with its stream
  }
}
