/**
 * The embedded NATS server: a supervised child process on a loopback port. It is restarted when it dies, stopped with us,
 * and ended by a guard when we are killed before we could.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { randomBytes } from 'node:crypto';
import { EngineError, reasonOf } from '../../core/errors.ts';
import type { Logger } from '../../core/types.ts';
import { answersAs, freePort } from './loopback-port.ts';
import { findNatsServer } from './nats-binary.ts';
import { embeddedServerConfig } from './nats-server-config.ts';
import { publicWords } from '../nats/redact-address.ts';
import { endProcess, markOf, ownStore } from './store-owner.ts';

export interface NatsServerOptions {
  /** Folder for all it keeps; made if missing. */
  readonly store: string;
  /** 0: a free one. */
  readonly port?: number;
  readonly partitions?: number;
  readonly logger: Logger;
  /** The program; by default `findNatsServer()`. */
  readonly program?: string;
  readonly maxPayloadBytes?: number;
  readonly readyWithinMs?: number;
}

export interface NatsServer {
  readonly port: number;
  /** `nats://127.0.0.1:<port>` */
  readonly url: string;
  /** Process id of the server that runs now; undefined between a death and the restart. */
  pid(): number | undefined;
  restarts(): number;
  /** Ends the process that runs now: another follows. */
  restart(): void;
  /** Ends the server and its guard, and gives the store free. */
  stop(): Promise<void>;
}

const FIRST_RESTART_MS = 100;
const LONGEST_RESTART_MS = 5000;
const PORT_ATTEMPTS = 5;
/** After so long without a fall the next restart is prompt again. */
const STEADY_AFTER_MS = 30_000;

/**
 * Starts the server; resolves when it takes connections. Throws EngineError NATS_SERVER_MISSING, NATS_SERVER_FAILED,
 * STORE_IN_USE or STORE_UNUSABLE.
 */
export async function startNatsServer(options: NatsServerOptions): Promise<NatsServer> {
  const program = options.program ?? findNatsServer();
  const store = resolve(options.store);
  try {
    mkdirSync(store, { recursive: true });
  } catch (error) {
    throw new EngineError('STORE_UNUSABLE', [store, reasonOf(error)], { cause: error });
  }
  const owner = await ownStore(store);
  try {
    const server = await startSupervised({ ...options, program, store }, (pid) => owner.serverIs(pid));
    const { port } = server;
    return {
      port,
      url: `nats://127.0.0.1:${String(port)}`,
      pid: () => server.pid(),
      restarts: () => server.restarts,
      restart: () => server.restart(),
      stop: async () => {
        await server.stop();
        owner.release();
      },
    };
  } catch (error) {
    owner.release();
    throw error;
  }
}

/** A port that was found free may be somebody's by the time the server listens: then another is tried. */
async function startSupervised(
  options: Omit<Settings, 'port'> & Pick<NatsServerOptions, 'port'>,
  noteServer: (pid: number) => void,
): Promise<SupervisedServer> {
  const isAnyPort = options.port === undefined || options.port === 0;
  for (let attempt = 1; ; attempt++) {
    const port = isAnyPort ? await freePort() : (options.port ?? 0);
    const server = new SupervisedServer({ ...options, port }, noteServer);
    try {
      await server.start();
      return server;
    } catch (error) {
      if (!isAnyPort || attempt === PORT_ATTEMPTS || !/address already in use/.test(reasonOf(error))) throw error;
    }
  }
}

interface Settings extends NatsServerOptions {
  readonly program: string;
  readonly port: number;
}

class SupervisedServer {
  restarts = 0;
  readonly #settings: Settings;
  readonly #name = `earshot-${randomBytes(6).toString('hex')}`;
  readonly #configPath: string;
  readonly #noteServer: (pid: number) => void;
  #child: ChildProcess | undefined;
  #guard: ChildProcess | undefined;
  #exited: Promise<void> = Promise.resolve();
  #lastWords: string[] = [];
  /** Has answered once: a server that never did is a fault of the settings, and not started again. */
  #isReady = false;
  #isStopping = false;
  #restartTimer: NodeJS.Timeout | undefined;
  #restartMs = FIRST_RESTART_MS;

  constructor(settings: Settings, noteServer: (pid: number) => void) {
    this.#settings = settings;
    this.#noteServer = noteServer;
    this.#configPath = join(settings.store, 'nats-server.conf');
    writeFileSync(
      this.#configPath,
      embeddedServerConfig({
        name: this.#name,
        port: settings.port,
        store: settings.store,
        partitions: settings.partitions ?? 1,
        maxPayloadBytes: settings.maxPayloadBytes ?? 8 * 1024 * 1024,
      }),
      { mode: 0o600 },
    );
  }

