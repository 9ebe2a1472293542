/**
 * One engine without scoring, 12 KPIs, four partitions (`--partitions=N`) on 1 and on 2 threads (`--threads=1,2,…`): how fast it works off
 * the same backlog, and what an event costs, of all its threads, of the busiest of them, of the main thread, of its broker. Each with a
 * broker of its own over the same stored bytes, rounds in turn, medians with their spread. Where cores are short the rate says how many
 * there are; `capacity` is what the busiest thread leaves time for: the rate with a core for each. `--rounds=N`, `--events=N`, `--smoke`.
 */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect, headers } from '@nats-io/transport-node';
import { startNatsServer, type NatsServer } from '../../engine/adapters/embedded-server/nats-server.ts';
import { makeLogger } from '../../engine/adapters/process/log.ts';
import { packageRoot } from '../../engine/adapters/process/package-root.ts';
import { provisionStreams } from '../../engine/adapters/streams/provision-streams.ts';
import { workload } from '../../engine/app/demo/generator.ts';
import { loadTexts } from '../../engine/app/demo/texts.ts';
import { must } from '../../engine/core/must.ts';
import { startEngineProcess } from '../../engine/testing/rig/engine-process.ts';
import { readMetrics } from '../../engine/testing/rig/read-metrics.ts';
import { percentile, record, type Row } from '../record.ts';
import { twelveKpis } from './twelve-kpis.ts';

const option = (name: string): string | undefined =>
  process.argv.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3);
const isSmoke = process.argv.includes('--smoke');
const EVENTS = Number(option('events') ?? (isSmoke ? 8_000 : 96_000));
const ROUNDS = Number(option('rounds') ?? (isSmoke ? 1 : 5));
const PARTITIONS = Number(option('partitions') ?? 4);
const THREADS = (option('threads') ?? '1,2').split(',').map(Number);
const WARM_UP = EVENTS / 4;
const TICK_US = 10_000;
const logger = makeLogger('json', () => undefined, Date.now);

async function fill(store: string): Promise<void> {
  const server = await startNatsServer({ store, partitions: PARTITIONS, logger });
  const nc = await connect({ servers: server.url });
  await provisionStreams(await jetstreamManager(nc), { partitions: PARTITIONS, replicas: 1 }, logger);
  const make = workload(
    { seed: 11, start: Date.now() - 600_000, perSecond: 200, incidents: [], disorderMs: 800 },
    loadTexts(packageRoot()),
  );
  const single = headers();
  single.set('content-type', 'application/cloudevents+json');
  for (let i = 0; i < EVENTS; i++) {
    const { subject, event } = make(i);
    nc.publish(subject, JSON.stringify(event), { headers: single });
    if (i % 512 === 511) await nc.flush();
  }
  await nc.flush();
  await nc.close();
  await server.stop();
}

/** user + system of a process (`stat`), or of one of its threads; in steps of 10 ms. */
function cpuUs(stat: string): number {
  const text = readFileSync(stat, 'utf8');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_US;
}

interface Look {
  readonly at: number;
  readonly count: number;
  readonly all: number;
  readonly threads: ReadonlyMap<string, number>;
  readonly broker: number;
}

interface Cost {
  readonly rate: number;
  readonly cpuUs: number;
  readonly busiestUs: number;
  readonly mainUs: number;
  readonly brokerUs: number;
}

