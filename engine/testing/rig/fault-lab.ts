/**
 * What tests of whole engines under faults share: a broker in a folder of its own, a workload that is stored once and in order
 * whatever happens, engines as processes, and the comparison of what they leave with what an undisturbed engine leaves.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { makeLogger } from '../../adapters/process/log.ts';
import { connectNats } from '../../adapters/nats/nats-connection.ts';
import { startNatsServer, type NatsServer } from '../../adapters/embedded-server/nats-server.ts';
import { packageRoot } from '../../adapters/process/package-root.ts';
import { Publisher, type StorableMessage } from '../../adapters/nats/publisher.ts';
import { closingEvents } from './closing-events.ts';
import { workload } from '../../app/demo/generator.ts';
import { loadTexts } from '../../app/demo/texts.ts';
import { startEngineProcess, type EngineProcess } from './engine-process.ts';
import { readMetrics, until } from './read-metrics.ts';
import { contentOf, readStream, type Stored } from './read-streams.ts';

export const OUTPUTS = ['CX_ENRICHED', 'CX_KPI', 'CX_ALERTS', 'CX_DLQ', 'CX_LATE'] as const;
export type Output = (typeof OUTPUTS)[number];

const START = Date.UTC(2026, 2, 2, 1);
/** Of the closing events: beyond any workload. */
const END = START + 86_400_000;
const PER_SECOND = 200;

/** `count` events of the workload with an incident, the odd repeat and garbage; the last one of each partition closes all windows. */
export function faultInput(seed: number, count: number, partitions = 1): readonly StorableMessage[] {
  const incident = { from: START + 3_000, to: START + 9_000, region: 'east', channel: 'app' };
  const make = workload(
    { seed, start: START, perSecond: PER_SECOND, incidents: [incident], disorderMs: 800 },
    loadTexts(packageRoot()),
  );
  const messages: StorableMessage[] = [];
  const add = (subject: string, body: string): void => {
    const headers = { 'content-type': 'application/cloudevents+json', 'Nats-Msg-Id': `in-${messages.length}` };
    messages.push({ subject, headers, data: Buffer.from(body) });
  };
  for (let i = 0; i < count; i++) {
    const { subject, event } = make(i);
    add(subject, i % 67 === 5 ? '{"specversion":"1.0",' : JSON.stringify(event));
    if (i % 71 === 9) add(subject, JSON.stringify(event));
  }
  for (const { subject, body } of closingEvents(make(count).event, END, partitions)) add(subject, body);
  return messages;
}

/** Settings that make faults bite: small commits, windows that close all the time, a rule that fires. */
export function faultConfig(natsUrl: string, nats = '', partitions = 1, threads = 1): string {
  return `
nats: {servers: ["${natsUrl}"]${nats === '' ? '' : `, ${nats}`}}
http: {port: 0}
partitions: ${partitions}
threads: ${threads}
time: {idle_after: 1h, allowed_lateness: 20s}
commit: {every: 50ms, max_events: 200}
scoring: {sentiment: null}
kpis:
  - {id: csat, title: {zh-CN: 满意度, en: CSAT}, from: cx.survey.answered, where: data.metric == "csat", measure: {kind: csat, value: data.score}, window: {kind: sliding, size: 10s, slide: 1s}, by: [[], [region, channel]]}
  - {id: volume, title: {zh-CN: 量, en: Volume}, from: [cx.feedback.posted, cx.interaction.message], measure: {kind: count}, window: {kind: tumbling, size: 1s}, by: [[], [channel]]}
rules:
  - {id: csat_low, kpi: csat, by: [region, channel], fire: value < 60, recover: value >= 70, for: 1s, min_n: 3, severity: critical}
`;
}

export interface Lab {
  readonly server: NatsServer;
  /** Its folder. */
  readonly store: string;
  readonly nc: NatsConnection;
  readonly jsm: JetStreamManager;
  /** Writes a configuration for this broker (or another address of it), with further keys of `nats`. */
  config(name: string, natsUrl?: string, nats?: string): string;
  engine(configFile: string, ...args: readonly string[]): Promise<EngineProcess>;
  /** Stores messages at a steady rate, through whatever happens to the broker; resolves when all are stored. */
  publish(messages: readonly StorableMessage[], perSecond: number): Promise<void>;
  /** Enriched events, as they are published. */
  readonly output: OutputWatch;
  streams(): Promise<Record<Output, readonly Stored[]>>;
  close(): Promise<void>;
}

export interface OutputWatch {
  count(): number;
  /** Arrival of the n-th output after `from` (performance.now()); undefined: it has not come yet. */
  arrival(from: number, nth?: number): number | undefined;
  /** Longest time without output among the first `count` after `from`, beginning at `from`. */
  longestGap(from: number, count: number): number;
  /** Ids in the order seen, what the broker refused as known included. */
  readonly ids: readonly string[];
}

