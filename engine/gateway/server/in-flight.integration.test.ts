/** Requests that never get their answer, as many as are taken: what watches the gateway is still answered. */
import { afterEach, describe, expect, it } from 'vitest';
import { ask, type Fixture, gatewayFixture, type Reply } from '../testing/gateway.fixture.ts';
import { SERVER_KINDS } from './server.ts';

const LIMIT = 512;
let fixture: Fixture | undefined;
afterEach(() => fixture?.gateway.close());

describe.each(SERVER_KINDS)('with %s', (server) => {
  it(`${LIMIT} stuck requests shut out the next one, not /healthz, /readyz and /metrics`, async () => {
    let stuck = 0;
    const release: (() => void)[] = [];
    fixture = await gatewayFixture(
      { server },
      {
        ingest: async () => {
          stuck += 1;
          await new Promise<void>((resolve) => release.push(resolve));
          return { status: 202, body: { accepted: [] } };
        },
        healthy: () => ({ ok: true, reasons: [] }),
        ready: () => ({ ok: false, reasons: ['not connected to NATS'] }),
      },
    );
    const { url } = fixture.gateway;
    const post = (): Promise<Reply> =>
      ask(`${url}/v1/events`, {
        method: 'POST',
        headers: { 'content-type': 'application/cloudevents+json' },
        body: '{}',
      });
    const waiting = Array.from({ length: LIMIT }, post);
    await expect.poll(() => stuck, { timeout: 120_000 }).toBe(LIMIT);

    for (const path of ['/v1/kpis', '/v1/status', '/']) {
      const refused = await ask(url + path);
      expect([path, refused.status, refused.headers['retry-after']]).toEqual([path, 503, '1']);
      expect(refused.json()).toMatchObject({ error: { code: 'overloaded' } });
    }
    expect((await post()).status).toBe(503);
    expect(stuck).toBe(LIMIT);

    const healthz = await ask(`${url}/healthz`);
    expect([healthz.status, healthz.json()]).toEqual([200, { ok: true, reasons: [] }]);
    const readyz = await ask(`${url}/readyz`);
    expect([readyz.status, readyz.json()]).toEqual([503, { ok: false, reasons: ['not connected to NATS'] }]);
    const metrics = await ask(`${url}/metrics`);
    expect(metrics.status).toBe(200);
    expect(metrics.text).toMatch(/^earshot_gateway_queue_depth\{queue="http_requests"\} 513$/m);
    expect(metrics.text).toMatch(/^earshot_gateway_queue_refused_total\{queue="http_requests"\} 4$/m);

    for (const free of release) free();
    expect(new Set((await Promise.all(waiting)).map(({ status }) => status))).toEqual(new Set([202]));
    expect((await ask(`${url}/v1/kpis`)).status).toBe(200);
  });
});
