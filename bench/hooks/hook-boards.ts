/**
 * Boards beside a storm: two engines alike, one with six hooks (one dead, one slow) and one without, get the same load in turn:
 * 200 events a second, and 10,000 changes of alerts a minute that the engine's own rules make and that watching clients follow as
 * well. What is compared is what the hooks cost the frames. Load and receivers are processes of their own, at a lower priority:
 * elsewhere they would not share these processors; the receivers get as many notices on either side. `--short`: three phases a side in
 * four minutes; `--smoke`: shorter. Exit code 1: the median of the phases' p99 with hooks is more than a tenth above that without.
 */
import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { WebSocket } from 'ws';
import { packageRoot } from '../../engine/adapters/process/package-root.ts';
import { at } from '../../engine/core/must.ts';
import { startEngineProcess, type EngineProcess } from '../../engine/testing/rig/engine-process.ts';
import { percentile, record, type Row } from '../record.ts';
import { processCpu } from '../shared/process-cpu.ts';
import { phaseSide } from '../shared/storm-phases.ts';

const isSmoke = process.argv.includes('--smoke');
const isShort = process.argv.includes('--short');
const PHASE_MS = isSmoke ? 15_000 : isShort ? 25_000 : 40_000;
/** The first two warm up. */
const PHASES = isSmoke ? 4 : isShort ? 8 : 14;
const WARM_UP = 2;
/** Of each phase: until as many alerts end as begin. */
const SETTLE_MS = isSmoke ? 5_000 : isShort ? 9_000 : 15_000;
const EVENTS_A_SECOND = 200;
/** Each makes a change of an alert when it comes and one when it has left the window; one in twenty makes four. */
const BREACHES_A_SECOND = 10_000 / 60 / 2.1;
const CLIENTS = 10;
const NICE = 10;
const SIDES = ['without', 'with'] as const;

const shared = (file: string): string => join(packageRoot(), 'dist-bench', 'bench', 'shared', file);
const receivers = spawn(process.execPath, [shared('storm-receivers.js')], { stdio: ['pipe', 'pipe', 'inherit'] });
setPriority(receivers.pid ?? 0, NICE);
const answers = createInterface(receivers.stdout)[Symbol.asyncIterator]();
const answer = async (): Promise<Readonly<Record<string, unknown>>> =>
  JSON.parse(String((await answers.next()).value)) as Readonly<Record<string, unknown>>;
const urls = await answer();

const folder = mkdtempSync(join(tmpdir(), 'earshot-hook-boards-'));
const hook = (id: string, kind: string, url: unknown): string =>
  `  - {id: ${id}, kind: ${kind}, url: "${String(url)}", allow: [127.0.0.1]}`;
const HOOKS = `hooks:
${hook('webhook', 'webhook', urls['webhook'])}
${hook('wecom', 'wecom', urls['wecom'])}
${hook('slack', 'slack', urls['slack'])}
${hook('teams', 'teams', urls['teams'])}
${hook('slow', 'webhook', urls['slow'])}
${hook('dead', 'webhook', 'http://127.0.0.1:9')}
`;
const configOf = (side: string): string => `nats: {embedded: {store: "${join(folder, side)}", port: 0}}
http: {port: 0}
scoring: {sentiment: null}
kpis:
  - {id: marker, from: cx.feedback.posted, by: [[product]], measure: {kind: count}, window: {kind: sliding, size: 10s, slide: 1s}}
  - {id: csat, from: cx.survey.answered, where: data.metric == "csat", by: [[], [channel], [region, channel]], measure: {kind: csat, value: data.score}, window: {kind: sliding, size: 15m, slide: 5s}}
  - {id: events, from: cx.page.viewed, by: [[], [channel], [region, channel]], measure: {kind: count}, window: {kind: sliding, size: 2m, slide: 1s}}
  - {id: low, from: cx.survey.answered, where: data.score <= 2, by: [[store]], measure: {kind: count}, window: {kind: tumbling, size: 5s}}
  - {id: lowest, from: cx.survey.answered, where: data.score <= 1, by: [[store]], measure: {kind: count}, window: {kind: tumbling, size: 5s}}
rules:
  - {id: low_score, kpi: low, fire: value >= 1, on: live, for: 0s, severity: major, owner: care}
  - {id: lowest_score, kpi: lowest, fire: value >= 1, on: live, for: 0s, severity: critical, owner: care}
${side === 'with' ? HOOKS : ''}`;

const engines: readonly EngineProcess[] = await Promise.all(
  SIDES.map((side) => {
    const config = join(folder, `${side}.yaml`);
    writeFileSync(config, configOf(side));
    return startEngineProcess({ args: ['run', '--config', config] });
  }),
);
/** The load has to read its texts first. */
const start = Date.now() + 10_000;
const latencies: number[][] = Array.from({ length: PHASES }, () => []);
/** In the bytes of a frame: a fresh value of a marker, and an alert. Clients elsewhere would parse on processors of their own. */
const MARKER = '"product":"m-';
const ALERT = '{"alert":"';
/** Changes of alerts that one client of each was sent. */
const changes = [0, 0];

