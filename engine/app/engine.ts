/**
 * The composition root: how a live engine starts and stops, with everything outside it. No logic of its own beyond wiring and order.
 */
import { setMaxListeners } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { single } from '../core/metrics.ts';
import { startGateway } from '../gateway/gateway.ts';
import type { GatewayPorts } from '../gateway/gateway-ports.ts';
import { InputGate } from '../adapters/nats/input-gate.ts';
import { jetstreamCommits } from '../adapters/commits/jetstream-commits.ts';
import { abortReason, connectNats, connectionOptions } from '../adapters/nats/nats-connection.ts';
import { watchDisk, type DiskRoom } from '../adapters/embedded-server/disk-space.ts';
import { startNatsServer, type NatsServer } from '../adapters/embedded-server/nats-server.ts';
import { packageRoot } from '../adapters/process/package-root.ts';
import { Publisher } from '../adapters/nats/publisher.ts';
import { latestValues, type LatestValues } from '../adapters/scoring/latest-values.ts';
import { kpiHistory } from '../adapters/streams/stream-history.ts';
import { roomFamily, startKeepingRoom, type RoomReport } from '../adapters/streams/stream-retention.ts';
import { provisionStreams } from '../adapters/streams/provision-streams.ts';
import { systemClock } from '../adapters/process/system-clock.ts';
import { inTurns } from '../core/steps.ts';
import type { Json, Logger } from '../core/types.ts';
import { pipeStages } from '../runtime/stages.ts';
import { turnsAfter } from '../runtime/yielding.ts';
import type { Config } from './config/config.ts';
import type { KpiConfig } from '../../operators/kpis/kpis-config.ts';
import { stampEmitted } from '../../operators/events/enriched.ts';
import { createIngest, ingestAnswer } from '../../operators/events/ingest.ts';
import { publicSchemas } from '../../operators/events/public-schemas.ts';
import { resetPartitions, startPartitions } from './partitions.ts';
import { eventRules, stagesOf } from './pipeline.ts';
import { EngineHealth } from './health.ts';
import { commandMessage, describeKpi, gatewayOptions } from './gateway-forms.ts';
import { findModels, learnedReference, withReference, type Scoring } from './open-models.ts';

export const VERSION = (JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as { version: string })
  .version;

export interface LiveEngine {
  /** Of the gateway. */
  readonly url: string;
  readonly natsUrls: readonly string[];
  readonly nc: NatsConnection;
  /** For who feeds the engine from the same process. */
  readonly publisher: Publisher;
  /** Rejects when a partition fails for good. */
  readonly failed: Promise<never>;
  /** Ends everything in order: input, commits, gateway, workers, broker. */
  stop(): Promise<void>;
}

export interface LiveOptions {
  readonly config: Config;
  readonly logger: Logger;
  /** What the board says of its data: null when all of it is real. */
  readonly demo: Json;
  /** KPIs that begin anew if their saved state does not fit; and whether lost state is gone on from. */
  readonly reset?: { readonly kpis: readonly string[]; readonly state: boolean };
  readonly signal: AbortSignal;
  /**
   * Told when all else has stopped, and a thread that loads a model has not: it cannot be ended, and `process.exit` would wait for
   * it. Nothing is lost if the process is ended from outside.
   */
  readonly held?: () => void;
}

/** How long a stop waits for that. */
const LOADING_MS = 4_000;

/** Starts the engine and its gateway; resolves when events are read and boards are served. */
export async function startEngine(options: LiveOptions): Promise<LiveEngine> {
  const closers: (() => Promise<void> | void)[] = [];
  const stopParts = async (): Promise<void> => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  // Ends what still tries for ever, should another part fail to start.
  const given = new AbortController();
  closers.push(() => given.abort(new Error('stopping')));
  const either = AbortSignal.any([options.signal, given.signal]);
  const held = (): void => {
    if (options.signal.aborted) options.held?.();
  };
  setMaxListeners(0, either);
  try {
    return await startParts({ ...options, signal: either, held }, closers, stopParts);
  } catch (thrown) {
    given.abort(thrown);
    await stopParts();
    throw thrown;
  }
}

