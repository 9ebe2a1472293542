/** The broker of a start: those that are named, or a nats-server of our own with its store and its disk. */
import { watchDisk, type DiskSpace } from '../../adapters/embedded-server/disk-space.ts';
import { startNatsServer } from '../../adapters/embedded-server/nats-server.ts';
import { publicKeyId } from '../../adapters/keys/kept-keys.ts';
import { storeKey } from '../../adapters/embedded-server/store-key.ts';
import type { Logger } from '../../core/types.ts';
import type { Config } from '../config/config.ts';
import type { Closers } from './closers.ts';

export interface Broker {
  readonly urls: readonly string[];
  /** Of our own; null: of others. */
  readonly disk: DiskSpace | null;
  /** The folder of our own; null: the broker is somebody else's. */
  readonly store: string | null;
  /** Names the key that what it stores is encrypted with; null: the broker is somebody else's. */
  readonly keyId: string | null;
}

export async function startBroker({ nats, partitions }: Config, logger: Logger, closers: Closers): Promise<Broker> {
  if (nats.servers.length > 0) return { urls: nats.servers, disk: null, store: null, keyId: null };
  const { store, port } = nats.embedded;
  const key = storeKey(nats.embedded);
  const server = await startNatsServer({ store, port, partitions, key, logger });
  closers.add(() => server.stop());
  logger.info('nats-server started', { url: server.url, pid: server.pid() });
  const { space, stop } = watchDisk({ folder: store, logger, onSpaceAgain: () => server.restart() });
  closers.add(stop);
  return { urls: [server.url], disk: space, store, keyId: publicKeyId(key) };
}
