/**
 * A wall-board that reads nothing and a scorer that cannot keep up (catalogue case 31): the engine's memory stays bounded, what waits is
 * shown by the metrics, nothing is dropped, and who keeps up is served.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, headers, type NatsConnection } from '@nats-io/transport-node';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { startEngineProcess, type EngineProcess } from '../../rig/engine-process.ts';
import { readMetrics, until } from '../../rig/read-metrics.ts';
import { readStream } from '../../rig/read-streams.ts';

const MIB = 1024 * 1024;
let folder: string;
let engine: EngineProcess;
let nc: NatsConnection;

async function start(config: string): Promise<void> {
  folder = mkdtempSync(join(tmpdir(), 'earshot-slow-'));
  const file = join(folder, 'earshot.yaml');
  writeFileSync(file, `nats: {embedded: {store: "${join(folder, 'store')}"}}\nhttp: {port: 0}\n${config}`);
  engine = await startEngineProcess({ args: ['run', '--config', file] });
  nc = await connect({ servers: /"nats":"([^"]+)"/.exec(engine.log())?.[1] ?? '' });
}
afterEach(async () => {
  await nc.close();
  engine.kill('SIGTERM');
  await engine.ended;
  rmSync(folder, { recursive: true, force: true });
});

/** Resident memory of the engine, bytes. */
function resident(): number {
  const status = readFileSync(`/proc/${engine.pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) * 1024;
}

/** Watches the engine's memory until it is asked to stop: the most it was. */
function watchMemory(): () => number {
  let most = resident();
  const timer = setInterval(() => (most = Math.max(most, resident())), 50);
  return () => {
    clearInterval(timer);
    return most;
  };
}

const structured = headers();
structured.set('content-type', 'application/cloudevents+json');
async function publish(from: number, to: number, data: (i: number) => Record<string, unknown>): Promise<void> {
  for (let i = from; i < to; i++) {
    const event = {
      specversion: '1.0',
      id: `e-${i}`,
      source: '/slow',
      type: 'cx.feedback.posted',
      time: new Date().toISOString(),
      data: { channel: 'app', ...data(i) },
    };
    nc.publish('cx.events.app.feedback.-', JSON.stringify(event), { headers: structured });
  }
  await nc.flush();
}

const processed = async (): Promise<number> => (await readMetrics(engine.url))('earshot_events_processed_total');

async function board(onFrame: () => void): Promise<WebSocket> {
  // Packed, what it does not read would be nothing.
  const options = { perMessageDeflate: false };
  const socket = new WebSocket(`${engine.url.replace('http', 'ws')}/v1/live`, 'earshot.v1.json', options);
  socket.on('message', onFrame);
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  socket.send(JSON.stringify({ op: 'sub', id: 1, topics: ['kpi/*', 'alerts'], max_hz: 20 }));
  return socket;
}

describe('what is slow', () => {
  it('a wall-board that reads nothing costs no memory, and holds up nobody', async () => {
    const KEYS = 3_000;
    await start(`
scoring: {sentiment: null}
kpis:
  - {id: volume, title: {zh-CN: 量, en: Volume}, from: cx.feedback.posted, measure: {kind: count}, window: {kind: tumbling, size: 1m}, by: [[product], [product, channel], [product, type]]}
`);
    const product = (i: number): Record<string, unknown> => ({
      text: '好',
      product: `product-${i % KEYS}-${'x'.repeat(90)}`,
    });
    await publish(0, KEYS, product);
    await until('warm', 20_000, async () => (await processed()) === KEYS);
    const stuck = await board(() => undefined);
    await until(
      'subscribed',
      5_000,
      async () => (await readMetrics(engine.url))('earshot_gateway_subscriptions') === 1,
    );
    stuck.pause();
    let frames = 0;
    const good = await board(() => frames++);
    const before = resident();
    const most = watchMemory();
    for (let round = 1; round <= 10; round++) {
      await publish(round * KEYS, (round + 1) * KEYS, product);
      await until('read', 20_000, async () => (await processed()) === (round + 1) * KEYS);
      const seen = frames;
      await until('the other board is served', 5_000, () => Promise.resolve(frames > seen));
    }
    const metrics = await readMetrics(engine.url);
    const grown = most() - before;
    process.stdout.write(
      `slow board: ${Math.round(grown / MIB)} MiB grown, ${Math.round(metrics('earshot_gateway_bytes_total') / MIB)} MiB sent, ${metrics('earshot_gateway_conflated_total')} deltas put off\n`,
    );
    // What it was spared shows, and it is not held in memory for it.
    expect(metrics('earshot_gateway_conflated_total') + metrics('earshot_gateway_closed_slow_total')).toBeGreaterThan(
      0,
    );
    expect(grown).toBeLessThan(250 * MIB);
    stuck.terminate();
    good.terminate();
  });

  it('a scorer that cannot keep up holds the input back: bounded queue and memory, every event scored, in order', async () => {
    const EVENTS = 6_000;
    const QUEUE = 128;
    await start(`
scoring: {workers: 1, batch_texts: 16, queue_texts: ${QUEUE}}
kpis:
  - {id: volume, title: {zh-CN: 量, en: Volume}, from: cx.feedback.posted, measure: {kind: count}, window: {kind: tumbling, size: 1s}}
`);
    const text = (i: number): Record<string, unknown> => ({
      text: `第${i}单等了${i % 977}分钟还没送到，太慢了，客服也不回`,
    });
    await publish(0, 500, text);
    await until('warm', 20_000, async () => (await processed()) >= 500);
    const before = resident();
    const most = watchMemory();
    await publish(500, EVENTS, text);
    let deepest = 0;
    let ahead = 0;
    await until('all read', 50_000, async () => {
      const metrics = await readMetrics(engine.url);
      deepest = Math.max(deepest, metrics('earshot_scoring_queue_texts'));
      ahead = Math.max(ahead, metrics('earshot_queue_depth'));
      return metrics('earshot_events_processed_total') === EVENTS;
    });
    const grown = most() - before;
    process.stdout.write(`slow scorer: ${Math.round(grown / MIB)} MiB grown, at most ${deepest} texts queued\n`);
    // As seen by looking now and then.
    expect(deepest).toBeGreaterThan(0);
    // The texts of one batch of events are let in together.
    expect(deepest).toBeLessThan(QUEUE + 4 * 512);
    expect(ahead).toBeGreaterThan(0);
    expect(grown).toBeLessThan(250 * MIB);
    const out = (await readStream(nc, 'CX_ENRICHED')).map(({ data }) => {
      const { event, status } = (data as { enrichment: { event: { id: string }; status: string } }).enrichment;
      return `${event.id} ${status}`;
    });
    expect(out).toEqual(Array.from({ length: EVENTS }, (_, i) => `e-${i} ok`));
  });
});
