/**
 * Actions and clocks on a real broker with two partitions, the engine killed (kill -9) between events and started again: each is said
 * once, what waits is said after all, what is open is listed, and a person completes one; what falls due is reported in silence and after a
 * stop, and a reply that came during the stop counts before it (22, 23, 49, 50 of the catalogue of clocks).
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startBroker, until, type BrokerFixture } from '../../../adapters/testing/broker.fixture.ts';
import type { JsonObject } from '../../../core/types.ts';
import { startEngineProcess, type EngineProcess } from '../../rig/engine-process.ts';
import { readStream } from '../../rig/read-streams.ts';

const CONFIG = `
partitions: 2
http: {port: 0}
scoring: {sentiment: null, issues: null}
time: {out_of_orderness: 200ms, idle_after: 1s}
clocks:
  - id: first_response
    key: data.case
    start: {on: cx.case.opened}
    stop: {on: cx.case.replied, where: data.author == "agent"}
    target: [{within: 3s}]
actions:
  - {id: ask, on: cx.case.resolved, kind: survey, after: 2s, at_most: {times: 1, in: 1h}}
  - {id: low, on: cx.survey.answered, where: data.score <= 2, kind: follow_up, key: data.customer.id, due: 1h, done: {on: cx.interaction.call}}
`;
const CUSTOMERS = 8;
const ROUNDS = 2;

let broker: BrokerFixture;
let engine: EngineProcess;
const folder = mkdtempSync(join(tmpdir(), 'earshot-actions-'));
const file = join(folder, 'earshot.yaml');

beforeAll(async () => {
  broker = await startBroker({ partitions: 2 });
  writeFileSync(file, `nats: {servers: ["${broker.server.url}"]}\n${CONFIG}`);
  engine = await startEngineProcess({ args: ['run', '--config', file] });
});
afterAll(async () => {
  engine.kill('SIGKILL');
  await engine.ended;
  await broker.close();
  rmSync(folder, { recursive: true, force: true });
});

function publish(type: string, family: string, id: string, data: JsonObject, at = Date.now()): void {
  const event = { specversion: '1.0', id, source: '/desk', type, time: new Date(at).toISOString(), data };
  broker.nc.publish(`cx.events.app.${family}.${id}`, JSON.stringify(event));
}
const said = async (): Promise<readonly JsonObject[]> =>
  (await readStream(broker.nc, 'CX_ACTIONS')).map(({ data }) => data as JsonObject);
const countOf = (all: readonly JsonObject[], action: string, state: string): number =>
  all.filter((one) => one['action'] === action && one['state'] === state).length;
const listed = async (query: string): Promise<{ readonly actions: readonly JsonObject[]; readonly total: number }> => {
  const response = await fetch(`${engine.url}/v1/actions${query}`);
  if (response.status === 503) return { actions: [], total: -1 };
  return (await response.json()) as { readonly actions: readonly JsonObject[]; readonly total: number };
};

it('each is said once over kills, is listed while it is open, and is completed by a person', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    for (let i = 0; i < CUSTOMERS; i++) {
      const customer = { id: `u${String(i)}` };
      const number = String(round * CUSTOMERS + i);
      publish('cx.case.resolved', 'case', `v${number}`, { channel: 'app', case: `c${number}`, customer });
      const answer = { channel: 'app', survey: 's', metric: 'csat', score: 1 + (i % 4), customer };
      publish('cx.survey.answered', 'survey', `s${number}`, answer);
    }
    await broker.nc.flush();
    if (round === ROUNDS - 1) break;
    await until(async () => countOf(await said(), 'follow_up', 'due') >= (round + 1) * (CUSTOMERS / 4));
    engine.kill('SIGKILL');
    await engine.ended;
    engine = await startEngineProcess({ args: ['run', '--config', file] });
  }
  const low = (ROUNDS * CUSTOMERS) / 2;
  const surveys = ROUNDS * CUSTOMERS;
  await until(async () => {
    const all = await said();
    const asked = countOf(all, 'survey', 'due') + countOf(all, 'survey', 'suppressed');
    return countOf(all, 'follow_up', 'due') >= low && asked >= surveys;
  });
  const all = await said();
  expect(all.filter(({ name }) => name !== 'ask' && name !== 'low')).toEqual([]);
  expect(countOf(all, 'survey', 'due')).toBe(CUSTOMERS);
  expect(countOf(all, 'survey', 'suppressed')).toBe(surveys - CUSTOMERS);
  expect(countOf(all, 'follow_up', 'due')).toBe(low);
  expect(new Set(all.map(({ id, state }) => JSON.stringify([id, state]))).size).toBe(all.length);

  await until(async () => (await listed('')).total === low);
  const { actions } = await listed('?kind=follow_up&limit=1');
  const { id } = actions[0] as { readonly id: string };
  const done = await fetch(`${engine.url}/v1/actions/${id}/complete`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ note: 'called' }),
  });
  expect(done.status).toBe(202);
  await until(async () => (await listed('')).total === low - 1);
  expect((await said()).at(-1)).toMatchObject({ id, state: 'done', done: { by: 'local', note: 'called' } });
  const audit = (await readStream(broker.nc, 'CX_AUDIT')).map(({ data }) => data as JsonObject);
  expect(audit.filter(({ action }) => action === 'action.complete')).toMatchObject([{ outcome: 'done', of: id }]);
});

const outcomesOf = async (name: string): Promise<readonly JsonObject[]> =>
  (await readStream(broker.nc, 'CX_CLOCKS')).map(({ data }) => data as JsonObject).filter(({ key }) => key === name);
const plain = ({ outcome, elapsed_s: elapsed, met, withdrawn }: JsonObject): readonly unknown[] => [
  ...[outcome, elapsed, met],
  ...(withdrawn === true ? ['withdrawn'] : []),
];
const opened = (name: string, at: number): void =>
  publish('cx.case.opened', 'case', `o-${name}`, { channel: 'app', case: name }, at);
const answered = (name: string, at: number): void =>
  publish('cx.case.replied', 'case', `a-${name}`, { channel: 'app', case: name, author: 'agent' }, at);

it('22, 23: what falls due in silence is reported, and withdrawn by a reply from before it', async () => {
  const at = Date.now();
  opened('k22', at);
  await until(async () => (await outcomesOf('k22')).length > 0);
  answered('k22', at + 2500);
  await until(async () => (await outcomesOf('k22')).length > 2);
  expect((await outcomesOf('k22')).map(plain)).toEqual([
    ['breached', 3, false],
    ['breached', 3, false, 'withdrawn'],
    ['stopped', 2.5, true],
  ]);
});

it('49, 50: what fell due while the engine was down is reported once, with how late; not where a reply came by then', async () => {
  const at = Date.now();
  opened('k49', at);
  opened('k50', at);
  await broker.nc.flush();
  engine.kill('SIGKILL');
  await engine.ended;
  answered('k50', at + 2000);
  await broker.nc.flush();
  engine = await startEngineProcess({ args: ['run', '--config', file] });
  await until(async () => (await outcomesOf('k49')).length > 0 && (await outcomesOf('k50')).length > 0);
  expect((await outcomesOf('k50')).map(plain)).toEqual([['stopped', 2, true]]);
  const all = await outcomesOf('k49');
  expect(all).toMatchObject([{ outcome: 'breached', due: new Date(at + 3000).toISOString(), ended: null }]);
  expect(all[0]?.['late_by_s']).toBeGreaterThanOrEqual(0.2);
});
