/** For tests: a real nats-server in a folder of its own, with streams, and a way to kill it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Logger } from '../core/types.ts';
import { connectNats } from './nats-connection.ts';
import { type NatsServer, startNatsServer } from './nats-server.ts';
import { markOf } from './store-owner.ts';
import { provisionStreams, type StreamLimits } from './streams.ts';

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
  const jsm = await jetstreamManager(nc, { timeout: 2000 });
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

/** Waits for what comes by itself; fails after 15 s. */
export async function until(holds: () => boolean | Promise<boolean>, withinMs = 15_000): Promise<void> {
  const end = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`not within ${String(withinMs)} ms: ${holds.toString()}`);
    await new Promise((wake) => setTimeout(wake, 10));
  }
}
