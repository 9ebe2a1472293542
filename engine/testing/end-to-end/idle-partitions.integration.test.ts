/**
 * Two partitions, one silent for a while: others go on without it, and what it has to say when it comes back is counted, or is
 * late by its name, as in a single partition. Then it counts again, and its sums leave together.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, headers, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, describe, expect, it } from 'vitest';
import { partitionOf } from '../../core/partition/partition-of.ts';
import type { JsonObject } from '../../core/types.ts';
import { startEngineProcess, type EngineProcess } from '../rig/engine-process.ts';
import { readMetrics, until } from '../rig/read-metrics.ts';
import { readStream } from '../rig/read-streams.ts';

const config = (store: string): string => `
nats: {embedded: {store: "${store}"}}
http: {port: 0}
partitions: 2
scoring: {sentiment: null}
time: {idle_after: 600ms, allowed_lateness: 2s}
kpis:
  - {id: views, from: cx.page.viewed, measure: {kind: count}, window: {kind: tumbling, size: 1s}}
`;
const START = Date.UTC(2026, 2, 2, 1);
const keys = ['a', 'b', 'c', 'd', 'e', 'f'];
const keyOf = (partition: number): string => keys.find((key) => partitionOf(key, 2) === partition) ?? '';

describe('a partition that was idle', () => {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-idle-'));
  let engine: EngineProcess;
  let nc: NatsConnection;
  afterAll(async () => {
    await nc.close();
    engine.kill('SIGTERM');
    await engine.ended;
    rmSync(folder, { recursive: true, force: true });
  });

  const structured = headers();
  structured.set('content-type', 'application/cloudevents+json');
  async function publish(partition: number, id: string, seconds: number): Promise<void> {
    const time = new Date(START + seconds * 1000).toISOString();
    const data = { channel: 'web', page: '/', customer: { id: keyOf(partition) } };
    const event = { specversion: '1.0', id, source: '/idle', type: 'cx.page.viewed', time, data };
    nc.publish(`cx.events.web.page.${keyOf(partition)}`, JSON.stringify(event), { headers: structured });
    await nc.flush();
  }
  const counted = async (): Promise<number> => {
    const metrics = await readMetrics(engine.url);
    return metrics('earshot_events_processed_total') + metrics('earshot_events_late_total');
  };
  const partials = async (partition: number): Promise<readonly JsonObject[]> =>
    (await readStream(nc, 'CX_PARTIALS'))
      .map(({ data }) => data as JsonObject)
      .filter((partial) => partial['partition'] === partition && partial['sums'] !== undefined);

  it('has every event counted or named as late, and counts again once it has caught up', async () => {
    const file = join(folder, 'earshot.yaml');
    writeFileSync(file, config(join(folder, 'store')));
    engine = await startEngineProcess({ args: ['run', '--config', file] });
    nc = await connect({ servers: /"nats":"([^"]+)"/.exec(engine.log())?.[1] ?? '' });
    await publish(0, 'before', 0);
    await until('it is idle', 10_000, async () => (await readMetrics(engine.url))('earshot_partition_idle') >= 2);
    await publish(1, 'ahead', 600);
    await until('the other went on', 5_000, async () => {
      const values = await readStream(nc, 'CX_KPI');
      return values.length >= 1 && (await counted()) === 2;
    });
    await publish(0, 'too late', 2);
    await publish(0, 'in time', 599);
    await until('both were judged', 5_000, async () => (await counted()) === 4);
    const late = (await readStream(nc, 'CX_LATE')).map(({ data }) => data as JsonObject);
    expect(late).toMatchObject([{ kpi: 'views', id: '/idle|too late', type: 'cx.page.viewed', key: keyOf(0) }]);
    expect(Number(late[0]?.['late_by_ms'])).toBeGreaterThanOrEqual(596_000);
    const metrics = await readMetrics(engine.url);
    expect([metrics('earshot_events_late_total'), metrics('earshot_kpi_late_views_total')]).toEqual([1, 1]);
    expect(metrics('earshot_partials_late_total')).toBe(0);
    expect((await partials(0)).map((partial) => partial['event'] !== undefined)).toEqual([false, true, true]);

    // Both at work, neither idle: before long it hears that it counts.
    let second = 601;
    await until('its sums leave together again', 10_000, async () => {
      await publish(0, `on ${String(second)}`, second);
      await publish(1, `and ${String(second)}`, second);
      second += 1;
      return (await partials(0)).at(-1)?.['event'] === undefined;
    });
  });
});
