/**
 * What commits cost: the whole partition (decode, validate, mask, dedupe, the standard pack of KPIs, outputs) works off the
 * same backlog in JetStream, once with commits to the state stream at the engine's own pace, once with as few as it can do
 * with. In turn, each round on fresh state and output streams; the difference of their processor time is what commits cost.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { compileExpression } from '../engine/adapters/expressions/cel.ts';
import { checkConfig } from '../engine/adapters/config/config-file.ts';
import { jetstreamCommits } from '../engine/adapters/commits/jetstream-commits.ts';
import { jetstreamSink } from '../engine/adapters/streams/jetstream-sink.ts';
import { jetstreamSource } from '../engine/adapters/streams/jetstream-source.ts';
import { makeLogger } from '../engine/adapters/process/log.ts';
import { connectNats } from '../engine/adapters/nats/nats-connection.ts';
import { startNatsServer } from '../engine/adapters/embedded-server/nats-server.ts';
import { Publisher, type StorableMessage } from '../engine/adapters/nats/publisher.ts';
import { provisionStreams } from '../engine/adapters/streams/provision-streams.ts';
import { OUTPUT_STREAMS, STATE_STREAM } from '../engine/adapters/streams/streams.ts';
import { systemClock } from '../engine/adapters/process/system-clock.ts';
import { startPartition } from '../engine/runtime/driver.ts';
import type { PartitionConfig } from '../engine/runtime/partition-config.ts';
import { configForm } from '../engine/app/config/config.ts';
import type { Config } from '../engine/app/config/config.ts';
import { chainOf, stagesOf } from '../engine/app/pipeline.ts';
import { events, standardPack } from './shared/kpi-pack.ts';
import { percentile, record, type Row } from './record.ts';

const isSmoke = process.argv.includes('--smoke');
const EVENTS = isSmoke ? 20_000 : 100_000;
const ROUNDS = isSmoke ? 2 : 16;
const KEYS = 10_000;
/** Events in a millisecond of event time. */
const DENSITY = 10;
const START = Date.now() - 600_000;
const NEVER: PartitionConfig['commit'] = { everyMs: 3_600_000, maxEvents: 1e9 };
const logger = makeLogger('json', () => undefined, Date.now);
const { signal } = new AbortController();

/** The defaults of an engine, with the standard pack. */
function packConfig(): Config {
  const checked = checkConfig('scoring: {sentiment: null}\n', configForm(compileExpression));
  if ('faults' in checked) throw new Error(JSON.stringify(checked.faults));
  return { ...checked.config, kpis: standardPack() };
}

function backlog(): readonly StorableMessage[] {
  const prepared = events(EVENTS, KEYS);
  const headers = { 'content-type': 'application/cloudevents+json' };
  return prepared.map(({ type, channel, data }, i) => {
    const most = data['metric'] === 'csat' ? 5 : data['metric'] === 'ces' ? 7 : undefined;
    const score = most === undefined ? data['score'] : 1 + (Number(data['score']) % most);
    const fields = { ...data, channel, score, survey: 'after', case: `case-${i}`, call: `call-${i}` };
    const time = new Date(START + Math.floor(i / DENSITY)).toISOString();
    const event = { specversion: '1.0', id: `e-${i}`, source: '/bench', type, time, data: fields };
    const subject = `cx.events.${channel}.${type.split('.')[1] ?? 'other'}.-`;
    return { subject, headers, data: Buffer.from(JSON.stringify(event)) };
  });
}

interface Round {
  readonly cpuMs: number;
  readonly wallMs: number;
  readonly commits: number;
}