function watch(engine: EngineProcess, side: number, isCounting: boolean): WebSocket {
  const seen = new Set<number>();
  const socket = new WebSocket(`${engine.url.replace('http', 'ws')}/v1/live`, 'earshot.v1.json');
  const topics = ['kpi/marker', 'kpi/csat', 'kpi/events', 'alerts'];
  socket.on('open', () => socket.send(JSON.stringify({ op: 'sub', id: 1, topics })));
  socket.on('message', (data: Buffer) => {
    const now = Date.now();
    for (let from = data.indexOf(MARKER); from >= 0; from = data.indexOf(MARKER, from + MARKER.length)) {
      const value = from + MARKER.length;
      const due = Number(data.toString('latin1', value, data.indexOf('"', value)));
      if (seen.has(due)) continue;
      seen.add(due);
      const since = due - start;
      if (since % PHASE_MS >= SETTLE_MS) latencies[Math.floor(since / PHASE_MS)]?.push(now - since - start);
    }
    if (!isCounting) return;
    for (let from = data.indexOf(ALERT); from >= 0; from = data.indexOf(ALERT, from + ALERT.length)) {
      changes[side] = at(changes, side) + 1;
    }
  });
  return socket;
}
/** Percent of a processor in each phase: of the thread that serves the boards, and of all. */
const cpu = Array.from({ length: PHASES }, () => ({ first: Number.NaN, all: Number.NaN }));
async function watchCpu(): Promise<void> {
  for (const [phase, used] of cpu.entries()) {
    const pid = at(engines, phaseSide(phase)).pid;
    await sleep(start + phase * PHASE_MS + SETTLE_MS - Date.now());
    const [before, since] = [processCpu(pid), Date.now()];
    await sleep(start + (phase + 1) * PHASE_MS - Date.now());
    const [after, ms] = [processCpu(pid), Date.now() - since];
    used.first = ((after.firstThreadMs - before.firstThreadMs) / ms) * 100;
    used.all = ((after.allMs - before.allMs) / ms) * 100;
  }
}
const sockets = engines.flatMap((engine, side) =>
  Array.from({ length: CLIENTS }, (_, client) => watch(engine, side, client === 0)),
);

const urlsOf = engines.map((engine) => /"nats":"([^"]+)"/.exec(engine.log())?.[1] ?? '');
const load = promisify(execFile)(process.execPath, [
  ...[shared('storm-load.js'), ...urlsOf, String(urls['webhook'])],
  ...[EVENTS_A_SECOND, BREACHES_A_SECOND, start, PHASE_MS, PHASES].map(String),
]);
setPriority(load.child.pid ?? 0, NICE);
const [{ stdout }] = await Promise.all([load, watchCpu()]);
const { lateP99Ms } = JSON.parse(stdout) as { readonly lateP99Ms: number };
await sleep(2_000);
for (const socket of sockets) socket.terminate();

/** Of an even number the mean of the two in the middle. */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = (sorted.length - 1) / 2;
  return (at(sorted, Math.floor(half)) + at(sorted, Math.ceil(half))) / 2;
}
const cpuOf = (phases: typeof cpu): Row => ({
  boards_thread_cpu_percent: Math.round(median(phases.map(({ first }) => first))),
  engine_cpu_percent: Math.round(median(phases.map(({ all }) => all))),
});
const rows = SIDES.map((side, which): Row => {
  const isOfIt = (_: unknown, phase: number): boolean => phase >= WARM_UP && phaseSide(phase) === which;
  const phases = latencies.filter(isOfIt);
  const used = cpu.filter(isOfIt);
  for (const phase of phases) phase.sort((a, b) => a - b);
  const share = (q: number): number => Math.round(median(phases.map((phase) => percentile(phase, q))));
  const frames = phases.reduce((sum, phase) => sum + phase.length, 0);
  const p99s = phases.map((phase) => Math.round(percentile(phase, 0.99))).join(' ');
  const times = { p50_ms: share(0.5), p90_ms: share(0.9), p99_ms: share(0.99), max_ms: share(1) };
  return { hooks: side, frames, ...times, p99_ms_of_phases: p99s, ...cpuOf(used), changes: at(changes, which) };
});
const [without, beside] = rows.map((row) => Number(row['p99_ms']));
const more = Math.round((((beside ?? Number.NaN) - (without ?? Number.NaN)) / (without ?? Number.NaN)) * 1000) / 10;
receivers.stdin.end();
const sent = Object.fromEntries(Object.entries(await answer()).map(([name, count]) => [`sent_${name}`, Number(count)]));
const load1 = Math.round((loadavg()[0] ?? 0) * 10) / 10; // systems without it say 0
record(
  isSmoke ? 'hook-boards-smoke' : 'hook-boards', // a short run says so by its phases
  `frames of ${CLIENTS} watching clients, from when a marking event was due to when its value was received, over ${EVENTS_A_SECOND} events and 167 changes of alerts a second, made by rules and watched as well, of two engines in turn: without hooks, and with six (one dead, one slow); medians of ${(PHASES - WARM_UP) / 2} phases of ${(PHASE_MS - SETTLE_MS) / 1000} s each; both nats-servers, engines and the clients on the same machine, load and receivers there at nice ${NICE}; without hooks the load posts as many notices to the webhook's receiver as hooks do beside it; all of this shares the machine's processors, elsewhere Earshot would have them alone; machine_load: load average over the last minute`,
  [...rows, { hooks: 'difference', p99_percent: more, load_late_p99_ms: lateP99Ms, ...sent, machine_load: load1 }],
);
for (const engine of engines) {
  engine.kill('SIGINT');
  await engine.ended;
}
rmSync(folder, { recursive: true, force: true });
process.exit(more > 10 ? 1 : 0);
