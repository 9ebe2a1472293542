/** What is done with partitions while nobody runs them: lost state is reset, KPIs of several are filled. */
import type { NatsConnection } from '@nats-io/transport-node';
import { acquireTogether, releaseAll } from '../adapters/leases/leases-together.ts';
import type { LeaseWait } from '../adapters/leases/lease.ts';
import { untilNobodyShares, whoShares } from '../adapters/leases/nobody-shares.ts';
import { resetLostState, type LifeAfter } from '../adapters/commits/state-reset.ts';
import { systemClock } from '../adapters/process/system-clock.ts';
import { emptySource, sourceToEnd } from '../adapters/streams/ending-sources.ts';
import { eventStream, OUTPUT_STREAMS } from '../adapters/streams/streams.ts';
import { EngineError, reasonOf } from '../core/errors.ts';
import { START_OF_TIME, type Millis } from '../core/types.ts';
import { savedFingerprints } from '../runtime/commits/recovery.ts';
import { startPartition } from '../runtime/driver.ts';
import { lostCombination, lostKpis, lostPartials, type LostState } from '../../operators/kpis/exchange/lost-state.ts';
import type { Config } from './config/config.ts';
import { fillPartitions, type FillOptions, type PartitionWorks } from './fill-partitions.ts';
import {
  backfillParts,
  COMBINING_PARTITION,
  ownerName,
  partitionNumbers,
  sinkOf,
  streamsOf,
  withoutTime,
  worksOf,
  type PartitionParts,
} from './partitions.ts';

interface Waiting {
  readonly signal: AbortSignal;
  readonly onWait: ((reason: string) => void) | undefined;
  /** Instances may run them without a lease. */
  readonly isShared: boolean;
}

/** Throws EngineError INSTANCES_RUN where others run partitions that `what` would change, or that they could not take from each other meanwhile. */
export async function refuseBesideSharers(nc: NatsConnection, what: string, signal: AbortSignal): Promise<void> {
  const by = await whoShares(nc, signal);
  if (by !== null) throw new EngineError('INSTANCES_RUN', [what, by]);
}

/** `--reset state`: waits until nobody runs any of them. */
export async function resetPartitions(
  config: Config,
  parts: PartitionParts,
  signal: AbortSignal,
  onWait?: (reason: string) => void,
): Promise<void> {
  const { nc, logger } = parts;
  const numbers = partitionNumbers(config);
  const streams =
    numbers.length === 1
      ? [{ partition: 0, input: eventStream(0), outputs: OUTPUT_STREAMS, isCombining: false }]
      : numbers.map((partition) => ({
          ...{ partition, isCombining: partition === COMBINING_PARTITION },
          ...streamsOf(partition),
        }));
  await whileNobodyRuns(numbers, parts, { signal, onWait, isShared: config.instances === 'share' }, async (ours) => {
    await resetLostState(nc, streams, lifeAfter(config), logger, ours);
  });
}

/** `--backfill` with several partitions: waits until nobody runs any of them. Whatever passes is thrown as an Error of no kind. */
export async function backfillPartitions(
  config: Config,
  parts: PartitionParts,
  reset: ReadonlySet<string>,
  signal: AbortSignal,
  onWait?: (reason: string) => void,
): Promise<void> {
  const { nc, commits, hub, logger } = parts;
  await whileNobodyRuns(
    partitionNumbers(config),
    parts,
    { signal, onWait, isShared: config.instances === 'share' },
    async (ours) => {
      const combiningOf = (of: Config): PartitionWorks['combining'] => {
        const { combining } = worksOf(of, parts, reset, () => undefined);
        return { ...combining, live: withoutTime(hub) };
      };
      const run: FillOptions['run'] = async (work, extent) => {
        const { input, outputs } = streamsOf(work.partition);
        const source = extent === 'nothing' ? emptySource() : sourceToEnd(nc, input, logger);
        const sink = await sinkOf(parts, work.partition, outputs, ours);
        try {
          const ports = { source, sink, commits, clock: systemClock, logger };
          const running = startPartition({ ...work, ...ports, signal, halt: ours });
          await running.done;
          signal.throwIfAborted();
          return running.stats();
        } finally {
          sink.close();
        }
      };
      const { events } = worksOf(config, parts, reset, () => undefined);
      const works = { events, combining: combiningOf(config) };
      const fingerprints = async (): ReturnType<FillOptions['fingerprints']> =>
        savedFingerprints(await commits.open(COMBINING_PARTITION, ours)) ?? {}; // nothing is saved
      await fillPartitions({ config, works, combiningOf, fingerprints, reset, run, ...backfillParts(parts) });
    },
  );
}

/** `work` is given a signal that is aborted when they may be in use again; it is begun again then. */
async function whileNobodyRuns(
  numbers: readonly number[],
  { nc, isAlone, logger }: PartitionParts,
  { signal, onWait, isShared }: Waiting,
  work: (ours: AbortSignal) => Promise<void>,
): Promise<void> {
  const leases = {
    owner: ownerName(),
    logger,
    onWait: ({ partition, reason }: LeaseWait & { readonly partition: number }) =>
      onWait?.(`partition ${partition}: ${reason}`),
  };
  for (;;) {
    const owned = await acquireTogether(nc, isAlone ? [] : numbers, leases, signal);
    const ours = AbortSignal.any([signal, ...owned.map(({ lost }) => lost)]);
    try {
      // Whoever shares takes nothing that is leased, and may run what it took before.
      if (isShared) await untilNobodyShares(nc, ours, onWait);
      await work(ours);
      return;
    } catch (error) {
      if (signal.aborted || !ours.aborted) throw passing(error);
      logger.warn('the state may be in use again, looking at it again', { reason: reasonOf(error) });
    } finally {
      await releaseAll(owned);
    }
  }
}

/** A step of a start that fails with an error of no kind is tried again. */
function passing(error: unknown): unknown {
  return error instanceof EngineError && error.kind === 'io' ? new Error(reasonOf(error), { cause: error }) : error;
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
