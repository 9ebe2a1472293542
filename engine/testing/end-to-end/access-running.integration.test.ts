/**
 * Who gets what of an engine that runs, with three partitions, events in JSON and MessagePack, KPIs and rules by every dimension:
 * every role and scope, each way in which values and alerts leave. What is somebody else's has a name that begins with `x`.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pack } from 'msgpackr';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../adapters/config/config-file.ts';
import { compileExpression } from '../../adapters/expressions/cel.ts';
import { recordingLogger } from '../../adapters/testing/broker.fixture.ts';
import { configForm } from '../../app/config/config.ts';
import { startEngine, type LiveEngine } from '../../app/engine.ts';
import { must } from '../../core/must.ts';
import {
  type AlertMessage,
  type KpiDescription,
  type KpiHistory,
  type KpiMessage,
  PROTOCOLS,
} from '../../core/wire.ts';
import { ROLES, type Role } from '../../gateway/access/principal.ts';
import { bearer, LIMITS, OF_OTHERS, SCOPE_OF, SECRET } from '../../gateway/testing/access-matrix.fixture.ts';
import { ask, LiveClient } from '../../gateway/testing/gateway.fixture.ts';
import { until } from '../rig/read-metrics.ts';

const BY =
  '[[], [region], [region, store], [product, store], [store], [channel], [channel, region], [team], [product]]';
const PEOPLE = [
  { region: 'east', store: 's1', team: 't1' },
  { region: 'xwest', store: 'xstore2', team: 'xcase' },
  { region: 'xwest', store: 'xstore9', team: 'xcase' },
];
/** The keys of each scope, by hand: contract §10. The names are those of LIMITS; the unlimited have no list. */
const SEES: Readonly<Record<string, readonly string[]>> = {
  'one region': [
    '',
    'region=east',
    'region=east,store=s1',
    'product=tea,store=s1',
    'store=s1',
    'channel=app,region=east',
  ],
  'one region, no totals': [
    'region=east',
    'region=east,store=s1',
    'product=tea,store=s1',
    'store=s1',
    'channel=app,region=east',
  ],
  'one region and channel': [
    ...['', 'region=east', 'region=east,store=s1', 'product=tea,store=s1', 'store=s1', 'channel=app,region=east'],
    'channel=app',
  ],
  'one region and channel, no totals': ['channel=app,region=east'],
  'one team': ['', 'team=t1'],
  nothing: [''],
};
const ALL = 18;

const folder = mkdtempSync(join(tmpdir(), 'earshot-matrix-'));
let engine: LiveEngine;
const clients: LiveClient[] = [];

beforeAll(async () => {
  const file = join(folder, 'earshot.yaml');
  writeFileSync(
    file,
    `
nats: {embedded: {store: "${join(folder, 'store')}"}}
partitions: 3
scoring: {sentiment: null}
http: {port: 0, auth: {secret: "${SECRET}", scope_of: ${JSON.stringify(SCOPE_OF)}}}
kpis:
  - {id: hourly, from: cx.page.viewed, measure: {kind: count}, window: {kind: sliding, size: 1h, slide: 1h}, by: ${BY}}
  - {id: volume, from: cx.page.viewed, measure: {kind: count}, window: {kind: tumbling, size: 1s}, by: ${BY}}
rules:
  - {id: much, kpi: volume, fire: value > 0, keep_firing_for: 1h, severity: major, owner: care}
`,
  );
  const config = await loadConfig(file, configForm(compileExpression));
  engine = await startEngine({ config, logger: recordingLogger(), demo: null, signal: new AbortController().signal });
  const admin = await bearer('admin', null);
  await publishAll();
  await until('every key of each KPI is known and each has its alert', 40_000, async () => {
    await publishAll();
    const { open } = (await ask(`${engine.url}/v1/alerts`, { headers: admin })).json() as { open: unknown[] };
    return (await listed(admin)).length === 2 * ALL && open.length === ALL;
  });
});
afterAll(async () => {
  for (const client of clients) client.socket.terminate();
  await engine.stop();
  rmSync(folder, { recursive: true, force: true });
});

let events = 0;
/** Of each of them, in both forms, over all partitions. */
async function publishAll(): Promise<void> {
  const messages = PEOPLE.flatMap((one) =>
    Array.from({ length: 4 }, () => {
      const n = (events += 1);
      const attributes = { specversion: '1.0', id: `v-${n}`, source: '/app', type: 'cx.page.viewed' };
      const event = {
        ...attributes,
        time: new Date().toISOString(),
        data: { channel: 'app', page: '/', product: 'tea', ...one },
      };
      const subject = `cx.events.app.page.k${n % 7}`;
      if (n % 2 === 0) {
        const headers = { 'content-type': 'application/cloudevents+json' };
        return { subject, headers, data: Buffer.from(JSON.stringify(event)) };
      }
      const { data, ...rest } = event;
      const ce = Object.fromEntries(Object.entries(rest).map(([name, value]) => [`ce-${name}`, value]));
      return { subject, headers: { ...ce, 'content-type': 'application/msgpack' }, data: pack(data) };
    }),
  );
  await engine.publisher.publish(messages, AbortSignal.timeout(120_000));
}

const get = (path: string, headers: Record<string, string>) => ask(engine.url + path, { headers });
async function listed(headers: Record<string, string>): Promise<readonly KpiMessage[]> {
  return ((await get('/v1/kpis', headers)).json() as KpiDescription[]).flatMap(({ values }) => values);
}

