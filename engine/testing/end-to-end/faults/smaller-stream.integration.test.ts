/**
 * A configuration that makes a stream smaller than what it holds: the engine does not start, and nothing is deleted; with the
 * size of before it goes on where it stopped.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { startEngine, type LiveEngine } from '../../../app/engine.ts';
import { recordingLogger } from '../../../adapters/testing/broker.fixture.ts';
import { compileExpression } from '../../../adapters/expressions/cel.ts';
import { loadConfig } from '../../../adapters/config/config-file.ts';
import { configForm } from '../../../app/config/config.ts';
import { readMetrics, until } from '../../rig/read-metrics.ts';
import { readStream } from '../../rig/read-streams.ts';

const folder = mkdtempSync(join(tmpdir(), 'earshot-smaller-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function start(streams: string): Promise<LiveEngine> {
  const file = join(folder, 'earshot.yaml');
  writeFileSync(
    file,
    `nats: {embedded: {store: "${join(folder, 'store')}"}, streams: {${streams}}}
http: {port: 0}
scoring: {sentiment: null}
kpis:
  - {id: views, from: cx.page.viewed, measure: {kind: count}, window: {kind: tumbling, size: 1s}}
`,
  );
  const config = await loadConfig(file, configForm(compileExpression));
  return startEngine({ config, logger: recordingLogger(), demo: null, signal: new AbortController().signal });
}

async function send(engine: LiveEngine, id: string): Promise<void> {
  const event = { specversion: '1.0', id, source: '/s', type: 'cx.page.viewed', data: { channel: 'web', page: '/' } };
  const headers = { 'content-type': 'application/cloudevents+json' };
  const posted = await fetch(`${engine.url}/v1/events`, { method: 'POST', headers, body: JSON.stringify(event) });
  expect(posted.status).toBe(202);
}
/** The counter is of a commit: exact, and there once the partition is taken over. */
async function hasProcessed(engine: LiveEngine, count: number): Promise<void> {
  const processed = async (): Promise<number> => (await readMetrics(engine.url))('earshot_events_processed_total');
  await until(`${String(count)} are processed`, 20_000, async () => (await processed()) === count);
}

describe('a stream made smaller than what it holds', () => {
  let sent = 0;
  it.each(['CX_STATE', 'CX_EVENTS'])(
    '%s: is refused, and loses nothing',
    async (stream) => {
      const before = await start('');
      await send(before, String(++sent));
      await hasProcessed(before, sent);
      await before.stop();

      const expected = `^the stream ${stream}\\w* holds \\d+ bytes, more than the 100 it may have`;
      await expect(start(`${stream}: {max_bytes: 100}`)).rejects.toMatchObject({
        code: 'STREAM_TOO_SMALL',
        message: expect.stringMatching(new RegExp(expected)) as string,
      });

      const after = await start('');
      await hasProcessed(after, sent);
      expect((await readStream(after.nc, 'CX_EVENTS_0')).length).toBe(sent);
      await send(after, String(++sent));
      await hasProcessed(after, sent);
      await after.stop();
    },
    300_000,
  );
});
