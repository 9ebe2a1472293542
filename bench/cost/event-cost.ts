/**
 * Processor time an event costs the whole engine without scoring, over all its threads, and its broker, beside a consumer of the same
 * stream that does nothing and one that only parses; each a process of its own with a broker of its own over the same stored bytes,
 * rounds in turn, medians with their spread. `--against=<folder>`: another built checkout in turn. `--batched`: 64 events a message
 * in, and (`outputs.enriched.batch: 64`) out. `--semi-space=16,32`: the engine once more for each, so many MiB at most a half of its young
 * generation. `--rounds=N`, `--events=N`, `--smoke`.
 * Nothing is recorded, and it ends with exit code 1, where the machine is too noisy to believe: a fixed piece of work must take the
 * same processor time before each round.
 */
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect, headers } from '@nats-io/transport-node';
import { startNatsServer, type NatsServer } from '../../engine/adapters/embedded-server/nats-server.ts';
import { makeLogger } from '../../engine/adapters/process/log.ts';
import { packageRoot } from '../../engine/adapters/process/package-root.ts';
import { provisionStreams } from '../../engine/adapters/streams/provision-streams.ts';
import { workload } from '../../engine/app/demo/generator.ts';
import { loadTexts } from '../../engine/app/demo/texts.ts';
import { must } from '../../engine/core/must.ts';
import type { JsonObject } from '../../engine/core/types.ts';
import { startEngineProcess } from '../../engine/testing/rig/engine-process.ts';
import { readMetrics } from '../../engine/testing/rig/read-metrics.ts';
import { percentile, record, type Row } from '../record.ts';
import { twelveKpis } from './twelve-kpis.ts';

const option = (name: string): string | undefined =>
  process.argv.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3);
const isSmoke = process.argv.includes('--smoke');
const isBatched = process.argv.includes('--batched');
const EVENTS = Number(option('events') ?? (isSmoke ? 6_400 : 64_000));
const ROUNDS = Number(option('rounds') ?? (isSmoke ? 1 : 5));
const WARM_UP = EVENTS / 4;
const EACH = isBatched ? 64 : 1;
/** Of the fixed piece of work, from its cheapest to its dearest round. */
const MOST_NOISE = 0.1;
const TICK_US = 10_000;
const logger = makeLogger('json', () => undefined, Date.now);

interface Cost {
  readonly cpuUs: number;
  readonly mainUs: number | null;
  readonly brokerUs: number;
  /** The most memory the engine ever had. */
  readonly peakMib: number | null;
}

/** The stream once, for all rounds. */
async function fill(store: string): Promise<number> {
  const server = await startNatsServer({ store, logger });
  const nc = await connect({ servers: server.url });
  let bytes = 0;
  await provisionStreams(await jetstreamManager(nc), { partitions: 1, replicas: 1 }, logger);
  const make = workload(
    { seed: 11, start: Date.now() - 600_000, perSecond: 200, incidents: [], disorderMs: 800 },
    loadTexts(packageRoot()),
  );
  const single = headers();
  single.set('content-type', 'application/cloudevents+json');
  const batch = headers();
  batch.set('content-type', 'application/cloudevents-batch+json');
  let waiting: JsonObject[] = [];
  for (let i = 0; i < EVENTS; i++) {
    const { subject, event } = make(i);
    waiting.push(event);
    if (waiting.length < EACH) continue;
    const data = JSON.stringify(EACH === 1 ? event : waiting);
    bytes += Buffer.byteLength(data);
    nc.publish(EACH === 1 ? subject : 'cx.events.app.feedback.-', data, { headers: EACH === 1 ? single : batch });
    waiting = [];
    if (i % 512 === 511) await nc.flush();
  }
  await nc.flush();
  await nc.close();
  await server.stop();
  return Math.round(bytes / EVENTS);
}

