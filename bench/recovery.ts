/**
 * Taking over a partition that holds a million live keys: a process fills them through the engine's loop, with commits and
 * snapshots to JetStream as they come, and is killed; then processes that have just started read the state stream and make the
 * operators again. KPIs alone, and with the ids that dedupe remembers beside them.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { jetstreamManager } from '@nats-io/jetstream';
import { compileExpression } from '../engine/adapters/expressions/cel.ts';
import { jetstreamCommits } from '../engine/adapters/commits/jetstream-commits.ts';
import { jetstreamSink } from '../engine/adapters/streams/jetstream-sink.ts';
import { makeLogger } from '../engine/adapters/process/log.ts';
import { connectNats } from '../engine/adapters/nats/nats-connection.ts';
import { startNatsServer } from '../engine/adapters/embedded-server/nats-server.ts';
import { provisionStreams } from '../engine/adapters/streams/provision-streams.ts';
import { OUTPUT_STREAMS } from '../engine/adapters/streams/streams.ts';
import { systemClock } from '../engine/adapters/process/system-clock.ts';
import { Chain, pipe, type ChainDef } from '../engine/core/chain.ts';
import type { BatchStage, Collector, LiveFeed, Prepared, RawMessage, Source } from '../engine/core/types.ts';
import { startPartition } from '../engine/runtime/driver.ts';
import { recover } from '../engine/runtime/commits/recovery.ts';
import { dedupe } from '../operators/dedupe/dedupe.ts';
import { kpisOperator } from '../operators/kpis/kpis.ts';
import type { CxEvent, KpiBirth, KpiValue } from '../operators/shared/messages.ts';
import { events, kpi } from './shared/kpi-pack.ts';
import { record, type Row } from './record.ts';

const KEYS = process.argv.includes('--smoke') ? 50_000 : 1_000_000;
const ROUNDS = 3;
const BATCH = 1000;
const START = 1_772_400_000_000;
const logger = makeLogger('json', () => undefined, Date.now);
const { signal } = new AbortController();
const live: LiveFeed = {
  show: () => undefined,
  committed: () => undefined,
  time: () => undefined,
  restored: () => undefined,
};
const none = (): undefined => undefined;
const outlet: Collector<KpiValue | KpiBirth> = {
  emit: none,
  send: none,
  forward: none,
  show: none,
  urgent: none,
  count: none,
};

type Kind = 'kpis' | 'kpis and dedupe';
const KINDS: readonly Kind[] = ['kpis', 'kpis and dedupe'];

/** One NPS a store and day. */
function chainOf(kind: Kind): ChainDef<CxEvent, KpiValue | KpiBirth> {
  const nps = { kind: 'nps', value: 'data.score' } as const;
  const kpis = kpisOperator(
    [kpi('one', 'cx.survey.answered', nps, { kind: 'tumbling', sizeMs: 86_400_000 }, [['store']])],
    { zone: 'Asia/Shanghai', liveEveryMs: 250, compile: compileExpression, liveFor: new Set() },
  );
  return kind === 'kpis' ? kpis : pipe(dedupe<CxEvent>({ horizonMs: 3_600_000, maxIds: 2_000_000 }), kpis);
}

/** Event i is of store i. */
function input(): { readonly source: Source; readonly stage: BatchStage<RawMessage, Prepared<CxEvent>> } {
  const [sample] = events(1, 1);
  if (sample === undefined) throw new Error('no event');
  const data = new Uint8Array();
  return {
    source: {
      async *batches(after) {
        for (let at = after; at < KEYS; at += BATCH) {
          yield Array.from({ length: BATCH }, (_, i) => ({
            subject: '',
            headers: {},
            data,
            seq: at + i + 1,
            stored: 0,
          }));
          await Promise.resolve();
        }
        // Open, as a stream is.
        await new Promise<never>(() => undefined);
      },
      caughtUp: () => false,
    },
    stage: {
      name: 'made-up',
      apply: (batch) =>
        Promise.resolve(
          batch.map(({ seq, stored }) => {
            const value = { ...sample, type: 'cx.survey.answered', data: { ...sample.data, store: `store-${seq}` } };
            return {
              seq,
              stored,
              items: [{ event: { id: `/stores|event-${seq}`, key: '-', ts: START + seq, value } }],
            };
          }),
        ),
    },
  };
}

