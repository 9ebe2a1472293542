/**
 * The partitions of a live engine. One does everything in one chain. Of several, each does what concerns its own events, and
 * one more combines what they have added up.
 */
import { hostname } from 'node:os';
import type { NatsConnection } from '@nats-io/transport-node';
import { hearTime, tellingTime } from '../adapters/nats/combined-time.ts';
import { jetstreamSink } from '../adapters/streams/jetstream-sink.ts';
import { jetstreamSource } from '../adapters/streams/jetstream-source.ts';
import { acquireLease, type LeaseWait } from '../adapters/leases/lease.ts';
import { acquireTogether, releaseAll } from '../adapters/leases/leases-together.ts';
import { resetLostState, type LifeAfter } from '../adapters/commits/state-reset.ts';
import { eventStream, OUTPUT_STREAMS, PARTIALS_STREAM } from '../adapters/streams/streams.ts';
import { systemClock } from '../adapters/process/system-clock.ts';
import type { ChainDef } from '../core/chain.ts';
import { reasonOf } from '../core/errors.ts';
import { START_OF_TIME, type BatchStage, type CommitStore, type LiveFeed, type Logger } from '../core/types.ts';
import type { Millis, Prepared, RawMessage } from '../core/types.ts';
import { startPartition, type PartitionOptions } from '../runtime/driver.ts';
import {
  supervisePartition,
  type Attempt,
  type AttemptSignals,
  type Ownership,
  type OwnershipWait,
  type SupervisedPartition,
} from '../runtime/assignment/supervisor.ts';
import { backfillOf } from './backfill.ts';
import type { Config } from './config/config.ts';
import { lostCombination, lostKpis, lostPartials, type LostState } from '../../operators/kpis/exchange/lost-state.ts';
import { partialsStage } from '../../operators/kpis/exchange/partial-message.ts';
import type { CompileExpression, CxEvent } from '../../operators/shared/messages.ts';
import { chainOf, combiningChainOf, partitionChainOf } from './pipeline.ts';

/** Above the number of any partition of events, so that it means the same whatever their number. */
export const COMBINING_PARTITION = 65_536;

export interface PartitionParts {
  readonly nc: NatsConnection;
  readonly commits: CommitStore & { blocked(): string | undefined };
  readonly stage: BatchStage<RawMessage, Prepared<CxEvent>>;
  /** Expressions of the configuration. */
  readonly compile: CompileExpression;
  readonly hub: LiveFeed & { forgetPartition(partition: number): void };
  /** Nobody else can have these partitions: their store has one owner already. */
  readonly isAlone: boolean;
  readonly logger: Logger;
  /** Asks for a graceful stop. */
  readonly signal: AbortSignal;
}

export interface StartedPartition {
  /** The stream it reads. */
  readonly input: string;
  readonly run: SupervisedPartition;
}

/** `--reset state`: waits until nobody runs any of them. */
export async function resetPartitions(
  config: Config,
  { nc, isAlone, logger }: PartitionParts,
  signal: AbortSignal,
  onWait?: (reason: string) => void,
): Promise<void> {
  const { partitions } = config;
  const events = Array.from({ length: partitions }, (_, partition) => ({ partition, input: eventStream(partition) }));
  const streams =
    partitions === 1
      ? events.map((one) => ({ ...one, outputs: OUTPUT_STREAMS, isCombining: false }))
      : [
          ...events.map((one) => ({ ...one, outputs: [...OUTPUT_STREAMS, PARTIALS_STREAM], isCombining: false })),
          { partition: COMBINING_PARTITION, input: PARTIALS_STREAM, outputs: OUTPUT_STREAMS, isCombining: true },
        ];
  const numbers = isAlone ? [] : streams.map(({ partition }) => partition);
  const leases = {
    owner: ownerName(),
    logger,
    onWait: ({ partition, reason }: LeaseWait & { readonly partition: number }) =>
      onWait?.(`partition ${partition}: ${reason}`),
  };
  for (;;) {
    const owned = await acquireTogether(nc, numbers, leases, signal);
    const ours = AbortSignal.any([signal, ...owned.map(({ lost }) => lost)]);
    try {
      await resetLostState(nc, streams, lifeAfter(config), logger, ours);
      return;
    } catch (error) {
      if (signal.aborted || !ours.aborted) throw error;
      logger.warn('the state may be in use again, looking at it again', { reason: reasonOf(error) });
    } finally {
      await releaseAll(owned);
    }
  }
}

