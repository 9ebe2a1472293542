/** Which reading is in the audit, of every route that reads: one without a row does not compile. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { packageRoot } from '../../adapters/process/package-root.ts';
import type { AuditEntry } from '../../core/audit-entry.ts';
import type { RouteName } from './routes.ts';
import { bearer, matrixGateway } from '../testing/access-matrix.fixture.ts';
import { ask, type Fixture, LiveClient } from '../testing/gateway.fixture.ts';
import { until } from '../testing/server.conformance.ts';
import type { Role } from '../access/principal.ts';
import { READ_ACTIONS, type ReadAction } from '../access/read-audit.ts';

type Reading = Extract<RouteName, `GET ${string}`>;
/** null: numbers, settings, and what belongs to nobody. */
const RECORDED: Readonly<Record<Reading, readonly [path: string, action: ReadAction | null]>> = {
  'GET /v1/cases/{id}': ['/v1/cases/own', 'case.read'],
  'GET /v1/clocks': ['/v1/clocks', 'cases.read'],
  'GET /v1/actions': ['/v1/actions', 'actions.read'],
  'GET /v1/voices': ['/v1/voices', 'voices.read'],
  'GET /v1/alerts/history': ['/v1/alerts/history', 'alerts.read'],
  'GET /v1/kpis/{id}/history': ['/v1/kpis/csat/history?key=*&from=2020-01-01T00:00:00Z', 'kpi.export'],
  'GET /v1/kpis': ['/v1/kpis', null],
  'GET /v1/alerts': ['/v1/alerts', null],
  'GET /v1/silences': ['/v1/silences', null],
  'GET /v1/status': ['/v1/status', null],
  'GET /v1/board': ['/v1/board', null],
  'GET /v1/rules': ['/v1/rules', null],
  'GET /v1/journeys': ['/v1/journeys', null],
  // Numbers of what many said, nobody's words.
  'GET /v1/voices/words': ['/v1/journeys', null],
  'GET /v1/journeys/{id}': ['/v1/journeys/checkout', null],
  'GET /v1/hooks': ['/v1/hooks', null],
  'GET /v1/screens': ['/v1/screens', null],
  'GET /v1/sessions': ['/v1/sessions', null],
  'GET /v1/live': ['/v1/live', null],
  'GET /v1/in/{id}': ['/v1/in/desk', null],
  'GET /v1/sign-in': ['/v1/sign-in', null],
  'GET /v1/sign-in/start': ['/v1/sign-in/start', null],
  'GET /v1/sign-in/callback': ['/v1/sign-in/callback', null],
  'GET /a/{token}': ['/a/none', null],
  'GET /healthz': ['/healthz', null],
  'GET /readyz': ['/readyz', null],
  'GET /metrics': ['/metrics', null],
  'GET /openapi.json': ['/openapi.json', null],
  'GET /asyncapi.json': ['/asyncapi.json', null],
  'GET /schemas': ['/schemas', null],
  'GET /schemas/{name}/{version}.json': ['/schemas/kpi/1.json', null],
};

let fixture: Fixture;
const entries: AuditEntry[] = [];
beforeEach(async () => {
  entries.length = 0;
  fixture = await matrixGateway(1, {}, { audit: (entry) => entries.push(entry) });
});
afterEach(() => fixture.gateway.close());

const read = async (
  path: string,
  role: Role = 'admin',
  scope: Parameters<typeof bearer>[1] = null,
): Promise<string[]> => {
  const before = entries.length;
  await ask(fixture.gateway.url + path, { headers: await bearer(role, scope) });
  return entries
    .slice(before)
    .filter(({ action }) => action !== 'access.refused')
    .map(({ action, outcome }) => (outcome === 'done' ? action : `${action} ${outcome}`));
};

it('what names single cases, quotes customers or takes every key along is recorded, and nothing else', async () => {
  const seen: unknown[] = [];
  for (const [name, [path]] of Object.entries(RECORDED)) seen.push([name, (await read(path))[0] ?? null]);
  expect(seen).toEqual(Object.entries(RECORDED).map(([name, [, action]]) => [name, action]));
  expect(entries.find(({ action }) => action === 'case.read')).toEqual({
    ...{ action: 'case.read', outcome: 'done', case: 'own', times: 1 },
    ...{ by: 'admin li', role: 'admin', address: '127.0.0.1' },
  });
});

it('once for many looks, and not for what was not shown', async () => {
  expect([await read('/v1/voices'), await read('/v1/voices'), await read('/v1/voices?limit=50')]).toEqual([
    ['voices.read'],
    [],
    [],
  ]);
  expect(await read('/v1/voices?limit=many', 'operator')).toEqual([]);
  expect(await read('/v1/cases/none')).toEqual([]);
  // One key is what a page shows; a wall sees when cases are due, not which.
  expect(await read('/v1/kpis/csat/history?key=region:east')).toEqual([]);
  expect(await read('/v1/clocks', 'display')).toEqual([]);
});

it('a case of others is recorded as refused, though the answer says that there is none', async () => {
  expect(await read('/v1/cases/own', 'operator', { regions: ['west'] })).toEqual(['case.read refused']);
});

it('open actions on a live connection are recorded like a list of them', async () => {
  const client = new LiveClient(fixture.gateway.url, { headers: await bearer('operator', null) });
  await client.open();
  client.socket.send(JSON.stringify({ op: 'sub', id: 1, topics: ['kpi/*', 'alerts', 'actions'] }));
  await until(() => entries.length > 0);
  expect(entries.map(({ action, by }) => [action, by])).toEqual([['actions.read', 'operator li']]);
  client.socket.terminate();
});

it('the guide says each, in both languages', () => {
  const guide = readFileSync(join(packageRoot(), 'docs', 'how-to', 'access.md'), 'utf8');
  const [english = '', chinese = ''] = guide.split('## 中文');
  const named = (text: string): readonly string[] => READ_ACTIONS.filter((action) => text.includes(`\`${action}\``));
  expect([named(english), named(chinese)]).toEqual([READ_ACTIONS, READ_ACTIONS]);
});
