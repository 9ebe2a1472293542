/**
 * The composition root: how a live engine starts and stops, with everything outside it. No logic of its own beyond wiring and order.
 */
import { setMaxListeners } from 'node:events';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { single } from './engine/adapters/gateway/exposition.ts';
import { startGateway } from './engine/adapters/gateway/gateway.ts';
import type { Command, Condition, GatewayOptions } from './engine/adapters/gateway/ports.ts';
import { InputGate } from './engine/adapters/input-gate.ts';
import { jetstreamCommits } from './engine/adapters/jetstream-commits.ts';
import { connectNats, connectionState } from './engine/adapters/nats-connection.ts';
import { startNatsServer, type NatsServer } from './engine/adapters/nats-server.ts';
import { packageRoot } from './engine/adapters/package-root.ts';
import { Publisher, type StorableMessage } from './engine/adapters/publisher.ts';
import { latestValues, type LatestValues } from './engine/adapters/latest-values.ts';
import { kpiHistory } from './engine/adapters/stream-history.ts';
import { roomFamily, startKeepingRoom, type RoomReport } from './engine/adapters/stream-room.ts';
import { provisionStreams } from './engine/adapters/streams.ts';
import { systemClock } from './engine/adapters/system-clock.ts';
import { formatInstant } from './engine/core/cloud-events.ts';
import type { Json, Logger } from './engine/core/types.ts';
import type { KpiDescription } from './engine/core/wire.ts';
import { pipeStages } from './engine/runtime/stages.ts';
import { turnsAfter } from './engine/runtime/turns.ts';
import { readinessOf, type SupervisedPartition } from './engine/runtime/supervisor.ts';
import type { Config, KpiConfig } from './operators/config.ts';
import { stampEmitted } from './operators/enriched.ts';
import { createIngest, ingestAnswer } from './operators/events/ingest.ts';
import { publicSchemas } from './operators/events/public-schemas.ts';
import { resetPartitions, startPartitions } from './partitions.ts';
import { eventRules, stagesOf } from './pipeline.ts';
import { learnedReference, openScoring, withReference } from './scoring.ts';

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
}

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
  setMaxListeners(0, either);
  try {
    return await startParts({ ...options, signal: either }, closers, stopParts);
  } catch (thrown) {
    given.abort(thrown);
    await stopParts();
    throw thrown;
  }
}

