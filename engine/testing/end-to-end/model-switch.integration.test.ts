/** A new model version while events flow: as an operator does it, on a real engine with its broker. */
import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../adapters/process/package-root.ts';
import { startEngineProcess, type EngineProcess } from '../rig/engine-process.ts';
import { readStream } from '../rig/read-streams.ts';

let folder = '';
let engine: EngineProcess;
const link = (): string => join(folder, 'current');

function version(name: string): string {
  const dir = join(folder, name);
  cpSync(join(packageRoot(), 'models', 'examples', 'sentiment'), dir, { recursive: true });
  const yaml = readFileSync(join(dir, 'model.yaml'), 'utf8');
  writeFileSync(join(dir, 'model.yaml'), yaml.replace('version: 1.0.0', `version: ${name}`));
  return dir;
}
/** In one step, as everybody should. */
function point(dir: string): void {
  symlinkSync(dir, `${link()}.new`);
  renameSync(`${link()}.new`, link());
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'model-switch-'));
  point(version('1.0.0'));
  const config = join(folder, 'earshot.yaml');
  writeFileSync(
    config,
    `nats: {embedded: {store: "${join(folder, 'store')}"}}
http: {port: 0}
scoring: {sentiment: "${link()}", issues: null, shadow: {model: models/sentiment, share: 0.5}}
kpis:
  - {id: n, from: cx.feedback.posted, measure: {kind: count}, window: {kind: tumbling, size: 1m}}
`,
  );
  engine = await startEngineProcess({ args: ['run', '--config', config] });
});
afterAll(async () => {
  engine.kill('SIGINT');
  await engine.ended;
  rmSync(folder, { recursive: true });
});

let sent = 0;
async function post(): Promise<void> {
  const events = Array.from({ length: 20 }, () => ({
    specversion: '1.0',
    id: `e-${++sent}`,
    source: '/s',
    type: 'cx.feedback.posted',
    data: { channel: 'app', text: `服务很差，太慢了 ${sent}` },
  }));
  const response = await fetch(`${engine.url}/v1/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/cloudevents-batch+json' },
    body: JSON.stringify(events),
  });
  expect(response.status).toBe(202);
}
const reload = async (): Promise<{ status: number; body: unknown }> => {
  const response = await fetch(`${engine.url}/v1/models/reload`, { method: 'POST' });
  return { status: response.status, body: await response.json() };
};
const metric = async (name: string): Promise<number> =>
  Number(
    new RegExp(`^${name}(?:\\{.*\\})? (\\S+)$`, 'm').exec(await (await fetch(`${engine.url}/metrics`)).text())?.[1],
  );

describe('a new model version', () => {
  it('takes over while events flow: each is scored once, in order; a broken one is refused; all is on record', async () => {
    const state = { isFlowing: true };
    const flow = (async () => {
      while (state.isFlowing) await post();
    })();
    await post();
    point(version('2.0.0'));
    expect(await reload()).toEqual({
      status: 200,
      body: {
        from: { name: 'example-sentiment', version: '1.0.0' },
        to: { name: 'example-sentiment', version: '2.0.0' },
      },
    });
    await post();
    const broken = version('3.0.0');
    writeFileSync(join(broken, 'model.onnx'), 'no network');
    point(broken);
    expect(await reload()).toMatchObject({
      status: 422,
      body: {
        error: { code: 'invalid', reason: 'MODEL_NOT_ONNX', message: expect.stringContaining('3.0.0') as string },
      },
    });
    await post();
    state.isFlowing = false;
    await flow;
    await expect.poll(() => metric('earshot_events_processed_total'), { timeout: 120_000 }).toBe(sent + 2);

    const nc = await connect({ servers: /"nats":"([^"]+)"/.exec(engine.log())?.[1] ?? '' });
    try {
      const enriched = (await readStream(nc, 'CX_ENRICHED')).map(({ data }) => {
        const { enrichment } = data as {
          enrichment: { status: string; event: { id: string }; model: { version: string } };
        };
        return { status: enrichment.status, id: enrichment.event.id, version: enrichment.model.version };
      });
      expect(new Set(enriched.map(({ id }) => id)).size).toBe(sent);
      expect(enriched.length).toBe(sent);
      expect(new Set(enriched.map(({ status }) => status))).toEqual(new Set(['ok']));
      const versions = enriched.map((one) => one.version);
      expect([versions[0], versions.at(-1)]).toEqual(['1.0.0', '2.0.0']);
      expect([...versions].sort()).toEqual(versions);
      const audit = (await readStream(nc, 'CX_AUDIT')).flatMap(({ data }) =>
        (data as { chain: string }).chain === 'engine' ? [data] : [],
      );
      expect(audit).toMatchObject([
        { action: 'model.switch', outcome: 'done', by: 'local', to: { version: '2.0.0' } },
        { action: 'model.switch', outcome: 'refused', by: 'local', because: expect.stringContaining('ONNX') as string },
      ]);
    } finally {
      await nc.close();
    }
    expect(await metric('earshot_scoring_switches_done_total')).toBe(1);
    expect(await metric('earshot_scoring_switches_refused_total')).toBe(1);
    await expect
      .poll(() => metric('earshot_shadow_compared_texts_total'), { timeout: 120_000 })
      .toBeGreaterThan(sent / 20);
  });
});