  get port(): number {
    return this.#settings.port;
  }

  pid(): number | undefined {
    return this.#child?.pid;
  }

  async start(): Promise<void> {
    this.#spawn();
    const until = performance.now() + (this.#settings.readyWithinMs ?? 20_000);
    while (!(await answersAs(this.#settings.port, this.#name))) {
      if (this.#child !== undefined && performance.now() < until) {
        await new Promise((wake) => setTimeout(wake, 25));
        continue;
      }
      const cause = this.#lastWords.at(-1) ?? 'it does not answer';
      await this.stop();
      throw new EngineError('NATS_SERVER_FAILED', [cause]);
    }
    this.#isReady = true;
  }

  /** By force: one that does not answer does not take its leave either, and what it acknowledged is stored. */
  restart(): void {
    this.#child?.kill('SIGKILL');
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#restartTimer);
    const mark = this.#child?.pid === undefined ? undefined : markOf(this.#child.pid);
    if (mark !== undefined) await endProcess(mark);
    await this.#exited;
  }

  #spawn(): void {
    const { logger, program } = this.#settings;
    const began = performance.now();
    // A process group of its own: Ctrl-C in a terminal must reach us alone, since we still have to commit.
    const child = spawn(program, ['-c', this.#configPath], { stdio: ['ignore', 'ignore', 'pipe'], detached: true });
    this.#child = child;
    this.#exited = new Promise((resolve) => {
      let isOver = false;
      const onEnd = (how: string): void => {
        if (isOver) return;
        isOver = true;
        this.#child = undefined;
        this.#guard?.kill('SIGKILL');
        this.#guard = undefined;
        if (!this.#isStopping && this.#isReady) this.#restartLater(how, performance.now() - began);
        resolve();
      };
      child.once('error', (error) => {
        this.#hear(error.message);
        onEnd(error.message);
      });
      child.once('exit', (code, signal) => onEnd(signal ?? `exit code ${String(code)}`));
    });
    child.stderr.setEncoding('utf8');
    child.stderr.on('data', (text: string) => {
      for (const line of text.split('\n')) if (line.trim() !== '') this.#hear(line.trim());
    });
    if (child.pid !== undefined) {
      this.#noteServer(child.pid);
      this.#guard = spawnGuard(child.pid);
      if (this.#isReady) logger.info('nats-server restarted', { pid: child.pid, restarts: this.restarts });
    }
  }

  #restartLater(how: string, livedMs: number): void {
    if (livedMs > STEADY_AFTER_MS) this.#restartMs = FIRST_RESTART_MS;
    this.#settings.logger.warn('nats-server ended, restarting', { how, afterMs: this.#restartMs });
    this.restarts += 1;
    this.#restartTimer = setTimeout(() => this.#spawn(), this.#restartMs);
    this.#restartMs = Math.min(LONGEST_RESTART_MS, this.#restartMs * 2);
  }

  #hear(line: string): void {
    // `[pid] 2026/01/02 03:04:05.678 [ERR] text`
    const text = line.replace(/^\[\d+\] \S+ \S+ /, '').replace(/^nats-server: /, '');
    if (/^\[(WRN|ERR|FTL)\]/.test(text)) this.#settings.logger.warn('nats-server says', { text: publicWords(text) });
    this.#lastWords.push(text);
    if (this.#lastWords.length > 20) this.#lastWords.shift();
  }
}

/**
 * Ends the server when our end of its input closes, which is what our death does, however it comes. A builtin loop, so
 * that the guard has no child of its own; its own process group, so that a terminal's Ctrl-C does not reach it first.
 */
function spawnGuard(serverPid: number): ChildProcess | undefined {
  if (process.platform === 'win32') return undefined;
  const script =
    'trap "" INT HUP TERM; while read -r _; do :; done; kill -TERM "$1" 2>/dev/null || exit 0; ' +
    'i=0; while [ $i -lt 50 ]; do kill -0 "$1" 2>/dev/null || exit 0; sleep 0.1; i=$((i+1)); done; kill -KILL "$1"';
  const guard = spawn('/bin/sh', ['-c', script, 'earshot-guard', String(serverPid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  guard.on('error', () => undefined); // without a shell the next start still ends what was left
  guard.stdin.on('error', () => undefined); // it ended before us
  guard.unref();
  return guard;
}
