/** A webhook into a running engine and a real broker: its event is enriched once, what becomes none is a dead letter that its key opens. */
import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadConfig } from '../../adapters/config/config-file.ts';
import { compileExpression } from '../../adapters/expressions/cel.ts';
import { newKey } from '../../adapters/keys/kept-keys.ts';
import { letterOpener } from '../../adapters/keys/letter-seal.ts';
import { recordingLogger } from '../../adapters/testing/broker.fixture.ts';
import { openedLetter } from '../commands/shared/opened-letter.ts';
import { configForm } from '../config/config.ts';
import { startEngine, type LiveEngine } from '../engine.ts';
import { until } from '../../testing/rig/read-metrics.ts';
import { readStream } from '../../testing/rig/read-streams.ts';

const SECRET = 'the secret of the desk';
const key = newKey();
const folder = mkdtempSync(join(tmpdir(), 'earshot-sources-'));
let engine: LiveEngine;

beforeAll(async () => {
  const file = join(folder, 'c.yaml');
  writeFileSync(
    file,
    `nats: {embedded: {store: "${join(folder, 'store')}"}}
http: {port: 0}
scoring: {sentiment: null}
seal: {key: "${key}"}
sources: [{id: desk, preset: chatwoot, verify: {secret: "${SECRET}"}}]
`,
  );
  const config = await loadConfig(file, configForm(compileExpression));
  engine = await startEngine({ config, logger: recordingLogger(), demo: null, signal: new AbortController().signal });
});
afterAll(async () => {
  await engine.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function post(payload: unknown): Promise<{ readonly status: number; readonly text: string }> {
  const body = JSON.stringify(payload);
  const time = String(Math.floor(Date.now() / 1000));
  const mac = createHmac('sha256', SECRET).update(`${time}.${body}`).digest('hex');
  const headers = { 'x-chatwoot-timestamp': time, 'x-chatwoot-signature': `sha256=${mac}` };
  const answer = await fetch(`${engine.url}/v1/in/desk`, { method: 'POST', body, headers });
  return { status: answer.status, text: await answer.text() };
}

it('becomes an event like any other, however often it is sent, and the rest a sealed dead letter', async () => {
  const golden = new URL('../../../operators/sources/presets/testing/golden/chatwoot.json', import.meta.url);
  const [{ payload }] = JSON.parse(readFileSync(golden, 'utf8')) as [{ payload: object }];
  for (const attempt of [1, 2, 3])
    expect([attempt, await post(payload)]).toEqual([
      attempt,
      { status: 200, text: '{"accepted":["interaction.message:118"],"unmapped":0}' },
    ]);
  expect(await post({ hello: '13812345678' })).toEqual({ status: 200, text: '{"accepted":[],"unmapped":1}' });

  await until('the event is enriched', 20_000, async () => (await readStream(engine.nc, 'CX_ENRICHED')).length > 0);
  const enriched = await readStream(engine.nc, 'CX_ENRICHED');
  expect(enriched.map(({ subject }) => subject)).toEqual(['cx.enriched.web_chat.interaction.10']);
  expect(enriched[0]?.data).toMatchObject({ conversation: '10', author: 'customer', text: 'hi', channel: 'web_chat' });

  const [letter, ...others] = await readStream(engine.nc, 'CX_DLQ');
  expect([letter?.subject, others]).toEqual(['cx.dlq.unmapped', []]);
  expect(JSON.stringify(letter)).not.toContain('13812345678');
  const data = Buffer.from(JSON.stringify(letter?.data));
  const opened = openedLetter({ subject: '', headers: {}, data, seq: 1, stored: 0 }, letterOpener([key]));
  expect(opened).toMatchObject({ reason: 'unmapped', text: '{"hello":"13812345678"}' });
});
