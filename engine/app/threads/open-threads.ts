/** Threads for the partitions of an engine, and what they need of it. */
import { availableParallelism } from 'node:os';
import type { NatsConnection } from '@nats-io/transport-node';
import type { EngineKeys } from '../../adapters/keys/engine-keys.ts';
import { connectionState } from '../../adapters/nats/nats-connection.ts';
import { systemClock } from '../../adapters/process/system-clock.ts';
import type { MessageOrigin } from '../../core/cloud-events.ts';
import type { Doubt } from '../../core/partition/doubt.ts';
import type { Logger } from '../../core/types.ts';
import type { CxTextScorer } from '../../../models/serving/scorer.ts';
import type { Config } from '../config/config.ts';
import type { EngineHealth } from '../health.ts';
import type { Broker } from '../start/broker.ts';
import type { Closers } from '../start/closers.ts';
import type { Prepared } from '../start/prepare.ts';
import { openPartitionThread } from './open-partition-thread.ts';
import { PartitionThreads } from './partition-threads.ts';
import { threadCount } from './thread-count.ts';

export interface BesideThreads {
  readonly nc: NatsConnection;
  readonly keys: EngineKeys;
  readonly origin: MessageOrigin;
  /** null: nothing is scored. */
  readonly scorer: CxTextScorer | null;
  readonly doubt: Doubt | null;
  readonly health: EngineHealth;
  readonly logger: Logger;
}

/** Whether partitions of events run on threads of their own. */
export function hasThreads(config: Config): boolean {
  return threadCount(config, availableParallelism()) > 1;
}

/** null: they run on this one. */
export function openThreads(
  { config, expressions }: Pick<Prepared, 'config' | 'expressions'>,
  { urls }: Pick<Broker, 'urls'>,
  { nc, keys, origin, scorer, doubt, health, logger }: BesideThreads,
  closers: Closers,
): PartitionThreads | null {
  if (!hasThreads(config)) return null;
  const broker = { ...config.nats, servers: urls };
  const count = threadCount(config, availableParallelism());
  const data = { config, broker, keys, origin, isScored: scorer !== null, doubt: doubt?.memory ?? null }; // it is halted
  const threads = new PartitionThreads(data, count, {
    ...{ open: openPartitionThread, scorer, expressions, logger, elapsed: systemClock.elapsed },
    onTroubles: (number, troubles) =>
      connectionState(nc).noteTrouble(`thread ${String(number)} of partitions`, troubles),
  });
  health.watches(() => threads.waiting());
  closers.add(() => threads.end());
  logger.info('partitions run on threads', { partitions: config.partitions, threads: count });
  return threads;
}
