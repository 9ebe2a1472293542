/** What is open over HTTP: listed, filtered, paged, within a scope; and completed by who may. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../core/types.ts';
import { bearer, SECRET } from '../../testing/access-matrix.fixture.ts';
import { ask, type Fixture, gatewayFixture, LiveClient } from '../../testing/gateway.fixture.ts';
import { until } from '../../testing/server.conformance.ts';

const hour = (n: number): string => new Date(Date.now() + n * 3_600_000).toISOString();
const open = (id: string, fields: JsonObject): JsonObject => ({
  ...{ action: 'follow_up', id, name: 'low', state: 'due', open: true, key: id, case: id, owner: 'li', region: 'east' },
  ...{ due: hour(1), sent: hour(-1), reason: 'low', event: { type: 't', time: hour(-1) }, late_by_s: 3 },
  ...fields,
});
interface Page {
  readonly actions: readonly JsonObject[];
  readonly total: number;
  readonly next?: string;
}

describe('actions over HTTP', () => {
  let fixture: Fixture;
  beforeAll(async () => {
    fixture = await gatewayFixture({
      auth: { secret: SECRET, jwks: null, issuer: null, audience: null, scopeOf: [] },
    });
    fixture.commit('cx.actions.follow_up', open('a1', { due: hour(2), priority: 9 }));
    fixture.commit('cx.actions.follow_up', open('a2', { due: hour(-1), region: 'west', priority: 1 }));
    fixture.commit('cx.actions.dispatch', open('a3', { due: null, owner: 'wang', priority: 5 }));
    fixture.commit('cx.actions.follow_up', open('a4', { due: hour(3) }));
    fixture.commit('cx.actions.follow_up', open('a4', { state: 'done', due: hour(3) }));
    fixture.commit('cx.actions.survey', open('a5', { open: false }));
    fixture.commit('cx.actions.escalation', { id: 'a2.escalation', of: { id: 'a2' }, state: 'due', region: 'west' });
    fixture.commit('cx.actions.sla_breached', { action: 'sla_breached', state: 'due', key: 'c9', region: 'east' });
  });
  afterAll(() => fixture.gateway.close());

  const list = async (query: string, scope: { readonly regions: readonly string[] } | null = null) =>
    ask(`${fixture.gateway.url}/v1/actions${query}`, { headers: await bearer('operator', scope) });
  const ids = async (query: string): Promise<readonly unknown[]> =>
    ((await list(query)).json() as Page).actions.map(({ id }) => id);

  it('are listed while they are open, what is due first before the rest', async () => {
    const { actions, total, next } = (await list('')).json() as Page;
    expect([actions.map(({ id }) => id), total, next]).toEqual([['a2', 'a1', 'a3'], 3, undefined]);
    expect(actions[0]).toMatchObject({ kind: 'follow_up', overdue: true, escalated: true, owner: 'li' });
    expect(actions[1]).toMatchObject({ overdue: false });
    expect(actions[0]).not.toHaveProperty('open');
  });

  it.each([
    ['?state=overdue', ['a2']],
    ['?state=due', ['a1', 'a3']],
    ['?kind=dispatch', ['a3']],
    ['?owner=wang', ['a3']],
    ['?owner=nobody', []],
    [`?due_before=${hour(1)}`, ['a2']],
    ['?sort=priority', ['a1', 'a3', 'a2']],
  ])('are those that are asked for: %s', async (query, expected) => {
    expect(await ids(query)).toEqual(expected);
  });

  it('come in pages, which go on where the last one ended', async () => {
    for (const sort of ['due', 'priority']) {
      const seen: unknown[] = [];
      let after = '';
      for (let page = 0; page < 3; page++) {
        const { actions, next } = (await list(`?sort=${sort}&limit=1${after}`)).json() as Page;
        seen.push(...actions.map(({ id }) => id));
        after = next === undefined ? '' : `&after=${next}`;
        expect(next === undefined).toBe(page === 2);
      }
      expect(seen).toEqual(await ids(`?sort=${sort}`));
    }
  });

  it.each(['?state=open', '?sort=owner', '?limit=0', '?limit=1001', '?due_before=tomorrow', '?after=x', '?page=2'])(
    'are refused where it is not clear what is meant: %s',
    async (query) => expect((await list(query)).status).toBe(422),
  );

  it('of others are not there for who has limits, neither to see nor to complete', async () => {
    const { actions } = (await list('', { regions: ['east'] })).json() as Page;
    expect(actions.map(({ id }) => id)).toEqual(['a1', 'a3']);
    const headers = { ...(await bearer('frontline', { regions: ['east'] })), 'content-type': 'application/json' };
    const complete = async (id: string, body: unknown = {}) =>
      ask(`${fixture.gateway.url}/v1/actions/${id}/complete`, { method: 'POST', headers, body: JSON.stringify(body) });
    expect((await complete('a2')).status).toBe(404);
    expect((await complete('a4')).status).toBe(404);
    expect((await complete('a1', { note: 1 })).status).toBe(422);
    expect(fixture.commands).toEqual([]);
    expect((await complete('a1', { note: 'called 13812345678' })).status).toBe(202);
    expect(fixture.commands).toMatchObject([
      { type: 'earshot.action.completed', data: { action: 'a1', by: 'frontline li' } },
    ]);
  });

  it('go to boards as they stand, then change by change', async () => {
    const client = await new LiveClient(fixture.gateway.url, { headers: await bearer('operator', null) }).open();
    client.say({ op: 'sub', id: 1, topics: ['actions'] });
    await until(() => client.of('snapshot').length === 1);
    const items = client.of('snapshot')[0]!.actions as readonly { readonly data: JsonObject }[];
    expect(items.slice(0, 3).map(({ data }) => [data['id'], data['escalated']])).toEqual([
      ['a2', true],
      ['a1', undefined],
      ['a3', undefined],
    ]);
    fixture.commit('cx.actions.dispatch', open('a3', { state: 'done' }));
    await until(() => client.of('delta').length === 1);
    expect(client.of('delta')[0]!.actions).toMatchObject([{ kind: 'dispatch', data: { id: 'a3', state: 'done' } }]);
    expect(await ids('')).toEqual(['a2', 'a1']);
    client.socket.terminate();
  });
});