/** From the start of reading until all events have been through the chain. */
async function round(nc: NatsConnection, jsm: JetStreamManager, commit: PartitionConfig['commit']): Promise<Round> {
  for (const stream of [STATE_STREAM, ...OUTPUT_STREAMS]) await jsm.streams.delete(stream).catch(() => false);
  await provisionStreams(jsm, { partitions: 1, replicas: 1 }, logger);
  const config = packConfig();
  const { outOfOrdernessMs, idleAfterMs } = config.time;
  const sink = await jetstreamSink(
    nc,
    { streams: OUTPUT_STREAMS, origin: { source: 'urn:earshot:test', publicUrl: null }, logger },
    signal,
  );
  const commits = jetstreamCommits(nc, { logger });
  const stop = new AbortController();
  globalThis.gc?.();
  const cpu = process.cpuUsage();
  const begun = performance.now();
  const run = startPartition({
    partition: 0,
    ...{
      stage: stagesOf(config, null, { maskKey: '' }),
      chain: chainOf(config),
      sink,
      commits,
      clock: systemClock,
      logger,
    },
    live: { show: () => undefined, committed: () => undefined, time: () => undefined, restored: () => undefined },
    source: jetstreamSource(nc, { stream: 'CX_EVENTS_0', partition: 0, logger }),
    config: { outOfOrdernessMs, idleAfterMs, commit },
    signal: stop.signal,
  });
  while (run.stats().position < EVENTS) {
    if (run.stats().health.state === 'failed') break;
    await new Promise((wake) => setTimeout(wake, 5));
  }
  const { user, system } = process.cpuUsage(cpu);
  const wallMs = performance.now() - begun;
  const { commits: made } = run.stats();
  stop.abort();
  await run.done;
  const { counters } = run.stats();
  if (counters['events_processed'] !== EVENTS) throw new Error(`not all were processed: ${JSON.stringify(counters)}`);
  sink.close();
  commits.close();
  return { cpuMs: (user + system) / 1000, wallMs, commits: made };
}

const median = (numbers: readonly number[]): number => quantile(numbers, 0.5);
function quantile(numbers: readonly number[], q: number): number {
  return percentile(
    numbers.toSorted((a, b) => a - b),
    q,
  );
}

async function measure(): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-commits-'));
  const server = await startNatsServer({ store: join(folder, 'store'), logger });
  const nc = await connectNats({ servers: [server.url] }, logger);
  try {
    const jsm = await jetstreamManager(nc, { checkAPI: false });
    await provisionStreams(jsm, { partitions: 1, replicas: 1 }, logger);
    const publisher = new Publisher(nc, { logger });
    await publisher.publish(backlog(), signal);
    publisher.close();
    const own = packConfig().commit;
    const often: Round[] = [];
    const rarely: Round[] = [];
    // The first pair warms up. Who goes first changes, so that neither has it better.
    for (let i = 0; i <= ROUNDS; i++) {
      const order = i % 2 === 0 ? ([often, rarely] as const) : ([rarely, often] as const);
      for (const rounds of order) rounds.push(await round(nc, jsm, rounds === often ? own : NEVER));
    }
    const rowOf = (what: string, [, ...rounds]: readonly Round[]): Row => ({
      commits: what,
      events_per_cpu_s: Math.round((EVENTS / median(rounds.map(({ cpuMs }) => cpuMs))) * 1000),
      events_per_s: Math.round((EVENTS / median(rounds.map(({ wallMs }) => wallMs))) * 1000),
      commits_made: median(rounds.map(({ commits }) => commits)),
    });
    const overheads = often.slice(1).map(({ cpuMs }, i) => (cpuMs / (rarely[i + 1]?.cpuMs ?? NaN) - 1) * 100);
    const percent = (value: number): number => Math.round(value * 10) / 10;
    return [
      rowOf(`every ${own.everyMs} ms or ${own.maxEvents} events`, often),
      rowOf('as rarely as possible', rarely),
      {
        commits: 'overhead, of processor time',
        overhead_percent: percent(median(overheads)),
        lower_quartile: percent(quantile(overheads, 0.25)),
        upper_quartile: percent(quantile(overheads, 0.75)),
      },
    ];
  } finally {
    await nc.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

record(
  isSmoke ? 'commit-overhead-smoke' : 'commit-overhead',
  `${EVENTS.toLocaleString('en')} events of ${KEYS.toLocaleString('en')} stores through a whole partition (decoding, masking, dedupe, the standard pack, enriched events and KPIs out, no scoring), commits into JetStream; medians of ${ROUNDS} rounds in turn; overhead: of each round against the one beside it`,
  await measure(),
);
