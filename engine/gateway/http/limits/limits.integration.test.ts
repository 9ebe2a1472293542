/** Limits that users meet: a refusal says which it was, and the key that sets it. */
import { connect } from 'node:net';
import { SignJWT } from 'jose';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { ask, type Fixture, gatewayFixture, LiveClient, type Reply } from '../../testing/gateway.fixture.ts';
import { until } from '../../testing/server.conformance.ts';

const SECRET = 'a secret of thirty-two bytes, or a few more';
const AUTH = { secret: SECRET, jwks: null, issuer: null, audience: null };
const FEW = { perSecond: 1, burst: 2 };
let fixture: Fixture;
const clients: LiveClient[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) client.socket.terminate();
  await fixture.gateway.close();
});

async function bearer(sub: string): Promise<Record<string, string>> {
  const token = new SignJWT({ role: 'admin', sub }).setProtectedHeader({ alg: 'HS256' }).setExpirationTime('5m');
  return { authorization: `Bearer ${await token.sign(new TextEncoder().encode(SECRET))}` };
}
const get = (headers: Record<string, string>, path = '/v1/kpis'): Promise<Reply> =>
  ask(fixture.gateway.url + path, { headers });
const errorOf = (reply: Reply): unknown => (reply.json() as { error: unknown }).error;

describe('rates', () => {
  it('are of each token by itself, whatever address they share', async () => {
    fixture = await gatewayFixture({ auth: AUTH, rates: { api: FEW } });
    const [li, wu] = [await bearer('li'), await bearer('wu')];
    const statuses: number[] = [];
    for (const headers of [li, li, li, wu, wu, wu]) statuses.push((await get(headers)).status);
    expect(statuses).toEqual([200, 200, 429, 200, 200, 429]);
    const refused = await get(li);
    expect(refused.headers['retry-after']).toBe('1');
    expect(errorOf(refused)).toEqual({
      code: 'rate_limited',
      message: 'too many requests of this token: 1 a second, 2 at once (http.limits.requests)',
      limit: 'http.limits.requests',
      per_second: 1,
      burst: 2,
    });
  });

  it('are of the address for those who show no good token, so that guessing is slow', async () => {
    fixture = await gatewayFixture({ auth: AUTH, rates: { api: FEW } });
    const statuses: number[] = [];
    for (let i = 0; i < 4; i++) statuses.push((await get({ authorization: `Bearer a.b.${i}` })).status);
    expect(statuses).toEqual([401, 401, 429, 429]);
    expect((await get(await bearer('li'))).status).toBe(200);
  });

  it('of events name their own key', async () => {
    fixture = await gatewayFixture({ rates: { events: { perSecond: 1, burst: 1 } } });
    const post = (): Promise<Reply> => ask(`${fixture.gateway.url}/v1/events`, { method: 'POST' });
    await post();
    expect(errorOf(await post())).toMatchObject({ code: 'rate_limited', limit: 'http.limits.events' });
  });

  it('of connections let every display come back at once, whatever address they share', async () => {
    fixture = await gatewayFixture({ auth: AUTH, rates: { connect: FEW } });
    const open = async (headers: Record<string, string>): Promise<string> => {
      const client = new LiveClient(fixture.gateway.url, { headers });
      clients.push(client);
      await client.open().catch(() => undefined);
      return client.refused === undefined ? 'open' : String(client.refused);
    };
    const all: string[] = [];
    for (let i = 0; i < 6; i++) all.push(await open(await bearer(`display ${i}`)));
    expect(all).toEqual(Array(6).fill('open'));
    const same = await bearer('li');
    expect([await open(same), await open(same), await open(same)]).toEqual(['open', 'open', '429']);
  });
});

