/**
 * One nats-server process on a configuration of ours: started, watched, restarted when it dies, stopped. nats-server.ts decides on
 * which store and port; this file knows neither owners nor keys on disk.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { EngineError } from '../../core/errors.ts';
import type { Clock, Logger } from '../../core/types.ts';
import { publicWords } from '../nats/redact-address.ts';
import { systemClock } from '../process/system-clock.ts';
import { answersAs } from './loopback-port.ts';
import { embeddedServerConfig, KEY_VARIABLE, keyVariable } from './nats-server-config.ts';
import { endProcess, markOf } from './store-owner.ts';

const FIRST_RESTART_MS = 100;
const LONGEST_RESTART_MS = 5000;
/** After so long without a fall the next restart is prompt again. */
const STEADY_AFTER_MS = 30_000;
/** A full store of several GiB is read through before the server answers. */
const READY_WITHIN_MS = 60_000;

export interface SupervisedSettings {
  readonly program: string;
  readonly port: number;
  /** Folder of JetStream's files. */
  readonly store: string;
  /** Encrypts what is stored; undefined: nothing is. */
  readonly key: string | undefined;
  readonly partitions: number;
  readonly maxPayloadBytes: number;
  readonly readyWithinMs?: number;
  readonly logger: Logger;
  readonly clock?: Clock;
  /** Hears of each process that is started. */
  readonly onSpawn: (pid: number) => void;
}

export class SupervisedServer {
  restarts = 0;
  readonly #settings: SupervisedSettings;
  readonly #clock: Clock;
  readonly #name = `earshot-${randomBytes(6).toString('hex')}`;
  readonly #configPath: string;
  #child: ChildProcess | undefined;
  #guard: ChildProcess | undefined;
  #exited: Promise<void> = Promise.resolve();
  #lastWords: string[] = [];
  /** Has answered once: a server that never did is a fault of the settings, and not started again. */
  #isReady = false;
  /** It said so itself: whatever it had to say of its store came before. */
  #isAnnounced = false;
  /** Of what is stored, and cannot be decrypted with this key: the server leaves it out. */
  #unreadable: string | undefined;
  /** As it says; undefined: not heard yet. */
  #version: string | undefined;
  #isStopping = false;
  #restartTimer: NodeJS.Timeout | undefined;
  #restartMs = FIRST_RESTART_MS;

  constructor(settings: SupervisedSettings) {
    this.#settings = settings;
    this.#clock = settings.clock ?? systemClock;
    this.#configPath = join(settings.store, 'nats-server.conf');
    const { port, store, partitions, maxPayloadBytes } = settings;
    const isEncrypted = settings.key !== undefined;
    const text = embeddedServerConfig({ name: this.#name, port, store, partitions, maxPayloadBytes, isEncrypted });
    writeFileSync(this.#configPath, text, { mode: 0o600 });
  }

  get port(): number {
    return this.#settings.port;
  }

  pid(): number | undefined {
    return this.#child?.pid;
  }

  version(): string | undefined {
    return this.#version;
  }

  /** Throws EngineError NATS_SERVER_FAILED, or STORE_KEY_WRONG where the server cannot read what is stored. */
  async start(): Promise<void> {
    this.#spawn();
    const until = this.#clock.elapsed() + (this.#settings.readyWithinMs ?? READY_WITHIN_MS);
    while (!this.#isAnnounced || !(await answersAs(this.#settings.port, this.#name))) {
      if (this.#child !== undefined && this.#clock.elapsed() < until) {
        await new Promise((wake) => setTimeout(wake, 25));
        continue;
      }
      const cause = this.#lastWords.at(-1) ?? 'it does not answer';
      await this.stop();
      throw new EngineError('NATS_SERVER_FAILED', [cause]);
    }
    if (this.#unreadable !== undefined) {
      await this.stop();
      throw new EngineError('STORE_KEY_WRONG', [this.#settings.store, this.#unreadable]);
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
    const began = this.#clock.elapsed();
    // A process group of its own: Ctrl-C in a terminal must reach us alone, since we still have to commit.
    const child = spawn(program, ['-c', this.#configPath], {
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
      env: childEnvironment(this.#settings.key),
    });
    this.#child = child;
    this.#exited = new Promise((resolve) => {
      let isOver = false;
      const onEnd = (how: string): void => {
        if (isOver) return;
        isOver = true;
        this.#child = undefined;
        this.#guard?.kill('SIGKILL');
        this.#guard = undefined;
        if (!this.#isStopping && this.#isReady) this.#restartLater(how, this.#clock.elapsed() - began);
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
      this.#settings.onSpawn(child.pid);
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
    if (/^\[INF\] Server is ready/.test(text)) this.#isAnnounced = true;
    this.#version ??= /^\[INF\]\s+Version:\s+(\S+)/.exec(text)?.[1];
    if (/decrypt|encryption not enabled/i.test(text)) this.#unreadable ??= text.replace(/^\[\w+\]\s*/, '');
    if (/^\[(WRN|ERR|FTL)\]/.test(text)) this.#settings.logger.warn('nats-server says', { text: publicWords(text) });
    this.#lastWords.push(text);
    if (this.#lastWords.length > 20) this.#lastWords.shift();
  }
}

/** Ours, less its secrets, and with the key of the store: on no command line and in no file. */
function childEnvironment(key: string | undefined): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('EARSHOT_'));
  return { ...Object.fromEntries(inherited), ...(key !== undefined && { [KEY_VARIABLE]: keyVariable(key) }) };
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
