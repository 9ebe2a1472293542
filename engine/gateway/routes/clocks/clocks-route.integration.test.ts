import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMBINING_PARTITION } from '../../../core/partition/combining.ts';
import { idleStats, type Health } from '../../../core/partition/stats.ts';
import type { Role } from '../../access/principal.ts';
import { bearer, matrixGateway } from '../../testing/access-matrix.fixture.ts';
import { ask, type Fixture } from '../../testing/gateway.fixture.ts';

interface Clocks {
  readonly bounds_s: readonly number[];
  readonly clocks: readonly {
    readonly clock: string;
    readonly open: number;
    readonly groups: unknown[];
    readonly next: { key: string | null }[];
  }[];
}

describe('GET /v1/clocks', () => {
  let fixture: Fixture;
  beforeAll(async () => {
    fixture = await matrixGateway(1);
  });
  afterAll(() => fixture.gateway.close());
  const of = async (role: Role, scope: Parameters<typeof bearer>[1], query = '') => {
    const reply = await ask(`${fixture.gateway.url}/v1/clocks${query}`, { headers: await bearer(role, scope) });
    return { status: reply.status, body: reply.json() as Clocks };
  };

  it('counts what is open of each clock, by team, and names what falls due next', async () => {
    const { body } = await of('operator', null);
    expect(body.clocks).toMatchObject([
      { clock: 'reply', open: 3, oldest_s: expect.any(Number) as number, title: { en: 'Reply' } },
    ]);
    expect(body.clocks[0]?.groups).toMatchObject([
      { value: 't1', open: 1 },
      { value: 't2', open: 1 },
      { value: 'xstore2', open: 1 },
    ]);
    expect(body.clocks[0]?.next.map(({ key }) => key).sort()).toEqual(['c-1', 'xcase', 'xcase']);
  });

  it('within a scope counts and names what lies wholly in it, and nothing of others', async () => {
    const { body } = await of('operator', { regions: ['east'] });
    expect([body.clocks[0]?.open, body.clocks[0]?.next.map(({ key }) => key)]).toEqual([1, ['c-1']]);
    expect((await of('operator', { channels: [] })).body.clocks[0]?.open).toBe(0);
  });

  it('names no case to a role that may not see cases', async () => {
    const { body } = await of('display', { regions: ['east'] });
    expect([body.clocks[0]?.open, body.clocks[0]?.next.map(({ key }) => key)]).toEqual([1, [null]]);
  });

  it('nor by what clocks keep of them: neither listed nor counted by', async () => {
    const run = { clock: 'reply', started: Date.now(), due: Date.now() + 60_000, isPaused: false };
    const kept = { team: 't1', case: 'k-1', 'customer.id': 'p-1', 'customer.tier': 'vip', ticket: 'T-9', order: 'o-1' };
    const own = await matrixGateway(1, {}, { openRuns: () => [{ ...run, key: 'T-9', kept }] });
    const ask1 = async (role: Role, query: string): Promise<string> =>
      JSON.stringify((await ask(`${own.gateway.url}/v1/clocks${query}`, { headers: await bearer(role, null) })).json());
    for (const query of ['', '?by=case', '?by=order', '?by=ticket', '?by=customer']) {
      const body = await ask1('display', query);
      expect(body).not.toMatch(/k-1|p-1|T-9|o-1/);
      expect(body).toContain('"kept":{"team":"t1","customer.tier":"vip"}');
    }
    expect(await ask1('display', '')).toContain('"value":"t1"');
    expect(await ask1('operator', '?by=case')).toContain('"value":"k-1"');
    await own.gateway.close();
  });

  it('is refused, not answered as empty, by an instance that does not combine the partitions', async () => {
    let health: Health = { state: 'standby', reasons: ['b combines the partitions'] };
    const partitions = () => [idleStats(COMBINING_PARTITION, health)];
    const own = await matrixGateway(1, {}, { partitions });
    const headers = await bearer('operator', null);
    const answer = async () => ask(`${own.gateway.url}/v1/clocks`, { headers });
    const refused = await answer();
    expect(refused.status).toBe(503);
    expect(JSON.stringify(refused.json())).toContain('b combines the partitions');
    health = { state: 'running', reasons: [] };
    expect((await answer()).status).toBe(200);
    await own.gateway.close();
  });

  it('takes another field and other ages, and refuses what is neither', async () => {
    expect((await of('operator', null, '?by=channel&ages=30s,2m,1d')).body).toMatchObject({
      bounds_s: [30, 120, 86_400],
      clocks: [
        {
          ages: [0, 3, 0, 0],
          groups: [
            { value: 'app', open: 2 },
            { value: null, open: 1 },
          ],
        },
      ],
    });
    expect((await of('operator', null, '?by=constructor')).body.clocks[0]?.groups).toMatchObject([
      { value: null, open: 3 },
    ]);
    for (const query of [
      '?by=a.b',
      '?by=',
      '?ages=1h,1h',
      '?ages=soon',
      '?ages=',
      '?ages=1s,2s,3s,4s,5s,6s,7s,8s,9s',
      '?team=t1',
    ])
      expect([query, (await of('operator', null, query)).status]).toEqual([query, 422]);
  });
});

it('questions that differ are counted a few at a time, as histories are read', async () => {
  let isOpen = (): void => undefined;
  const gate = new Promise<readonly never[]>((resolve) => (isOpen = () => resolve([])));
  const fixture = await matrixGateway(1, { maxHistories: 1 }, { voices: () => gate });
  const headers = await bearer('display', null);
  const of = (path: string) => ask(fixture.gateway.url + path, { headers });
  const holds = of('/v1/voices');
  await new Promise((resolve) => setTimeout(resolve, 100));
  // Eight times as many as are read at once wait.
  const questions = Array.from({ length: 9 }, (_, i) => of(`/v1/clocks?ages=${i + 1}s`));
  const refused = await Promise.race(questions);
  expect([refused.status, refused.json()]).toMatchObject([503, { error: { limit: 'http.limits.histories' } }]);
  isOpen();
  expect((await Promise.all(questions)).filter(({ status }) => status === 200)).toHaveLength(8);
  expect((await holds).status).toBe(200);
  await fixture.gateway.close();
});
