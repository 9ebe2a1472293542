/**
 * A file of results, which is there whole or not at all: written beside its place, and put there once it is complete. What is no
 * regular file (a pipe, /dev/null, a terminal) is written to as it is. Never one of the files that are read.
 */
import { fstatSync } from 'node:fs';
import { open, realpath, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { EngineError, reasonOf } from '../../core/errors.ts';
import { OutputClosed, outputWritten, writeOut } from './standard-output.ts';

export interface Output {
  /** Throws FILE_UNUSABLE, and OutputClosed where nobody reads any more. */
  write(text: string): Promise<void>;
  /** Everything is written: it takes the place of what was there. Throws FILE_UNUSABLE. */
  keep(): Promise<void>;
  /** What was there before stays as it is. Nothing once it is kept. */
  discard(): Promise<void>;
}

interface Identity {
  readonly dev: number;
  readonly ino: number;
  isFile(): boolean;
  isDirectory(): boolean;
}

/** `-` is stdout. `reads`: files that are read meanwhile, `-` being stdin. Throws FILE_UNUSABLE, with nothing changed. */
export async function openOutput(path: string, reads: readonly string[]): Promise<Output> {
  const there = path === '-' ? descriptor(1) : await identityOf(path);
  for (const read of reads) {
    const source = read === '-' ? descriptor(0) : await identityOf(read);
    if (there?.isFile() === true && source !== null && isSame(source, there)) {
      const name = read === '-' ? 'stdin' : read;
      throw new EngineError('FILE_UNUSABLE', [path, `it is the same file as ${name}, which is read: name another one`]);
    }
  }
  if (path === '-') return standardOutput;
  if (there?.isDirectory() === true)
    throw new EngineError('FILE_UNUSABLE', [path, 'it is a folder: name a file in it']);
  if ((await identityOf(dirname(path)))?.isDirectory() !== true)
    throw new EngineError('FILE_UNUSABLE', [path, `there is no folder ${dirname(path)}: make it first`]);
  const stdout = descriptor(1);
  // /dev/stdout, by whatever name.
  if (there !== null && stdout !== null && isSame(stdout, there)) return standardOutput;
  try {
    if (there !== null && !there.isFile()) return new DirectOutput(path, await open(path, 'w'));
    // The file that a link leads to is replaced, not the link.
    const place = there === null ? path : await realpath(path);
    const beside = join(dirname(place), `.${basename(place)}.${process.pid}.part`);
    const mode = there === null ? 0o666 : (await stat(place)).mode & 0o777;
    return new ReplacedOutput(place, beside, await open(beside, 'w', mode));
  } catch (thrown) {
    throw unusable(path, thrown);
  }
}

const standardOutput: Output = {
  write: writeOut,
  keep: outputWritten,
  discard: () => Promise.resolve(),
};

class DirectOutput implements Output {
  readonly #path: string;
  readonly #handle: FileHandle;
  #isOpen = true;

  constructor(path: string, handle: FileHandle) {
    this.#path = path;
    this.#handle = handle;
  }
  async write(text: string): Promise<void> {
    try {
      await this.#handle.writeFile(text);
    } catch (thrown) {
      // The reader of a pipe is gone.
      if (thrown instanceof Error && 'code' in thrown && thrown.code === 'EPIPE') throw new OutputClosed();
      throw unusable(this.#path, thrown);
    }
  }
  async keep(): Promise<void> {
    await this.discard();
  }
  async discard(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await this.#handle.close();
  }
}

class ReplacedOutput implements Output {
  readonly #place: string;
  readonly #beside: string;
  readonly #handle: FileHandle;
  #isOpen = true;
  #isKept = false;

  constructor(place: string, beside: string, handle: FileHandle) {
    this.#place = place;
    this.#beside = beside;
    this.#handle = handle;
  }
  async write(text: string): Promise<void> {
    try {
      await this.#handle.writeFile(text);
    } catch (thrown) {
      throw unusable(this.#place, thrown);
    }
  }
  async keep(): Promise<void> {
    try {
      await this.#handle.sync();
      await this.#close();
      await rename(this.#beside, this.#place);
      this.#isKept = true;
    } catch (thrown) {
      await this.discard();
      throw unusable(this.#place, thrown);
    }
  }
  async discard(): Promise<void> {
    if (this.#isKept) return;
    await this.#close();
    await rm(this.#beside, { force: true });
  }
  async #close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await this.#handle.close();
  }
}

function isSame(a: Identity, b: Identity): boolean {
  return a.dev === b.dev && a.ino === b.ino;
}

/** null: there is none yet, or it cannot be looked at. */
async function identityOf(path: string): Promise<Identity | null> {
  try {
    return await stat(path);
  } catch {
    return null; // whoever opens it says why
  }
}

function descriptor(fd: 0 | 1): Identity | null {
  try {
    return fstatSync(fd);
  } catch {
    return null; // it is closed
  }
}

function unusable(path: string, thrown: unknown): EngineError {
  return new EngineError('FILE_UNUSABLE', [path, reasonOf(thrown)], { cause: thrown });
}
