/**
 * Breach → accepted: an event that breaks a rule with `for: 0s` is published 100 times a second, each for a key of its own, and a
 * webhook's receiver notes when it heard of it; from when the event was due. nats-server, the engine and the publisher with its
 * receiver are processes of their own. `--smoke`: 5 s. Ends with exit code 1 where an alert did not arrive, or p99 is over a second.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, headers } from '@nats-io/transport-node';
import { startEngineProcess } from '../../engine/testing/rig/engine-process.ts';
import { percentile, record, type Row } from '../record.ts';
import { benchReceiver } from '../shared/hook-receivers.ts';

const isSmoke = process.argv.includes('--smoke');
const SECONDS = isSmoke ? 5 : 60;
const PER_SECOND = 100;
/** The first of them meet code that has not run yet. */
const WARM_UP = isSmoke ? 100 : 500;
const DRAIN_MS = 10_000;

const folder = mkdtempSync(join(tmpdir(), 'earshot-hook-latency-'));
/** When the event of a key was due. */
const due = new Map<string, number>();
const heard = new Map<string, number>();
const receiver = await benchReceiver({ status: 204 }, (body, at) => {
  const { alerts } = JSON.parse(body()) as { readonly alerts: readonly { readonly labels: Record<string, string> }[] };
  for (const { labels } of alerts) {
    const store = labels['store'] ?? '';
    if (!heard.has(store)) heard.set(store, at);
  }
});
writeFileSync(
  join(folder, 'earshot.yaml'),
  `nats: {embedded: {store: "${join(folder, 'store')}", port: 0}}
http: {port: 0}
scoring: {sentiment: null}
kpis:
  - {id: bad, from: cx.survey.answered, by: [[store]], measure: {kind: count}, window: {kind: sliding, size: 1h, slide: 10s}}
rules:
  - {id: breach, kpi: bad, fire: value >= 1, on: live, for: 0s, severity: critical}
hooks:
  - {id: oncall, kind: webhook, url: "${receiver.url}", allow: [127.0.0.1]}
`,
);
const engine = await startEngineProcess({ args: ['run', '--config', join(folder, 'earshot.yaml')] });
const nc = await connect({ servers: /"nats":"([^"]+)"/.exec(engine.log())?.[1] ?? '' });
const structured = headers();
structured.set('content-type', 'application/cloudevents+json');

const start = Date.now() + 2_000;
const count = PER_SECOND * SECONDS + WARM_UP;
for (let i = 0; i < count;) {
  const now = Date.now();
  for (; i < count && start + (i * 1000) / PER_SECOND <= now; i++) {
    const at = start + (i * 1000) / PER_SECOND;
    const store = `s${i}`;
    if (i >= WARM_UP) due.set(store, at);
    const data = { channel: 'app', metric: 'csat', score: 1, store };
    const time = new Date(at).toISOString();
    const event = { specversion: '1.0', id: store, source: '/hook-latency', type: 'cx.survey.answered', time, data };
    nc.publish('cx.events.app.survey.-', JSON.stringify(event), { headers: structured });
  }
  await sleep(2);
}
for (let waited = 0; waited < DRAIN_MS && [...due.keys()].some((store) => !heard.has(store)); waited += 100) {
  await sleep(100);
}
const times = [...due].flatMap(([store, at]) => {
  const received = heard.get(store);
  return received === undefined ? [] : [received - at];
});
times.sort((a, b) => a - b);
const row: Row = {
  alerts_per_s: PER_SECOND,
  due: due.size,
  heard: times.length,
  p50_ms: Math.round(percentile(times, 0.5)),
  p90_ms: Math.round(percentile(times, 0.9)),
  p99_ms: Math.round(percentile(times, 0.99)),
  max_ms: Math.round(percentile(times, 1)),
  machine_load: Math.round((loadavg()[0] ?? 0) * 10) / 10, // systems without it say 0
};
record(
  isSmoke ? 'hook-latency-smoke' : 'hook-latency',
  'from when an event that breaks a rule (`for: 0s`, `on: live`) was due to when its webhook was read whole by the receiver, each event for a key and an alert of its own; nats-server, engine, and publisher with receiver on the same machine; machine_load: load average over the last minute',
  [row],
);
await nc.close();
engine.kill('SIGINT');
await engine.ended;
await receiver.close();
rmSync(folder, { recursive: true, force: true });
process.exit(times.length < due.size || percentile(times, 0.99) > 1_000 ? 1 : 0);
