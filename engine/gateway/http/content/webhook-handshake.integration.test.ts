import { gzipSync } from 'node:zlib';
import { afterEach, expect, it } from 'vitest';
import { ask, type Fixture, gatewayFixture } from '../../testing/gateway.fixture.ts';

let fixture: Fixture;
afterEach(() => fixture.gateway.close());

it.each([
  ['eventgrid.azure.net', '120', ['eventgrid.azure.net', '120']],
  ['events.example.com', '99999999', ['events.example.com', '600']],
  ['events.example.com', undefined, ['events.example.com', '600']],
  ['events.example.com', '*', ['events.example.com', '600']],
  ['a b', '1', [undefined, undefined]],
  ['<script>', '1', [undefined, undefined]],
])('answers a sender %s that asks for %s a minute', async (origin, rate, due) => {
  fixture = await gatewayFixture({ rates: { events: { perSecond: 10, burst: 10 } } });
  const reply = await ask(`${fixture.gateway.url}/v1/events`, {
    method: 'OPTIONS',
    headers: { 'webhook-request-origin': origin, ...(rate === undefined ? {} : { 'webhook-request-rate': rate }) },
  });
  expect([reply.status, reply.headers['allow']]).toEqual([due[0] === undefined ? 204 : 200, 'POST, OPTIONS']);
  expect([reply.headers['webhook-allowed-origin'], reply.headers['webhook-allowed-rate']]).toEqual(due);
});

it('allows no delivery anywhere else', async () => {
  fixture = await gatewayFixture();
  const reply = await ask(`${fixture.gateway.url}/v1/kpis`, {
    method: 'OPTIONS',
    headers: { 'webhook-request-origin': 'a.example' },
  });
  expect(reply.headers['webhook-allowed-origin']).toBeUndefined();
});

it('takes events in every JSON type, packed and not, and targets in UTF-8 alone', async () => {
  const taken: string[] = [];
  fixture = await gatewayFixture(
    { maxBodyBytes: 10_000 },
    {
      ingest: async (_headers, body) => {
        taken.push(Buffer.from(body).toString());
        return { status: 202, body: { accepted: [] } };
      },
    },
  );
  const post = async (type: string, body: string | Uint8Array, more: Record<string, string> = {}): Promise<number> =>
    (
      await ask(`${fixture.gateway.url}/v1/events`, {
        method: 'POST',
        headers: { 'content-type': type, ...more },
        body,
      })
    ).status;
  for (const type of [
    'application/json',
    'text/json',
    'application/vnd.shop+json; charset=utf-8',
    'application/ld+json',
  ]) {
    expect([type, await post(type, '{}')]).toEqual([type, 202]);
  }
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'application/xml']) {
    expect([type, await post(type, '{}')]).toEqual([type, 415]);
  }
  taken.length = 0;
  const packed = { 'content-encoding': 'gzip' };
  expect(await post('application/json', gzipSync('{"a":1}'), packed)).toBe(202);
  expect(taken).toEqual(['{"a":1}']);
  expect(await post('application/json', gzipSync(Buffer.alloc(1 << 20)), packed)).toBe(413);
  for (const [path, status] of [
    ['/v1/alerts?x=%FF', 400],
    ['/v1/%C0%AFkpis', 400],
    ['/v1/kpis/%ff/history', 400],
    ['/v1/kpis/%E6%BB%A1/history', 404],
    ['/v1/kpis?%', 400],
  ] as const) {
    expect([path, (await ask(fixture.gateway.url + path)).status]).toEqual([path, status]);
  }
});
