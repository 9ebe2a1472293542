/**
 * Several engines that share four partitions: one joins, one is killed, one stands still, one stops, all under load. What they leave is
 * what one undisturbed engine leaves, each output once. Real processes and a real nats-server; what they run is dist/.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startNatsServer, type NatsServer } from '../../../adapters/embedded-server/nats-server.ts';
import { makeLogger } from '../../../adapters/process/log.ts';
import { must } from '../../../core/must.ts';
import { onThisMachine } from '../../rig/busy-machine.ts';
import { changesOf, idsOf, lastWords, twice } from '../../rig/comparable-outputs.ts';
import {
  DISTURBED_END,
  disturbedInput,
  KPIS_AND_RULE,
  publishMessages,
  type Message,
} from '../../rig/disturbed-input.ts';
import { startEngineProcess, type EngineProcess } from '../../rig/engine-process.ts';
import { until } from '../../rig/read-metrics.ts';
import { contentOf, readStream, type Stored } from '../../rig/read-streams.ts';

const PARTITIONS = 4;
const ALL = [0, 1, 2, 3, 65_536];
const EVENTS = 2_400;
const STREAMS = ['CX_KPI', 'CX_ALERTS', 'CX_ENRICHED'] as const;
type Name = (typeof STREAMS)[number];

const configOf = (natsUrl: string, instances: string): string => `
nats: {servers: ["${natsUrl}"]}
http: {port: 0}
partitions: ${String(PARTITIONS)}
instances: ${instances}
scoring: {sentiment: null}
time: {idle_after: 1h, allowed_lateness: 20s}
${KPIS_AND_RULE}`;

const messages = disturbedInput({ seed: 21, events: EVENTS, incidentMs: 7_000, partitions: PARTITIONS });
const folder = mkdtempSync(join(tmpdir(), 'earshot-instances-'));
const logger = makeLogger('json', () => undefined, Date.now);
const cleanUp: (() => Promise<unknown>)[] = [];

interface Lab {
  readonly nc: NatsConnection;
  readonly file: string;
  readonly start: () => Promise<EngineProcess>;
}

async function lab(name: string, instances: string): Promise<Lab> {
  const server: NatsServer = await startNatsServer({ store: join(folder, name), partitions: PARTITIONS, logger });
  cleanUp.push(() => server.stop());
  const nc = await connect({ servers: server.url });
  cleanUp.push(() => nc.close());
  const file = join(folder, `${name}.yaml`);
  writeFileSync(file, configOf(server.url, instances));
  const start = async (): Promise<EngineProcess> => {
    const engine = await startEngineProcess({ args: ['run', '--config', file] });
    cleanUp.push(async () => {
      engine.kill('SIGKILL');
      await engine.ended;
    });
    return engine;
  };
  return { nc, file, start };
}

interface Status {
  readonly instances: readonly { readonly is_this: boolean; readonly name: string; readonly partitions: number[] }[];
  readonly partitions: readonly {
    readonly partition: number;
    readonly health: { readonly state: string };
    readonly counters: Readonly<Record<string, number>>;
    readonly watermark: number;
  }[];
}
const statusOf = async ({ url }: EngineProcess): Promise<Status> =>
  (await (await fetch(`${url}/v1/status`)).json()) as Status;
/** What runs there, by its own word. */
const runningOn = async (engine: EngineProcess): Promise<readonly number[]> =>
  (await statusOf(engine)).partitions
    .filter(({ health }) => health.state === 'running')
    .map(({ partition }) => partition);

const sharedOut = async (engines: readonly EngineProcess[]): Promise<boolean> => {
  const running = await Promise.all(engines.map(runningOn));
  const counts = running.map((all) => all.length);
  return running.flat().length === ALL.length && Math.max(...counts) - Math.min(...counts) <= 1;
};
const took = async (what: string, limitMs: number, began: number, isSo: () => Promise<boolean>): Promise<void> => {
  await until(what, limitMs, isSo);
  const ms = performance.now() - began;
  process.stdout.write(`instances: ${what} after ${String(Math.round(ms))} ms\n`);
  expect(ms, what).toBeLessThan(onThisMachine(limitMs));
};

const COUNTS = ['in', 'processed', 'duplicate', 'late', 'rejected'] as const;
/** Over all that run: counters are committed, and each partition runs in one place. */
async function countsOf(engines: readonly EngineProcess[]): Promise<Readonly<Record<string, number>>> {
  const statuses = await Promise.all(engines.map(statusOf));
  const counted = statuses.flatMap(({ partitions }) => partitions).filter(({ partition }) => partition < PARTITIONS);
  return Object.fromEntries(
    COUNTS.map((name) => [name, counted.reduce((sum, { counters }) => sum + (counters[`events_${name}`] ?? 0), 0)]),
  );
}

/** What it shows, whatever came first. */
async function boardOf({ url }: EngineProcess): Promise<string> {
  const ask = async <T>(path: string): Promise<T> => {
    const answer = await fetch(`${url}${path}`);
    if (!answer.ok) throw new Error(`${path}: ${String(answer.status)}`);
    return (await answer.json()) as T;
  };
  const kpis = await ask<readonly { readonly values: readonly unknown[] }[]>('/v1/kpis');
  const { open, recent } = await ask<{ readonly open: readonly unknown[]; readonly recent: readonly unknown[] }>(
    '/v1/alerts',
  );
  const all = [...kpis.flatMap(({ values }) => values), ...open, ...recent];
  return all
    .map((item) => JSON.stringify(item))
    .sort()
    .join('\n');
}

