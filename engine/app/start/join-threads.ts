/** Facts, stages and threads of the partitions: what they run with, here or elsewhere. */
import type { NatsConnection } from '@nats-io/transport-node';
import type { EngineKeys } from '../../adapters/keys/engine-keys.ts';
import type { MessageOrigin } from '../../core/cloud-events.ts';
import type { Family } from '../../core/metrics.ts';
import type { Doubt } from '../../core/partition/doubt.ts';
import type { Logger } from '../../core/types.ts';
import type { EngineHealth } from '../health.ts';
import type { Scoring } from '../open-models.ts';
import type { PartitionThreads } from '../threads/partition-threads.ts';
import { hasThreads, openThreads } from '../threads/open-threads.ts';
import type { Broker } from './broker.ts';
import type { Closers } from './closers.ts';
import type { Connected } from './connected.ts';
import { joinFacts } from './join-facts.ts';
import { liveStages, type StageParts } from './live-stages.ts';
import type { Prepared } from './prepare.ts';

export interface WorkParts extends Pick<StageParts, 'maxPayload' | 'maybeYield'> {
  readonly nc: NatsConnection;
  readonly keys: EngineKeys;
  readonly origin: MessageOrigin;
  readonly scoring: Scoring | null;
  readonly doubt: Doubt | null;
  readonly isBackfill: boolean;
  readonly health: EngineHealth;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

export interface JoinedThreads extends Pick<Connected, 'counted'> {
  /** Of whatever runs here. */
  readonly stageOf: ReturnType<typeof liveStages>;
  /** null: all partitions run here. */
  readonly threads: PartitionThreads | null;
}

export async function joinThreads(
  prepared: Prepared,
  broker: Broker,
  parts: WorkParts,
  closers: Closers,
): Promise<JoinedThreads> {
  const { nc, keys, scoring, isBackfill } = parts;
  const scorer = scoring?.scorer ?? null;
  // Each thread of partitions has its own.
  const isReadHere = isBackfill || !hasThreads(prepared.config);
  const facts = isReadHere ? await joinFacts(nc, prepared, keys, parts, closers) : null;
  const threads = openThreads(prepared, broker, { ...parts, scorer }, closers);
  const here = (): readonly Family[] => facts?.families() ?? []; // none are configured, or threads have them
  return {
    stageOf: liveStages({ ...parts, scorer, facts, seal: prepared.seal }),
    threads,
    counted: threads === null ? here : () => threads.families(here()),
  };
}