export async function startLab(partitions = 1, threads = 1): Promise<Lab> {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-faults-'));
  const logger = makeLogger('json', () => undefined, Date.now);
  const server = await startNatsServer({ store: join(folder, 'store'), partitions, logger });
  const nc = await connectNats({ servers: [server.url] }, logger);
  const publisher = new Publisher(nc, { logger, ackWithinMs: 1000 });
  const engines: EngineProcess[] = [];
  const times: number[] = [];
  const ids: string[] = [];
  nc.subscribe('cx.enriched.>', {
    callback: (_, message) => {
      times.push(performance.now());
      ids.push(message.headers?.get('Nats-Msg-Id') ?? '');
    },
  });
  return {
    server,
    store: join(folder, 'store'),
    nc,
    jsm: await jetstreamManager(nc, { checkAPI: false, timeout: 20_000 }),
    config: (name, natsUrl = server.url, nats = '') => {
      const file = join(folder, `${name}.yaml`);
      writeFileSync(file, faultConfig(natsUrl, nats, partitions, threads));
      return file;
    },
    engine: async (configFile, ...args) => {
      const engine = await startEngineProcess({ args: ['run', '--config', configFile, ...args] });
      engines.push(engine);
      return engine;
    },
    publish: (messages, perSecond) => {
      const published = publishAt(publisher, messages, perSecond);
      // A test that has failed meanwhile no longer waits for it.
      published.catch(() => undefined);
      return published;
    },
    output: {
      count: () => times.length,
      arrival: (from, nth = 1) => times.filter((time) => time > from)[nth - 1],
      longestGap: (from, count) => {
        const after = [from, ...times.filter((time) => time > from).slice(0, count)];
        return after.slice(1).reduce((longest, time, i) => Math.max(longest, time - (after[i] ?? time)), 0);
      },
      ids,
    },
    streams: async () => {
      const found: Partial<Record<Output, readonly Stored[]>> = {};
      for (const stream of OUTPUTS) found[stream] = await readStream(nc, stream);
      return found as Record<Output, readonly Stored[]>;
    },
    close: async () => {
      for (const engine of engines) {
        engine.kill('SIGCONT');
        engine.kill('SIGKILL');
        await engine.ended;
      }
      publisher.close();
      await nc.close();
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function publishAt(publisher: Publisher, messages: readonly StorableMessage[], perSecond: number): Promise<void> {
  const { signal } = new AbortController();
  const stored: Promise<void>[] = [];
  const each = Math.max(1, Math.round(perSecond / 50));
  for (let i = 0; i < messages.length; i += each) {
    stored.push(publisher.publish(messages.slice(i, i + each), signal));
    await new Promise((resume) => setTimeout(resume, (1000 * each) / perSecond));
  }
  await Promise.all(stored);
}

/** What an undisturbed engine makes of the messages. */
export async function calmStreams(messages: readonly StorableMessage[]): Promise<Record<Output, readonly Stored[]>> {
  const lab = await startLab();
  try {
    const engine = await lab.engine(lab.config('calm'));
    await lab.publish(messages, 5_000);
    await allRead(engine, messages.length, 30_000 + messages.length);
    engine.kill('SIGTERM');
    await engine.ended;
    return await lab.streams();
  } finally {
    await lab.close();
  }
}

/** Until the engine has committed all of them. */
export async function allRead(engine: EngineProcess, count: number, withinMs: number): Promise<void> {
  await until('all events committed', withinMs, async () => (await eventsIn(engine)) >= count);
}

export async function eventsIn(engine: EngineProcess): Promise<number> {
  return (await readMetrics(engine.url))('earshot_events_in_total');
}

export interface Readiness {
  readonly ok: boolean;
  readonly reasons: readonly string[];
}

export async function readiness(engine: EngineProcess): Promise<Readiness> {
  const answer = await fetch(`${engine.url}/readyz`);
  const body = (await answer.json()) as Readiness;
  return { ok: answer.status === 200 && body.ok, reasons: body.reasons };
}

export async function ready(engine: EngineProcess, withinMs = 10_000): Promise<void> {
  await until('the engine is ready', withinMs, async () => (await readiness(engine)).ok);
}

/** What differs from the calm run, stream by stream, in words; empty: nothing. Outputs of the input alone also keep its order. */
export function differences(
  found: Record<Output, readonly Stored[]>,
  calm: Record<Output, readonly Stored[]>,
): readonly string[] {
  return OUTPUTS.flatMap((stream) => {
    const ids = found[stream].map((message) => message.headers['nats-msg-id']);
    const twice = ids.length - new Set(ids).size;
    const [here, there] = [found[stream].map(contentOf), calm[stream].map(contentOf)];
    if (stream !== 'CX_ENRICHED') {
      here.sort();
      there.sort();
    }
    const at = here.findIndex((content, i) => content !== there[i]);
    const wrong: string[] = [];
    if (twice > 0) wrong.push(`${stream}: ${twice} ids twice`);
    if (here.length !== there.length) wrong.push(`${stream}: ${here.length} messages, not ${there.length}`);
    if (at >= 0) wrong.push(`${stream}: message ${at} is ${here[at] ?? ''}, not ${there[at] ?? 'there'}`);
    return wrong;
  });
}
