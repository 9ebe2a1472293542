/** The broker of a configuration for a command: the one that is named, the embedded one that runs, or its store, started for that. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { NatsConnection } from '@nats-io/transport-node';
import { startNatsServer } from '../../../adapters/embedded-server/nats-server.ts';
import { storeKey } from '../../../adapters/embedded-server/store-key.ts';
import { connectNats } from '../../../adapters/nats/nats-connection.ts';
import { EngineError } from '../../../core/errors.ts';
import type { Logger } from '../../../core/types.ts';
import type { Config } from '../../config/config.ts';

/** Throws what stands in the way of reaching it. */
export async function withBroker<T>(
  { nats, partitions }: Config,
  logger: Logger,
  work: (nc: NatsConnection) => Promise<T>,
): Promise<T> {
  const use = async (servers: readonly string[]): Promise<T> => {
    const nc = await connectNats({ ...nats, servers }, logger);
    try {
      return await work(nc);
    } finally {
      await nc.close();
    }
  };
  if (nats.servers.length > 0) return use(nats.servers);
  const quiet: Logger = { ...logger, info: () => undefined };
  const { store, port } = nats.embedded;
  let server;
  try {
    server = await startNatsServer({ store, port, partitions, key: storeKey(nats.embedded), logger: quiet });
  } catch (error) {
    if (error instanceof EngineError && error.code === 'STORE_IN_USE') return use([runningAddress(store)]);
    throw error;
  }
  try {
    return await use([server.url]);
  } finally {
    await server.stop();
  }
}

const USUAL = 'nats://127.0.0.1:4222';

/** Where to publish to unless it is said: the configured servers, the embedded one that runs or ran last, else the usual address. */
export function knownServers({ nats }: Pick<Config, 'nats'>): readonly string[] {
  if (nats.servers.length > 0) return nats.servers;
  try {
    return [runningAddress(nats.embedded.store)];
  } catch {
    return [USUAL]; // it has not run here
  }
}

/** As its configuration beside the store says. */
function runningAddress(store: string): string {
  const text = readFileSync(join(resolve(store), 'nats-server.conf'), 'utf8');
  const port = /^port: (\d+)$/m.exec(text)?.[1];
  if (port === undefined) throw new EngineError('STORE_UNUSABLE', [store, 'its nats-server.conf names no port']);
  return `nats://127.0.0.1:${port}`;
}
