/** What a start reaches for outside of itself: the broker with its streams, and warm models, at the same time. */
import type { JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { jetstreamCommits } from '../../adapters/commits/jetstream-commits.ts';
import { managerOf } from '../../adapters/nats/jetstream-api.ts';
import { abortReason, connectNats } from '../../adapters/nats/nats-connection.ts';
import { maxPayloadOf, noteOldServer, requirePayload } from '../../adapters/streams/broker-fitness.ts';
import { type ReadInput, renewLostInputs } from '../../adapters/streams/lost-inputs.ts';
import { provisionStreams } from '../../adapters/streams/provision-streams.ts';
import { streamPlans, type StreamSettings } from '../../adapters/streams/streams.ts';
import { EngineError } from '../../core/errors.ts';
import { must } from '../../core/must.ts';
import type { Logger } from '../../core/types.ts';
import type { Scoring } from '../open-models.ts';
import { COMBINING_PARTITION, streamsOf } from '../partitions.ts';
import type { Broker } from './broker.ts';
import { brokerStep } from './broker-step.ts';
import type { Closers } from './closers.ts';
import type { Listening } from './listen.ts';
import type { Prepared } from './prepare.ts';

export interface ReachOptions {
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** See `LiveOptions.onStuck`. */
  readonly onStuck: () => void;
}

export interface Reached {
  readonly nc: NatsConnection;
  readonly jsm: JetStreamManager;
  readonly plans: Awaited<ReturnType<typeof provisionStreams>>;
  readonly scoring: Scoring | null;
}

/** Connection, streams and warm models; a failure of one ends the waiting for the others. */
export async function reach(
  { config, models }: Prepared,
  { urls, store }: Broker,
  health: Listening['health'],
  { logger, signal, onStuck }: ReachOptions,
  closers: Closers,
): Promise<Reached> {
  const { nats, partitions } = config;
  const onFailure = (reason: string): void => health.waitsFor('NATS', `not reached yet: ${reason}`);
  const connecting = connectNats({ ...nats, servers: urls }, logger, { signal, onFailure });
  closers.add(async () => (await connecting.catch(() => null))?.close());
  const warming = models?.open() ?? Promise.resolve(null);
  closers.addLast(() => closeScoring(warming, logger, onStuck));
  const warm = warming.then((scoring) => {
    for (const name of models?.names ?? []) health.has(name);
    return scoring;
  });
  warm.catch(() => undefined);
  const nc = await orFailed(connecting, warm);
  health.reached(nc);
  requirePayload(maxPayloadOf(nc), partitions);
  noteOldServer(nc.info?.version, store !== null, logger);
  const jsm = await managerOf(nc);
  const settings = { partitions, replicas: nats.replicas, limits: nats.streams };
  const provided = brokerStep('streams', 'not made or looked at yet', { health, logger, signal }, (onFailed) =>
    renewLostInputs(jsm, readInputs(nc, settings, logger, signal), { replicas: nats.replicas, logger }).then(() =>
      provisionStreams(jsm, settings, logger, { version: () => nc.info?.version, signal, onFailure: onFailed }),
    ),
  );
  health.has('NATS');
  const plans = await orStopped(orFailed(provided, warm), signal);
  return { nc, jsm, plans, scoring: await orStopped(warm, signal) };
}

/** What partitions read, and how far they have. State that cannot be read says nothing here: the partition says so itself. */
function readInputs(
  nc: NatsConnection,
  settings: StreamSettings,
  logger: Logger,
  signal: AbortSignal,
): readonly ReadInput[] {
  const { partitions } = settings;
  const events = Array.from({ length: partitions }, (_, partition) => partition);
  const plans = new Map(streamPlans(settings).map((plan) => [plan.name, plan]));
  return [...events, ...(partitions > 1 ? [COMBINING_PARTITION] : [])].map((partition) => ({
    plan: must(plans.get(streamsOf(partition).input)),
    position: async () => {
      const commits = jetstreamCommits(nc, { logger });
      try {
        return (await commits.open(partition, signal)).last?.position ?? 0; // nothing committed: nothing was read
      } catch (thrown) {
        if (thrown instanceof EngineError && thrown.code === 'STATE_UNREADABLE') return 0;
        throw thrown;
      } finally {
        commits.close();
      }
    },
  }));
}

/** How long a stop waits for a model that is being loaded. */
const LOADING_MS = 4_000;

/** A thread that is ended while it loads a model may take the process with it: it is waited for, last of all. */
async function closeScoring(warming: Promise<Scoring | null>, logger: Logger, onStuck: () => void): Promise<void> {
  const timer = setTimeout(() => {
    logger.info('stopped', { left: 'a model that is still being loaded' });
    onStuck();
  }, LOADING_MS);
  await (await warming.catch(() => null))?.close();
  clearTimeout(timer);
}

/** Of `wanted`; rejects at once should `beside` fail, whose success is not waited for. */
function orFailed<T>(wanted: Promise<T>, beside: Promise<unknown>): Promise<T> {
  return Promise.race([wanted, beside.then(() => wanted)]);
}

/** Of `wanted`; rejects at once when asked to stop. */
function orStopped<T>(wanted: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(abortReason(signal));
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    void wanted.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
