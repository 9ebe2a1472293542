/** A copy of the sources in which a test may do what a contributor does: add files, edit lists, build, run. */
import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packageRoot } from '../../adapters/process/package-root.ts';

const ROOT = packageRoot();
const WEIGHTS = /\.(?:onnx|ndjson|tsv|md|map)$/;

export interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export class ScratchCopy {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** Inside the repository, so that packages are found; git and the other tests do not look there. */
  static async make(): Promise<ScratchCopy> {
    await mkdir(join(ROOT, '.earshot'), { recursive: true });
    const folder = await mkdtemp(join(ROOT, '.earshot/recipes-'));
    for (const room of ['engine', 'operators', 'models']) {
      await cp(join(ROOT, room), join(folder, room), { recursive: true, filter: (path) => !WEIGHTS.test(path) });
    }
    for (const file of ['package.json', 'tsconfig.json']) await cp(join(ROOT, file), join(folder, file));
    await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    return new ScratchCopy(folder);
  }

  async add(file: string, text: string): Promise<void> {
    await mkdir(dirname(join(this.folder, file)), { recursive: true });
    await writeFile(join(this.folder, file), text, { flag: 'wx' });
  }

  /** Puts lines behind the one that contains `after`, which there is one of; imports at the head of the file. */
  async insert(file: string, after: string, ...lines: readonly string[]): Promise<void> {
    const path = join(this.folder, file);
    const text = await readFile(path, 'utf8');
    const parts = text.split(after);
    if (parts.length !== 2) throw new Error(`${file} holds ${JSON.stringify(after)} ${parts.length - 1} times`);
    const imports = lines.filter((line) => line.startsWith('import '));
    const others = lines.filter((line) => !line.startsWith('import '));
    const [before = '', behind = ''] = parts;
    const whole = `${before}${after}\n${others.join('\n')}${behind}`;
    // Behind the opening comment or `#!`, where there is one.
    const head = /^(?:\/\*\*[^]*?\*\/\n)?/.exec(whole)?.[0] ?? '';
    await writeFile(path, `${head}${imports.join('\n')}\n${whole.slice(head.length)}`);
  }

  /** Checks the types of `files` and what they import, and writes dist/. What was built before and has not changed is not looked at again. */
  async build(files: readonly string[]): Promise<readonly string[]> {
    const compilerOptions = {
      ...{ noEmit: false, outDir: 'dist', rootDir: '.', declaration: false, noEmitOnError: false },
      ...{ incremental: true, tsBuildInfoFile: 'dist/.tsbuildinfo', typeRoots: [join(ROOT, 'node_modules/@types')] },
    };
    const config = { extends: './tsconfig.json', compilerOptions, files, include: [], exclude: [] };
    await writeFile(join(this.folder, 'tsconfig.scratch.json'), JSON.stringify(config));
    const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
    const { stdout } = this.node([compiler, '-p', 'tsconfig.scratch.json', '--pretty', 'false']);
    return stdout.split('\n').filter((line) => /^\S/.test(line));
  }

  earshot(...args: readonly string[]): Run {
    return this.node([join(this.folder, 'dist/engine/app/cli.js'), ...args]);
  }

  node(args: readonly string[]): Run {
    return spawnSync(process.execPath, args, { cwd: this.folder, encoding: 'utf8', timeout: 240_000 });
  }

  async load<T>(file: string): Promise<T> {
    return (await import(/* @vite-ignore */ pathToFileURL(join(this.folder, file)).href)) as T;
  }

  async discard(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}
