/**
 * The audit against whoever has the broker in his hands: edited, cut, swapped, forged, deleted, purged. Each is found and named,
 * and an engine does not begin it again silently. A real nats-server, a real engine.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jetstream, jetstreamManager, type StreamConfig } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AuditWatch } from '../../adapters/audit/audit-watch.ts';
import { loadConfig } from '../../adapters/config/config-file.ts';
import { compileExpression } from '../../adapters/expressions/cel.ts';
import { connectNats } from '../../adapters/nats/nats-connection.ts';
import { recordingLogger, serveNats } from '../../adapters/testing/broker.fixture.ts';
import { configForm, type Config } from '../../app/config/config.ts';
import { startEngine, type LiveEngine } from '../../app/engine.ts';
import { faultText, gatewayWriter, proveAudit } from '../../app/start/audit-proof.ts';
import type { JsonObject } from '../../core/types.ts';
import type { AuditProof } from '../../../operators/audit/verify-chain.ts';
import { until } from '../rig/read-metrics.ts';
import { readStream } from '../rig/read-streams.ts';

const STREAM = 'CX_AUDIT';
const logger = recordingLogger();
let folder: string;
let broker: Awaited<ReturnType<typeof serveNats>>;
let nc: NatsConnection;
let config: Config;
let whole: readonly JsonObject[];
let form: StreamConfig;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'earshot-audit-'));
  broker = await serveNats('jetstream { store_dir: STORE }');
  const file = join(folder, 'earshot.yaml');
  writeFileSync(file, `nats: {servers: ["${broker.url}"]}\nhttp: {port: 0}\nscoring: {sentiment: null}\n`);
  config = await loadConfig(file, configForm(compileExpression));
  nc = await connectNats({ servers: [broker.url] }, logger);
  const engine = await start();
  for (let n = 0; n < 4; n++) {
    const until = new Date(Date.now() + 3_600_000).toISOString();
    const body = JSON.stringify({ match: { rule: `r${n}` }, until, reason: 'works' });
    const headers = { 'content-type': 'application/json' };
    expect((await fetch(`${engine.url}/v1/silences`, { method: 'POST', body, headers })).status).toBe(202);
  }
  await until('all decisions are noted', 10_000, async () => (await readStream(nc, STREAM)).length >= 5);
  // One more commit, after which the last decisions are in no outbox any more, from which they would be written again.
  const data = { channel: 'web', page: '/' };
  const event = {
    specversion: '1.0',
    id: 'v',
    source: '/web',
    type: 'cx.page.viewed',
    time: new Date().toISOString(),
    data,
  };
  const asEvent = { 'content-type': 'application/cloudevents+json' };
  await fetch(`${engine.url}/v1/events`, { method: 'POST', body: JSON.stringify(event), headers: asEvent });
  await until('it is worked through', 10_000, async () => (await readStream(nc, 'CX_ENRICHED')).length === 1);
  await engine.stop();
  whole = (await readStream(nc, STREAM)).map(({ data }) => data as JsonObject);
  form = (await (await jetstreamManager(nc)).streams.info(STREAM)).config;
});
afterAll(async () => {
  await nc.close();
  await broker.stop();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => replaceBy(whole));
afterEach(() => replaceBy(whole));

function start(reset?: { audit: boolean }): Promise<LiveEngine> {
  const { signal } = new AbortController();
  const asked = reset === undefined ? {} : { reset: { kpis: [], state: false, ...reset } };
  return startEngine({ config, logger, demo: null, signal, ...asked });
}

/** Deletes the stream and makes it again with these entries: what no setting of the stream forbids. */
async function replaceBy(entries: readonly JsonObject[]): Promise<void> {
  const jsm = await jetstreamManager(nc);
  await jsm.streams.delete(STREAM).catch(() => undefined);
  await jsm.streams.add(form);
  for (const entry of entries) await jetstream(nc).publish('cx.audit', JSON.stringify(entry));
}

async function proof(): Promise<AuditProof> {
  const writer = gatewayWriter(nc, await jetstreamManager(nc), { source: 'urn:earshot:test', publicUrl: null });
  return (await proveAudit(nc, writer, 1, logger, new AbortController().signal)).proof;
}

it('an untouched audit is whole: start, decisions, stop', async () => {
  expect(whole.map(({ chain, action }) => `${chain as string} ${action as string}`).sort()).toEqual([
    ...Array.from({ length: 4 }, () => 'engine silence.create'),
    'gateway engine.start',
    'gateway engine.stop',
  ]);
  expect(await proof()).toMatchObject({ fault: null, entries: 6, unchained: 0, noted: [] });
});