async function measure(server: NatsServer, folder: string, threads: number): Promise<Cost> {
  const file = join(folder, 'earshot.yaml');
  const dealt = `partitions: ${PARTITIONS}\nthreads: ${threads}\n`;
  writeFileSync(file, `nats: {servers: ["${server.url}"]}\nhttp: {port: 0}\n${dealt}${twelveKpis()}`);
  const running = await startEngineProcess({ args: ['run', '--config', file] });
  const tasks = `/proc/${running.pid}/task`;
  try {
    const look = async (): Promise<Look> => ({
      count: (await readMetrics(running.url))('earshot_events_in_total'),
      at: performance.now(),
      all: cpuUs(`/proc/${running.pid}/stat`),
      threads: new Map(readdirSync(tasks).map((id) => [id, cpuUs(`${tasks}/${id}/stat`)])),
      broker: cpuUs(`/proc/${must(server.pid())}/stat`),
    });
    const reached = async (count: number): Promise<Look> => {
      for (;;) {
        const now = await look();
        if (now.count >= count) return now;
        await sleep(100);
      }
    };
    const from = await reached(WARM_UP);
    const to = await reached(EVENTS);
    const events = to.count - from.count;
    if (events < EVENTS / 4) throw new Error('the backlog was worked off between two looks: take more --events');
    const spent = [...to.threads].map(([id, us]) => us - (from.threads.get(id) ?? 0)); // it began meanwhile
    return {
      rate: (events * 1_000) / (to.at - from.at),
      cpuUs: (to.all - from.all) / events,
      busiestUs: Math.max(...spent) / events,
      mainUs: (must(to.threads.get(String(running.pid))) - must(from.threads.get(String(running.pid)))) / events,
      brokerUs: (to.broker - from.broker) / events,
    };
  } finally {
    running.kill('SIGTERM');
    await running.ended;
  }
}

const round1 = (value: number): number => Math.round(value * 10) / 10;
const medianOf = (values: readonly number[]): number =>
  percentile(
    [...values].sort((a, b) => a - b),
    0.5,
  );

const folder = mkdtempSync(join(tmpdir(), 'earshot-thread-scaling-'));
const costs = new Map<number, Cost[]>(THREADS.map((threads) => [threads, []]));
try {
  const filled = join(folder, 'filled');
  await fill(filled);
  for (let round = 0; round < ROUNDS; round++) {
    // There and back, so that what drifts hurts all alike.
    for (const threads of round % 2 === 0 ? THREADS : THREADS.toReversed()) {
      const place = join(folder, `round-${round}`);
      cpSync(filled, place, { recursive: true });
      const server = await startNatsServer({ store: place, partitions: PARTITIONS, logger });
      try {
        must(costs.get(threads)).push(await measure(server, place, threads));
      } finally {
        await server.stop();
        rmSync(place, { recursive: true, force: true });
      }
    }
  }
  const rateOf = (all: readonly Cost[]): number => medianOf(all.map(({ rate }) => rate));
  const busiestOf = (all: readonly Cost[]): number => medianOf(all.map(({ busiestUs }) => busiestUs));
  const first = must(costs.get(must(THREADS[0])));
  const rows: Row[] = [...costs].map(([threads, all]) => ({
    threads,
    events_per_s: Math.round(rateOf(all)),
    lowest: Math.round(Math.min(...all.map(({ rate }) => rate))),
    highest: Math.round(Math.max(...all.map(({ rate }) => rate))),
    rate_ratio: round1((rateOf(all) / rateOf(first)) * 10) / 10,
    cpu_us_an_event: round1(medianOf(all.map(({ cpuUs: us }) => us))),
    busiest_thread_us: round1(busiestOf(all)),
    capacity_per_s: Math.round(1e6 / busiestOf(all)),
    capacity_ratio: round1((busiestOf(first) / busiestOf(all)) * 10) / 10,
    main_thread_us: round1(medianOf(all.map(({ mainUs }) => mainUs))),
    broker_us: round1(medianOf(all.map(({ brokerUs }) => brokerUs))),
    rounds: all.length,
  }));
  const about = `a backlog of ${EVENTS} events in ${PARTITIONS} partitions, worked off by one engine without scoring, 12 KPIs, on so many threads; broker and engine are processes of their own on ${availableParallelism()} cores; rounds in turn, medians; load ${loadavg().map(round1).join(' ')}`;
  record(`live/thread-scaling${isSmoke ? '-smoke' : ''}`, about, rows);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
