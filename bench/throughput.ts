/**
 * How fast a backlog is worked off: the same stored stream is read first by a consumer that does nothing, then by the engine (decode, validate, mask,
 * score, windows, rules, commits, outputs), without and with scoring. Each engine run has a broker of its own. `--smoke` takes a small backlog.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect, headers } from '@nats-io/transport-node';
import { jetstreamSource } from '../engine/adapters/streams/jetstream-source.ts';
import { makeLogger } from '../engine/adapters/process/log.ts';
import { startNatsServer } from '../engine/adapters/embedded-server/nats-server.ts';
import { packageRoot } from '../engine/adapters/process/package-root.ts';
import { provisionStreams } from '../engine/adapters/streams/provision-streams.ts';
import type { JsonObject } from '../engine/core/types.ts';
import { startEngineProcess } from '../engine/testing/rig/engine-process.ts';
import { readMetrics } from '../engine/testing/rig/read-metrics.ts';
import { record, type Row } from './record.ts';
import { workload } from '../engine/app/demo/generator.ts';
import { loadTexts } from '../engine/app/demo/texts.ts';

const isSmoke = process.argv.includes('--smoke');
const EVENTS = isSmoke ? 5_000 : 60_000;
const logger = makeLogger('json', () => undefined, Date.now);

const config = (url: string, isScored: boolean): string =>
  `nats: {servers: ["${url}"]}
http: {port: 0}
${isScored ? '' : 'scoring: {sentiment: null}'}
kpis:
  - {id: csat, title: {zh-CN: 满意度, en: CSAT}, from: cx.survey.answered, where: data.metric == "csat", measure: {kind: csat, value: data.score}, window: {kind: sliding, size: 15m, slide: 5s}, by: [[], [channel], [region, channel]]}
  - {id: nps, title: {zh-CN: 推荐, en: NPS}, from: cx.survey.answered, where: data.metric == "nps", measure: {kind: nps, value: data.score}, window: {kind: sliding, size: 15m, slide: 5s}, by: [[], [channel]]}
  - {id: negative, title: {zh-CN: 负面, en: Negative}, from: cx.feedback.posted, where: enrichment.sentiment != null, measure: {kind: ratio, of: enrichment.sentiment.label == "negative"}, window: {kind: sliding, size: 1m, slide: 1s}, by: [[], [channel], [region, channel]]}
  - {id: complaints, title: {zh-CN: 投诉, en: Complaints}, from: cx.case.opened, measure: {kind: ratio, of: data.complaint == true}, window: {kind: sliding, size: 1h, slide: 10s}, by: [[], [channel]]}
rules:
  - {id: csat_low, kpi: csat, fire: value < 80, recover: value >= 82, for: 30s, min_n: 30, severity: critical}
`;

async function round(isScored: boolean): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-throughput-'));
  const server = await startNatsServer({ store: join(folder, 'store'), logger });
  const nc = await connect({ servers: server.url });
  try {
    await provisionStreams(await jetstreamManager(nc), { partitions: 1, replicas: 1 }, logger);
    const make = workload(
      { seed: 11, start: Date.now() - 600_000, perSecond: 200, incidents: [], disorderMs: 800 },
      loadTexts(packageRoot()),
    );
    const structured = headers();
    structured.set('content-type', 'application/cloudevents+json');
    for (let i = 0; i < EVENTS; i++) {
      const { subject, event } = make(i);
      // Texts occur once: what is measured is scoring, not remembering.
      const data = event['data'] as JsonObject;
      const sent =
        typeof data['text'] === 'string' ? { ...event, data: { ...data, text: `${data['text']} ${i}` } } : event;
      nc.publish(subject, JSON.stringify(sent), { headers: structured });
      if (i % 500 === 0) await nc.flush();
    }
    await nc.flush();
    const rows: Row[] = [{ what: 'do-nothing consumer', scoring: isScored, ...(await readAll(nc)) }];

    const file = join(folder, 'earshot.yaml');
    writeFileSync(file, config(server.url, isScored));
    const engine = await startEngineProcess({ args: ['run', '--config', file] });
    rows.push({ what: 'engine', scoring: isScored, ...(await workedOff(engine.url)) });
    engine.kill('SIGTERM');
    await engine.ended;
    return rows;
  } finally {
    await nc.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function readAll(nc: Awaited<ReturnType<typeof connect>>): Promise<Row> {
  const stop = new AbortController();
  const started = performance.now();
  let count = 0;
  for await (const batch of jetstreamSource(nc, { stream: 'CX_EVENTS_0', partition: 0, logger }).batches(
    0,
    stop.signal,
  )) {
    count += batch.length;
    if (count >= EVENTS) break;
  }
  return rate(count, started);
}

/** From the first look that finds something processed to the one that finds all of it. */
async function workedOff(url: string): Promise<Row> {
  let first: { readonly at: number; readonly count: number } | undefined;
  for (;;) {
    const count = (await readMetrics(url))('earshot_events_in_total');
    const at = performance.now();
    if (count > 0) first ??= { at, count };
    if (count >= EVENTS && first !== undefined) return rate(count - first.count, first.at);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function rate(count: number, started: number): Row {
  const seconds = (performance.now() - started) / 1000;
  return { events: count, seconds: Math.round(seconds * 100) / 100, events_per_s: Math.round(count / seconds) };
}

record(
  isSmoke ? 'throughput-smoke' : 'throughput',
  'working off a backlog of the workload (texts of 300 characters on average): a do-nothing consumer of the same stream beside the whole engine, nats-server on the same machine',
  [...(await round(false)), ...(await round(true))],
);
