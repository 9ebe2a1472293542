/** Third step of a start: the broker and the models at the same time, then the streams, then the partitions. */
import type { JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { jetstreamCommits } from '../../adapters/commits/jetstream-commits.ts';
import { engineKeys } from '../../adapters/keys/engine-keys.ts';
import { AuditWatch } from '../../adapters/audit/audit-watch.ts';
import { InputGate } from '../../adapters/nats/input-gate.ts';
import { Publisher } from '../../adapters/nats/publisher.ts';
import { systemClock } from '../../adapters/process/system-clock.ts';
import { latestValues, type LatestValues } from '../../adapters/scoring/latest-values.ts';
import { StoreWatch } from '../../adapters/streams/store-watch.ts';
import { startRetention, type RetentionReport } from '../../adapters/streams/stream-retention.ts';
import { maxPayloadOf } from '../../adapters/streams/broker-fitness.ts';
import { Doubt } from '../../core/partition/doubt.ts';
import type { Json, Logger } from '../../core/types.ts';
import { yieldsAfter } from '../../core/steps/yielding.ts';
import { yieldToLoop } from '../../runtime/bell.ts';
import type { Config } from '../config/config.ts';
import { configFingerprints } from '../config/config-fingerprints.ts';
import { backfillPartitions, refuseBesideSharers, resetPartitions } from '../idle-partitions.ts';
import { startPartitions, type PartitionParts, type StartedPartition, type StartedPartitions } from '../partitions.ts';
import { resetEntry, START } from '../../../operators/audit/verify-chain.ts';
import { NOT_FROM_A_FILE, reloadsOf, type ConfigSource } from '../reload/reloads-of.ts';
import { faultText, gatewayWriter, proveAudit, refuseBroken, type GatewayWriter } from './audit-proof.ts';
import { VERSION } from '../version.ts';
import type { Broker } from './broker.ts';
import { brokerStep, type StepContext } from './broker-step.ts';
import type { Closers } from './closers.ts';
import { deliverHooks, type DeliveredHooks } from './deliver-hooks.ts';
import { joinSharing, type Shared } from './join-sharing.ts';
import { joinThreads } from './join-threads.ts';
import type { Listening } from './listen.ts';
import { messageOrigin } from './message-origin.ts';
import type { Prepared } from './prepare.ts';
import { reach, type Reached } from './reach.ts';

export interface Reset {
  /** KPIs that start from nothing if their saved state does not fit. */
  readonly kpis: readonly string[];
  /** Whether the engine goes on where saved state is lost. */
  readonly state: boolean;
  /** Whether an audit that is not whole is gone on from, which is noted in it. */
  readonly audit?: boolean;
}

export interface ConnectOptions {
  /** As it was read, and how it is read again. */
  readonly config: Config;
  readonly reload?: ConfigSource;
  readonly logger: Logger;
  readonly reset?: Reset;
  /** KPIs that joined are filled from what the input still holds. */
  readonly backfill?: boolean;
  /** What the board says of its data: null when all of it is real. */
  readonly demo: Json;
  readonly signal: AbortSignal;
  readonly onStuck: () => void;
}

export interface Running {
  readonly nc: NatsConnection;
  readonly publisher: Publisher;
  readonly partitions: readonly StartedPartition[];
  /** Rejects when the store it started on is gone. */
  readonly lost: Promise<never>;
}

/** Resolves when events are read. */
export async function connect(
  prepared: Prepared,
  broker: Broker,
  { gateway, ports, health }: Listening,
  options: ConnectOptions,
  closers: Closers,
): Promise<Running> {
  const { config, learned } = prepared;
  const { logger, signal, reset } = options;
  const { nc, jsm, plans, scoring } = await reach(prepared, broker, health, options, closers);
  const step = { health, logger, signal };
  const sources = { store: broker.store, control: config.controls.keys, replicas: config.nats.replicas };
  const keys = await brokerStep('keys', 'not read yet', step, (onFailure) =>
    engineKeys(nc, sources, { logger, signal, onFailure }),
  );
  const origin = await brokerStep('installation', 'its name is not read yet', step, (onFailure) =>
    messageOrigin(config, nc, jsm, { logger, signal, onFailure }),
  );

  const publisher = new Publisher(nc, { logger });
  closers.add(() => publisher.close());
  const gate = new InputGate(publisher, signal);
  // Before the connection and the workers that its answers need.
  closers.add(() => gateway.close());
  const drift = latestValues(learned?.watch(gateway.hub) ?? gateway.hub, driftIds(config));
  const commits = jetstreamCommits(nc, { logger });
  closers.add(() => commits.close());
  // Requests and the stages share what they may hold the loop for.
  const maybeYield = yieldsAfter(systemClock.elapsed, yieldToLoop);
  const halt = new AbortController();
  const maxPayload = maxPayloadOf(nc);
  const doubt = doubtOf(config);
  const isBackfill = options.backfill === true;
  const work = { ...step, nc, keys, origin, scoring, doubt, maxPayload, maybeYield, isBackfill };
  const { stageOf, threads, counted } = await joinThreads(prepared, broker, work, closers);
  const parts = {
    ...{ nc, origin, commits, logger, doubt, signal: halt.signal },
    isAlone: broker.disk !== null,
    stage: stageOf(config),
    compile: prepared.expressions.compile,
    hub: boardOf(drift, gateway.hub),
    elsewhere: threads,
  };
  await resetLost(config, options, parts, step);
  const auditWriter = gatewayWriter(nc, jsm, origin);
  const unchained = await openAudit({ nc, writer: auditWriter, ports, health }, config, options);
  const store = watchStore({ jsm, plans, auditWriter, health }, nc, config, logger, closers);
  const kpis = new Set(reset?.kpis);
  if (options.backfill === true && config.partitions > 1) await fillJoined(config, parts, kpis, step);
  const sharing = joinSharing(config, nc, { ...parts, ...boardsOf(gateway), health, maskKey: keys.mask }, closers);
  const started = saying(startPartitions(config, { ...parts, ...sharing }, kpis, options.backfill), sharing);
  const { partitions } = started;
  // Partitions stop first, while all they write to still works.
  closers.add(() => stopPartitions(partitions, halt, sharing));
  closers.add(() => ports.endAudit({ action: 'engine.stop', outcome: 'done', by: 'earshot', version: VERSION }, 2_000));
  const toHooks = { keys: keys.control, isDemo: options.demo !== null, decide: ports.command.bind(ports) };
  const hooksOf = (now: Prepared): DeliveredHooks =>
    deliverHooks(now, broker, gateway, { nc, logger, ...toHooks }, closers);
  const hooks = hooksOf(prepared);
  const retention = watchRetention(jsm, plans, partitions, logger, closers);
  const shared = { nc, gate, maxPayload, scoring, drift, retention, maybeYield, keys, origin, auditWriter };
  const { reload = NOT_FROM_A_FILE } = options;
  const reloading = { prepared, started, stageOf, hooks, hooksOf, ports, hub: gateway.hub, maskKey: keys.mask, logger };
  const all = { ...shared, ...hooks, ...sharing, counted: () => [...counted(), ...sharing.families()] };
  ports.connect(all, reloadsOf(options.config, reload, reloading));
  const configuration = configFingerprints(config, keys.mask);
  ports.audit({ action: START, outcome: 'done', by: 'earshot', version: VERSION, configuration, unchained });
  health.started(partitions.map(({ run }) => run));
  return { nc, publisher, partitions, lost: store.lost };
}

/** Says to those with whom the partitions are shared what it computes by from then on. */
function saying(started: StartedPartitions, { configured }: Shared): StartedPartitions {
  const reconfigure: StartedPartitions['reconfigure'] = (next, stage) => {
    configured(next);
    return started.reconfigure(next, stage);
  };
  return { ...started, reconfigure };
}

/** null: whoever knows that another may own a partition halts it. */
function doubtOf({ instances }: Config): Doubt | null {
  return instances === 'share' ? new Doubt() : null;
}

async function stopPartitions(
  partitions: readonly StartedPartition[],
  halt: AbortController,
  { sharing }: Shared,
): Promise<void> {
  sharing?.leave();
  halt.abort(new Error('stopping'));
  await Promise.allSettled(partitions.map(({ run }) => run.done));
}

/** The audit and the streams, for as long as the engine runs. */
function watchStore(
  { jsm, plans, auditWriter, health }: Pick<Reached, 'jsm' | 'plans'> & WatchedStore,
  nc: NatsConnection,
  { nats }: Config,
  logger: Logger,
  closers: Closers,
): StoreWatch {
  const audit = new AuditWatch(jsm, logger);
  closers.add(audit.start(() => auditWriter.settle()));
  health.watches(() => audit.fault() ?? auditWriter.fault());
  const store = new StoreWatch(jsm, plans, { replicas: nats.replicas, logger });
  closers.add(store.start(nc));
  health.watches(() => store.fault());
  health.dies(() => store.fatal());
  return store;
}

interface WatchedStore extends Pick<Listening, 'health'> {
  readonly auditWriter: GatewayWriter;
}

/** What is reset or filled nobody else may run meanwhile. */
async function refuseBeside(
  nc: NatsConnection,
  { instances }: Config,
  { reset, backfill, signal }: ConnectOptions,
): Promise<void> {
  const asked = [
    ...(reset?.kpis ?? []).map((kpi) => `--reset kpi=${kpi}`), // nothing is
    ...(reset?.state === true ? ['--reset state'] : []),
    ...(backfill === true ? ['--backfill'] : []),
  ];
  if (instances === 'share' && asked.length > 0) await refuseBesideSharers(nc, asked.join(', '), signal);
}

async function resetLost(
  config: Config,
  options: ConnectOptions,
  parts: PartitionParts,
  step: StepContext,
): Promise<void> {
  await refuseBeside(parts.nc, config, options);
  if (options.reset?.state !== true) return;
  const how = 'waiting until nobody runs them, to reset them where their state is lost';
  await brokerStep('partitions', how, step, (onFailure) => resetPartitions(config, parts, step.signal, onFailure));
}

async function fillJoined(
  config: Config,
  parts: PartitionParts,
  kpis: ReadonlySet<string>,
  step: StepContext,
): Promise<void> {
  const how = 'waiting until nobody runs them, to fill KPIs, clocks and journeys that joined';
  await brokerStep('partitions', how, step, (onFailure) =>
    backfillPartitions(config, parts, kpis, step.signal, onFailure),
  );
}

/**
 * Throws where the audit is not whole, unless that is to be gone on from: then it says so itself. How many entries of a former
 * version come before the chains.
 */
async function openAudit(
  { nc, writer, ports, health }: Pick<Listening, 'ports' | 'health'> & { nc: NatsConnection; writer: GatewayWriter },
  { partitions }: Config,
  { reset, logger, signal }: ConnectOptions,
): Promise<number> {
  const { proof, engine } = await brokerStep('audit', 'being read', { health, logger, signal }, () =>
    proveAudit(nc, writer, partitions, logger, signal),
  );
  const { fault, unchained, read } = proof;
  if (fault === null) return unchained;
  // Where state was lost under a running engine, its gateway's chain may have begun again: that goes with it.
  if (reset?.audit !== true && reset?.state !== true) refuseBroken(fault);
  logger.warn('the audit is not whole, and is gone on from', { fault: faultText(fault) });
  ports.audit(resetEntry(fault, engine, read));
  return unchained;
}

function watchRetention(
  jsm: JetStreamManager,
  plans: Reached['plans'],
  partitions: readonly StartedPartition[],
  logger: Logger,
  closers: Closers,
): () => readonly RetentionReport[] {
  const runs = new Map(partitions.map(({ input, run }) => [input, run]));
  const latest: { reports: readonly RetentionReport[] } = { reports: [] };
  closers.add(
    startRetention(jsm, plans, {
      logger,
      committed: (stream) => runs.get(stream)?.stats().committedPosition,
      onLooked: (reports) => {
        latest.reports = reports;
      },
    }),
  );
  return () => latest.reports;
}

function boardOf(drift: LatestValues, hub: Listening['gateway']['hub']): Parameters<typeof startPartitions>[1]['hub'] {
  return {
    ...drift,
    forgetPartition: (partition) => hub.forgetPartition(partition),
  };
}

/** What instances that share show alike. */
function boardsOf({
  hub,
  sessions,
}: Listening['gateway']): Pick<Parameters<typeof joinSharing>[2], 'board' | 'sessions'> {
  return { board: hub.board, sessions };
}

function driftIds({ kpis }: Config): ReadonlySet<string> {
  return new Set(kpis.filter(({ measure }) => measure.kind === 'psi').map(({ id }) => id));
}
