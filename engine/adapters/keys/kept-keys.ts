/**
 * Keys that are made once and kept in a folder of their own beside the store, `<store>.keys`, so that whoever copies the
 * store does not copy what opens it. Files have mode 0600, one key a line: the first is used, all are known (rotation).
 */
import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { EngineError, reasonOf } from '../../core/errors.ts';

export type KeyName = 'store' | 'mask' | 'control';

/** Where the key of a store is kept. */
export function keyFileOf(store: string, name: KeyName): string {
  return join(`${resolve(store)}.keys`, `${name}.key`);
}

/** The keys in the file, first the one that is used; undefined: there is none yet. Throws EngineError KEY_UNUSABLE. */
export function readKeys(file: string): readonly string[] | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
    // Whoever else may read it has what it protects: a copy that lost its mode is put right.
    if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) chmodSync(file, 0o600);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new EngineError('KEY_UNUSABLE', [file, reasonOf(error)], { cause: error });
  }
  const keys = text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [checkedKey(line.trim(), file)]));
  if (keys.length === 0) throw new EngineError('KEY_UNUSABLE', [file, 'the file is empty']);
  return keys;
}

/** Those, made first where there are none. Of several that make it at once one wins, and all use its. */
export function keptKeys(file: string): readonly string[] {
  const kept = readKeys(file);
  if (kept !== undefined) return kept;
  makeKeyFile(file);
  const made = readKeys(file);
  if (made === undefined) throw new EngineError('KEY_UNUSABLE', [file, 'it is gone as soon as it is made']);
  return made;
}

/** 256 bits. */
export function newKey(): string {
  return randomBytes(32).toString('base64url');
}

/** Names a key to people, the same everywhere; what it says of a key of 256 bits helps nobody to guess it. */
export function publicKeyId(key: string): string {
  return createHash('sha256').update('earshot key id\n').update(key).digest('base64url').slice(0, 10);
}

/** `where` names it in the fault; what it holds is never quoted. Throws EngineError KEY_UNUSABLE. */
export function checkedKey(key: string, where: string): string {
  if (key.length < 32) throw new EngineError('KEY_UNUSABLE', [where, `it has ${key.length} characters, too few`]);
  if (key.length > 512) throw new EngineError('KEY_UNUSABLE', [where, `it has ${key.length} characters, too many`]);
  if (!/^[\x21-\x7e]+$/.test(key)) throw new EngineError('KEY_UNUSABLE', [where, 'it holds spaces or other signs']);
  return key;
}

/** Whole and on the disk before it has its name: what is encrypted with it must not outlive it. */
function makeKeyFile(file: string): void {
  const draft = `${file}.${process.pid}`;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    rmSync(draft, { force: true });
    const open = openSync(draft, 'wx', 0o600);
    try {
      writeSync(open, `${newKey()}\n`);
      fsyncSync(open);
    } finally {
      closeSync(open);
    }
    linkSync(draft, file);
    syncFolder(dirname(file));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return;
    throw new EngineError('KEY_UNUSABLE', [file, reasonOf(error)], { cause: error });
  } finally {
    rmSync(draft, { force: true });
  }
}

function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const open = openSync(folder, 'r');
  try {
    fsyncSync(open);
  } finally {
    closeSync(open);
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/** What a file is masked with: as given, else as the live engine of this configuration does; undefined: there is none yet. */
export function fileMaskKey(store: string | null, env: Environment = process.env): string | undefined {
  return givenMaskKey(env) ?? (store === null ? undefined : readKeys(keyFileOf(store, 'mask'))?.[0]);
}

/** Of any length, as it always was. */
export function givenMaskKey(env: Environment): string | undefined {
  const given = env['EARSHOT_MASK_KEY'];
  return given === '' ? undefined : given;
}
