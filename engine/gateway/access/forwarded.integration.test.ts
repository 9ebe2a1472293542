/** Without keys the gateway is for its own machine: what a proxy on it passes on of others is refused. */
import { afterEach, expect, it } from 'vitest';
import { ask, type Fixture, gatewayFixture } from '../testing/gateway.fixture.ts';

let fixture: Fixture;
afterEach(() => fixture.gateway.close());

it.each([
  ['nobody trusted', []],
  ['the proxy trusted', ['127.0.0.1']],
])('refuses what comes from elsewhere, with %s', async (_, trustedProxies) => {
  fixture = await gatewayFixture({ trustedProxies });
  const status = async (headers: Record<string, string>): Promise<number> =>
    (await ask(`${fixture.gateway.url}/v1/kpis`, { headers })).status;
  expect(await status({})).toBe(200);
  expect(await status({ 'x-forwarded-for': '127.0.0.1' })).toBe(200);
  expect(await status({ 'x-forwarded-for': '::1' })).toBe(200);
  expect(await status({ 'x-forwarded-for': '203.0.113.9' })).toBe(421);
  expect(await status({ 'x-forwarded-for': '203.0.113.9, 127.0.0.1' })).toBe(421);
  expect(await status({ 'x-real-ip': '203.0.113.9' })).toBe(421);
  const { error } = (
    await ask(`${fixture.gateway.url}/v1/kpis`, { headers: { host: 'board.example.com' } })
  ).json() as {
    error: { message: string };
  };
  expect(error.message).toMatch(/set http\.auth$/);
});

it('names the proxy that is not trusted, and the key that trusts it', async () => {
  fixture = await gatewayFixture();
  const reply = await ask(`${fixture.gateway.url}/v1/alerts/a/ack`, {
    method: 'POST',
    headers: { origin: 'http://board.example.com', 'x-forwarded-host': 'board.example.com' },
  });
  const { error } = reply.json() as { error: { code: string; message: string } };
  expect([reply.status, error.code]).toEqual([403, 'origin_forbidden']);
  expect(error.message).toContain('list 127.0.0.1 in http.trusted_proxies');
  expect(fixture.logs.filter(({ level }) => level === 'warn').at(-1)?.fields?.['hint']).toBe(error.message);
});
