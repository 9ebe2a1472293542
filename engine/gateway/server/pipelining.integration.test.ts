/** Thousands of requests in what one client sends at once: few are answered, the loop stays free, others are served. */
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ask, type Fixture, gatewayFixture } from '../testing/gateway.fixture.ts';
import { SERVER_KINDS } from './server.ts';

let fixture: Fixture | undefined;
afterEach(() => fixture?.gateway.close());

describe.each(SERVER_KINDS)('with %s', (server) => {
  it('answers few of 10,000 requests sent at once on one connection, and cuts it off', async () => {
    fixture = await gatewayFixture({ server });
    const { url, port } = fixture.gateway;
    const flood = connect(port, '127.0.0.1');
    flood.on('error', () => undefined);
    flood.resume();
    const closed = new Promise((resolve) => flood.on('close', resolve));
    flood.write('GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n'.repeat(10_000));
    await closed;
    const metrics = (await ask(`${url}/metrics`)).text;
    const answered = /^earshot_http_requests_total\{method="GET",route="\/healthz",status="200"\} (\d+)$/m.exec(
      metrics,
    );
    expect(Number(answered?.[1] ?? 0)).toBeLessThanOrEqual(33);
    expect((await ask(`${url}/healthz`)).status).toBe(200);
  });
});
