/**
 * The partitions of a live engine. One does everything in one chain. Of several, each does what concerns its own events, and
 * one more combines what they have added up.
 */
import { hostname } from 'node:os';
import { COMBINING_PARTITION } from '../core/partition/combining.ts';
import type { MessageOrigin } from '../core/cloud-events.ts';
import { at, must } from '../core/must.ts';
import type { NatsConnection } from '@nats-io/transport-node';
import { acquireLease } from '../adapters/leases/lease.ts';
import { hearTime, tellingTime } from '../adapters/nats/combined-time.ts';
import { systemClock } from '../adapters/process/system-clock.ts';
import { jetstreamSink } from '../adapters/streams/jetstream-sink.ts';
import { jetstreamSource } from '../adapters/streams/jetstream-source.ts';
import { streamAgain } from '../adapters/streams/stream-again.ts';
import { eventStream, OUTPUT_STREAMS, PARTIALS_STREAM } from '../adapters/streams/streams.ts';
import type { BatchStage, CommitStore, LiveFeed, Logger, Prepared, RawMessage, TimeState } from '../core/types.ts';
import { startPartition } from '../runtime/driver.ts';
import type { PartitionConfig } from '../runtime/partition-config.ts';
import {
  supervisePartition,
  type Attempt,
  type AttemptSignals,
  type Ownership,
  type OwnershipWait,
  type SupervisedPartition,
} from '../runtime/assignment/supervisor.ts';
import { partialsStage, type PartialMessage } from '../../operators/kpis/exchange/partial-message.ts';
import type { CompileExpression, CxEvent } from '../../operators/shared/messages.ts';
import { backfillOf, type BackfillParts } from './backfill.ts';
import type { Doubt } from '../core/partition/doubt.ts';
import type { Sharing } from '../runtime/sharing/sharing.ts';
import type { Config } from './config/config.ts';
import type { PartitionWork, PartitionWorks } from './fill-partitions.ts';
import type { BoardMirror } from './start/board-mirror.ts';
import { chainOf, combiningChainOf, partitionChainOf } from './pipeline.ts';

export { COMBINING_PARTITION };

export interface PartitionParts {
  readonly nc: NatsConnection;
  /** Of all messages out. */
  readonly origin: MessageOrigin;
  readonly commits: CommitStore & { blocked(): string | undefined };
  readonly stage: BatchStage<RawMessage, Prepared<CxEvent>>;
  /** Expressions of the configuration. */
  readonly compile: CompileExpression;
  readonly hub: LiveFeed & { forgetPartition(partition: number): void };
  /** Where partitions of events run; left out: in this thread. */
  readonly elsewhere?: Elsewhere | null;
  /** With whom they are shared; left out or null: each runs where its lease is. */
  readonly sharing?: Pick<Sharing, 'own'> | null;
  /** To the boards of those with whom they are shared. */
  readonly mirror?: Pick<BoardMirror, 'live' | 'begin' | 'end'> | null;
  /** Of its outcome, for what runs in this thread. */
  readonly doubt?: Doubt | null;
  /** Nobody else can have these partitions: their store has one owner already. */
  readonly isAlone: boolean;
  readonly logger: Logger;
  /** Asks for a graceful stop. */
  readonly signal: AbortSignal;
}

/** Threads that partitions of events run on. */
export interface Elsewhere {
  start(partition: number, signals: AttemptSignals): Attempt;
  /** Whatever starts from now on starts as this configuration says. */
  configure(config: Config): void;
}

export interface StartedPartition {
  /** The stream it reads. */
  readonly input: string;
  readonly run: SupervisedPartition;
}

export interface StartedPartitions {
  readonly partitions: readonly StartedPartition[];
  /** From now on each starts as this configuration says, with this stage; what runs is made to start again, what combines first. Resolves when it has. */
  reconfigure(config: Config, stage: PartitionParts['stage']): Promise<void>;
}

