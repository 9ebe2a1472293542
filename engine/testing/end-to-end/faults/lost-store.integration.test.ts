/**
 * Streams that go while an engine runs: outputs are made again, without state and events it says so and ends. An input that goes
 * while none runs is made again by the next start, and one of another life is refused with what to do.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jetstream, jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import { afterEach, expect, it } from 'vitest';
import { loadConfig } from '../../../adapters/config/config-file.ts';
import { compileExpression } from '../../../adapters/expressions/cel.ts';
import { connectNats } from '../../../adapters/nats/nats-connection.ts';
import { recordingLogger, serveNats } from '../../../adapters/testing/broker.fixture.ts';
import { configForm } from '../../../app/config/config.ts';
import { startEngine, type LiveEngine } from '../../../app/engine.ts';
import { until } from '../../rig/read-metrics.ts';
import { readStream } from '../../rig/read-streams.ts';

const JETSTREAM = 'jetstream { store_dir: STORE, max_file_store: 100GB }\n';
const EVENTS = { name: 'CX_EVENTS_0', subjects: ['cx.events.>'] };
const { signal } = new AbortController();
const stops: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function startOn(url: string, logger = recordingLogger()): Promise<LiveEngine> {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-lost-'));
  stops.push(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'earshot.yaml');
  const kpis = '[{id: views, from: cx.page.viewed, measure: {kind: count}, window: {kind: tumbling, size: 1s}}]';
  writeFileSync(file, `nats: {servers: ["${url}"]}\nhttp: {port: 0}\nscoring: {sentiment: null}\nkpis: ${kpis}\n`);
  const config = await loadConfig(file, configForm(compileExpression));
  const engine = await startEngine({ config, logger, demo: null, signal });
  stops.push(() => engine.stop());
  return engine;
}

interface Condition {
  readonly ok: boolean;
  readonly reasons: readonly string[];
}
const ask = async (engine: LiveEngine, path: string): Promise<Condition> =>
  (await (await fetch(engine.url + path)).json()) as Condition;

async function view(engine: LiveEngine, id: string): Promise<void> {
  const data = { channel: 'web', page: '/' };
  const event = { specversion: '1.0', id, source: '/s', type: 'cx.page.viewed', data };
  const headers = { 'content-type': 'application/cloudevents+json' };
  const message = { subject: 'cx.events.web.page.-', headers, data: Buffer.from(JSON.stringify(event)) };
  await engine.publisher.publish([message], signal);
}

it('a deleted stream of outputs is made again and written to, which the log says; nothing else is lost', async () => {
  const nats = await serveNats(JETSTREAM);
  stops.push(nats.stop);
  const logger = recordingLogger();
  const engine = await startOn(nats.url, logger);
  const jsm = await jetstreamManager(engine.nc);
  await view(engine, 'before');
  await until('an output', 10_000, async () => (await readStream(engine.nc, 'CX_ENRICHED')).length === 1);
  await jsm.streams.delete('CX_ENRICHED');
  await view(engine, 'after');
  await until('it goes on', 20_000, async () => (await readStream(engine.nc, 'CX_ENRICHED')).length === 1);
  const [message] = await readStream(engine.nc, 'CX_ENRICHED');
  expect(message?.headers['ce-id']).toBe('0:2:0');
  await until('ready', 10_000, async () => (await ask(engine, '/readyz')).ok);
  expect(await ask(engine, '/healthz')).toEqual({ ok: true, reasons: [] });
  expect(logger.lines).toContainEqual({
    level: 'error',
    message: 'a stream was deleted under the running engine: what it held is lost, and it goes on empty',
    fields: { stream: 'CX_ENRICHED', how: 'deleted' },
  });
});

it('a broker that comes back with an empty store: readiness and liveness say so, and the engine ends with STORE_LOST; the next start begins from nothing', async () => {
  const nats = await serveNats(JETSTREAM);
  const engine = await startOn(nats.url);
  await view(engine, 'before');
  await until('an output', 10_000, async () => (await readStream(engine.nc, 'CX_ENRICHED')).length === 1);
  await nats.stop();
  stops.unshift((await serveNats(JETSTREAM, nats.port)).stop);
  await expect(engine.failed).rejects.toMatchObject({ code: 'STORE_LOST', kind: 'io' });
  const [ready, healthy] = [await ask(engine, '/readyz'), await ask(engine, '/healthz')];
  expect(ready.reasons).toContainEqual(
    expect.stringMatching(/^the broker's store is not the one .*CX_STATE was deleted/),
  );
  expect(healthy).toMatchObject({
    ok: false,
    reasons: [expect.stringMatching(/^streams were lost .*CX_STATE was deleted/)],
  });
  await engine.stop();

  const next = await startOn(nats.url);
  await view(next, 'next');
  await until('an output', 10_000, async () => (await readStream(next.nc, 'CX_ENRICHED')).length === 1);
  expect((await ask(next, '/readyz')).ok).toBe(true);
});

it.each([
  ['deleted', async (): Promise<void> => undefined],
  ['deleted and made again by somebody', (jsm: JetStreamManager) => jsm.streams.add(EVENTS).then(() => undefined)],
] as const)(
  'an input stream that was %s while no engine ran is made again, which the log says, and its numbers go on',
  async (_, meanwhile) => {
    const nats = await serveNats(JETSTREAM);
    stops.push(nats.stop);
    const first = await startOn(nats.url);
    for (const id of ['a', 'b']) await view(first, id);
    await until('outputs', 30_000, async () => (await readStream(first.nc, 'CX_ENRICHED')).length === 2);
    await first.stop();
    const nc = await connectNats({ servers: [nats.url] }, recordingLogger());
    stops.push(() => nc.close());
    const jsm = await jetstreamManager(nc);
    await jsm.streams.delete('CX_EVENTS_0');
    await meanwhile(jsm);

    const logger = recordingLogger();
    const next = await startOn(nats.url, logger);
    await view(next, 'c');
    await until('the output', 30_000, async () => (await readStream(nc, 'CX_ENRICHED')).length === 3);
    expect((await readStream(nc, 'CX_ENRICHED')).map(({ headers }) => headers['ce-id'])).toEqual([
      '0:1:0',
      '0:2:0',
      '0:3:0',
    ]);
    expect((await jsm.streams.info('CX_EVENTS_0')).config.subjects).toEqual(['cx.events.>']);
    expect(logger.lines).toContainEqual({
      level: 'error',
      message: 'an input stream was lost: what it held and nobody had read is lost with it, and it goes on empty',
      fields: { stream: 'CX_EVENTS_0', read: 2 },
    });
    expect(await ask(next, '/readyz')).toMatchObject({ ok: true });
  },
  300_000,
);

it('an input stream restored from an older copy is refused with STREAM_RECREATED; deleted, as that says, it goes on', async () => {
  const nats = await serveNats(JETSTREAM);
  stops.push(nats.stop);
  const first = await startOn(nats.url);
  for (const id of ['a', 'b']) await view(first, id);
  await until('outputs', 30_000, async () => (await readStream(first.nc, 'CX_ENRICHED')).length === 2);
  await first.stop();
  const nc = await connectNats({ servers: [nats.url] }, recordingLogger());
  stops.push(() => nc.close());
  const jsm = await jetstreamManager(nc);
  await jsm.streams.delete('CX_EVENTS_0');
  await jsm.streams.add(EVENTS);
  await jetstream(nc).publish('cx.events.web.page.-', '{}');
  const refused = await startOn(nats.url);
  await expect(refused.failed).rejects.toMatchObject({
    code: 'STREAM_RECREATED',
    kind: 'config',
    message: expect.stringMatching(/CX_EVENTS_0 ends at 1, but 2 was read/) as string,
    help: expect.stringContaining('nats stream rm') as string,
  });
  await refused.stop();
  expect((await jsm.streams.info('CX_EVENTS_0')).state.messages).toBe(1);

  await jsm.streams.delete('CX_EVENTS_0');
  const next = await startOn(nats.url);
  await view(next, 'c');
  await until('the output', 30_000, async () => (await readStream(nc, 'CX_ENRICHED')).length === 3);
});