/** user + system of a process, or of one of its threads; in steps of 10 ms. */
function cpuOf(pid: number, isMainThread = false): number {
  const stat = readFileSync(isMainThread ? `/proc/${pid}/task/${pid}/stat` : `/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_US;
}

function peakMibOf(pid: number): number {
  const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Math.round(Number(must(peak?.[1])) / 1024);
}

async function consumer(server: NatsServer, work: 'none' | 'decode'): Promise<Cost> {
  const broker = cpuOf(must(server.pid()));
  const script = join(packageRoot(), 'dist-bench', 'bench', 'cost', 'plain-consumer.js');
  const given = [script, server.url, EVENTS, WARM_UP, work, EACH].map(String);
  const { stdout } = await promisify(execFile)(process.execPath, given);
  const { events, cpuUs } = JSON.parse(stdout) as { readonly events: number; readonly cpuUs: number };
  return {
    cpuUs: cpuUs / events,
    mainUs: null,
    brokerUs: (cpuOf(must(server.pid())) - broker) / EVENTS,
    peakMib: null,
  };
}

async function engine(server: NatsServer, folder: string, root: string, semiSpaceMib?: string): Promise<Cost> {
  const file = join(folder, 'earshot.yaml');
  const batching = isBatched ? 'outputs: {enriched: {batch: 64}}\n' : '';
  writeFileSync(file, `nats: {servers: ["${server.url}"]}\nhttp: {port: 0}\n${batching}${twelveKpis()}`);
  const env = semiSpaceMib === undefined ? {} : { NODE_OPTIONS: `--max-semi-space-size=${semiSpaceMib}` };
  const running = await startEngineProcess({ args: ['run', '--config', file], root, env });
  try {
    const look = async (): Promise<{ count: number; cpu: number; main: number; broker: number }> => ({
      count: (await readMetrics(running.url))('earshot_events_in_total'),
      cpu: cpuOf(running.pid),
      main: cpuOf(running.pid, true),
      broker: cpuOf(must(server.pid())),
    });
    const reached = async (count: number): ReturnType<typeof look> => {
      for (;;) {
        const now = await look();
        if (now.count >= count) return now;
        await sleep(200);
      }
    };
    const from = await reached(WARM_UP);
    const to = await reached(EVENTS);
    const events = to.count - from.count;
    if (events < EVENTS / 4) throw new Error('the backlog was worked off between two looks: take more --events');
    return {
      cpuUs: (to.cpu - from.cpu) / events,
      mainUs: (to.main - from.main) / events,
      brokerUs: (to.broker - from.broker) / events,
      peakMib: peakMibOf(running.pid),
    };
  } finally {
    running.kill('SIGTERM');
    await running.ended;
  }
}

/** Processor time of a fixed piece of work: how fast this machine is just now. */
function calibrationMs(): number {
  const text = JSON.stringify(
    Array.from({ length: 2_000 }, (_, i) => ({ id: `e-${i}`, text: '等了两个小时 too slow', i })),
  );
  for (let i = 0; i < 20; i++) JSON.parse(text);
  const before = process.cpuUsage();
  for (let i = 0; i < 100; i++) JSON.parse(text);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

const round1 = (value: number): number => Math.round(value * 10) / 10;
const medianOf = (values: readonly number[]): number =>
  percentile(
    [...values].sort((a, b) => a - b),
    0.5,
  );

const folder = mkdtempSync(join(tmpdir(), 'earshot-cost-'));
const against = option('against');
const who = new Map<string, (server: NatsServer, place: string) => Promise<Cost>>([
  ['consumer that does nothing', (server) => consumer(server, 'none')],
  ['consumer that parses', (server) => consumer(server, 'decode')],
  ['engine', (server, place) => engine(server, place, packageRoot())],
]);
if (against !== undefined) who.set('engine of another checkout', (s, place) => engine(s, place, against));
for (const mib of option('semi-space')?.split(',') ?? [])
  who.set(`engine, semi-space ${mib} MiB`, (s, place) => engine(s, place, packageRoot(), mib));
const costs = new Map<string, Cost[]>([...who.keys()].map((name) => [name, []]));
const calibrations: number[] = [];
try {
  const filled = join(folder, 'filled');
  const bytes = await fill(filled);
  for (let round = 0; round < ROUNDS; round++) {
    calibrations.push(calibrationMs());
    // There and back, so that what drifts hurts all alike.
    const order = round % 2 === 0 ? [...who] : [...who].reverse();
    for (const [name, measure] of order) {
      const place = join(folder, `round-${round}`);
      cpSync(filled, place, { recursive: true });
      const server = await startNatsServer({ store: place, logger });
      try {
        const cost = await measure(server, place);
        must(costs.get(name)).push(cost);
        process.stderr.write(`${name}: ${JSON.stringify(cost)}\n`);
      } finally {
        await server.stop();
        rmSync(place, { recursive: true, force: true });
      }
    }
  }
  const rows: Row[] = [...costs].map(([name, all]) => {
    const cpu = all.map(({ cpuUs }) => cpuUs);
    const peaks = all.flatMap(({ peakMib }) => (peakMib === null ? [] : [peakMib]));
    const mains = all.flatMap(({ mainUs }) => (mainUs === null ? [] : [mainUs]));
    return {
      who: name,
      cpu_us_an_event: round1(medianOf(cpu)),
      lowest: round1(Math.min(...cpu)),
      highest: round1(Math.max(...cpu)),
      main_thread_us: mains.length === 0 ? null : round1(medianOf(mains)),
      broker_us: round1(medianOf(all.map(({ brokerUs }) => brokerUs))),
      ...(peaks.length === 0 ? null : { peak_mib: Math.max(...peaks) }),
      bytes_an_event: bytes,
      events_a_message: EACH,
      rounds: all.length,
    };
  });
  const noise = Math.max(...calibrations) / Math.min(...calibrations) - 1;
  const about = `processor time an event (µs, all threads) while a backlog of ${EVENTS} events is worked off, ${EACH} a message, without scoring, 12 KPIs: engine, do-nothing consumers and broker are processes of their own; rounds in turn, median, lowest and highest; load ${loadavg().map(round1).join(' ')}, calibration spread ${Math.round(noise * 100)} %`;
  if (noise > MOST_NOISE && !isSmoke) {
    process.stdout.write(`${about}\n`);
    for (const row of rows) process.stdout.write(`  ${JSON.stringify(row)}\n`);
    process.stderr.write(`too noisy to be recorded: the same work took ${calibrations.map(round1).join(', ')} ms\n`);
    process.exitCode = 1;
  } else record(`live/event-cost${isBatched ? '-batched' : ''}${isSmoke ? '-smoke' : ''}`, about, rows);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
