/**
 * Boards beside a storm: KPIs over 200 events a second and the frames of watching clients, without and with 10,000 changes of
 * alerts a minute that six hooks have to tell (one dead, one slow), in turn in one run. `--smoke`: short. The changes are written
 * to CX_ALERTS as they would stand there, so that what is compared is the delivery alone. Exit code 1: p99 with the storm is more
 * than a tenth above that without.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { connect } from '@nats-io/transport-node';
import { WebSocket } from 'ws';
import { packageRoot } from '../../engine/adapters/process/package-root.ts';
import type { ServerFrame } from '../../engine/core/wire.ts';
import { alertMessage } from '../../engine/delivery/testing/delivery-rehearsal.ts';
import { startEngineProcess } from '../../engine/testing/rig/engine-process.ts';
import { percentile, record, type Row } from '../record.ts';
import { benchReceiver } from '../shared/hook-receivers.ts';

const isSmoke = process.argv.includes('--smoke');
const PHASE_MS = isSmoke ? 8_000 : 60_000;
/** In turn, so that what a machine does meanwhile meets both. */
const PHASES = isSmoke ? 2 : 6;
const WARM_UP_MS = isSmoke ? 3_000 : 10_000;
const EVENTS_A_SECOND = isSmoke ? 100 : 200;
const CHANGES_A_SECOND = 10_000 / 60;
const CLIENTS = 10;
const STANDING = 600;

const folder = mkdtempSync(join(tmpdir(), 'earshot-hook-boards-'));
const counts = new Map<string, number>();
const counted = (name: string) => () => void counts.set(name, (counts.get(name) ?? 0) + 1);
const receivers = {
  webhook: await benchReceiver({ status: 204, afterMs: 5 }, counted('webhook')),
  wecom: await benchReceiver({ status: 200, body: '{"errcode":0}', afterMs: 100 }, counted('wecom')),
  slack: await benchReceiver({ status: 200, body: 'ok', afterMs: 100 }, counted('slack')),
  teams: await benchReceiver({ status: 202, afterMs: 50 }, counted('teams')),
  slow: await benchReceiver({ status: 204, afterMs: 2_000 }, counted('slow')),
};
const hook = (id: string, kind: string, url: string): string =>
  `  - {id: ${id}, kind: ${kind}, url: "${url}", allow: [127.0.0.1]}`;
writeFileSync(
  join(folder, 'earshot.yaml'),
  `nats: {embedded: {store: "${join(folder, 'store')}", port: 0}}
http: {port: 0}
scoring: {sentiment: null}
kpis:
  - {id: marker, from: cx.feedback.posted, by: [[product]], measure: {kind: count}, window: {kind: sliding, size: 10s, slide: 1s}}
  - {id: csat, from: cx.survey.answered, where: data.metric == "csat", by: [[], [channel], [region, channel]], measure: {kind: csat, value: data.score}, window: {kind: sliding, size: 15m, slide: 5s}}
  - {id: events, from: cx.page.viewed, by: [[], [channel], [region, channel]], measure: {kind: count}, window: {kind: sliding, size: 2m, slide: 1s}}
hooks:
${hook('webhook', 'webhook', receivers.webhook.url)}
${hook('wecom', 'wecom', receivers.wecom.url)}
${hook('slack', 'slack', receivers.slack.url)}
${hook('teams', 'teams', receivers.teams.url)}
${hook('slow', 'webhook', receivers.slow.url)}
${hook('dead', 'webhook', 'http://127.0.0.1:9')}
`,
);
const engine = await startEngineProcess({ args: ['run', '--config', join(folder, 'earshot.yaml')] });
const natsUrl = /"nats":"([^"]+)"/.exec(engine.log())?.[1] ?? '';
const nc = await connect({ servers: natsUrl });
/** The publisher has to load first. */
const start = Date.now() + 10_000;
const end = start + WARM_UP_MS + PHASES * PHASE_MS;
/** Odd phases have the storm; null: warming up, or over. */
const phaseAt = (at: number): number | null =>
  at < start + WARM_UP_MS || at >= end ? null : Math.floor((at - start - WARM_UP_MS) / PHASE_MS);

