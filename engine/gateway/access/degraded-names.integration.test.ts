/** Whose clock is wrong or which hook fails: said to those who may see everything; that something is amiss, to everybody. */
import { afterEach, expect, it } from 'vitest';
import type { Degradation } from '../../core/wire.ts';
import { bearer, LIMITS, SECRET } from '../testing/access-matrix.fixture.ts';
import { ask, type Fixture, gatewayFixture, LiveClient } from '../testing/gateway.fixture.ts';
import { until } from '../testing/server.conformance.ts';
import type { GatewayOptions } from '../gateway-ports.ts';

let fixture: Fixture;
afterEach(() => fixture.gateway.close());

const ahead: Degradation = {
  ...{ code: 'clock_ahead', message: 'the clock of one source runs ahead', values: { sources: 1, seconds: 240 } },
  about: ['/stores/xwest (240 s)'],
};
const hook: Degradation = { code: 'hook', message: 'one hook fails', values: { hooks: 1 }, about: ['desk (timeout)'] };
const nameless = [ahead, hook].map((one) => ({ ...one, about: [] }));
const ready = { ok: true, reasons: [], degraded: [ahead, hook] };

async function start(options: Partial<GatewayOptions> = {}): Promise<string> {
  fixture = await gatewayFixture(options, { ready: () => ready });
  return fixture.gateway.url;
}
const withKeys = () => start({ auth: { secret: SECRET, jwks: null, issuer: null, audience: null, scopeOf: [] } });

it('an engine without keys names them in /readyz, and still answers 200', async () => {
  const reply = await ask(`${await start()}/readyz`);
  expect([reply.status, reply.json()]).toEqual([200, ready]);
});

it('with keys /readyz, which asks for none, names nobody', async () => {
  const reply = await ask(`${await withKeys()}/readyz`);
  expect([reply.status, reply.json()]).toEqual([200, { ...ready, degraded: nameless }]);
});

it('/v1/status and the topic health name them to those without a scope alone', async () => {
  const url = await withKeys();
  for (const [name, { scope }] of Object.entries(LIMITS)) {
    const headers = await bearer('operator', scope);
    const due = { ...ready, degraded: scope === null ? [ahead, hook] : nameless };
    expect([name, (await ask(`${url}/v1/status`, { headers })).json()]).toMatchObject([name, { ready: due }]);
    const client = await new LiveClient(url, { headers }).open();
    client.say({ op: 'sub', id: 1, topics: ['health'] });
    await until(() => client.of('snapshot').length > 0);
    expect([name, client.of('snapshot')[0]?.health]).toEqual([name, { ready: due }]);
    client.socket.close();
  }
});