export function startPartitions(
  config: Config,
  parts: PartitionParts,
  reset: ReadonlySet<string> = new Set(),
  isBackfill = false,
): StartedPartitions {
  const combined = config.partitions === 1 ? () => undefined : hearTime(parts.nc);
  const works = (
    now: Config,
    stage: PartitionParts['stage'],
    resetting: ReadonlySet<string>,
  ): PartitionWorks | Alone =>
    now.partitions === 1
      ? aloneOf(now, { ...parts, stage }, resetting, isBackfill)
      : worksOf(now, { ...parts, stage }, resetting, combined);
  let current = works(config, parts.stage, reset);
  const eventsAt = (partition: number) => (): PartitionWork<CxEvent> => at(current.events, partition);
  const { elsewhere = null } = parts;
  const alone = { input: eventStream(0), outputs: OUTPUT_STREAMS };
  const partitions = current.events.map(({ partition }) =>
    start(parts, partition, eventsAt(partition), config.partitions === 1 ? alone : streamsOf(partition), elsewhere),
  );
  if (current.combining !== null) {
    const { nc, commits, logger } = parts;
    const telling = { ...tellingTime(nc, commits, logger), blocked: () => commits.blocked() };
    const combining = (): PartitionWork<PartialMessage> => {
      const work = must(current.combining, 'several partitions are combined');
      return parts.mirror == null ? work : { ...work, live: parts.mirror.live };
    };
    const streams = streamsOf(COMBINING_PARTITION);
    partitions.push(start({ ...parts, commits: telling }, COMBINING_PARTITION, combining, streams, null, parts.mirror));
  }
  return {
    partitions,
    reconfigure: async (next, stage) => {
      current = works(next, stage, new Set());
      elsewhere?.configure(next);
      // Partitions send what only the same configuration can read.
      const events = current.combining === null ? partitions : partitions.slice(0, -1);
      if (current.combining !== null) await must(partitions.at(-1)).run.renew();
      await Promise.all(events.map(({ run }) => run.renew()));
    },
  };
}

/** All that a store has, the combining one last. */
export function partitionNumbers({ partitions }: Pick<Config, 'partitions'>): readonly number[] {
  const events = Array.from({ length: partitions }, (_, partition) => partition);
  return partitions === 1 ? events : [...events, COMBINING_PARTITION];
}

/** One partition does everything. */
interface Alone extends Pick<PartitionWorks, 'events'> {
  readonly combining: null;
}

function aloneOf(config: Config, parts: PartitionParts, reset: ReadonlySet<string>, isBackfill: boolean): Alone {
  const { stage, hub, compile } = parts;
  const chain = chainOf(config, { reset, compile });
  const backfill = isBackfill ? { backfill: backfillOf(config, backfillParts(parts), reset) } : null;
  const work = { partition: 0, stage, chain, live: hub, config: settingsOf(config), ...backfill };
  return { events: [work], combining: null };
}

function settingsOf({ time: { outOfOrdernessMs, idleAfterMs }, commit, outputs }: Config): PartitionConfig {
  return { outOfOrdernessMs, idleAfterMs, commit, mostTogether: outputs.enrichedBatch };
}

/** Of several: those of events, and the one that combines them, which alone has rules. `combined`: how far that one is. */
export function worksOf(
  config: Config,
  parts: Pick<PartitionParts, 'stage' | 'hub' | 'compile'>,
  reset: ReadonlySet<string>,
  combined: () => TimeState | undefined,
): PartitionWorks {
  const { hub, compile } = parts;
  return {
    events: eventWorksOf(config, { ...parts, hub: withoutTime(hub) }, combined),
    combining: {
      partition: COMBINING_PARTITION,
      stage: partialsStage(),
      chain: combiningChainOf(config, { reset, compile }),
      live: hub,
      config: { ...settingsOf(config), inputs: config.partitions },
    },
  };
}

/** Of several, those of events. */
export function eventWorksOf(
  config: Config,
  { stage, hub, compile }: Pick<PartitionParts, 'stage' | 'compile'> & { readonly hub: LiveFeed },
  combined: () => TimeState | undefined,
): PartitionWorks['events'] {
  const chain = partitionChainOf(config, combined, { compile });
  const work = { stage, chain, live: hub, config: settingsOf(config) };
  return Array.from({ length: config.partitions }, (_, partition) => ({ ...work, partition }));
}

