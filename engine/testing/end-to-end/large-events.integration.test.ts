/**
 * Events of half a megabyte while the stream of outputs refuses them: what the engine holds is bounded by bytes, long before
 * it is by number; with space again all of it is published, once.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import { expect, it } from 'vitest';
import { startEngine } from '../../app/engine.ts';
import { recordingLogger } from '../../adapters/testing/broker.fixture.ts';
import { compileExpression } from '../../adapters/expressions/cel.ts';
import { loadConfig } from '../../adapters/config/config-file.ts';
import { configForm } from '../../app/config/config.ts';
import { until } from '../rig/read-metrics.ts';
import { readStream } from '../rig/read-streams.ts';

const MIB = 2 ** 20;
const EVENTS = 160;
const EACH = MIB / 2;

it('holds of large outputs no more bytes than the table of queues says', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-large-'));
  const file = join(folder, 'earshot.yaml');
  writeFileSync(
    file,
    `nats: {embedded: {store: "${join(folder, 'store')}"}}
http: {port: 0}
limits: {max_event: 1MiB}
scoring: {sentiment: null}
kpis:
  - {id: views, from: cx.page.viewed, measure: {kind: count}, window: {kind: tumbling, size: 1s}}
`,
  );
  const config = await loadConfig(file, configForm(compileExpression));
  const { signal } = new AbortController();
  const engine = await startEngine({ config, logger: recordingLogger(), demo: null, signal });
  try {
    const jsm = await jetstreamManager(engine.nc);
    const { config: large } = await jsm.streams.info('CX_ENRICHED');
    // No output fits, so that none is freed for another either.
    await jsm.streams.update('CX_ENRICHED', { ...large, max_bytes: EACH / 2 });
    const filler = Array.from({ length: 8 }, () => 'x'.repeat(EACH / 8));
    for (let i = 0; i < EVENTS; i++) {
      const data = { channel: 'web', page: '/', filler };
      const event = { specversion: '1.0', id: String(i), source: '/large', type: 'cx.page.viewed', data };
      const headers = { 'content-type': 'application/cloudevents+json', 'Nats-Msg-Id': String(i) };
      const message = { subject: 'cx.events.web.page.-', headers, data: Buffer.from(JSON.stringify(event)) };
      await engine.publisher.publish([message], signal);
    }
    const depth = async (queue: string): Promise<number> => {
      const text = await (await fetch(`${engine.url}/metrics`)).text();
      const found = new RegExp(`^earshot_queue_depth\\{.*queue="${queue}".*\\} (\\S+)$`, 'm').exec(text);
      return Number(found?.[1] ?? Number.NaN);
    };
    await until('it waits', 30_000, async () => (await depth('publishing_bytes')) >= 32 * MIB);
    let most = 0;
    for (let i = 0; i < 30; i++) {
      most = Math.max(most, await depth('publishing_bytes'));
      await new Promise((wake) => setTimeout(wake, 50));
    }
    // A batch of the stages has 4 MiB, and one message more.
    expect(most).toBeLessThan(37 * MIB);
    expect(await depth('forwards')).toBeLessThan(80);
    expect(await depth('outbox_bytes')).toBeLessThan(MIB);

    await jsm.streams.update('CX_ENRICHED', large);
    await until(
      'all of it is published',
      60_000,
      async () =>
        (await depth('publishing_bytes')) === 0 && (await jsm.streams.info('CX_ENRICHED')).state.messages >= EVENTS,
    );
    const ids = (await readStream(engine.nc, 'CX_ENRICHED')).map(({ headers }) => headers['nats-msg-id']);
    expect(ids).toEqual(Array.from({ length: EVENTS }, (_, i) => `0:${String(i + 1)}:0`));
  } finally {
    await engine.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});
