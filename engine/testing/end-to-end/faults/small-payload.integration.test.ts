/** A broker that takes small messages only: what works works in full, what cannot work is refused in a sentence at the start. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../../adapters/config/config-file.ts';
import { compileExpression } from '../../../adapters/expressions/cel.ts';
import { recordingLogger, serveNats } from '../../../adapters/testing/broker.fixture.ts';
import { configForm } from '../../../app/config/config.ts';
import { startEngine, type LiveEngine } from '../../../app/engine.ts';
import { until } from '../../rig/read-metrics.ts';
import { readStream } from '../../rig/read-streams.ts';

const KIB = 1024;
const { signal } = new AbortController();
const folder = mkdtempSync(join(tmpdir(), 'earshot-payload-'));
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function startOn(maxPayload: number, more = ''): Promise<LiveEngine> {
  const nats = await serveNats(
    `jetstream { store_dir: STORE, max_file_store: 100GB }\nmax_payload: ${String(maxPayload)}\n`,
  );
  stops.push(nats.stop);
  const file = join(folder, 'earshot.yaml');
  const kpis = `[{id: views, from: cx.page.viewed, measure: {kind: count}, window: {kind: tumbling, size: 1s}, by: [[product]]}]`;
  writeFileSync(
    file,
    `nats: {servers: ["${nats.url}"]}\nhttp: {port: 0}\nscoring: {sentiment: null}\nkpis: ${kpis}\n${more}`,
  );
  const config = await loadConfig(file, configForm(compileExpression));
  const engine = await startEngine({ config, logger: recordingLogger(), demo: null, signal });
  stops.push(() => engine.stop());
  return engine;
}

const letters = async (engine: LiveEngine, count: number): Promise<readonly Record<string, unknown>[]> => {
  let found: readonly Record<string, unknown>[] = [];
  await until('the dead letters', 20_000, async () => {
    const stored = await readStream(engine.nc, 'CX_DLQ');
    found = stored.map(({ data }) => data as Record<string, unknown>);
    return found.length >= count;
  });
  return found;
};

describe.each([64, 16])('of %i KiB', (kib) => {
  it('dead letters keep their bytes, events of most of that size are enriched, and state is stored in pieces', async () => {
    const engine = await startOn(kib * KIB);
    const publish = (headers: Record<string, string>, data: string): Promise<void> =>
      engine.publisher.publish([{ subject: 'cx.events.web.page.-', headers, data: Buffer.from(data) }], signal);
    const small = 'x'.repeat(kib * 400);
    const large = 'y'.repeat(kib * 1000);
    const manyHeaders = Object.fromEntries(
      Array.from({ length: kib }, (_, i) => [`h-${String(i)}`, 'ü'.repeat(kib < 32 ? 200 : 450)]),
    );
    await publish({}, small);
    await publish({}, large);
    await publish(manyHeaders, 'z'.repeat(kib * 16));

    const event = (i: number, filler: string): string =>
      JSON.stringify({
        ...{ specversion: '1.0', id: `e-${String(i)}`, source: '/s', type: 'cx.page.viewed' },
        data: { channel: 'web', page: '/', product: `p${String(i)}`, filler },
      });
    const structured = { 'content-type': 'application/cloudevents+json' };
    await publish(structured, event(1, 'f'.repeat(kib * 700)));
    // More keys than fit one message of state.
    for (let i = 2; i < 700; i++) void publish(structured, event(i, ''));

    const [first, second, third] = await letters(engine, 3);
    const bytesOf = (letter: Record<string, unknown> | undefined): string =>
      Buffer.from(String(letter?.['bytes']), 'base64').toString();
    expect(first).toMatchObject({ reason: 'malformed', size: small.length });
    expect(bytesOf(first)).toBe(small);
    expect(second).toMatchObject({ size: large.length, truncated: true });
    expect(bytesOf(second).length).toBeGreaterThan(kib * KIB * 0.5);
    expect(third).toMatchObject({ reason: 'malformed' });
    expect(third).not.toHaveProperty('omitted');

    await until('all are enriched', 20_000, async () => (await readStream(engine.nc, 'CX_ENRICHED')).length === 699);
    const [enriched] = await readStream(engine.nc, 'CX_ENRICHED');
    expect(JSON.stringify(enriched?.data)).toContain('f'.repeat(kib * 700));
    const refused = await fetch(`${engine.url}/v1/events`, {
      method: 'POST',
      headers: structured,
      body: event(0, 'g'.repeat(kib * 1000)),
    });
    expect(refused.status).toBe(413);
    const ready = await (await fetch(`${engine.url}/readyz`)).json();
    expect(ready).toMatchObject({ ok: true });
  });
});

it.each([
  [4 * KIB, '', 'at most 4096 bytes, and Earshot must write messages of 16384'],
  [64 * KIB, 'partitions: 2\n', 'at most 65536 bytes, and Earshot must write messages of 524288 by several partitions'],
])('of %i bytes (%j) cannot work, and is refused', async (maxPayload, more, sentence) => {
  await expect(startOn(maxPayload, more)).rejects.toMatchObject({
    code: 'PAYLOAD_TOO_SMALL',
    kind: 'config',
    message: `the broker takes messages of ${sentence}`,
  });
});