/** What one of several partitions reads, and what it writes. */
export function streamsOf(partition: number): PartitionStreams {
  return partition === COMBINING_PARTITION
    ? { input: PARTIALS_STREAM, outputs: OUTPUT_STREAMS }
    : { input: eventStream(partition), outputs: [...OUTPUT_STREAMS, PARTIALS_STREAM] };
}
interface PartitionStreams {
  readonly input: string;
  readonly outputs: readonly string[];
}

/** The time that boards see is that of the combination. */
export function withoutTime(hub: LiveFeed): LiveFeed {
  return {
    show: (items) => hub.show(items),
    committed: (messages) => hub.committed(messages),
    time: () => undefined,
    restored: () => undefined,
  };
}

export function backfillParts({ nc, stage, logger }: PartitionParts): BackfillParts {
  const again: BackfillParts['again'] = ({ partition, until }, signal) =>
    streamAgain(nc, { stream: eventStream(partition), until, logger }, signal);
  return { stage, again, clock: systemClock, logger };
}

export function sinkOf(
  { nc, logger, origin }: Pick<PartitionParts, 'nc' | 'logger' | 'origin'>,
  partition: number,
  streams: readonly string[],
  signal: AbortSignal,
): ReturnType<typeof jetstreamSink> {
  return jetstreamSink(nc, { streams, origin, logger, isOwnId: isIdOf(partition) }, signal);
}

/** One life of a partition, in this thread. */
export async function attemptHere<T>(
  parts: Pick<PartitionParts, 'nc' | 'commits' | 'logger' | 'origin' | 'doubt'>,
  partition: number,
  work: () => PartitionWork<T>,
  { stop, halt }: AttemptSignals,
  { input, outputs }: PartitionStreams = streamsOf(partition),
): Promise<Attempt> {
  const { nc, commits, logger } = parts;
  // As it is configured now, whatever is taken up meanwhile: that starts another.
  const doing = work();
  const source = jetstreamSource(nc, { stream: input, partition, logger });
  const sink = await sinkOf(parts, partition, outputs, AbortSignal.any([stop, halt]));
  const queues = (): Readonly<Record<string, number>> => ({
    unread: source.buffered(),
    unread_bytes: source.bufferedBytes(),
    publishing: sink.depth(),
    publishing_bytes: sink.pendingBytes(),
  });
  const doubted = parts.doubt == null ? null : { doubts: parts.doubt.count };
  const ports = { source, sink, commits, clock: systemClock, logger };
  const run = startPartition({ ...doing, ...ports, ...doubted, signal: stop, halt });
  return { run, blocked: () => sink.blocked() ?? commits.blocked(), queues, close: () => sink.close() };
}

function start<T>(
  parts: PartitionParts,
  partition: number,
  work: () => PartitionWork<T>,
  streams: PartitionStreams,
  elsewhere: Elsewhere | null = null,
  mirror: PartitionParts['mirror'] = null,
): StartedPartition {
  const { nc, hub, isAlone, sharing = null, logger, signal } = parts;
  const { input } = streams;
  const attempt = async (signals: AttemptSignals): Promise<Attempt> => {
    mirror?.begin();
    return elsewhere === null
      ? attemptHere(parts, partition, work, signals, streams)
      : elsewhere.start(partition, signals);
  };
  const own = (ending: AbortSignal, onWait: (wait: OwnershipWait) => void): Promise<Ownership> =>
    sharing?.own(partition, ending, onWait) ??
    acquireLease(nc, { partition, owner: ownerName(), logger, onWait }, ending);
  const run = supervisePartition({
    ...{ partition, start: attempt, logger, signal },
    own: isAlone ? null : own,
    onEnd: () => {
      mirror?.end();
      hub.forgetPartition(partition);
    },
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