/** Every KPI joins at the time that was reached, so that no window from before is reported as whole, or twice. */
function lifeAfter({ partitions, time: { zone, outOfOrdernessMs } }: Config): LifeAfter {
  return (partition, { maxTs, watermark, stored }) => {
    const at = (reached: Millis, lost: LostState): ReturnType<LifeAfter> => ({
      ...lost,
      time: { maxTs, watermark: reached, lastArrival: stored },
    });
    if (partitions === 1) return at(watermark, lostKpis(zone, { maxTs, watermark }));
    if (partition === COMBINING_PARTITION)
      return at(watermark, lostCombination(zone, { maxTs, watermark }, partitions));
    // Its own time is in no value.
    const own = maxTs === START_OF_TIME ? START_OF_TIME : maxTs - outOfOrdernessMs;
    return at(own, lostPartials(zone, { maxTs, watermark: own }, partitions));
  };
}

export function startPartitions(
  config: Config,
  parts: PartitionParts,
  reset: ReadonlySet<string> = new Set(),
  isBackfill = false,
): readonly StartedPartition[] {
  const { stage, hub, compile } = parts;
  const { outOfOrdernessMs, idleAfterMs } = config.time;
  const settings = { outOfOrdernessMs, idleAfterMs, commit: config.commit };
  const numbers = Array.from({ length: config.partitions }, (_, partition) => partition);
  if (config.partitions === 1) {
    const chain = chainOf(config, { reset, compile });
    const backfill = isBackfill ? { backfill: backfillOf(config, parts, reset) } : null;
    const work = { stage, chain, live: hub, config: settings, ...backfill };
    return numbers.map((partition) => start(parts, { ...work, partition }, eventStream(partition), OUTPUT_STREAMS));
  }
  const chain = partitionChainOf(config, hearTime(parts.nc), { compile });
  const outputs = [...OUTPUT_STREAMS, PARTIALS_STREAM];
  // The time that boards see is that of the combination.
  // And it alone has rules.
  const live: LiveFeed = {
    show: (items) => hub.show(items),
    committed: (messages) => hub.committed(messages),
    time: () => undefined,
    restored: () => undefined,
  };
  const { nc, commits, logger } = parts;
  const telling = { ...tellingTime(nc, commits, logger), blocked: () => commits.blocked() };
  const combining = {
    partition: COMBINING_PARTITION,
    stage: partialsStage(),
    chain: combiningChainOf(config, { reset, compile }),
    live: hub,
    config: { ...settings, inputs: config.partitions },
  };
  return [
    ...numbers.map((partition) =>
      start(parts, { partition, stage, chain, live, config: settings }, eventStream(partition), outputs),
    ),
    start({ ...parts, commits: telling }, combining, PARTIALS_STREAM, OUTPUT_STREAMS),
  ];
}

interface Work<T> extends Pick<PartitionOptions<T>, 'partition' | 'stage' | 'live' | 'config' | 'backfill'> {
  readonly chain: ChainDef<T, unknown>;
}

function start<T>(
  { nc, commits, hub, isAlone, logger, signal }: PartitionParts,
  work: Work<T>,
  input: string,
  outputs: readonly string[],
): StartedPartition {
  const { partition } = work;
  const attempt = async ({ stop, halt }: AttemptSignals): Promise<Attempt> => {
    const source = jetstreamSource(nc, { stream: input, partition, logger });
    const ending = AbortSignal.any([stop, halt]);
    const isOwnId = isIdOf(partition);
    const sink = await jetstreamSink(nc, { streams: outputs, source: '/earshot', logger, isOwnId }, ending);
    const queues = (): Readonly<Record<string, number>> => ({
      unread: source.buffered(),
      unread_bytes: source.bufferedBytes(),
      publishing: sink.depth(),
      publishing_bytes: sink.pendingBytes(),
    });
    const run = startPartition({ ...work, source, sink, commits, clock: systemClock, logger, signal: stop, halt });
    return { run, blocked: () => sink.blocked() ?? commits.blocked(), queues, close: () => sink.close() };
  };
  const own = (ending: AbortSignal, onWait: (wait: OwnershipWait) => void): Promise<Ownership> =>
    acquireLease(nc, { partition, owner: ownerName(), logger, onWait }, ending);
  const run = supervisePartition({
    ...{ partition, start: attempt, logger, signal },
    own: isAlone ? null : own,
    onEnd: () => hub.forgetPartition(partition),
    clock: systemClock,
  });
  return { input, run };
}

export function ownerName(): string {
  return `${hostname()} ${String(process.pid)}`;
}

/** Ids of outputs say whose they are (engine/runtime/commits/outlet.ts). */
function isIdOf(partition: number): (id: string) => boolean {
  const name = String(partition);
  return (id) => id.startsWith(name) && (id[name.length] === '.' || id[name.length] === ':');
}
