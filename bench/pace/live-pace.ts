/**
 * How late live values and alerts are seen, from when each event was due: keys that change 20 times a second, keys that are new, and
 * keys that break a rule with `on: live` and `for: 0s`, within the workload at 200, 2,000 and 10,000 events/s, by `live_every` as it is by
 * default and at 20 ms. nats-server, engine, publisher and client are processes of their own; of each is said how long it stood still at
 * most, and what part of a core the engine and the broker used, so that a late value can be laid at somebody's door.
 * `--against=<folder>`: another built checkout in turn; `--rate=N`: this rate alone; `--scored`: with scoring; `--smoke`: one short round.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { packageRoot } from '../../engine/adapters/process/package-root.ts';
import { at, must } from '../../engine/core/must.ts';
import { startEngineProcess } from '../../engine/testing/rig/engine-process.ts';
import { readMetrics } from '../../engine/testing/rig/read-metrics.ts';
import { percentile, record, type Row } from '../record.ts';
import { processCpu } from '../shared/process-cpu.ts';
import { DUE_EVERY_MS, type Journey } from './paced-keys.ts';

const isSmoke = process.argv.includes('--smoke');
const isScored = process.argv.includes('--scored');
const against = process.argv.find((word) => word.startsWith('--against='))?.slice('--against='.length);
const rate = process.argv.find((word) => word.startsWith('--rate='))?.slice('--rate='.length);
const RATES = rate !== undefined ? [Number(rate)] : isSmoke ? [200] : [200, 2_000, 10_000];
const PACES: readonly (string | null)[] = isSmoke ? [null] : [null, '20ms'];
const SECONDS = isSmoke ? 5 : 20;
const WARM_UP_MS = isSmoke ? 1_000 : 5_000;
const DRAIN_MS = 2_000;
const SCRIPTS = join(packageRoot(), 'dist-bench', 'bench', 'pace');

const config = (store: string, pace: string | null): string => `
nats: {embedded: {store: "${store}", port: 0}}
http: {port: 0}
${pace === null ? '' : `live_every: ${pace}`}
${isScored ? '' : 'scoring: {sentiment: null}'}
kpis:
  - {id: steady, from: cx.journey.step, where: data.journey == "steady", measure: {kind: max, value: data.duration_ms}, window: {kind: cumulative, period: day, every: 1m}, by: [[step]]}
  - {id: fresh, from: cx.journey.step, where: data.journey == "fresh", measure: {kind: count}, window: {kind: sliding, size: 10s, slide: 1s}, by: [[step]]}
  - {id: breaches, from: cx.journey.step, where: data.journey == "breach", measure: {kind: count}, window: {kind: sliding, size: 10s, slide: 1s}, by: [[step]]}
  - {id: csat, from: cx.survey.answered, where: data.metric == "csat", measure: {kind: csat, value: data.score}, window: {kind: sliding, size: 15m, slide: 5s}, by: [[], [channel], [region, channel]]}
  - {id: feedback, from: cx.feedback.posted, measure: {kind: count}, window: {kind: tumbling, size: 1m}, by: [[], [channel], [region, channel]]}
rules:
  - {id: broken, kpi: breaches, fire: value >= 1, on: live, for: 0s, severity: critical}
`;

interface Watched {
  readonly seen: Readonly<Record<Journey, readonly number[]>>;
  readonly bytes: number;
  readonly frames: number;
  readonly stoodStillMs: number;
}

/** The engine's and its broker's processor time, and how long the engine's event loop stood still at most since it was last asked. */
async function lookAt(engine: {
  readonly url: string;
  readonly pid: number;
}): Promise<Record<'engineMs' | 'mainMs' | 'brokerMs' | 'stoodStillMs', number>> {
  const stoodStillMs = (await readMetrics(engine.url))('nodejs_eventloop_lag_max_seconds') * 1000;
  const children = readFileSync(`/proc/${engine.pid}/task/${engine.pid}/children`, 'utf8').trim().split(' ');
  const broker = children.map((pid) => processCpu(Number(pid)).allMs).reduce((sum, ms) => sum + ms, 0);
  const { allMs, firstThreadMs } = processCpu(engine.pid);
  return { engineMs: allMs, mainMs: firstThreadMs, brokerMs: broker, stoodStillMs };
}

