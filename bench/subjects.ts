/**
 * What subjects cost the broker: nats-server keeps each subject that a stream holds in memory, and `CX_ENRICHED`, and the
 * input of a single partition, have one a key. The same messages under one subject, under one for every twenty, and one each.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { jetstreamManager } from '@nats-io/jetstream';
import { makeLogger } from '../engine/adapters/process/log.ts';
import { connectNats } from '../engine/adapters/nats/nats-connection.ts';
import { startNatsServer, type NatsServer } from '../engine/adapters/embedded-server/nats-server.ts';
import { Publisher } from '../engine/adapters/nats/publisher.ts';
import { provisionStreams } from '../engine/adapters/streams/provision-streams.ts';
import { record, type Row } from './record.ts';

const STREAM = 'CX_ENRICHED';
/** Of an enriched event with a text of some hundred characters. */
const DATA = new Uint8Array(700).fill(0x61);
/** Blocks that were read leave the server's cache after ten seconds, and its garbage collector needs one more. */
const SETTLE_MS = 25_000;
const logger = makeLogger('json', () => undefined, Date.now);
const { signal } = new AbortController();

function residentMiB(server: NatsServer): number {
  const status = readFileSync(`/proc/${String(server.pid())}/status`, 'utf8');
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024);
}
const settled = (): Promise<void> => new Promise((resume) => setTimeout(resume, SETTLE_MS));

async function fill(server: NatsServer, count: number, subjectOf: (i: number) => string): Promise<number> {
  const nc = await connectNats({ servers: [server.url] }, logger);
  const jsm = await jetstreamManager(nc);
  await provisionStreams(jsm, { partitions: 1, replicas: 1 }, logger);
  const publisher = new Publisher(nc, { logger });
  for (let i = 0; i < count; i += 2_000) {
    const batch = Array.from({ length: Math.min(2_000, count - i) }, (_, j) => i + j);
    await publisher.publish(
      batch.map((n) => ({ subject: subjectOf(n), headers: {}, data: DATA })),
      signal,
    );
  }
  const { state } = await jsm.streams.info(STREAM);
  publisher.close();
  await nc.close();
  return Math.round(state.bytes / 2 ** 20);
}

async function measured(store: string, count: number, perSubject: number): Promise<Row> {
  // As long as the key of a conversation, an order or a customer: 20 characters.
  const subjectOf = (i: number): string =>
    `cx.enriched.app.interaction.k-${String(Math.floor(i / perSubject)).padStart(18, '0')}`;
  let server = await startNatsServer({ store, logger });
  const empty = residentMiB(server);
  const storedMiB = await fill(server, count, subjectOf);
  await settled();
  const full = residentMiB(server);
  await server.stop();
  const began = performance.now();
  server = await startNatsServer({ store, logger });
  const startMs = Math.round(performance.now() - began);
  await settled();
  const restarted = residentMiB(server);
  await server.stop();
  return {
    messages: count,
    subjects: Math.ceil(count / perSubject),
    stored_mib: storedMiB,
    rss_empty_mib: empty,
    rss_full_mib: full,
    rss_restarted_mib: restarted,
    start_ms: startMs,
  };
}

async function rows(count: number): Promise<readonly Row[]> {
  const found: Row[] = [];
  for (const perSubject of [count, 20, 1]) {
    const store = mkdtempSync(join(tmpdir(), 'earshot-subjects-'));
    try {
      found.push(await measured(store, count, perSubject));
    } finally {
      rmSync(store, { recursive: true, force: true });
    }
  }
  const one = Number(found[0]?.['rss_restarted_mib']);
  return found.map((row) => ({
    ...row,
    bytes_a_subject:
      row['subjects'] === 1
        ? null
        : Math.round(((Number(row['rss_restarted_mib']) - one) * 2 ** 20) / Number(row['subjects'])),
  }));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const isSmoke = process.argv.includes('--smoke');
  const about = `memory of nats-server by the number of subjects in ${STREAM}: messages of ${DATA.length} bytes without ids; resident memory ${SETTLE_MS / 1000} s after the last message, and as long after a restart of the server; a subject's bytes are what a restarted server holds beyond one with a single subject`;
  record(isSmoke ? 'subjects-smoke' : 'subjects', about, await rows(isSmoke ? 50_000 : 1_000_000));
}