const latencies = { without: [] as number[], with: [] as number[] };
const sockets = Array.from({ length: CLIENTS }, () => {
  const seen = new Set<string>();
  const socket = new WebSocket(`${engine.url.replace('http', 'ws')}/v1/live`, 'earshot.v1.json');
  socket.on('open', () => socket.send(JSON.stringify({ op: 'sub', id: 1, topics: ['kpi/*', 'alerts'] })));
  socket.on('message', (data: Buffer) => {
    const at = Date.now();
    const frame = JSON.parse(data.toString('utf8')) as ServerFrame;
    if (frame.op !== 'delta' && frame.op !== 'snapshot') return;
    for (const { kpi, key } of frame.kpis) {
      const product = kpi === 'marker' ? key['product'] : undefined;
      if (product?.startsWith('m-') !== true || seen.has(product)) continue;
      seen.add(product);
      const due = Number(product.slice(2));
      const phase = phaseAt(due);
      if (phase !== null) latencies[phase % 2 === 1 ? 'with' : 'without'].push(at - due);
    }
  });
  return socket;
});

function change(i: number, state: 'firing' | 'resolved'): void {
  const at = new Date().toISOString();
  const key = { channel: `c${i % 40}`, region: `r${i}` };
  const severity = i % 20 === 0 ? 'critical' : 'major';
  const about = { rule: `rule_${i % 5}`, key, severity, owner: 'care', since: at, at, samples: ['x'.repeat(200)] };
  nc.publish(`cx.alerts.${severity}.rule_${i % 5}`, JSON.stringify(alertMessage(`storm${i}`, { ...about, state })));
}

let changes = 0;
async function storms(): Promise<void> {
  const open: number[] = [];
  let next = 0;
  for (let owed = 0, last = Date.now(); Date.now() < end; last = Date.now()) {
    await sleep(20);
    const phase = phaseAt(Date.now());
    owed = phase !== null && phase % 2 === 1 ? owed + ((Date.now() - last) / 1000) * CHANGES_A_SECOND : 0;
    for (; owed >= 1; owed--, changes++) {
      const oldest = open.length > STANDING ? open.shift() : undefined;
      if (oldest !== undefined) change(oldest, 'resolved');
      else {
        open.push(next);
        change(next++, 'firing');
      }
    }
  }
}

const load = promisify(execFile)(process.execPath, [
  join(packageRoot(), 'dist-bench', 'engine', 'testing', 'rig', 'publish-load.js'),
  ...[natsUrl, String(EVENTS_A_SECOND), String((end - start) / 1000), String(start)],
]);
const [{ stdout }] = await Promise.all([load, storms()]);
const { publisherLateP99Ms } = JSON.parse(stdout) as { readonly publisherLateP99Ms: number };
await sleep(5_000);
for (const socket of sockets) socket.terminate();

const rows = (['without', 'with'] as const).map((storm): Row => {
  const sorted = latencies[storm].sort((a, b) => a - b);
  const at = (share: number): number => Math.round(percentile(sorted, share));
  return { storm, frames: sorted.length, p50_ms: at(0.5), p90_ms: at(0.9), p99_ms: at(0.99), max_ms: at(1) };
});
const [without, beside] = rows.map((row) => Number(row['p99_ms']));
const more = Math.round((((beside ?? Number.NaN) - (without ?? Number.NaN)) / (without ?? Number.NaN)) * 1000) / 10;
const sent = Object.fromEntries([...counts].map(([name, count]) => [`sent_${name}`, count]));
record(
  isSmoke ? 'hook-boards-smoke' : 'hook-boards',
  `frames of ${CLIENTS} watching clients, from when a marking event was due to when its value was received, over ${EVENTS_A_SECOND} events a second, without and with a storm of 10,000 changes of alerts a minute to six hooks (one dead, one slow), ${PHASES} phases of ${PHASE_MS / 1000} s in turn; nats-server, engine, publisher, and clients with receivers on the same machine; machine_load: load average over the last minute`,
  [
    ...rows,
    {
      storm: 'difference',
      p99_percent: more,
      publisher_late_p99_ms: publisherLateP99Ms,
      changes,
      ...sent,
      machine_load: Math.round((loadavg()[0] ?? 0) * 10) / 10,
    },
  ], // systems without it say 0
);
await nc.close();
engine.kill('SIGINT');
await engine.ended;
for (const receiver of Object.values(receivers)) await receiver.close();
rmSync(folder, { recursive: true, force: true });
process.exit(more > 10 ? 1 : 0);