async function round(root: string, perSecond: number, pace: string | null): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-pace-'));
  const file = join(folder, 'earshot.yaml');
  writeFileSync(file, config(join(folder, 'store'), pace));
  const engine = await startEngineProcess({ args: ['run', '--config', file], root });
  try {
    const natsUrl = must(/"nats":"([^"]+)"/.exec(engine.log())?.[1]);
    const start = Date.now() + 3_000;
    const client = spawn(
      process.execPath,
      [join(SCRIPTS, 'watching-client.js'), engine.url, `${start}`, `${WARM_UP_MS}`],
      {
        stdio: ['pipe', 'pipe', 'inherit'],
      },
    );
    let said = '';
    client.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
    const publisher = [join(SCRIPTS, 'steady-load.js'), natsUrl, perSecond, SECONDS, start].map(String);
    const publishing = promisify(execFile)(process.execPath, publisher);
    await sleep(start + WARM_UP_MS - Date.now());
    const from = await lookAt(engine);
    const { stdout } = await publishing;
    const to = await lookAt(engine);
    await sleep(DRAIN_MS);
    const ended = once(client, 'close');
    client.stdin.end();
    await ended;
    const { seen, bytes, frames, stoodStillMs } = JSON.parse(at(said.split('\n'), 1)) as Watched;
    const { lateP99Ms, lateMaxMs } = JSON.parse(stdout) as { readonly lateP99Ms: number; readonly lateMaxMs: number };
    const cores = (a: number, b: number): number => Math.round(((b - a) / (SECONDS * 1000 - WARM_UP_MS)) * 100) / 100;
    return Object.entries(seen).map(([what, latencies]) => ({
      engine: root === packageRoot() ? 'this' : 'another checkout',
      live_every: pace ?? 'default',
      events_per_s: perSecond,
      what,
      due: Math.floor((SECONDS * 1000 - WARM_UP_MS) / DUE_EVERY_MS[what as Journey]),
      seen: latencies.length,
      p50_ms: percentile(latencies, 0.5),
      p99_ms: percentile(latencies, 0.99),
      max_ms: latencies.at(-1) ?? null, // nothing was seen
      publisher_late_p99_ms: lateP99Ms,
      publisher_late_max_ms: lateMaxMs,
      engine_stood_still_ms: Math.round(to.stoodStillMs),
      client_stood_still_ms: Math.round(stoodStillMs),
      engine_cores: cores(from.engineMs, to.engineMs),
      engine_main_thread_cores: cores(from.mainMs, to.mainMs),
      broker_cores: cores(from.brokerMs, to.brokerMs),
      kb_a_minute: Math.round((bytes / 1000 / SECONDS) * 60),
      frames_a_s: Math.round(frames / SECONDS),
    }));
  } finally {
    engine.kill('SIGINT');
    await engine.ended;
    rmSync(folder, { recursive: true, force: true });
  }
}

const rows: Row[] = [];
for (const perSecond of RATES) {
  for (const pace of PACES) {
    for (const root of [...(against === undefined ? [] : [against]), packageRoot()]) {
      rows.push(...(await round(root, perSecond, pace)));
    }
  }
}
record(
  `live/live-pace${isScored ? '-scored' : ''}${isSmoke ? '-smoke' : ''}`,
  `from when an event was due to the frame that shows it, by keys that change steadily (20/s each), that are new, and that break a live rule with \`for: 0s\`${isScored ? ', with scoring' : ''}; nats-server, engine, publisher and client as processes of their own on one machine; load ${loadavg()
    .map((one) => Math.round(one))
    .join(' ')}`,
  rows,
);