async function portsAt(url: string) {
  const nc = await connectNats({ servers: [url] }, logger);
  const commits = jetstreamCommits(nc, { logger });
  const sink = await jetstreamSink(
    nc,
    { streams: OUTPUT_STREAMS, origin: { source: 'urn:earshot:test', publicUrl: null }, logger },
    signal,
  );
  return { commits, sink };
}

/** Fills the state, and dies when all is committed. */
async function fill(url: string, kind: Kind): Promise<void> {
  const run = startPartition({
    partition: 0,
    ...{ ...input(), ...(await portsAt(url)), chain: chainOf(kind), live, clock: systemClock, logger, signal },
    config: { outOfOrdernessMs: 2000, idleAfterMs: 3_600_000, commit: { everyMs: 100, maxEvents: 5000 } },
  });
  while (run.stats().committedPosition < KEYS) {
    if (run.stats().health.state === 'failed') await run.done;
    await new Promise((wake) => setTimeout(wake, 20));
  }
  process.kill(process.pid, 'SIGKILL');
}

/** As a process that has just started does it. */
async function takeOver(url: string, kind: Kind): Promise<Row> {
  const { commits, sink } = await portsAt(url);
  const def = chainOf(kind);
  const rssBefore = process.memoryUsage().rss;
  const cpu = process.cpuUsage();
  const begun = performance.now();
  const { log, saved } = await recover({ partition: 0, def, commits, sink, live, clock: systemClock, logger, signal });
  const readMs = performance.now() - begun;
  const chain = new Chain(def, { partition: 0 }, outlet, saved);
  const ms = performance.now() - begun;
  const { user, system } = process.cpuUsage(cpu);
  globalThis.gc?.();
  const { kpis = {}, dedupe: ids = {} } = chain.size();
  return {
    state: kind,
    keys: kpis['keys'] ?? 0,
    ids: ids['ids'] ?? 0,
    snapshot_mib: Math.round(log.snapshotBytes / 2 ** 20),
    deltas_mib: Math.round(log.deltaBytes / 2 ** 20),
    recovery_ms: Math.round(ms),
    of_it_reading_ms: Math.round(readMs),
    recovery_cpu_ms: Math.round((user + system) / 1000),
    rss_mib: Math.round((process.memoryUsage().rss - rssBefore) / 2 ** 20),
  };
}

async function measure(): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const kind of KINDS) {
    const folder = mkdtempSync(join(tmpdir(), 'earshot-recovery-'));
    const server = await startNatsServer({ store: join(folder, 'store'), logger });
    try {
      const nc = await connectNats({ servers: [server.url] }, logger);
      await provisionStreams(await jetstreamManager(nc), { partitions: 1, replicas: 1 }, logger);
      await nc.close();
      const flags = ['--expose-gc', fileURLToPath(import.meta.url), ...process.argv.slice(2)];
      const node = (...args: string[]) => promisify(execFile)(process.execPath, [...flags, ...args, kind, server.url]);
      await node('--fill').catch((ended: unknown) => {
        if ((ended as { readonly signal?: unknown }).signal !== 'SIGKILL') throw ended;
      });
      for (let round = 0; round < ROUNDS; round++) {
        rows.push(JSON.parse((await node('--take-over')).stdout) as Row);
      }
    } finally {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  }
  if (rows.some(({ keys }) => keys !== KEYS)) throw new Error(`keys are missing: ${JSON.stringify(rows)}`);
  return rows;
}

const [mode, kind, url] = process.argv.filter((word) => word !== '--smoke').slice(2);
if (mode === '--fill') await fill(url ?? '', kind as Kind);
else if (mode === '--take-over') {
  process.stdout.write(JSON.stringify(await takeOver(url ?? '', kind as Kind)), () => process.exit());
} else {
  record(
    process.argv.includes('--smoke') ? 'recovery-smoke' : 'recovery',
    `${KEYS.toLocaleString('en')} keys committed to JetStream by a process that was killed, restored by ${ROUNDS} new ones, one after another; from opening the state stream until the operators stand, with the take-over committed`,
    await measure(),
  );
}
