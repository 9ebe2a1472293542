/** For tests: a real nats-server in a folder of its own, with streams, and a way to kill it. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Logger } from '../../core/types.ts';
import { findNatsServer } from '../embedded-server/nats-binary.ts';
import { connectNats } from '../nats/nats-connection.ts';
import { type NatsServer, startNatsServer } from '../embedded-server/nats-server.ts';
import { markOf } from '../embedded-server/store-owner.ts';
import { provisionStreams } from '../streams/provision-streams.ts';
import type { StreamLimits } from '../streams/streams.ts';

export interface LoggedLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export function recordingLogger(): Logger & { readonly lines: LoggedLine[] } {
  const lines: LoggedLine[] = [];
  const at =
    (level: LoggedLine['level']) =>
    (message: string, fields: Readonly<Record<string, unknown>> = {}): void => {
      lines.push({ level, message, fields });
    };
  return { lines, info: at('info'), warn: at('warn'), error: at('error') };
}

export interface BrokerFixture {
  readonly server: NatsServer;
  readonly nc: NatsConnection;
  readonly jsm: JetStreamManager;
  readonly logger: ReturnType<typeof recordingLogger>;
  /** kill -9; the supervisor starts it again. */
  kill(): Promise<void>;
  close(): Promise<void>;
}

export async function startBroker(
  options: { readonly partitions?: number; readonly limits?: Readonly<Record<string, StreamLimits>> } = {},
): Promise<BrokerFixture> {
  const store = mkdtempSync(join(tmpdir(), 'earshot-nats-'));
  const logger = recordingLogger();
  const partitions = options.partitions ?? 1;
  const server = await startNatsServer({ store, partitions, logger });
  const nc = await connectNats({ servers: [server.url] }, logger);
  const jsm = await jetstreamManager(nc, { timeout: 20_000 });
  const limits = options.limits;
  await provisionStreams(jsm, { partitions, replicas: 1, ...(limits !== undefined ? { limits } : {}) }, logger);
  return {
    server,
    nc,
    jsm,
    logger,
    kill: async () => {
      await until(() => server.pid() !== undefined);
      const pid = server.pid();
      if (pid === undefined) throw new Error('the server is down');
      process.kill(pid, 'SIGKILL');
      await until(() => markOf(pid) === undefined);
    },
    close: async () => {
      await nc.close();
      await server.stop();
      rmSync(store, { recursive: true, force: true });
    },
  };
}

/** A nats-server of a configuration of its own, in which `STORE` stands for a folder. */
export async function serveNats(
  config: string,
  port?: number,
  program = findNatsServer(),
): Promise<{ readonly url: string; readonly port: number; readonly stop: () => Promise<void> }> {
  const on = port ?? (await freePort());
  const folder = mkdtempSync(join(tmpdir(), 'earshot-nats-'));
  const file = join(folder, 'nats-server.conf');
  writeFileSync(file, config.replaceAll('STORE', `"${folder}"`));
  const child = spawn(program, ['-a', '127.0.0.1', '-p', String(on), '-c', file], { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await until(
    () =>
      new Promise<boolean>((resolve) => {
        const socket = createConnection(on, '127.0.0.1', () => {
          socket.destroy();
          resolve(true);
        });
        socket.on('error', () => resolve(false));
      }),
  );
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  return { url: `nats://127.0.0.1:${String(on)}`, port: on, stop };
}

/** A nats-server newer than the one installed, to be tested with as well; undefined: NATS_SERVER_BIN_CURRENT names none. */
export const CURRENT_SERVER = process.env['NATS_SERVER_BIN_CURRENT'] || undefined;

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** Waits for what comes by itself; fails after `withinMs`, two minutes at least: on a busy machine everything takes ten times as long. */
export async function until(holds: () => boolean | Promise<boolean>, withinMs = 0): Promise<void> {
  const patienceMs = Math.max(withinMs, 120_000);
  const end = performance.now() + patienceMs;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`not within ${String(patienceMs)} ms: ${holds.toString()}`);
    await new Promise((wake) => setTimeout(wake, 10));
  }
}
