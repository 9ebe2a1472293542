/**
 * Publish → WebSocket frame received, from the scheduled send time, on one machine: nats-server, the engine with gateway and scoring, the publisher
 * and the watching client are processes of their own. `--smoke` runs one short round.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { WebSocket } from 'ws';
import { packageRoot } from '../engine/adapters/process/package-root.ts';
import type { ServerFrame } from '../engine/core/wire.ts';
import { startEngineProcess } from '../engine/testing/rig/engine-process.ts';
import { percentile, record, type Row } from './record.ts';

const isSmoke = process.argv.includes('--smoke');
const RATES = isSmoke ? [200] : [200, 2_000, 10_000];
const SECONDS = isSmoke ? 5 : 25;
const WARM_UP_MS = isSmoke ? 1_000 : 5_000;

const config = (folder: string, isScored: boolean): string => `
nats: {embedded: {store: "${join(folder, 'store')}", port: 0}}
http: {port: 0}
${isScored ? '' : 'scoring: {sentiment: null}'}
kpis:
  - id: marker
    title: {zh-CN: 标记, en: Marker}
    from: cx.feedback.posted
    measure: {kind: count}
    window: {kind: sliding, size: 10s, slide: 1s}
    by: [[product]]
  - id: csat
    title: {zh-CN: 满意度, en: CSAT}
    from: cx.survey.answered
    where: data.metric == "csat"
    measure: {kind: csat, value: data.score}
    window: {kind: sliding, size: 15m, slide: 5s}
    by: [[], [channel], [region, channel]]
  - id: negative_rate
    title: {zh-CN: 负面率, en: Negative}
    from: [cx.feedback.posted, cx.interaction.message]
    where: enrichment.status == "ok"
    measure: {kind: ratio, of: enrichment.sentiment.label == "negative", per: "true"}
    window: {kind: sliding, size: 2m, slide: 1s}
    by: [[], [channel], [region, channel]]
  - id: complaint_rate
    title: {zh-CN: 投诉率, en: Complaints}
    from: cx.case.opened
    measure: {kind: ratio, of: data.complaint == true, per: "true"}
    window: {kind: sliding, size: 1h, slide: 10s}
    by: [[], [channel]]
rules:
  - {id: csat_low, kpi: csat, fire: value < 80, recover: value >= 82, for: 30s, min_n: 30, severity: critical}
`;

/** Latencies in ms of all markers seen after the warm-up, and how many were due. */
async function watch(url: string, start: number): Promise<{ seen: Map<string, number>; close: () => void }> {
  const seen = new Map<string, number>();
  const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/live`, 'earshot.v1.json');
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.once('open', () => {
      socket.send(JSON.stringify({ op: 'sub', id: 1, topics: ['kpi/*', 'alerts'] }));
      resolve();
    });
  });
  socket.on('message', (data: Buffer) => {
    const at = Date.now();
    const frame = JSON.parse(data.toString('utf8')) as ServerFrame;
    if (frame.op !== 'delta' && frame.op !== 'snapshot') return;
    for (const value of frame.kpis) {
      const product = value.kpi === 'marker' ? value.key['product'] : undefined;
      if (product?.startsWith('m-') !== true || seen.has(product)) continue;
      const due = Number(product.slice(2));
      if (due >= start + WARM_UP_MS) seen.set(product, at - due);
    }
  });
  return { seen, close: () => socket.terminate() };
}

async function round(perSecond: number, isScored: boolean): Promise<Row> {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-latency-'));
  const file = join(folder, 'earshot.yaml');
  writeFileSync(file, config(folder, isScored));
  const engine = await startEngineProcess({ args: ['run', '--config', file] });
  try {
    const natsUrl = /"nats":"([^"]+)"/.exec(engine.log())?.[1] ?? '';
    const start = Date.now() + 2_500;
    const { seen, close } = await watch(engine.url, start);
    const { stdout } = await promisify(execFile)(process.execPath, [
      join(packageRoot(), 'dist-bench', 'engine', 'testing', 'rig', 'publish-load.js'),
      natsUrl,
      String(perSecond),
      String(SECONDS),
      String(start),
    ]);
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    close();
    const { publisherLateP99Ms } = JSON.parse(stdout) as { publisherLateP99Ms: number };
    const sorted = [...seen.values()].sort((a, b) => a - b);
    const due = Math.floor((SECONDS * 1000 - WARM_UP_MS) / 100);
    return {
      events_per_s: perSecond,
      scoring: isScored,
      markers_due: due,
      markers_seen: sorted.length,
      p50_ms: percentile(sorted, 0.5),
      p90_ms: percentile(sorted, 0.9),
      p99_ms: percentile(sorted, 0.99),
      max_ms: sorted.at(-1) ?? null,
      publisher_late_p99_ms: publisherLateP99Ms,
    };
  } finally {
    engine.kill('SIGINT');
    await engine.ended;
    rmSync(folder, { recursive: true, force: true });
  }
}

const rows: Row[] = [];
for (const perSecond of RATES) for (const isScored of [false, true]) rows.push(await round(perSecond, isScored));
record(
  isSmoke ? 'latency-smoke' : 'latency',
  'publish to WebSocket frame received by a client, from the scheduled send time; nats-server, engine, publisher and client on the same machine',
  rows,
);
