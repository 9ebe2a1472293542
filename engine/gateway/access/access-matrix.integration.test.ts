/** Who gets what: every role, scope, route and live topic, in both forms. A route or a topic without a row does not compile. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type KpiDescription, type KpiHistory, PROTOCOLS } from '../../core/wire.ts';
import type { HubClient } from '../../live/hub-client.ts';
import { ROUTES, type RouteName } from '../routes/routes.ts';
import { bearer, KEYS, type Limits, LIMITS, matrixGateway, OF_OTHERS, show } from '../testing/access-matrix.fixture.ts';
import { ask, type Fixture, LiveClient } from '../testing/gateway.fixture.ts';
import { until } from '../testing/server.conformance.ts';
import { type Role, ROLES } from './principal.ts';

interface Row {
  readonly path: string;
  readonly body?: unknown;
  /** Nobody: without any token too. */
  readonly roles: readonly Role[] | 'everybody';
  /** Whether those with limits may. */
  readonly limited: boolean;
  /** The answer to who may. */
  readonly status: number;
}
const in1h = new Date(Date.now() + 3_600_000).toISOString();
const own = { region: 'east', channel: 'app', team: 't1' };

const READ = { roles: ROLES, limited: true, status: 200 } as const;
const OPEN = { roles: 'everybody', limited: true, status: 200 } as const;
const ROWS: Readonly<Record<RouteName, Row>> = {
  'GET /healthz': { path: '/healthz', ...OPEN },
  'GET /readyz': { path: '/readyz', ...OPEN },
  'GET /openapi.json': { path: '/openapi.json', ...OPEN },
  'GET /asyncapi.json': { path: '/asyncapi.json', ...OPEN },
  'GET /schemas': { path: '/schemas', ...OPEN },
  'GET /schemas/{name}/{version}.json': { path: '/schemas/kpi/1.json', ...OPEN },
  'GET /v1/live': { path: '/v1/live', ...OPEN, status: 426 },
  'GET /v1/status': { path: '/v1/status', ...READ },
  'GET /v1/board': { path: '/v1/board', ...READ },
  'GET /v1/kpis': { path: '/v1/kpis', ...READ },
  'GET /v1/kpis/{id}/history': { path: '/v1/kpis/csat/history?key=*&from=2020-01-01T00:00:00Z', ...READ },
  'GET /v1/alerts': { path: '/v1/alerts', ...READ },
  'GET /v1/alerts/history': { path: '/v1/alerts/history', ...READ },
  'GET /v1/rules': { path: '/v1/rules', ...READ },
  'GET /v1/voices': { path: '/v1/voices', ...READ },
  'GET /v1/voices/words': { path: '/v1/voices/words', ...READ },
  'GET /v1/clocks': { path: '/v1/clocks', ...READ },
  'GET /v1/journeys': { path: '/v1/journeys', ...READ },
  'GET /v1/journeys/{id}': { path: '/v1/journeys/checkout', ...READ },
  'GET /v1/cases/{id}': {
    path: '/v1/cases/own',
    roles: ['admin', 'operator', 'frontline'],
    limited: true,
    status: 200,
  },
  'GET /v1/silences': { path: '/v1/silences', ...READ },
  'POST /v1/alerts/{id}/ack': {
    path: '/v1/alerts/own/ack',
    body: {},
    roles: ['admin', 'operator', 'frontline'],
    limited: true,
    status: 202,
  },
  'DELETE /v1/alerts/{id}/ack': {
    path: '/v1/alerts/own/ack',
    roles: ['admin', 'operator', 'frontline'],
    limited: true,
    status: 202,
  },
  'GET /a/{token}': { path: '/a/none', roles: 'everybody', limited: true, status: 404 },
  'POST /a/{token}': { path: '/a/none', body: {}, roles: 'everybody', limited: true, status: 404 },
  'POST /v1/hooks/{id}/callback': {
    path: '/v1/hooks/oncall/callback',
    roles: 'everybody',
    limited: true,
    status: 202,
  },
  'POST /v1/silences': {
    path: '/v1/silences',
    body: { match: { key: own }, until: in1h, reason: 'drill' },
    roles: ['admin', 'operator'],
    limited: true,
    status: 202,
  },
  'DELETE /v1/silences': { path: '/v1/silences?id=none', roles: ['admin', 'operator'], limited: true, status: 404 },
  'GET /v1/actions': { path: '/v1/actions', roles: ['admin', 'operator', 'frontline'], limited: true, status: 200 },
  'POST /v1/actions/{id}/complete': {
    path: '/v1/actions/own/complete',
    body: {},
    roles: ['admin', 'operator', 'frontline'],
    limited: true,
    status: 202,
  },
  'POST /v1/events': { path: '/v1/events', body: {}, roles: ['admin', 'operator'], limited: false, status: 202 },
  'POST /v1/in/{id}': { path: '/v1/in/desk', body: {}, roles: 'everybody', limited: true, status: 200 },
  'GET /v1/in/{id}': { path: '/v1/in/desk', ...OPEN },
  'GET /v1/sign-in': { path: '/v1/sign-in', ...OPEN },
  'POST /v1/sign-in': { path: '/v1/sign-in', body: {}, roles: 'everybody', limited: true, status: 422 },
  'GET /v1/sign-in/start': { path: '/v1/sign-in/start', ...OPEN, status: 404 },
  'GET /v1/sign-in/callback': { path: '/v1/sign-in/callback', ...OPEN, status: 404 },
  'POST /v1/tickets': { path: '/v1/tickets', body: {}, roles: ['admin', 'operator'], limited: true, status: 200 },
  'GET /metrics': { path: '/metrics', roles: ['admin', 'operator'], limited: false, status: 200 },
  'POST /v1/reload': { path: '/v1/reload', body: {}, roles: ['admin'], limited: false, status: 200 },
  'POST /v1/reload/check': { path: '/v1/reload/check', body: {}, roles: ['admin'], limited: false, status: 200 },
  'POST /v1/models/reload': { path: '/v1/models/reload', body: {}, roles: ['admin'], limited: false, status: 200 },
  'POST /v1/hooks/{id}/test': {
    path: '/v1/hooks/oncall/test',
    roles: ['admin', 'operator'],
    limited: false,
    status: 200,
  },
  'GET /v1/hooks': { path: '/v1/hooks', roles: ['admin', 'operator'], limited: false, status: 200 },
  'GET /v1/screens': { path: '/v1/screens', roles: ['admin', 'operator'], limited: true, status: 200 },
  'POST /v1/screens/{id}/board': {
    path: '/v1/screens/none/board',
    body: { board: { page: 'heat' } },
    roles: ['admin', 'operator'],
    limited: true,
    status: 404,
  },
  'GET /v1/sessions': { path: '/v1/sessions', roles: ['admin'], limited: false, status: 200 },
  'DELETE /v1/sessions/{id}': { path: '/v1/sessions/none', roles: ['admin'], limited: false, status: 404 },
  // Last: it ends the session of whoever has one.
  'POST /v1/sign-out': { path: '/v1/sign-out', roles: 'everybody', limited: true, status: 204 },
};