const nameOf = (key: Readonly<Record<string, string>>): string =>
  Object.entries(key)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([dimension, value]) => `${dimension}=${value}`)
    .join();
const namesOf = (messages: readonly { readonly key: Readonly<Record<string, string>> }[]): readonly string[] =>
  [...new Set(messages.map(({ key }) => nameOf(key)))].sort();

/** Every role with every scope it can have. */
const WHO = ROLES.flatMap((role) =>
  Object.entries(LIMITS)
    .filter(([, { scope }]) => role !== 'frontline' || scope !== null)
    .map(([limits, { scope }]) => ({ role, limits, scope })),
);
function expectOwn(limits: string, names: readonly string[]): void {
  const sees = SEES[limits];
  if (sees === undefined) expect(names).toHaveLength(ALL);
  else expect(names).toEqual([...sees].sort());
}

describe.each(WHO)('$role, $limits', ({ role, limits, scope }) => {
  const headers = (): Promise<Record<string, string>> => bearer(role, scope);

  it('reads its keys and no other by list, history and alerts, however it asks', async () => {
    const mine = await headers();
    expectOwn(limits, namesOf(await listed(mine)));
    const from = 'from=2020-01-01T00:00:00Z';
    for (const kpi of ['hourly', 'volume']) {
      const history = (await get(`/v1/kpis/${kpi}/history?key=*&${from}`, mine)).json() as KpiHistory;
      if (kpi === 'volume') expectOwn(limits, namesOf(history.values));
      const ofOthers = [
        'region:xwest',
        'store:xstore2',
        'product:tea&key=store:xstore2',
        'product:tea&key=store:xstore9',
      ];
      for (const key of ofOthers) {
        const { status } = await get(`/v1/kpis/${kpi}/history?key=${key}&${from}`, mine);
        expect([key, status]).toEqual([key, scope === null ? 200 : 403]);
      }
    }
    const { open } = (await get('/v1/alerts', mine)).json() as { open: readonly AlertMessage[] };
    expectOwn(limits, namesOf(open));
    for (const path of [
      '/v1/kpis',
      '/v1/alerts',
      '/v1/silences',
      '/v1/board',
      '/v1/status',
      '/v1/kpis/volume/history?key=*',
    ]) {
      const { text } = await get(path, mine);
      if (scope !== null) expect([path, OF_OTHERS.exec(text)]).toEqual([path, null]);
    }
  });

  it.each(PROTOCOLS)('is shown live its keys and no other, in %s', async (protocol) => {
    const client = await new LiveClient(engine.url, { protocol, headers: await headers() }).open();
    clients.push(client);
    const where = { region: ['xwest', 'east'], store: ['xstore2', 'xstore9', 's1'] };
    const topics = ['kpi/volume', 'kpi/*', 'alerts', 'health', ...(role === 'display' ? [] : ['actions'])];
    client.say({ op: 'sub', id: 1, topics });
    client.say({ op: 'sub', id: 2, topics: ['kpi/*', 'alerts'], where });
    client.say({ op: 'sub', id: 3, topics: ['alerts'], resume: { epoch: 'somebody else’s', seq: 1 } });
    await until('all are answered', 10_000, () => Promise.resolve(client.of('snapshot').length === 3));
    await publishAll();
    await until('something changes', 10_000, () =>
      Promise.resolve(client.of('delta').some(({ kpis }) => kpis.length > 0)),
    );
    const snapshot = must(client.of('snapshot').find(({ id }) => id === 1));
    expectOwn(limits, namesOf(snapshot.kpis));
    expectOwn(limits, namesOf(snapshot.alerts));
    const later = client.of('delta').filter(({ id }) => id === 1);
    const sees = SEES[limits];
    if (sees !== undefined)
      expect(sees).toEqual(expect.arrayContaining([...namesOf(later.flatMap(({ kpis }) => kpis))]));
    if (scope !== null) expect(OF_OTHERS.exec(JSON.stringify(client.frames))).toBeNull();
    client.socket.terminate();
  });
});

it.each<[Role, number]>([
  ['operator', 404],
  ['frontline', 404],
  ['display', 403],
])(
  '%s of one region acknowledges no alert of another, nor of the whole, as if it were not there',
  async (role, status) => {
    const { open } = (await get('/v1/alerts', await bearer('admin', null))).json() as { open: readonly AlertMessage[] };
    const mine = { ...(await bearer(role, { regions: ['east'] })), 'content-type': 'application/json' };
    const acks: Record<string, number> = {};
    for (const { alert, key } of open) {
      if (key['region'] === 'east') continue;
      const reply = await ask(`${engine.url}/v1/alerts/${encodeURIComponent(alert)}/ack`, {
        method: 'POST',
        headers: mine,
        body: '{}',
      });
      acks[nameOf(key)] = reply.status;
      expect([nameOf(key), OF_OTHERS.exec(reply.text)]).toEqual([nameOf(key), null]);
    }
    const own = Object.keys(acks).filter((name) => /(^|,)store=s1/.test(name));
    expect(own).toHaveLength(2);
    for (const [name, answered] of Object.entries(acks)) {
      // What scope_of maps to this region is its own.
      const isOwn = role !== 'display' && own.includes(name);
      expect([name, answered]).toEqual([name, isOwn ? 202 : name === '' && role !== 'display' ? 403 : status]);
    }
  },
);