async function startParts(
  { config: configuration, logger, demo, reset, signal, held }: LiveOptions,
  closers: (() => Promise<void> | void)[],
  stop: () => Promise<void>,
): Promise<LiveEngine> {
  const { partitions, nats } = configuration;
  const health = new EngineHealth();
  // A thread that is ended while it loads a model may take the process with it: it is waited for, last of all.
  let warming: Promise<Scoring | null> = Promise.resolve(null);
  closers.push(async () => {
    const timer = setTimeout(() => {
      logger.info('stopped', { left: 'a model that is still being loaded' });
      held?.();
    }, LOADING_MS);
    await (await warming.catch(() => null))?.close();
    clearTimeout(timer);
  });
  // What is wrong with the configuration shows here, before anything listens; what only loading a model shows, later.
  const models = await findModels(configuration, logger);
  const learned = await learnedReference(configuration, logger);
  if (learned !== null) closers.push(() => learned.saved());
  const config = withReference(configuration, models?.reference ?? null, learned, logger);
  // Compiles schemas, for which no probe should have to wait.
  const rules = eventRules(config);
  const listening = gatewayOptions(config);
  connectionOptions(nats, 'earshot');
  let server: NatsServer | null = null;
  let disk: DiskRoom | null = null;
  if (nats.servers.length === 0) {
    const { store, port } = nats.embedded;
    server = await startNatsServer({ store, port, partitions, logger });
    const started = server;
    closers.push(() => started.stop());
    logger.info('nats-server started', { url: started.url, pid: started.pid() });
    const { room, stop: stopWatching } = watchDisk({ folder: store, logger, onRoomAgain: () => started.restart() });
    closers.push(stopWatching);
    health.watches(() => room.full());
    disk = room;
  }
  const natsUrls = server === null ? nats.servers : [server.url];

  const watched: LatestValues[] = [];
  let scoring: Scoring | null = null;
  let gate: InputGate | null = null;
  let room: readonly RoomReport[] = [];
  // What the gateway is asked from the start; what needs the broker and the models joins it when they are there.
  const ports: { -readonly [Name in keyof GatewayPorts]: GatewayPorts[Name] } = {
    log: logger,
    version: VERSION,
    kpis: () => config.kpis.map(describeKpi),
    board: () => ({ title: config.board.title, tiles: config.board.tiles, zone: config.time.zone, demo }),
    starting: () => health.starting(),
    healthy: () => health.alive(),
    ready: () => health.ready(),
    partitions: () => health.runs.map((run) => run.stats()),
    families: () => [
      ...(scoring?.families() ?? []),
      ...watched.flatMap((values) => values.families()),
      roomFamily(room),
      ...(disk?.families() ?? []),
      single('earshot_gateway_input_late_total', 'counter', INPUT_LATE, gate?.refusals.late ?? 0),
    ],
    queues: () => gate?.queues() ?? [],
    schemas: Object.fromEntries(publicSchemas().map(({ name, version, schema }) => [`${name}/${version}`, schema])),
  };
  health.waitsFor('NATS', 'not reached yet');
  for (const name of models?.names ?? []) health.waitsFor(name, 'warming up');
  signal.throwIfAborted();
  const gateway = await startGateway(listening, ports);
  const { hub } = gateway;
  hub.board.loseSight();
  closers.push(() => gateway.close());

  const onFailure = (reason: string): void => health.waitsFor('NATS', `not reached yet: ${reason}`);
  const connecting = connectNats({ ...nats, servers: natsUrls }, logger, { signal, onFailure });
  closers.push(async () => (await connecting.catch(() => null))?.close());
  warming = models?.open() ?? warming;
  const warm = warming.then((opened) => {
    for (const name of models?.names ?? []) health.has(name);
    return opened;
  });
  warm.catch(() => undefined);
  const nc = await orFailed(connecting, warm);
  health.reached(nc);
  health.waitsFor('streams', 'not made or looked at yet');
  health.has('NATS');
  const jsm = await jetstreamManager(nc, { checkAPI: false });
  const settings = { partitions, replicas: nats.replicas, limits: nats.streams };
  const provided = provisionStreams(jsm, settings, logger, {
    version: () => nc.info?.version,
    signal,
    onFailure: (reason) => health.waitsFor('streams', reason),
  });
  const plans = await orStopped(orFailed(provided, warm), signal);
  health.has('streams');
  const warmed = await orStopped(warm, signal);
  scoring = warmed;

  const input = new Publisher(nc, { logger });
  closers.push(() => input.close());
  const taking = new InputGate(input, signal);
  gate = taking;
  // Requests and the stages share what they may hold the loop for.
  const turn = turnsAfter();
  const ingest = createIngest(rules);
  Object.assign(ports, {
    history: async (query, stopped) => {
      const { key, ...rest } = query;
      const { values } = await kpiHistory(nc, key === null ? rest : { ...rest, key }, { logger }, stopped);
      return values;
    },
    ingest: async (headers, body) => {
      const taken = await inTurns(ingest(headers, body, systemClock.now()), turn);
      const outcome = taken.accepted.length === 0 ? 'stored' : await taking.store(taken.accepted);
      return outcome === 'stored' ? ingestAnswer(taken) : outcome;
    },
    ...(warmed === null ? {} : { reloadModels: () => warmed.reload() }),
    command: (command) => taking.store([commandMessage(command)]),
  } satisfies Partial<GatewayPorts>);
  // Before the connection and the workers that its answers need.
  closers.push(() => gateway.close());
  const drift = latestValues(learned?.watch(hub) ?? hub, idsOf(config.kpis, 'psi'));
  watched.push(drift);

  const halt = new AbortController();
  const commits = jetstreamCommits(nc, { logger });
  closers.push(() => commits.close());
  const committed = new Map<string, () => number>();
  // A rejected message goes out as base64 with what is said of it: a third longer, and still what the broker takes.
  const maxRejectBytes = Math.floor(((nc.info?.max_payload ?? 2 ** 20) - 2 ** 16) * 0.7);
  const stages = stagesOf(config, warmed?.scorer ?? null, { maxRejectBytes, turn });
  const stage = pipeStages(stages, stampEmitted(systemClock));
  const isAlone = server !== null;
  const board = {
    ...drift,
    restored: (partition: number) => hub.restored(partition),
    forgetPartition: (partition: number) => hub.forgetPartition(partition),
  };
  const parts = { nc, commits, stage, hub: board, isAlone, logger, signal: halt.signal };
  if (reset?.state === true) {
    health.waitsFor('partitions', 'waiting until nobody runs them, to begin anew where their state is lost');
    await resetPartitions(config, parts, signal);
  }
  const started = startPartitions(config, parts, new Set(reset?.kpis));
  const runs = started.map(({ run }) => run);
  for (const { input: stream, run } of started) committed.set(stream, () => run.stats().committedPosition);
  health.started(runs);
  // Partitions stop first, while all they write to still works.
  closers.push(async () => {
    halt.abort(new Error('stopping'));
    await Promise.allSettled(runs.map((run) => run.done));
  });
  const onLooked = (reports: readonly RoomReport[]): void => void (room = reports);
  closers.push(startKeepingRoom(jsm, plans, { logger, committed: (stream) => committed.get(stream)?.(), onLooked }));
  const failed = Promise.race(runs.map((run) => run.done.then(() => new Promise<never>(() => undefined))));
  return { url: gateway.url, natsUrls, nc, publisher: input, failed, stop };
}

/** Of `wanted`; rejects at once should `beside` fail, whose success is not waited for. */
function orFailed<T>(wanted: Promise<T>, beside: Promise<unknown>): Promise<T> {
  return Promise.race([wanted, beside.then(() => wanted)]);
}

/** Of `wanted`; rejects at once when told to stop. */
function orStopped<T>(wanted: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(abortReason(signal));
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    void wanted.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

const INPUT_LATE = 'Requests answered without an acknowledgement, because the broker did not give it in time.';

function idsOf(kpis: readonly KpiConfig[], kind: KpiConfig['measure']['kind']): ReadonlySet<string> {
  return new Set(kpis.filter(({ measure }) => measure.kind === kind).map(({ id }) => id));
}
