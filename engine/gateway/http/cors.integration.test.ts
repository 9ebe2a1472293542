/** Pages of other origins over HTTP, and what OPTIONS says. */
import { afterEach, describe, expect, it } from 'vitest';
import { ask, type Fixture, gatewayFixture, type Reply } from '../testing/gateway.fixture.ts';

const OWN = 'https://shop.example.com';
let fixture: Fixture;
afterEach(() => fixture.gateway.close());

async function from(
  origin: string,
  method: string,
  path: string,
  headers: Record<string, string> = {},
): Promise<Reply> {
  return ask(fixture.gateway.url + path, { method, headers: { origin, ...headers } });
}
const corsOf = ({ headers }: Reply): unknown[] =>
  Object.entries(headers).filter(([name]) => name.startsWith('access-control-') || name === 'vary');

describe('a page of another origin', () => {
  it('that is listed may ask, and read the answer', async () => {
    fixture = await gatewayFixture({ origins: [OWN] });
    const preflight = await from(OWN, 'OPTIONS', '/v1/events', {
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type,ce-id,ce-"x',
    });
    expect([preflight.status, preflight.headers['allow'], preflight.text]).toEqual([204, 'POST, OPTIONS', '']);
    expect(corsOf(preflight)).toEqual([
      ['vary', 'origin'],
      ['access-control-allow-origin', OWN],
      [
        'access-control-expose-headers',
        'retry-after, etag, www-authenticate, webhook-allowed-origin, webhook-allowed-rate',
      ],
      ['access-control-allow-methods', 'POST, OPTIONS'],
      ['access-control-allow-headers', 'authorization, content-type, content-encoding, if-none-match, ce-id'],
      ['access-control-max-age', '7200'],
    ]);
    for (const [method, path, status] of [
      ['GET', '/v1/kpis', 200],
      ['GET', '/v1/none', 404],
      ['POST', '/v1/alerts/none/ack', 404],
    ] as const) {
      const reply = await from(OWN, method, path);
      expect([reply.status, reply.headers['access-control-allow-origin']]).toEqual([status, OWN]);
    }
  });

  it.each(['https://other.example.com', 'null', 'https://shop.example.com.evil.example', '*'])(
    'that is not, %s, gets nothing to show its browser',
    async (origin) => {
      fixture = await gatewayFixture({ origins: [OWN] });
      const preflight = await from(origin, 'OPTIONS', '/v1/events', { 'access-control-request-method': 'POST' });
      expect(corsOf(preflight)).toEqual([['vary', 'origin']]);
      expect(corsOf(await from(origin, 'GET', '/v1/kpis'))).toEqual([['vary', 'origin']]);
      expect((await from(origin, 'POST', '/v1/alerts/none/ack')).json()).toMatchObject({
        error: { code: 'origin_forbidden' },
      });
    },
  );

  it('gets nothing either where none is listed', async () => {
    fixture = await gatewayFixture();
    expect(corsOf(await from(OWN, 'OPTIONS', '/v1/kpis', { 'access-control-request-method': 'GET' }))).toEqual([]);
  });
});

it('OPTIONS says what may be asked', async () => {
  fixture = await gatewayFixture();
  for (const [path, status, allow] of [
    ['/v1/silences', 204, 'GET, HEAD, POST, DELETE, OPTIONS'],
    ['/v1/alerts/a/ack', 204, 'POST, DELETE, OPTIONS'],
    ['/none', 404, undefined],
  ] as const) {
    const reply = await ask(fixture.gateway.url + path, { method: 'OPTIONS' });
    expect([path, reply.status, reply.headers['allow']]).toEqual([path, status, allow]);
  }
});
