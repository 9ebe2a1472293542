/**
 * Last week's events sent live, while people decide something now: their clock says nothing of the events' time, so all are
 * processed and none is late, in one partition and in the two stages of several.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startEngine, type LiveEngine } from '../../app/engine.ts';
import { recordingLogger } from '../../adapters/testing/broker.fixture.ts';
import { compileExpression } from '../../adapters/expressions/cel.ts';
import { loadConfig } from '../../adapters/config/config-file.ts';
import type { Json, JsonObject } from '../../core/types.ts';
import { configForm } from '../../app/config/config.ts';
import { readMetrics, until } from '../rig/read-metrics.ts';
import { readStream } from '../rig/read-streams.ts';

const EVENTS = 4_000;
const APART_MS = 25;
const WEEK_MS = 7 * 86_400_000;
const CUSTOMERS = 16;

const config = (store: string, partitions: number): string => `
nats: {embedded: {store: "${store}"}}
http: {port: 0}
partitions: ${String(partitions)}
scoring: {sentiment: null}
time: {idle_after: 1h, allowed_lateness: 0s}
kpis:
  - {id: volume, title: {zh-CN: 量, en: Volume}, from: cx.page.viewed, measure: {kind: count}, window: {kind: tumbling, size: 1s}}
rules:
  - {id: much, kpi: volume, fire: value > 1, severity: major, owner: care}
`;

describe.each([1, 2])('decisions of people between old events, in %i partitions', (partitions) => {
  it('make no event late, and have their effect', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'earshot-controls-'));
    const file = join(folder, 'earshot.yaml');
    writeFileSync(file, config(join(folder, 'store'), partitions));
    const { signal } = new AbortController();
    const form = await loadConfig(file, configForm(compileExpression));
    const engine = await startEngine({ config: form, logger: recordingLogger(), demo: null, signal });
    try {
      await replay(engine);
    } finally {
      await engine.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

async function replay(engine: LiveEngine): Promise<void> {
  const { signal } = new AbortController();
  const start = Math.floor((Date.now() - WEEK_MS) / 1000) * 1000;
  const publish = (from: number, to: number): Promise<void> =>
    engine.publisher.publish(
      Array.from({ length: to - from }, (_, i) => {
        const n = from + i;
        const customer = `c-${String(n % CUSTOMERS)}`;
        const data = { channel: 'web', page: '/', customer: { id: customer } };
        const time = new Date(start + n * APART_MS).toISOString();
        const event = { specversion: '1.0', id: String(n), source: '/old', type: 'cx.page.viewed', time, data };
        return {
          subject: `cx.events.web.page.${customer}`,
          headers: { 'content-type': 'application/cloudevents+json', 'Nats-Msg-Id': String(n) },
          data: Buffer.from(JSON.stringify(event)),
        };
      }),
      signal,
    );
  const ask = async (path: string, body?: JsonObject): Promise<Json> => {
    const answer = await fetch(`${engine.url}${path}`, {
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
      headers: { 'content-type': 'application/json' },
    });
    expect(answer.ok, `${path}: ${String(answer.status)}`).toBe(true);
    return (await answer.json()) as Json;
  };

  const first = EVENTS / 10;
  await publish(0, first);
  let alert = '';
  await until('an alert is open', 20_000, async () => {
    const { open } = (await ask('/v1/alerts')) as { readonly open: readonly { readonly alert: string }[] };
    alert = open[0]?.alert ?? '';
    return alert !== '';
  });
  await ask(`/v1/alerts/${alert}/ack`, { note: 'on it' });
  const untilInstant = new Date(Date.now() + 3_600_000).toISOString();
  await ask('/v1/silences', { match: { rule: 'other' }, until: untilInstant, reason: 'works' });
  await until(
    'both decisions are carried out',
    60_000,
    async () =>
      (await readStream(engine.nc, 'CX_AUDIT')).filter(({ data }) => (data as JsonObject)['chain'] === 'engine')
        .length === 2,
  );
  await publish(first, EVENTS);

  // What people decided counts as an event that came in, and is done with.
  await until('all is accounted for', 30_000, async () => {
    const metrics = await readMetrics(engine.url);
    const done = metrics('earshot_events_processed_total') + metrics('earshot_events_late_total');
    return done >= EVENTS + 2;
  });
  const metrics = await readMetrics(engine.url);
  expect([metrics('earshot_events_processed_total'), metrics('earshot_events_late_total')]).toEqual([EVENTS + 2, 0]);
  const windows = (EVENTS * APART_MS) / 1000;
  await until(
    'the windows are final',
    60_000,
    async () => (await readStream(engine.nc, 'CX_KPI')).length >= windows - 3,
  );
  const values = (await readStream(engine.nc, 'CX_KPI')).map(({ data }) => data as JsonObject);
  expect(new Set(values.map(({ n, revision }) => JSON.stringify([n, revision])))).toEqual(new Set(['[40,0]']));
  expect(await readStream(engine.nc, 'CX_LATE')).toEqual([]);

  const { open } = (await ask('/v1/alerts')) as { readonly open: readonly JsonObject[] };
  const acked = open.find((one) => one['alert'] === alert)?.['acked'] as { readonly at: string } | null | undefined;
  // When it was said, not what time the events say.
  expect(Date.now() - Date.parse(acked?.at ?? '')).toBeLessThan(120_000);
}