type TopicKind = Parameters<HubClient['rights']['allows']>[0];
const TOPICS: Readonly<Record<TopicKind, readonly string[]>> = {
  kpi: ['kpi/csat', 'kpi/*'],
  alerts: ['alerts'],
  actions: ['actions'],
  health: ['health'],
};
const NO_ACTIONS: readonly Role[] = ['display'];

describe.each([1, 3])('access with %i partitions', (partitions) => {
  let fixture: Fixture;
  const clients: LiveClient[] = [];
  beforeEach(async () => {
    fixture = await matrixGateway(partitions);
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.socket.terminate();
    await fixture.gateway.close();
  });

  const request = async (name: string, row: Row, headers: Record<string, string>) =>
    ask(fixture.gateway.url + row.path, {
      method: name.slice(0, name.indexOf(' ')),
      headers: { ...headers, ...(row.body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(row.body === undefined ? {} : { body: JSON.stringify(row.body) }),
    });

  /** What an answer must be; those without any limits but the duty to have some are refused as a whole. */
  function expected(row: Row, role: Role, { scope }: Limits): number {
    if (row.roles === 'everybody') return row.status;
    if (role === 'frontline' && scope === null) return 401;
    return row.roles.includes(role) && (scope === null || row.limited) ? row.status : 403;
  }

  it('answers each role and scope on each route with what it may have, and names nothing of others', async () => {
    const seen: unknown[] = [];
    const due: unknown[] = [];
    expect(Object.keys(ROWS).sort()).toEqual(ROUTES.map(({ method, path }) => `${method} ${path}`).sort());
    for (const role of ROLES) {
      for (const [limits, one] of Object.entries(LIMITS)) {
        const headers = await bearer(role, one.scope);
        for (const [name, row] of Object.entries(ROWS)) {
          const reply = await request(name, row, headers);
          // With limits one may only decide about what lies wholly inside them.
          const isOfOne = ['/v1/alerts/own/ack', '/v1/cases/own', '/v1/actions/own/complete'].includes(row.path);
          const isBeyond = limits === 'nothing' && (isOfOne || (row.body !== undefined && row.path !== '/v1/tickets'));
          const hidden = isOfOne ? 404 : 403;
          const status = expected(row, role, one);
          seen.push([role, limits, name, reply.status]);
          due.push([role, limits, name, isBeyond && (isOfOne ? status < 300 : status === 202) ? hidden : status]);
          if (one.scope !== null)
            expect([role, limits, name, OF_OTHERS.exec(reply.text)]).toEqual([role, limits, name, null]);
        }
      }
    }
    expect(seen).toEqual(due);
    for (const [name, row] of Object.entries(ROWS)) {
      expect([name, (await request(name, row, {})).status]).toEqual([
        name,
        row.roles === 'everybody' ? row.status : 401,
      ]);
    }
  });

  it('gives each scope its keys and no other, by list, by history and by one key', async () => {
    for (const [limits, { scope, sees }] of Object.entries(LIMITS)) {
      const headers = await bearer('operator', scope);
      const kpis = (await request('GET ', ROWS['GET /v1/kpis'], headers)).json() as KpiDescription[];
      const history = (await request('GET ', ROWS['GET /v1/kpis/{id}/history'], headers)).json() as KpiHistory;
      const listed = kpis.flatMap((kpi) => kpi.values.map(({ value }) => value));
      expect([limits, ordered(listed)]).toEqual([limits, sees]);
      expect([limits, ordered(new Set(history.values.map(({ value }) => value)))]).toEqual([limits, sees]);
      for (const [n, key] of Object.entries(KEYS)) {
        const asked = Object.entries(key).map(([dimension, value]) => `&key=${dimension}:${value}`);
        const path = `/v1/kpis/csat/history?from=2020-01-01T00:00:00Z${asked.join('')}`;
        const { status } = await ask(fixture.gateway.url + path, { headers });
        expect([limits, key, status]).toEqual([limits, key, sees.includes(Number(n)) ? 200 : 403]);
      }
    }
  });

  it.each(PROTOCOLS)('shows live what each may see, in %s', async (protocol) => {
    const open = new Map<LiveClient, { readonly role: Role; readonly limits: string; readonly topic: string }>();
    for (const role of ROLES) {
      for (const [limits, { scope }] of Object.entries(LIMITS)) {
        if (role === 'frontline' && scope === null) continue;
        const client = await new LiveClient(fixture.gateway.url, {
          protocol,
          headers: await bearer(role, scope),
        }).open();
        clients.push(client);
        let id = 0;
        for (const topic of Object.values(TOPICS).flat()) {
          open.set(client, { role, limits, topic });
          client.say({ op: 'sub', id: id++, topics: [topic] });
          client.say({
            op: 'sub',
            id: id++,
            topics: [topic],
            where: { region: ['xwest', 'east'], store: ['xstore2'] },
          });
        }
        const isRefused = NO_ACTIONS.includes(role);
        await until(() => client.of('snapshot').length + client.of('error').length === 2 * 5);
        expect([role, limits, client.of('error').map(({ code }) => code)]).toEqual([
          role,
          limits,
          isRefused ? ['forbidden', 'forbidden'] : [],
        ]);
      }
    }
    show(fixture, 5);
    for (const [client, { role, limits }] of open) {
      const { scope, sees } = LIMITS[limits]!;
      await until(() => client.of('delta').some(({ id, kpis }) => id === 2 && kpis.length > 0));
      const all = client.of('snapshot').filter(({ id }) => id === 2);
      expect([role, limits, ordered(all[0]!.kpis.map(({ value }) => value))]).toEqual([role, limits, sees]);
      const changed = client.of('delta').filter(({ id }) => id === 2);
      expect([role, limits, ordered(changed.flatMap(({ kpis }) => kpis.map(({ value }) => value)))]).toEqual([
        role,
        limits,
        sees,
      ]);
      const text = JSON.stringify(client.frames);
      expect([role, limits, OF_OTHERS.test(text)]).toEqual([role, limits, scope === null]);
    }
  });

  it('gives a ticket no more than its giver has, and its display neither', async () => {
    const headers = { ...(await bearer('operator', { regions: ['east'] })), 'content-type': 'application/json' };
    const order = async (scope: unknown) =>
      ask(`${fixture.gateway.url}/v1/tickets`, { method: 'POST', headers, body: JSON.stringify({ scope }) });
    for (const wider of [
      { regions: ['xwest'] },
      { regions: ['east', 'xwest'] },
      { regions: 'east' },
      { stores: ['xstore2'] },
      [],
    ])
      expect([wider, (await order(wider)).status]).toEqual([wider, 422]);
    for (const within of [null, {}, { regions: ['east'] }, { totals: true }, { channels: ['app'] }, { regions: [] }]) {
      const { ticket } = (await order(within)).json() as { ticket: string };
      const entered = await ask(`${fixture.gateway.url}/?ticket=${ticket}`);
      const cookie = { cookie: String(entered.headers['set-cookie']).split(';')[0]! };
      for (const [name, row] of Object.entries(ROWS)) {
        const reply = await request(name, row, cookie);
        expect([within, name, reply.status]).toEqual([within, name, expected(row, 'display', LIMITS['one region']!)]);
        expect([within, name, OF_OTHERS.exec(reply.text)]).toEqual([within, name, null]);
      }
    }
  });

  it('gives a ticket that is limited further no sight of what its giver does not see', async () => {
    const giver = { ...(await bearer('operator', { regions: ['east'] })), 'content-type': 'application/json' };
    const body = JSON.stringify({ scope: { teams: ['xcase'] } });
    const url = fixture.gateway.url;
    const { ticket } = (await ask(`${url}/v1/tickets`, { method: 'POST', headers: giver, body })).json() as {
      ticket: string;
    };
    const entered = await ask(`${url}/?ticket=${ticket}`);
    const cookie = { cookie: String(entered.headers['set-cookie']).split(';')[0]! };
    const of: readonly RouteName[] = ['GET /v1/kpis', 'GET /v1/kpis/{id}/history', 'GET /v1/alerts', 'GET /v1/voices'];
    for (const name of of) {
      const { status, text } = await request(name, ROWS[name], cookie);
      expect([name, status, OF_OTHERS.exec(text)]).toEqual([name, 200, null]);
    }
    const one = await ask(`${url}/v1/kpis/csat/history?key=team:xcase`, { headers: cookie });
    expect(one.status).toBe(403);
  });
});

function ordered(values: Iterable<number | null>): number[] {
  return [...values].map(Number).sort((a, b) => a - b);
}
