/** A real engine as a child process, and a way to kill it: what end-to-end tests and latency runs work with. Needs `npm run build`. */
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { packageRoot } from '../../adapters/process/package-root.ts';

export interface EngineProcess {
  readonly url: string;
  readonly pid: number;
  /** What it logged so far (JSON lines). */
  readonly log: () => string;
  /** Resolves with the exit code, or the signal's name. */
  readonly ended: Promise<number | string>;
  kill(signal: 'SIGKILL' | 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'SIGSTOP' | 'SIGCONT'): void;
}

export interface EngineProcessOptions {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Of the built checkout; this one by default. */
  readonly root?: string;
  /** The file that Node runs; the built one of `root` by default. */
  readonly entry?: string;
  /** Give up waiting for `ready` after this long. */
  readonly timeoutMs?: number;
}

export function spawnCli(
  args: readonly string[],
  options: Pick<EngineProcessOptions, 'env' | 'cwd' | 'root' | 'entry'> = {},
): ChildProcess {
  const { root = packageRoot(), entry = join(root, 'dist', 'earshot.js') } = options;
  return spawn(process.execPath, [entry, ...args], {
    cwd: options.cwd ?? root,
    // The same pseudonyms from every engine, whatever its store: what two of them wrote is compared.
    env: { EARSHOT_MASK_KEY: 'a key of the tests', ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Starts `earshot <args>` and waits until its log says where the gateway listens. */
export async function startEngineProcess(options: EngineProcessOptions): Promise<EngineProcess> {
  const child = spawnCli(options.args, options);
  let log = '';
  child.stdout?.resume();
  const ended = new Promise<number | string>((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? signal ?? 'unknown'));
  });
  const url = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`the engine was not ready in time; its log:\n${log}`));
    }, options.timeoutMs ?? 180_000);
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      log += text;
      const found = /"message":"ready".*?"url":"([^"]+)"/.exec(log);
      if (found?.[1] === undefined) return;
      clearTimeout(timer);
      resolve(found[1]);
    });
    void ended.then((how) => {
      clearTimeout(timer);
      reject(new Error(`the engine ended (${how}) before it was ready; its log:\n${log}`));
    });
  });
  return {
    url,
    pid: child.pid ?? -1,
    log: () => log,
    ended,
    kill: (signal) => {
      child.kill(signal);
    },
  };
}
