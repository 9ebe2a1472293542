/**
 * Four partitions on one thread, on two, and on two that are ended at random moments: the same outputs, each once, the same counts.
 * Real processes and a real nats-server each; what they run is dist/.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startNatsServer, type NatsServer } from '../../../adapters/embedded-server/nats-server.ts';
import { makeLogger } from '../../../adapters/process/log.ts';
import { packageRoot } from '../../../adapters/process/package-root.ts';
import { must } from '../../../core/must.ts';
import { changesOf, idsOf, lastWords, twice } from '../../rig/comparable-outputs.ts';
import { DISTURBED_END, disturbedInput, KPIS_AND_RULE, publishMessages } from '../../rig/disturbed-input.ts';
import { startEngineProcess, type EngineProcess } from '../../rig/engine-process.ts';
import { readMetrics, until } from '../../rig/read-metrics.ts';
import { contentOf, readStream, type Stored } from '../../rig/read-streams.ts';

const PARTITIONS = 4;
const EVENTS = 1_200;
const PARTS = 3;
const STREAMS = ['CX_KPI', 'CX_ALERTS', 'CX_ENRICHED'] as const;
type Name = (typeof STREAMS)[number];
const COUNTS = ['in', 'processed', 'duplicate', 'late', 'rejected'] as const;

const configOf = (natsUrl: string, threads: number, isScored: boolean): string => `
nats: {servers: ["${natsUrl}"]}
http: {port: 0}
partitions: ${String(PARTITIONS)}
threads: ${String(threads)}
scoring: ${isScored ? '{issues: null}' : '{sentiment: null}'}
time: {idle_after: 1h, allowed_lateness: 20s}
${KPIS_AND_RULE}`;

interface Outcome {
  readonly found: Record<Name, readonly Stored[]>;
  readonly counts: Readonly<Record<string, number>>;
  readonly restarts: number;
  readonly exposition: string;
}

const messages = disturbedInput({ seed: 16, events: EVENTS, incidentMs: 4_000, partitions: PARTITIONS });
const folder = mkdtempSync(join(tmpdir(), 'earshot-threads-'));
const logger = makeLogger('json', () => undefined, Date.now);
const servers: NatsServer[] = [];
const connections: NatsConnection[] = [];

const restartsOf = async ({ url }: EngineProcess): Promise<number> =>
  (await readMetrics(url))('earshot_thread_restarts_total');

/** The input part by part, after each of which `between` does what it does; then until nothing more comes, and a graceful stop. */
async function play(
  name: string,
  threads: number,
  isScored: boolean,
  between: (part: number, engine: EngineProcess) => Promise<void>,
): Promise<Outcome> {
  const server = await startNatsServer({ store: join(folder, name), partitions: PARTITIONS, logger });
  servers.push(server);
  const nc = await connect({ servers: server.url });
  connections.push(nc);
  const file = join(folder, `${name}.yaml`);
  writeFileSync(file, configOf(server.url, threads, isScored));
  const preload = pathToFileURL(join(packageRoot(), 'engine/testing/rig/end-threads.mjs')).href;
  const env = { NODE_OPTIONS: `--import=${preload}`, EARSHOT_END_THREADS: join(folder, name) };
  const engine = await startEngineProcess({ args: ['run', '--config', file], env });
  await until('ready', 60_000, async () => (await fetch(`${engine.url}/readyz`)).ok);
  const each = Math.ceil(messages.length / PARTS);
  for (let part = 0; part < PARTS; part++) {
    await publishMessages(nc, messages.slice(part * each, (part + 1) * each));
    await between(part, engine);
  }
  const counts: Record<string, number> = {};
  await until('all events read', 60_000, async () => {
    const metrics = await readMetrics(engine.url);
    for (const count of COUNTS) counts[count] = metrics(`earshot_events_${count}_total`);
    return counts['in'] === messages.length;
  });
  // Where partitions are combined, time has passed the last window: what is still to be said leaves before a graceful stop ends.
  await until('the last windows are closed', 60_000, async () => {
    const text = await (await fetch(`${engine.url}/metrics`)).text();
    return (
      Number(/^earshot_watermark_seconds\{partition="65536"\} (\S+)$/m.exec(text)?.[1]) > DISTURBED_END / 1000 - 60
    );
  });
  const exposition = await (await fetch(`${engine.url}/metrics`)).text();
  const restarts = await restartsOf(engine);
  expect((await fetch(`${engine.url}/readyz`)).ok).toBe(true);
  engine.kill('SIGTERM');
  expect(await engine.ended).toBe(0);
  const found = {} as Record<Name, readonly Stored[]>;
  for (const stream of STREAMS) found[stream] = await readStream(nc, stream);
  return { found, counts, restarts, exposition };
}