interface Outcome {
  readonly found: Record<Name, readonly Stored[]>;
  readonly counts: Readonly<Record<string, number>>;
}

async function finish(nc: NatsConnection, engines: readonly EngineProcess[]): Promise<Outcome> {
  await until('all events read', 60_000, async () => (await countsOf(engines))['in'] === messages.length);
  await until('the last windows are closed', 60_000, async () => {
    const all = (await Promise.all(engines.map(statusOf))).flatMap(({ partitions }) => partitions);
    return all.some(({ partition, watermark }) => partition === 65_536 && watermark > DISTURBED_END - 60_000);
  });
  const counts = await countsOf(engines);
  await until('all boards show the same', 10_000, async () => {
    const boards = await Promise.all(engines.map(boardOf));
    return boards.every((board) => board === boards[0] && /"csat"/.test(board) && /"csat_low"/.test(board));
  });
  for (const engine of engines) {
    engine.kill('SIGTERM');
    expect(await engine.ended).toBe(0);
  }
  const found = {} as Record<Name, readonly Stored[]>;
  for (const stream of STREAMS) found[stream] = await readStream(nc, stream);
  return { found, counts };
}

async function alone(): Promise<Outcome> {
  const { nc, start } = await lab('alone', 'standby');
  const engine = await start();
  await publishMessages(nc, messages, 2_000);
  return finish(nc, [engine]);
}

const PARTS = 5;
const part = (i: number): readonly Message[] => {
  const each = Math.ceil(messages.length / PARTS);
  return messages.slice(i * each, (i + 1) * each);
};

async function shared(): Promise<Outcome> {
  const { nc, start } = await lab('shared', 'share');
  const first = await start();
  await until('the first runs all', 10_000, () => sharedOut([first]));

  let load = publishMessages(nc, part(0), 150);
  const second = await start();
  await took('a newcomer has its share', 5_000, performance.now(), () => sharedOut([first, second]));
  await load;

  load = publishMessages(nc, part(1), 150);
  const killedAt = performance.now();
  first.kill('SIGKILL');
  await took('all of one that was killed is taken', 5_000, killedAt, () => sharedOut([second]));
  await load;

  const third = await start();
  await until('two share again', 10_000, () => sharedOut([second, third]));
  load = publishMessages(nc, part(2), 150);
  const stoodAt = performance.now();
  third.kill('SIGSTOP');
  await took('all of one that stands still is taken', 5_000, stoodAt, () => sharedOut([second]));
  third.kill('SIGCONT');
  await took('it has its share again', 10_000, performance.now(), () => sharedOut([second, third]));
  await load;

  load = publishMessages(nc, part(3), 150);
  const stoppedAt = performance.now();
  second.kill('SIGTERM');
  await took('all of one that stops is handed over', 2_000, stoppedAt, () => sharedOut([third]));
  expect(await second.ended).toBe(0);
  await load;

  const fourth = await start();
  const fifth = await start();
  await until('three share', 10_000, () => sharedOut([third, fourth, fifth]));
  const { instances } = await statusOf(third);
  expect(instances.flatMap(({ partitions }) => partitions).sort((a, b) => a - b)).toEqual(ALL);
  expect(instances.filter(({ is_this }) => is_this)).toHaveLength(1);
  await publishMessages(nc, part(4), 1_000);
  return finish(nc, [third, fourth, fifth]);
}

describe('engines that share four partitions', () => {
  let one: Outcome;
  let many: Outcome;
  beforeAll(async () => {
    one = await alone();
    many = await shared();
  });
  afterAll(async () => {
    for (const clean of cleanUp.reverse()) await clean();
    rmSync(folder, { recursive: true, force: true });
  });

  it('say the same of every window and every alert as one engine', () => {
    expect(lastWords(one.found.CX_KPI).length).toBeGreaterThan(100);
    expect(one.found.CX_ALERTS.length).toBeGreaterThan(1);
    expect(lastWords(many.found.CX_KPI)).toEqual(lastWords(one.found.CX_KPI));
    expect(changesOf(many.found.CX_ALERTS)).toEqual(changesOf(one.found.CX_ALERTS));
  });

  it('write everything once, and count every event once', () => {
    for (const stream of STREAMS) expect(twice(many.found[stream]), stream).toBe(0);
    expect(idsOf(many.found.CX_ENRICHED)).toEqual(idsOf(one.found.CX_ENRICHED));
    expect(many.counts).toEqual(one.counts);
    expect(must(one.counts['duplicate'])).toBeGreaterThan(10);
    expect(must(one.counts['late'])).toBeGreaterThan(0);
  });

  it('enrich every event to the same bytes', () => {
    const enriched = ({ found }: Outcome): readonly string[] => found.CX_ENRICHED.map(contentOf).sort();
    expect(enriched(many)).toEqual(enriched(one));
  });
});