describe('is found and refused', () => {
  const of = (chain: string, n: number): number =>
    whole.flatMap((entry, i) => (entry['chain'] === chain ? [i] : []))[n] ?? -1;

  it.each<[string, () => readonly JsonObject[], RegExp]>([
    [
      'an edited entry',
      () => whole.map((one, i) => (i === of('engine', 1) ? { ...one, by: 'nobody' } : one)),
      /^entry 2 of the engine's chain .*changed/,
    ],
    [
      'a cut beginning',
      () => whole.filter((_, i) => i !== of('engine', 0)),
      /^entry 2 of the engine's chain .*1 is missing before it/,
    ],
    [
      'a cut end',
      () => whole.filter((_, i) => i !== of('engine', 3)),
      /^entry 4 of the engine's chain: 4 is missing at the end/,
    ],
    [
      'a hole',
      () => whole.filter((_, i) => i !== of('engine', 2)),
      /^entry 4 of the engine's chain .*3 is missing before it/,
    ],
    [
      'two that were swapped',
      () => {
        const all = [...whole];
        const [a, b] = [of('engine', 1), of('engine', 2)];
        [all[a], all[b]] = [whole[b]!, whole[a]!];
        return all;
      },
      /^entry 3 of the engine's chain/,
    ],
    [
      'a forged entry',
      () => [...whole, { action: 'alert.ack', by: 'x', outcome: 'done', at: '2026-03-02T01:00:00.000Z' }],
      /^an entry \(message 7 of CX_AUDIT\): it is of no chain/,
    ],
    [
      'a forged entry before all others, as if a former version had written it',
      () => [{ action: 'alert.ack', by: 'x', outcome: 'done', at: '2026-03-02T01:00:00.000Z' }, ...whole],
      /^entry 1 of the gateway's chain .*before the chains stands more \(1\) than at this start/,
    ],
    ['an empty stream in its place', () => [], /^entry 1 of the engine's chain: all of it is missing, up to 4/],
    [
      'the decisions alone missing',
      () => whole.filter(({ chain }) => chain === 'gateway'),
      /all of it is missing, up to 4/,
    ],
  ])(
    '%s',
    async (_, entries, says) => {
      await replaceBy(entries());
      const { fault } = await proof();
      expect(fault === null ? 'whole' : faultText(fault)).toMatch(says);
      await expect(start()).rejects.toMatchObject({ code: 'AUDIT_BROKEN' });
      // Refusing has not made it whole.
      expect((await proof()).fault).toEqual(fault);
    },
    300_000,
  );
});

it('is resumed only on request, and the audit says so for ever', async () => {
  await replaceBy(whole.filter((_, i) => i !== whole.findLastIndex(({ chain }) => chain === 'engine')));
  const engine = await start({ audit: true });
  await until('it is noted', 10_000, async () =>
    (await readStream(nc, STREAM)).some(({ data }) => (data as JsonObject)['action'] === 'audit.reset'),
  );
  await engine.stop();
  const { fault, noted } = await proof();
  expect(fault).toBeNull();
  expect(noted).toHaveLength(1);
  const again = await start();
  await again.stop();
  expect(await proof()).toMatchObject({ fault: null, noted: [{}] });
  const stored = (await readStream(nc, STREAM)).map(({ data }) => data as JsonObject);
  // From then on what stands before is as fixed as the rest.
  const first = stored.findIndex(({ chain }) => chain === 'engine');
  await replaceBy(stored.map((one, i) => (i === first ? { ...one, by: 'nobody' } : one)));
  expect((await proof()).fault).toMatchObject({ fault: 'what stands before it is not what was gone on from' });
  await replaceBy(stored);
  whole = (await readStream(nc, STREAM)).map(({ data }) => data as JsonObject);
});

describe('the stream itself', () => {
  it('gives nothing away to a purge or a deletion of entries', async () => {
    const jsm = await jetstreamManager(nc);
    await expect(jsm.streams.purge(STREAM)).rejects.toThrow();
    await expect(jsm.streams.deleteMessage(STREAM, 1)).rejects.toThrow();
    await expect(jsm.streams.update(STREAM, { deny_purge: false })).rejects.toThrow();
  });

  it('is watched: an update that cuts it, and a stream in its place, are seen while the engine runs', async () => {
    const jsm = await jetstreamManager(nc);
    const watch = new AuditWatch(jsm, logger);
    await watch.look();
    expect(watch.fault()).toBeUndefined();
    await jsm.streams.update(STREAM, { max_msgs: 2 });
    await watch.look();
    expect(watch.fault()).toMatch(/cut at its beginning|a number of entries only/);
    expect((await proof()).fault).not.toBeNull();
    await replaceBy(whole);
    await watch.look();
    expect(watch.fault()).toMatch(/deleted and made again/);
  });
});

it('each start says which configuration it ran, part by part: what changed is seen, what it is is not', async () => {
  const time = { ...config.time, maxFutureMs: config.time.maxFutureMs + 1 };
  for (const one of [config, { ...config, time }]) {
    const engine = await startEngine({ config: one, logger, demo: null, signal: new AbortController().signal });
    await engine.stop();
  }
  const entries = (await readStream(nc, STREAM)).map(({ data }) => data as JsonObject);
  const starts = entries.filter(({ action }) => action === 'engine.start').slice(-2);
  const [before, after] = starts.map(({ configuration }) => configuration as Readonly<Record<string, string>>);
  const parts = Object.keys(before ?? {});
  expect(parts).toEqual(expect.arrayContaining(['http', 'kpis', 'nats', 'rules', 'time']));
  expect(parts.filter((part) => before?.[part] !== after?.[part])).toEqual(['time']);
  expect(JSON.stringify(starts)).not.toContain(String(time.maxFutureMs));
  expect((await proof()).fault).toBeNull();
});