const undisturbed = (): Promise<void> => Promise.resolve();

/** While a part of the input is worked off: one thread by its own process.exit, then both wherever they stand. */
const ENDS = [
  ['exit-1', 1],
  ['terminate', 3],
] as const;

async function endThreads(part: number, engine: EngineProcess): Promise<void> {
  const [file, restarts] = ENDS[part] ?? [null, 0];
  if (file === null) return;
  writeFileSync(join(folder, 'ended', file), '');
  await until(`${file}: another thread follows`, 60_000, async () => (await restartsOf(engine)) >= restarts);
}

const [ONE, TWO, ENDED] = ['on one thread', 'on two threads', 'on two threads that are ended'] as const;
const THREADED = [TWO, ENDED];

describe('four partitions', () => {
  const outcomes: Record<string, Outcome> = {};
  const of = (run: string): Outcome => must(outcomes[run]);
  beforeAll(async () => {
    [outcomes[ONE], outcomes[TWO], outcomes[ENDED]] = await Promise.all([
      play('one', 1, false, undisturbed),
      play('two', 2, false, undisturbed),
      play('ended', 2, true, endThreads),
    ]);
  });
  afterAll(async () => {
    for (const nc of connections) await nc.close();
    for (const server of servers) await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('on one thread have what is compared here: windows, alerts, repeats, late events', () => {
    const { found, counts } = of(ONE);
    expect(lastWords(found.CX_KPI).length).toBeGreaterThan(100);
    expect(found.CX_ALERTS.length).toBeGreaterThan(1);
    expect(counts['duplicate']).toBeGreaterThan(10);
    expect(counts['late']).toBeGreaterThan(0);
  });

  it.each(THREADED)('%s say the same of every window and every alert', (run) => {
    expect(lastWords(of(run).found.CX_KPI)).toEqual(lastWords(of(ONE).found.CX_KPI));
    expect(changesOf(of(run).found.CX_ALERTS)).toEqual(changesOf(of(ONE).found.CX_ALERTS));
  });

  it('on two threads enrich every event to the same bytes', () => {
    const enriched = (run: string): readonly string[] => of(run).found.CX_ENRICHED.map(contentOf).sort();
    expect(enriched(TWO)).toEqual(enriched(ONE));
  });

  it.each(THREADED)('%s write everything once, and count every event once', (run) => {
    const { found, counts } = of(run);
    for (const stream of STREAMS) expect(twice(found[stream]), stream).toBe(0);
    expect(idsOf(found.CX_ENRICHED)).toEqual(idsOf(of(ONE).found.CX_ENRICHED));
    expect(counts).toEqual(of(ONE).counts);
  });

  it('on threads that are ended have every text scored by the models of the engine', () => {
    const statuses = of(ENDED).found.CX_ENRICHED.map(({ data }) => statusOf(data));
    expect(new Set(statuses)).toEqual(new Set(['ok', 'skipped']));
  });

  it('have the metrics of each thread that the guide lists, and none where there is one', () => {
    const families = (run: string): readonly string[] =>
      [
        ...of(run).exposition.matchAll(
          /^# HELP (earshot_thread_\w+) (.*)\n# TYPE \w+ (\w+)\n(?:.*thread="1".*\n)+.*thread="2"/gm,
        ),
      ]
        .map(([, name = '', help = '', type = '']) => `| \`${name}\` | ${type} | \`thread\` | ${help} |`)
        .sort();
    const guide = readFileSync(join(packageRoot(), 'docs/how-to/several-cores.md'), 'utf8');
    expect(families(TWO)).toEqual(guide.split('\n').filter((line) => line.startsWith('| `earshot_')));
    expect(of(ONE).exposition).not.toContain('earshot_thread_');
    expect(of(TWO).restarts).toBe(0);
    expect(of(ENDED).restarts).toBeGreaterThanOrEqual(3);
  });
});

const statusOf = (data: unknown): string =>
  (data as { readonly enrichment: { readonly status: string } }).enrichment.status;