async function startParts(
  { config: configuration, logger, demo, reset, signal }: LiveOptions,
  closers: (() => Promise<void> | void)[],
  stop: () => Promise<void>,
): Promise<LiveEngine> {
  const { partitions, nats } = configuration;
  let server: NatsServer | null = null;
  if (nats.servers.length === 0) {
    const { store, port } = nats.embedded;
    server = await startNatsServer({ store, port, partitions, logger });
    const started = server;
    closers.push(() => started.stop());
    logger.info('nats-server started', { url: started.url, pid: started.pid() });
  }
  const natsUrls = server === null ? nats.servers : [server.url];
  const connecting = connectNats({ ...nats, servers: natsUrls }, logger, { signal });
  connecting.then((made) => closers.push(() => made.close())).catch(() => undefined);
  const scoring = await openScoring(configuration, logger);
  if (scoring !== null) closers.push(() => scoring.close());
  const learned = await learnedReference(configuration, logger);
  if (learned !== null) closers.push(() => learned.saved());
  const config = withReference(configuration, scoring?.reference ?? null, learned, logger);
  const nc = await connecting;

  const jsm = await jetstreamManager(nc, { checkAPI: false });
  const plans = await provisionStreams(
    jsm,
    { partitions, replicas: nats.replicas, limits: nats.streams },
    logger,
    nc.info?.version,
    signal,
  );

  const runs: SupervisedPartition[] = [];
  const watched: LatestValues[] = [];
  let room: readonly RoomReport[] = [];
  const ingest = createIngest(eventRules(config));
  const input = new Publisher(nc, { logger });
  closers.push(() => input.close());
  const gate = new InputGate(input, signal);
  const gateway = await startGateway(gatewayOptions(config), {
    log: logger,
    version: VERSION,
    kpis: () => config.kpis.map(describeKpi),
    board: () => ({ title: config.board.title, tiles: config.board.tiles, zone: config.time.zone, demo }),
    healthy: () => liveness(runs, nc),
    ready: () => readiness(runs, nc),
    partitions: () => runs.map((run) => run.stats()),
    families: () => [
      ...(scoring?.families() ?? []),
      ...watched.flatMap((values) => values.families()),
      roomFamily(room),
      single('earshot_gateway_input_late_total', 'counter', INPUT_LATE, gate.refusals.late),
    ],
    history: async (query, stopped) => {
      const { key, ...rest } = query;
      const { values } = await kpiHistory(nc, key === null ? rest : { ...rest, key }, { logger }, stopped);
      return values;
    },
    ingest: async (headers, body) => {
      const taken = ingest(headers, body, systemClock.now());
      const outcome = taken.accepted.length === 0 ? 'stored' : await gate.store(taken.accepted);
      return outcome === 'stored' ? ingestAnswer(taken) : outcome;
    },
    ...(scoring === null ? {} : { reloadModels: () => scoring.reload() }),
    command: (command) => gate.store([commandMessage(command)]),
    queues: () => gate.queues(),
    schemas: Object.fromEntries(publicSchemas().map(({ name, version, schema }) => [`${name}/${version}`, schema])),
  });
  closers.push(() => gateway.close());
  const { hub } = gateway;
  const drift = latestValues(learned?.watch(hub) ?? hub, idsOf(config.kpis, 'psi'));
  watched.push(drift);

  const halt = new AbortController();
  const commits = jetstreamCommits(nc, { logger });
  closers.push(() => commits.close());
  const committed = new Map<string, () => number>();
  // A rejected message goes out as base64 with what is said of it: a third longer, and still what the broker takes.
  const maxRejectBytes = Math.floor(((nc.info?.max_payload ?? 2 ** 20) - 2 ** 16) * 0.7);
  const stages = stagesOf(config, scoring?.scorer ?? null, { maxRejectBytes, turn: turnsAfter() });
  const stage = pipeStages(stages, stampEmitted(systemClock));
  const isAlone = server !== null;
  const board = { ...drift, forgetPartition: (partition: number) => hub.forgetPartition(partition) };
  const parts = { nc, commits, stage, hub: board, isAlone, logger, signal: halt.signal };
  if (reset?.state === true) await resetPartitions(config, parts, signal);
  for (const { input, run } of startPartitions(config, parts, new Set(reset?.kpis))) {
    runs.push(run);
    committed.set(input, () => run.stats().committedPosition);
  }
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

const INPUT_LATE = 'Requests answered without an acknowledgement, because the broker did not give it in time.';

function gatewayOptions({ http }: Config): GatewayOptions {
  return {
    ...http,
    tls:
      http.tls === null ? null : { cert: readFileSync(http.tls.cert, 'utf8'), key: readFileSync(http.tls.key, 'utf8') },
    assets: join(packageRoot(), 'dist', 'dashboards'),
  };
}

function idsOf(kpis: readonly KpiConfig[], kind: KpiConfig['measure']['kind']): ReadonlySet<string> {
  return new Set(kpis.filter(({ measure }) => measure.kind === kind).map(({ id }) => id));
}

function describeKpi({
  id,
  title,
  unit,
  decimals,
  better,
  target,
  by,
  window,
}: KpiConfig): Omit<KpiDescription, 'values'> {
  return { id, title, unit, decimals, better, target, by, window };
}

function readiness(runs: readonly SupervisedPartition[], nc: NatsConnection): Condition {
  const reasons = [...readinessOf(runs.map((run) => run.stats()))];
  if (!connectionState(nc).connected()) reasons.push('not connected to NATS');
  return { ok: reasons.length === 0, reasons };
}

/** Says no only to what a restart mends and nothing else does: a broker that is away is none of it. */
function liveness(runs: readonly SupervisedPartition[], nc: NatsConnection): Condition {
  const reasons = runs.flatMap((run) => run.fatal() ?? []);
  if (nc.isClosed()) reasons.push('the connection to NATS is closed for good');
  return { ok: reasons.length === 0, reasons };
}

/** A decision of a person, on its way into the input like any other event, so that it takes part in replay. */
function commandMessage({ type, data }: Command): StorableMessage {
  const id = randomUUID();
  const time = formatInstant(systemClock.now());
  const event = { specversion: '1.0', id, source: '/gateway', type, time, data: { channel: 'internal', ...data } };
  return {
    subject: 'cx.events.internal.control.-',
    headers: { 'content-type': 'application/cloudevents+json', 'Nats-Msg-Id': id },
    data: Buffer.from(JSON.stringify(event)),
  };
}
