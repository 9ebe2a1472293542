/** 1,000 bad messages of every kind among good ones, through a real broker and a real engine: each reaches the DLQ with a reason, nothing is lost or slowed. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, headers, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { badMessages } from '../bad-messages.ts';
import { startEngineProcess, type EngineProcess } from '../rig/engine-process.ts';
import { readMetrics, until, type Metrics } from '../rig/read-metrics.ts';
import { readStream, type Stored } from '../rig/read-streams.ts';

const BAD = 1_000;
const GOOD = 2_000;

describe('bad input', () => {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-bad-'));
  let engine: EngineProcess;
  let nc: NatsConnection;
  let metrics: Metrics;
  let rejected: readonly Stored[];
  const bad = badMessages(20_261_123, BAD, Date.now());

  beforeAll(async () => {
    const file = join(folder, 'earshot.yaml');
    writeFileSync(
      file,
      `nats: {embedded: {store: "${join(folder, 'store')}"}}
http: {port: 0}
scoring: {sentiment: null}
kpis:
  - {id: volume, title: {zh-CN: 量, en: Volume}, from: cx.feedback.posted, measure: {kind: count}, window: {kind: tumbling, size: 1s}}
`,
    );
    engine = await startEngineProcess({ args: ['run', '--config', file] });
    nc = await connect({ servers: /"nats":"([^"]+)"/.exec(engine.log())?.[1] ?? '' });
    let next = 0;
    const publishBad = (): void => {
      const message = bad[next++];
      if (message === undefined) return;
      const carried = headers();
      for (const [name, value] of Object.entries(message.headers)) carried.set(name, value);
      nc.publish(message.subject, message.data, { headers: carried });
    };
    for (let i = 0; i < GOOD; i++) {
      if (i % 2 === 0) publishBad();
      const event = {
        specversion: '1.0',
        id: `good-${i}`,
        source: '/good',
        type: 'cx.feedback.posted',
        time: new Date().toISOString(),
        data: { channel: 'app', text: '好' },
      };
      nc.publish('cx.events.app.feedback.-', JSON.stringify(event));
    }
    await nc.flush();
    await until(
      'everything read',
      30_000,
      async () => (await readMetrics(engine.url))('earshot_events_in_total') >= BAD + GOOD,
    );
    metrics = await readMetrics(engine.url);
    rejected = await readStream(nc, 'CX_DLQ');
  });
  afterAll(async () => {
    await nc.close();
    engine.kill('SIGTERM');
    await engine.ended;
    rmSync(folder, { recursive: true, force: true });
  });

  it('loses nothing, and times in the future make nothing late (case 21: eKuiper #530): in = processed + duplicate + late + rejected', () => {
    const count = (name: string): number => metrics(`earshot_events_${name}_total`);
    expect({
      in: count('in'),
      processed: count('processed'),
      duplicate: count('duplicate'),
      late: count('late'),
      rejected: count('rejected'),
    }).toEqual({
      in: BAD + GOOD,
      processed: GOOD,
      duplicate: 0,
      late: 0,
      rejected: BAD,
    });
  });

  it('sends each bad one to the DLQ, with its reason, a sentence, its place in the stream and its bytes', () => {
    expect(rejected.map(({ subject }) => subject)).toEqual(bad.map(({ reason }) => `cx.dlq.${reason}`));
    rejected.forEach(({ data }, i) => {
      const said = data as { error: string; seq: number; subject: string; bytes: string; truncated?: boolean };
      expect(said.error.length, bad[i]?.kind).toBeGreaterThan(15);
      expect(said.subject).toBe(bad[i]?.subject);
      expect(said.seq).toBeGreaterThan(0);
      const bytes = Buffer.from(said.bytes, 'base64');
      const sent = Buffer.from(bad[i]?.data ?? []);
      expect(
        said.truncated === true ? sent.subarray(0, bytes.length).equals(bytes) : sent.equals(bytes),
        bad[i]?.kind,
      ).toBe(true);
    });
  });

  it('lets every good one through, in order', async () => {
    const ids = (await readStream(nc, 'CX_ENRICHED')).map(
      ({ data }) => (data as { enrichment: { event: { id: string } } }).enrichment.event.id,
    );
    expect(ids).toEqual(Array.from({ length: GOOD }, (_, i) => `good-${i}`));
  });

  it('takes events over HTTP once they are stored, and answers bad ones with their faults', async () => {
    const post = (body: unknown): Promise<Response> =>
      fetch(`${engine.url}/v1/events`, {
        method: 'POST',
        headers: { 'content-type': 'application/cloudevents-batch+json' },
        body: JSON.stringify(body),
      });
    const event = (id: string, type: string): unknown => ({
      specversion: '1.0',
      id,
      source: '/http',
      type,
      data: { channel: 'app', text: '很好' },
    });
    const answer = await post([event('h-1', 'cx.feedback.posted'), event('h-2', 'cx.feedback.posted')]);
    expect([answer.status, await answer.json()]).toEqual([202, { accepted: ['h-1', 'h-2'] }]);
    const refused = await post([event('h-3', 'cx.feedback.posted'), event('h-4', 'cx.feedback.sung')]);
    expect(refused.status).toBe(422);
    expect(await refused.json()).toMatchObject({
      error: { faults: [{ index: 1, id: 'h-4', reason: 'unknown_type' }] },
    });
    await until(
      'both read',
      10_000,
      async () => (await readMetrics(engine.url))('earshot_events_processed_total') === GOOD + 2,
    );
  });
});
