/**
 * How long the event loop of a running engine is held at a stretch by what senders may send: of several rounds the quickest
 * longest stretch, in processor time of the process (without scoring; the collector's threads count too). `--only=leap`: the cases
 * whose name holds it. `--smoke`: one round.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect, headers } from '@nats-io/transport-node';
import { makeLogger } from '../engine/adapters/process/log.ts';
import { startNatsServer } from '../engine/adapters/embedded-server/nats-server.ts';
import { packageRoot } from '../engine/adapters/process/package-root.ts';
import { CASES, type Case, type Sent } from './shared/event-loop-cases.ts';
import { startEngineProcess, type EngineProcess } from '../engine/testing/rig/engine-process.ts';
import { record, type Row } from './record.ts';

const isSmoke = process.argv.includes('--smoke');
const only = process.argv.find((word) => word.startsWith('--only='))?.slice(7) ?? '';
const ROUNDS = isSmoke ? 1 : 3;
const logger = makeLogger('json', () => undefined, Date.now);

const config = (url: string, { isIdle, partitions }: Case): string => `nats: {servers: ["${url}"]}
http: {port: 0}
scoring: {sentiment: null}
partitions: ${partitions ?? 1}
time: {idle_after: ${isIdle === true ? '2s' : '10m'}}
kpis:
  - {id: views, from: cx.page.viewed, measure: {kind: count}, window: {kind: sliding, size: 1h, slide: 1s}, by: [[], [region]]}
  - {id: posts, from: cx.feedback.posted, measure: {kind: count}, window: {kind: tumbling, size: 1m}, by: [[], [product]]}
  - {id: labels, from: cx.feedback.posted, measure: {kind: distinct, value: data.labels}, window: {kind: sliding, size: 1h, slide: 1m}, by: [[], [channel], [region, channel]]}
  - {id: often, from: cx.feedback.posted, measure: {kind: top, k: 10, value: data.labels}, window: {kind: sliding, size: 1h, slide: 1m}, by: [[], [region]]}
`;

interface Look {
  /** Since the look before. */
  readonly longest: number;
  readonly cpu: number;
}
async function look({ pid, log }: EngineProcess): Promise<Look> {
  const seen = log().length;
  process.kill(pid, 'SIGUSR2');
  for (;;) {
    await pause(20);
    const found = /\{"probe":(.*)\}\n/.exec(log().slice(seen))?.[1];
    if (found !== undefined) return JSON.parse(found) as Look;
  }
}

/** The longest stretch until the engine has read all, and has nothing more to do. */
async function settled(engine: EngineProcess, hasRead: () => Promise<boolean>, leastMs: number): Promise<number> {
  const from = performance.now();
  let { longest, cpu } = await look(engine);
  for (let still = 0; still < 3 || performance.now() - from < leastMs;) {
    await pause(200);
    const asked = performance.now();
    const now = await look(engine);
    const isQuiet = now.cpu - cpu < 40 && performance.now() - asked < 200 && (await hasRead());
    still = isQuiet ? still + 1 : 0;
    longest = Math.max(longest, now.longest);
    cpu = now.cpu;
  }
  return longest;
}

async function measured(test: Case): Promise<Row> {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-event-loop-'));
  const server = await startNatsServer({ store: join(folder, 'store'), logger });
  const nc = await connect({ servers: server.url });
  let engine: EngineProcess | undefined;
  try {
    const file = join(folder, 'earshot.yaml');
    writeFileSync(file, config(server.url, test));
    const probe = pathToFileURL(join(packageRoot(), 'dist-bench', 'bench', 'shared', 'loop-probe.js')).href;
    const env = { NODE_OPTIONS: `--import=${probe}` };
    const { url } = (engine = await startEngineProcess({ args: ['run', '--config', file], env, timeoutMs: 120_000 }));
    const jsm = await jetstreamManager(nc);
    const subject = (partition: number): string =>
      test.partitions === undefined ? 'cx.events.app.feedback.-' : `cx.p.${partition}.app.feedback`;
    let sent = 0;
    const hasRead = async (): Promise<boolean> => (await jsm.streams.info('CX_ENRICHED')).state.messages >= sent;
    const send = async (messages: readonly Sent[]): Promise<void> => {
      for (const { type, body, partition, events, isRequest } of messages) {
        sent += events;
        const head = headers();
        head.set('content-type', type);
        if (!isRequest) nc.publish(subject(partition), body, { headers: head });
        else
          await (await fetch(`${url}/v1/events`, { method: 'POST', headers: { 'content-type': type }, body })).text();
      }
      await nc.flush();
    };
    await settled(engine, hasRead, 1000);
    let quickest = Infinity;
    for (let round = 0; round < (test.isIdle === true ? 1 : ROUNDS); round++) {
      await send(test.before?.(round) ?? []);
      await settled(engine, hasRead, 0);
      await send(test.sent(round));
      quickest = Math.min(quickest, await settled(engine, hasRead, test.isIdle === true ? 6000 : 0));
    }
    return { what: test.name, longest_ms: Math.round(quickest * 10) / 10 };
  } finally {
    engine?.kill('SIGTERM');
    await engine?.ended;
    await nc.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

const rows: Row[] = [];
for (const test of CASES.filter(({ name }) => name.includes(only))) {
  rows.push(await measured(test));
  process.stdout.write(`  ${Object.values(rows.at(-1) ?? {}).join(': ')} ms\n`);
}
record(
  isSmoke || only !== '' ? 'event-loop-smoke' : 'event-loop',
  'the longest stretch for which what senders may send holds the event loop of a running engine, in processor time (idle: about 1)',
  rows,
);
