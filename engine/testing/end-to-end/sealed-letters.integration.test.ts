/** Dead letters under `seal.key`: nothing of the original is readable at the broker, whoever has the key opens them, and the audit knows. Needs `npm run build`. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pack } from 'msgpackr';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadConfig } from '../../adapters/config/config-file.ts';
import { compileExpression } from '../../adapters/expressions/cel.ts';
import { keyFileOf, newKey, publicKeyId, readKeys } from '../../adapters/keys/kept-keys.ts';
import { recordingLogger } from '../../adapters/testing/broker.fixture.ts';
import { configForm } from '../../app/config/config.ts';
import { readStatus, statusText } from '../../app/commands/shared/status-report.ts';
import { startEngine, type LiveEngine } from '../../app/engine.ts';
import { at } from '../../core/must.ts';
import type { JsonObject } from '../../core/types.ts';
import { spawnCli } from '../rig/engine-process.ts';
import { until } from '../rig/read-metrics.ts';
import { readStream } from '../rig/read-streams.ts';

const key = newKey();
const folder = mkdtempSync(join(tmpdir(), 'earshot-sealed-'));
const store = join(folder, 'store');
/** What bad events hold, in each place an original has: text, MessagePack, headers, one event of a batch, no event at all. */
const SECRETS = ['13812345678', 'li.lei@example.com', 'lilei-from-header', 'lilei-of-a-batch', 'lilei-in-no-event'];
const SUBJECT = 'cx.events.app.feedback.k';

let engine: LiveEngine;
beforeAll(async () => {
  engine = await startEngine({
    config: await loadConfig(configOf('engine', `seal: {key: "${key}"}`), configForm(compileExpression)),
    logger: recordingLogger(),
    demo: null,
    signal: new AbortController().signal,
  });
  const event = (data: JsonObject): JsonObject => ({
    ...{ specversion: '1.0', id: 'b-1', source: '/app', type: 'cx.feedback.posted', time: new Date().toISOString() },
    data: { channel: 'app', ...data },
  });
  await put(JSON.stringify(event({ text: 7, phone: SECRETS[0]! })), { 'content-type': 'application/cloudevents+json' });
  await put(pack({ channel: 'app', text: 7, email: SECRETS[1]! }), {
    'content-type': 'application/msgpack',
    ...{ 'ce-specversion': '1.0', 'ce-id': 'b-2', 'ce-source': '/app', 'ce-type': 'cx.feedback.posted' },
    'ce-subject': SECRETS[2]!,
  });
  await put(JSON.stringify([event({ text: 'fine' }), event({ text: 7, name: SECRETS[3]! })]), {
    'content-type': 'application/cloudevents-batch+json',
  });
  await put(`no event, and ${SECRETS[4]!}`, {});
  await until('all are dead letters', 20_000, async () => (await letters()).length === 4);
});
afterAll(async () => {
  await engine.stop();
  rmSync(folder, { recursive: true, force: true });
});

function configOf(name: string, more: string): string {
  const file = join(folder, `${name}.yaml`);
  writeFileSync(file, `nats: {embedded: {store: "${store}"}}\nhttp: {port: 0}\nscoring: {sentiment: null}\n${more}\n`);
  return file;
}
async function put(payload: string | Uint8Array, headers: Readonly<Record<string, string>>): Promise<void> {
  const message = { subject: SUBJECT, headers, data: Buffer.from(payload) };
  await engine.publisher.publish([message], AbortSignal.timeout(120_000));
}
async function letters(): Promise<readonly JsonObject[]> {
  return (await readStream(engine.nc, 'CX_DLQ')).map(({ data }) => data as JsonObject);
}
async function dlq(...args: string[]): Promise<{ code: number | null; out: readonly JsonObject[]; log: string }> {
  const child = spawnCli(['dlq', 'open', ...args], { cwd: folder });
  let [out, log] = ['', ''];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (log += text));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  const lines = out.split('\n').filter((line) => line !== '');
  return { code, out: lines.map((line) => JSON.parse(line) as JsonObject), log };
}
async function audited(): Promise<readonly JsonObject[]> {
  const entries = (await readStream(engine.nc, 'CX_AUDIT')).map(({ data }) => data as JsonObject);
  return entries.filter(({ action }) => action === 'dlq.open');
}

it('hold nothing of the original that the broker could read, and say under which key they are', async () => {
  for (const letter of await letters()) {
    const readable = JSON.stringify(letter) + Buffer.from(letter['bytes'] as string, 'base64').toString('latin1');
    for (const secret of SECRETS) expect(readable).not.toContain(secret);
    expect(letter).toMatchObject({ headers: {}, sealed: { alg: 'A256GCM', key: publicKeyId(key) } });
  }
});

it('are opened by whoever has the key, headers and bytes, and the audit says who read which', async () => {
  const { code, out } = await dlq('--config', configOf('owner', `seal: {key: "${newKey()}", former: ["${key}"]}`));
  expect(code).toBe(0);
  expect(out).toHaveLength(4);
  const opened =
    JSON.stringify(out) + out.map((one) => Buffer.from(one['bytes'] as string, 'base64').toString('latin1')).join();
  for (const secret of SECRETS) expect(opened).toContain(secret);
  expect(out.find(({ index }) => index === 1)?.['text']).not.toContain('fine');
  expect(await audited()).toMatchObject([
    { outcome: 'done', by: expect.stringContaining(' on ') as string, letters: 4, first: 1, last: 4 },
  ]);
});

it('stay shut without the key: each says which one is needed, and the command fails', async () => {
  const { code, out, log } = await dlq('--config', configOf('stranger', `seal: {key: "${newKey()}"}`), '--limit', '2');
  expect(code).toBe(1);
  expect(out).toHaveLength(2);
  for (const letter of out) {
    expect(letter['fault']).toContain(publicKeyId(key));
    expect(letter).not.toHaveProperty('text');
  }
  expect(log).toContain('could not be opened');
});

it('are found by reason and from a sequence on', async () => {
  const config = configOf('owner', `seal: {key: "${key}"}`);
  const { out } = await dlq('--config', config, '--reason', 'malformed');
  expect(out.map(({ reason }) => reason)).toEqual(['malformed']);
  expect((await dlq('--config', config, '--after', '3')).out.map(({ seq }) => seq)).toEqual([4]);
  expect((await dlq('--config', config, '--limit', '0')).code).toBe(2);
  expect((await dlq('--config', config, '--after', '99')).out).toEqual([]);
});

it('are what readiness and `earshot status` say they are: sealed, in an encrypted store, under keys that are named and not shown', async () => {
  const storeKeys = readKeys(keyFileOf(store, 'store')) ?? [];
  const shown = [
    await (await fetch(`${engine.url}/readyz`)).text(),
    await (await fetch(`${engine.url}/v1/status`)).text(),
  ];
  const status = await readStatus(engine.url, undefined);
  for (const text of [...shown, JSON.stringify(status), statusText(status)]) {
    expect(text).toContain(publicKeyId(key));
    expect(text).toContain(publicKeyId(at(storeKeys, 0)));
    for (const one of [key, ...storeKeys, ...(readKeys(keyFileOf(store, 'control')) ?? [])])
      expect(text).not.toContain(one);
  }
  expect(status.encryption).toMatchObject({
    store: { state: 'on' },
    dead_letters: { state: 'on', streams: ['CX_DLQ'] },
  });
  const { streams = [] } = status.encryption?.store ?? {};
  expect(streams).toEqual(expect.arrayContaining(['CX_AUDIT', 'CX_DLQ', 'CX_ENRICHED', 'CX_EVENTS_0', 'CX_STATE']));
});
