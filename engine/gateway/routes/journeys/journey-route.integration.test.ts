import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JourneyFunnel } from '../../../core/journeys/journey-funnel-form.ts';
import type { KpiMessage } from '../../../core/wire.ts';
import { bearer, SECRET } from '../../testing/access-matrix.fixture.ts';
import { ask, type Fixture, gatewayFixture, kpiValue } from '../../testing/gateway.fixture.ts';
import type { HistoryQuery, JourneyDescription } from '../../gateway-ports.ts';

const title = { 'zh-CN': '下单', en: 'Checkout' };
/** Says which values it was given: the sum of them. */
const funnel = (values: readonly KpiMessage[]): JourneyFunnel => ({
  ...{ ended: values.reduce((sum, { value }) => sum + Number(value), 0), completed: values.length },
  ...{ conversion: null, steps: [], break_points: [] },
});
const JOURNEYS: readonly JourneyDescription[] = [
  { id: 'checkout', title, kpis: ['checkout_funnel'], dimensions: ['channel', 'region'], funnel },
  { id: 'unkept', title, kpis: ['unkept_funnel'], dimensions: [], funnel },
  { id: 'none', title, kpis: [], dimensions: [], funnel },
];
const KEYS = [
  { reached: 'cart' },
  { reached: 'cart', channel: 'app', region: 'east' },
  { reached: 'cart', channel: 'app', region: 'west' },
  { reached: 'cart', channel: 'web', region: 'east' },
];

describe('GET /v1/journeys/{id}', () => {
  let fixture: Fixture;
  const asked: HistoryQuery[] = [];
  beforeAll(async () => {
    fixture = await gatewayFixture(
      { auth: { secret: SECRET, jwks: null, issuer: null, audience: null } },
      {
        journeys: () => JOURNEYS,
        history: (query) => {
          asked.push(query);
          return Promise.resolve(
            KEYS.map((key, i) => kpiValue({ kpi: query.kpi, key, value: 10 ** i, final: true, end: 0 })),
          );
        },
      },
    );
  });
  afterAll(() => fixture.gateway.close());
  const of = async (path: string, scope: Parameters<typeof bearer>[1] = null) => {
    const reply = await ask(`${fixture.gateway.url}/v1/journeys/${path}`, { headers: await bearer('operator', scope) });
    return { status: reply.status, body: reply.json() as { ended: number; key: object; error: { message: string } } };
  };

  it('of all is of the keys without dimensions, counted once', async () => {
    expect(await of('checkout')).toMatchObject({
      status: 200,
      body: { journey: 'checkout', title, ended: 1, key: {}, complete: true },
    });
    expect(asked.at(-1)).toMatchObject({ kpi: 'checkout_funnel', key: null });
  });

  it('of a channel is of the finest keys of that channel', async () => {
    expect((await of('checkout?key=channel:app')).body).toMatchObject({ ended: 110, key: { channel: 'app' } });
    expect((await of('checkout?key=channel:app&key=region:west')).body.ended).toBe(100);
    for (const key of ['key=reached:cart', 'key=channel', 'key=channel:a&key=channel:b'])
      expect((await of(`checkout?${key}`)).status).toBe(422);
  });

  it('within a scope is of what lies in it', async () => {
    expect((await of('checkout', { regions: ['east'] })).body.ended).toBe(1010);
    expect((await of('checkout?key=channel:web', { regions: ['east'] })).body.ended).toBe(1000);
    expect((await of('checkout', { channels: [] })).body.ended).toBe(0);
    expect((await of('unkept', { regions: ['east'] })).status).toBe(403);
  });

  it('a range is chosen, or is the last day', async () => {
    await of('checkout?from=2026-03-01T00:00:00Z&to=2026-03-02T00:00:00Z');
    expect(asked.at(-1)).toMatchObject({ from: Date.UTC(2026, 2, 1), to: Date.UTC(2026, 2, 2) });
    await of('checkout');
    const { from } = asked.at(-1) ?? { from: 0 };
    expect(Math.abs(Date.now() - 86_400_000 - from)).toBeLessThan(60_000);
    expect((await of('checkout?from=yesterday')).status).toBe(422);
  });

  it('is named in the list of journeys, with what it can be asked by; one without a funnel too', async () => {
    const headers = await bearer('operator', { channels: [] });
    const reply = await ask(`${fixture.gateway.url}/v1/journeys`, { headers });
    expect(reply.json()).toEqual({
      journeys: [
        { id: 'checkout', title, dimensions: ['channel', 'region'], hasFunnel: true },
        { id: 'unkept', title, dimensions: [], hasFunnel: true },
        { id: 'none', title, dimensions: [], hasFunnel: false },
      ],
    });
  });

  it('says what is missing: the journey, or its funnel', async () => {
    expect((await of('other')).status).toBe(404);
    const { status, body } = await of('none');
    expect([status, body.error.message]).toEqual([404, expect.stringContaining('journeys[none].funnel: 1h')]);
  });
});