describe('rates of those whom no token names', () => {
  const ONE = { perSecond: 1, burst: 1 };
  const twice = async (path: string, options: Parameters<typeof ask>[1] = {}): Promise<Reply> => {
    await ask(fixture.gateway.url + path, options);
    return ask(fixture.gateway.url + path, options);
  };

  it('of attempts to sign in are those of requests, by address', async () => {
    fixture = await gatewayFixture({ auth: AUTH, rates: { api: ONE } });
    const headers = { 'content-type': 'application/json' };
    const refused = await twice('/v1/sign-in', { method: 'POST', headers, body: '{"token":"a.b.c"}' });
    expect([refused.status, errorOf(refused)]).toMatchObject([
      429,
      {
        code: 'rate_limited',
        limit: 'http.limits.requests',
        message: 'too many requests of the address 127.0.0.1: 1 a second, 1 at once (http.limits.requests)',
      },
    ]);
  });

  it('of streams of server-sent events are those of connections', async () => {
    fixture = await gatewayFixture({ auth: AUTH, rates: { connect: ONE } });
    const headers = { accept: 'text/event-stream', authorization: 'Bearer a.b.c' };
    const refused = await twice('/v1/live?topic=alerts', { headers });
    expect([refused.status, errorOf(refused)]).toMatchObject([429, { limit: 'http.limits.connections' }]);
  });

  it('of callbacks and of links have keys of their own, which a page says as well', async () => {
    fixture = await gatewayFixture({ rates: { links: ONE, callbacks: ONE } });
    const called = await twice('/v1/hooks/chat/callback', { method: 'POST', body: '{}' });
    expect([called.status, errorOf(called)]).toMatchObject([
      429,
      { code: 'rate_limited', limit: 'http.limits.callbacks', per_second: 1, burst: 1 },
    ]);
    const page = await twice('/a/some-token');
    expect([page.status, page.headers['retry-after']]).toEqual([429, '1']);
    expect(page.text).toContain('(http.limits.links)');
  });

  it('of frames are of each connection, which says so and goes on', async () => {
    fixture = await gatewayFixture({ rates: { frames: { perSecond: 1, burst: 2 } } });
    const client = await new LiveClient(fixture.gateway.url).open();
    clients.push(client);
    for (let id = 1; id <= 3; id++) client.say({ op: 'sub', id, topics: ['alerts'] });
    await until(() => client.of('error').length > 0);
    expect(client.of('error')[0]).toMatchObject({
      code: 'rate_limited',
      message: 'too many frames of this connection: 1 a second, 2 at once (http.limits.frames)',
    });
    expect(client.of('snapshot').length + client.of('resumed').length).toBe(2);
    expect(client.closed).toBeUndefined();
  });
});

describe('what all callers share', () => {
  it('of bodies that are here at a time has a key, and one as long as is allowed always fits', async () => {
    fixture = await gatewayFixture({ maxBodyBytes: 1_000, maxBodiesBytes: 10 });
    const { hostname, port } = new URL(fixture.gateway.url);
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    socket.write(`POST /v1/events HTTP/1.1\r\nhost: x\r\ncontent-length: 800\r\n\r\n${'x'.repeat(700)}`);
    const post = (): Promise<Reply> =>
      ask(`${fixture.gateway.url}/v1/events`, { method: 'POST', body: 'x'.repeat(900) });
    await expect.poll(async () => (await post()).text).toContain('http.limits.bodies');
    const reply = await post();
    expect([reply.status, reply.headers['retry-after'], errorOf(reply)]).toMatchObject([
      503,
      '1',
      { limit: 'http.limits.bodies' },
    ]);
    socket.destroy();
    await expect.poll(async () => (await post()).text).not.toContain('http.limits.bodies');
  });

  it('says how many there are and which key sets it', async () => {
    fixture = await gatewayFixture({ maxConnections: 1, maxTickets: 1, maxBodyBytes: 100, auth: AUTH });
    const headers = await bearer('li');
    const first = await new LiveClient(fixture.gateway.url, { headers }).open();
    clients.push(first);
    const why = new Promise<string>((resolve) => {
      const url = `${fixture.gateway.url.replace('http', 'ws')}/v1/live`;
      const second = new WebSocket(url, ['earshot.v1.json'], { headers });
      second.on('error', () => undefined);
      second.on('unexpected-response', (_request, response) => {
        response.setEncoding('utf8').on('data', resolve);
      });
    });
    expect(await why).toContain('1 live connections are open (http.max_connections)');
    const ticket = (): Promise<Reply> => ask(`${fixture.gateway.url}/v1/tickets`, { method: 'POST', headers });
    expect((await ticket()).status).toBe(200);
    expect(errorOf(await ticket())).toMatchObject({
      message: '1 tickets are out and not used yet (http.limits.tickets)',
      limit: 'http.limits.tickets',
    });
    const large = await ask(`${fixture.gateway.url}/v1/events`, { method: 'POST', headers, body: 'x'.repeat(101) });
    expect([large.status, errorOf(large)]).toMatchObject([413, { limit: 'http.limits.body' }]);
  });

  it('closes with 1009 what says more than http.limits.message', async () => {
    fixture = await gatewayFixture({ maxMessageBytes: 50 });
    const client = await new LiveClient(fixture.gateway.url).open();
    clients.push(client);
    client.socket.send('x'.repeat(51));
    await until(() => client.closed !== undefined);
    expect(client.closed?.code).toBe(1009);
  });
});
