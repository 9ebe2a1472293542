/**
 * A device four minutes ahead, while an alert fires: in 1, 2 and 4 partitions, over a kill -9 in between, and read once more from
 * the beginning, the alert fires to the end and nobody else is late. Real servers and processes, in real time.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect, headers, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startNatsServer, type NatsServer } from '../../adapters/embedded-server/nats-server.ts';
import { makeLogger } from '../../adapters/process/log.ts';
import { partitionOf } from '../../core/partition/partition-of.ts';
import { startEngineProcess, type EngineProcess } from '../rig/engine-process.ts';
import { readMetrics, until } from '../rig/read-metrics.ts';
import { readStream } from '../rig/read-streams.ts';

const config = (natsUrl: string, partitions: number, idleAfter = '1h'): string => `
nats: {servers: ["${natsUrl}"]}
http: {port: 0}
partitions: ${String(partitions)}
scoring: {sentiment: null}
time: {idle_after: ${idleAfter}}
kpis:
  - {id: bad, from: cx.page.viewed, measure: {kind: ratio, of: data.flag == true}, window: {kind: sliding, size: 6s, slide: 1s}}
rules:
  - {id: r, kpi: bad, on: live, fire: value > 50, min_n: 10, for: 500ms}
`;

const EVERY_MS = 100;
const EVENTS = 180;
const SKEWED_AT = 70;
const KILLED_AT = 90;
const RUNS = {
  'in one partition': 1,
  'in two partitions': 2,
  'in four partitions': 4,
  'killed in between': 2,
} as const;
type Run = keyof typeof RUNS;
const NAMES = Object.keys(RUNS) as Run[];

interface Living {
  readonly nc: NatsConnection;
  readonly natsUrl: string;
  readonly file: string;
  engine: EngineProcess;
}

describe('a device four minutes ahead, while an alert fires', () => {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-ahead-'));
  const servers: NatsServer[] = [];
  const runs = new Map<Run, Living>();
  const structured = headers();
  structured.set('content-type', 'application/cloudevents+json');

  const engineOf = (file: string): Promise<EngineProcess> => startEngineProcess({ args: ['run', '--config', file] });
  async function begin(name: Run): Promise<void> {
    const partitions = RUNS[name];
    const logger = makeLogger('json', () => undefined, Date.now);
    const server = await startNatsServer({ store: join(folder, name), partitions, logger });
    servers.push(server);
    const file = join(folder, `${name}.yaml`);
    writeFileSync(file, config(server.url, partitions));
    runs.set(name, {
      nc: await connect({ servers: server.url }),
      natsUrl: server.url,
      file,
      engine: await engineOf(file),
    });
  }
  function publish(number: number, time: number, flag: boolean): void {
    const key = `k${String(number % 16)}`;
    const data = { channel: 'app', page: 'p', flag };
    const source = flag ? '/honest' : '/ahead';
    const event = { specversion: '1.0', id: `e${String(number)}`, source, type: 'cx.page.viewed', data };
    const body = JSON.stringify({ ...event, time: new Date(time).toISOString() });
    for (const { nc } of runs.values()) nc.publish(`cx.events.app.page.${key}`, body, { headers: structured });
  }
  const processed = (living: Living): Promise<void> =>
    until('all are processed', 40_000, async () => {
      return (await readMetrics(living.engine.url))('earshot_events_processed_total') >= EVENTS + 1;
    });
  async function statesOf({ nc }: Living): Promise<readonly string[]> {
    return (await readStream(nc, 'CX_ALERTS')).map(({ data }) => (data as { readonly state: string }).state);
  }

  beforeAll(async () => {
    for (const name of NAMES) await begin(name);
    const killed = runs.get('killed in between');
    let isBack: Promise<void> = Promise.resolve();
    const began = Date.now();
    for (let i = 0; i < EVENTS; i++) {
      publish(i, Date.now(), true);
      if (i === SKEWED_AT) publish(1000, Date.now() + 240_000, false);
      if (i === KILLED_AT && killed !== undefined) {
        killed.engine.kill('SIGKILL');
        isBack = killed.engine.ended.then(async () => void (killed.engine = await engineOf(killed.file)));
      }
      const wait = began + (i + 1) * EVERY_MS - Date.now();
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    }
    await isBack;
    for (const living of runs.values()) await processed(living);
  });

  afterAll(async () => {
    for (const { nc, engine } of runs.values()) {
      await nc.close();
      engine.kill('SIGKILL');
      await engine.ended;
    }
    for (const server of servers) await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('comes to another partition than some others', () => {
    const used = new Set(Array.from({ length: 16 }, (_, i) => partitionOf(`k${String(i)}`, 4)));
    expect(used.size).toBe(4);
  });

  it.each(NAMES)('%s: it fires to the end, and no event of the others is late', async (name) => {
    const living = runs.get(name) as Living;
    await until('it fires', 20_000, async () => (await statesOf(living)).includes('firing'));
    expect(await statesOf(living)).toEqual(['pending', 'firing']);
    expect(await readStream(living.nc, 'CX_LATE')).toEqual([]);
    const ready = (await (await fetch(`${living.engine.url}/readyz`)).json()) as { degraded?: { code: string }[] };
    // Of the process that has seen it: it was killed afterwards.
    if (name !== 'killed in between')
      expect(ready.degraded).toMatchObject([{ code: 'clock_ahead', about: [expect.stringMatching(/^\/ahead /)] }]);
  });

  it.each(['in one partition', 'in four partitions'] as const)(
    '%s, read once more from the beginning: as it was',
    async (name) => {
      const living = runs.get(name) as Living;
      living.engine.kill('SIGTERM');
      await living.engine.ended;
      const manager = await jetstreamManager(living.nc);
      for await (const { config: stream } of manager.streams.list())
        if (!stream.name.startsWith('CX_EVENTS')) await manager.streams.delete(stream.name);
      // What is all there at once is shown as it is in the end: silence takes time on from there.
      writeFileSync(living.file, config(living.natsUrl, RUNS[name], '1s'));
      living.engine = await engineOf(living.file);
      await processed(living);
      await until('it fires', 20_000, async () => (await statesOf(living)).includes('firing'));
      expect((await statesOf(living)).slice(0, 2)).toEqual(['pending', 'firing']);
      expect(await readStream(living.nc, 'CX_LATE')).toEqual([]);
    },
    300_000,
  );
});
