import { afterEach, describe, expect, it } from 'vitest';
import type { AlertHistoryQuery } from '../../gateway-ports.ts';
import { bearer, matrixGateway } from '../../testing/access-matrix.fixture.ts';
import { alertMessage, ask, at, type Fixture, gatewayFixture } from '../../testing/gateway.fixture.ts';

let fixture: Fixture | undefined;
afterEach(() => fixture?.gateway.close());

describe('GET /v1/alerts/history', () => {
  it('hands on what is asked for, and answers changes with the notices of one alert', async () => {
    const asked: AlertHistoryQuery[] = [];
    const notice = {
      hook: 'oncall',
      kind: 'slack',
      state: 'delivered',
      first: at(1),
      last: at(9),
      escalated: 1,
    } as const;
    fixture = await gatewayFixture(
      {},
      {
        alertHistory: (query) => {
          asked.push(query);
          return Promise.resolve({ changes: [alertMessage()], isComplete: false });
        },
        notices: (alert) => Promise.resolve(alert === 'a1' ? [notice] : []),
      },
    );
    const url = `${fixture.gateway.url}/v1/alerts/history`;
    const one = await ask(`${url}?from=${at(0)}&to=${at(60)}&rule=csat_low&alert=a1`);
    expect(one.json()).toEqual({ complete: false, changes: [alertMessage()], notices: [notice] });
    expect(asked.pop()).toEqual({
      ...{ from: Date.parse(at(0)), to: Date.parse(at(60)), rule: 'csat_low', alert: 'a1', limit: 5_000 },
    });
    expect((await ask(`${url}?from=${at(0)}`)).json()).toMatchObject({ notices: [] });
    expect(asked.pop()).toMatchObject({ rule: null, alert: null });
    // The rule becomes part of a subject.
    expect((await ask(`${url}?rule=a.%3E`)).status).toBe(422);
    expect((await ask(`${url}?from=yesterday`)).status).toBe(422);
  });

  it('names no destination to a screen that only looks', async () => {
    fixture = await matrixGateway(1);
    const url = `${fixture.gateway.url}/v1/alerts/history?alert=h0`;
    const notices = async (role: 'operator' | 'display'): Promise<unknown> =>
      ((await ask(url, { headers: await bearer(role, null) })).json() as { notices: unknown[] }).notices.length;
    expect([await notices('operator'), await notices('display')]).toEqual([1, 0]);
  });

  it('says so where nothing can be read yet', async () => {
    fixture = await gatewayFixture();
    expect((await ask(`${fixture.gateway.url}/v1/alerts/history`)).status).toBe(503);
  });
});
