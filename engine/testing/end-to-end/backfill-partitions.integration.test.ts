/** A KPI that joins a running store of two partitions: `--backfill` fills it from what both streams hold, wherever it is killed. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, headers } from '@nats-io/transport-node';
import { afterAll, expect, it } from 'vitest';
import { partitionOf } from '../../core/partition/partition-of.ts';
import { spawnCli, startEngineProcess, type EngineProcess } from '../rig/engine-process.ts';
import { readMetrics, until } from '../rig/read-metrics.ts';
import { readStream } from '../rig/read-streams.ts';

const folder = mkdtempSync(join(tmpdir(), 'earshot-backfill-'));
const file = join(folder, 'earshot.yaml');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const START = Date.UTC(2026, 2, 2, 1);
const keys = ['a', 'b', 'c', 'd', 'e', 'f'];
const keyOf = (partition: number): string => keys.find((key) => partitionOf(key, 2) === partition) ?? 'a';

function configure(...ids: readonly string[]): void {
  const kpis = ids.map(
    (id) =>
      `  - {id: ${id}, from: cx.page.viewed, measure: {kind: count}, window: {kind: tumbling, size: 1h}, by: [[], [channel]]}`,
  );
  writeFileSync(
    file,
    `
nats: {embedded: {store: "${join(folder, 'store')}"}}
http: {port: 0}
partitions: 2
time: {idle_after: 1h}
scoring: {sentiment: null}
kpis:
${kpis.join('\n')}
`,
  );
}

let published = 0;
/** One event for each of these seconds, to the partitions in turn; waits until all are committed, ends the engine. */
async function publish(engine: EngineProcess, seconds: readonly number[]): Promise<readonly string[]> {
  const nc = await connect({ servers: /"nats":"([^"]+)"/.exec(engine.log())?.[1] ?? '' });
  const structured = headers();
  structured.set('content-type', 'application/cloudevents+json');
  for (const second of seconds) {
    const key = keyOf(published % 2);
    const time = new Date(START + second * 1000).toISOString();
    const data = { channel: 'web', page: '/', customer: { id: key } };
    const event = {
      specversion: '1.0',
      id: `e-${String(published)}`,
      source: '/t',
      type: 'cx.page.viewed',
      time,
      data,
    };
    nc.publish(`cx.events.web.page.${key}`, JSON.stringify(event), { headers: structured });
    published++;
  }
  await nc.flush();
  await until('committed', 20_000, async () => {
    return (await readMetrics(engine.url))('earshot_events_processed_total') >= published;
  });
  const values = async (): Promise<readonly string[]> =>
    (await readStream(nc, 'CX_KPI')).map(({ data }) => {
      const { kpi, key, n, partial } = data as { kpi: string; key: object; n: number; partial?: boolean };
      return `${kpi} ${JSON.stringify(key)} ${String(n)}${partial === true ? ' partial' : ''}`;
    });
  if (seconds.some((second) => second > 3600)) await until('closed', 20_000, async () => (await values()).length >= 4);
  const said = await values();
  await nc.close();
  engine.kill('SIGTERM');
  expect(await engine.ended).toBe(0);
  return said;
}

it('is filled from what both hold, over a kill in between, and says what the one that was always there says', async () => {
  configure('volume');
  await publish(await startEngineProcess({ args: ['run', '--config', file] }), [1, 2, 3, 4, 5]);
  configure('volume', 'added');
  const args = ['run', '--config', file, '--backfill'];
  const killed = spawnCli(args);
  const isKilled = new Promise((resolve) => killed.once('close', resolve));
  killed.stdout?.resume();
  killed.stderr?.setEncoding('utf8').on('data', (text: string) => {
    if (text.includes('filling KPIs')) killed.kill('SIGKILL');
  });
  await isKilled;
  const filled = await startEngineProcess({ args });
  await until('filled', 20_000, () => Promise.resolve(filled.log().includes('KPIs are filled')));
  await publish(filled, [6, 7]);
  const after = await startEngineProcess({ args: ['run', '--config', file] });
  expect([...(await publish(after, [4000, 4001]))].sort()).toEqual([
    'added {"channel":"web"} 7',
    'added {} 7',
    'volume {"channel":"web"} 7',
    'volume {} 7',
  ]);
});
