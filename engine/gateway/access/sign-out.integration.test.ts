/** Signing out of a session that began at a provider, over real HTTP; and which providers are believed at all. */
import { decodeJwt } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { ask, type Fixture, gatewayFixture, type Reply } from '../testing/gateway.fixture.ts';
import { SignOnProvider } from '../testing/sign-on-provider.fixture.ts';
import { InsecureProvider, openEndpoint, type SingleSignOnConfig } from './single-sign-on.ts';

const SECRET = 'a secret of thirty-two bytes, or a few more';
const provider = new SignOnProvider();
let fixture: Fixture;

async function start(): Promise<void> {
  const oidc: SingleSignOnConfig = {
    ...{ issuer: provider.issuer, clientId: 'earshot', clientSecret: null, scopes: ['openid'], title: null },
    ...{ name: null, role: 'role', roles: { lead: 'operator' }, totals: null, sessionMs: 3_600_000 },
    ...{ limits: { channels: null, regions: null, teams: null }, publicUrl: 'http://board.example.com/earshot' },
  };
  fixture = await gatewayFixture({ auth: { secret: SECRET, jwks: null, issuer: null, audience: null, oidc } });
}
beforeAll(() => provider.start());
afterAll(() => provider.stop());
beforeEach(async () => {
  provider.endsSessions = true;
  provider.isDown = false;
  await start();
});
afterEach(() => fixture.gateway.close());

const at = (path: string): string => fixture.gateway.url + path;
const cookieOf = (reply: Reply): string => String(reply.headers['set-cookie']).split(';')[0]!;
async function signedOn(code: string): Promise<string> {
  const begun = await ask(at('/v1/sign-in/start'));
  const { nonce, state = '' } = Object.fromEntries(new URL(String(begun.headers['location'])).searchParams);
  provider.answer = { claims: { role: 'lead', nonce } };
  const query = new URLSearchParams({ code, state }).toString();
  return cookieOf(await ask(at(`/v1/sign-in/callback?${query}`), { headers: { cookie: cookieOf(begun) } }));
}
const signOut = (cookie: string): Promise<Reply> => ask(at('/v1/sign-out'), { method: 'POST', headers: { cookie } });
const isIn = async (cookie: string): Promise<boolean> =>
  (await ask(at('/v1/kpis'), { headers: { cookie } })).status === 200;

it('ends the session here, and leads to where the provider ends its own, by its own token', async () => {
  const cookie = await signedOn('one');
  expect(await isIn(cookie)).toBe(true);
  const reply = await signOut(cookie);
  expect([reply.status, reply.headers['cache-control']]).toEqual([200, 'no-store']);
  expect(String(reply.headers['set-cookie'])).toMatch(/^earshot_session=; .*Max-Age=0/);
  const { location } = reply.json() as { location: string };
  const place = new URL(location);
  expect(place.origin + place.pathname).toBe(`${provider.issuer}/end`);
  expect(Object.fromEntries(place.searchParams)).toMatchObject({
    ...{ client_id: 'earshot', post_logout_redirect_uri: 'http://board.example.com/earshot/sign-in/' },
  });
  expect(decodeJwt(place.searchParams.get('id_token_hint') ?? '')).toMatchObject({ sub: 'u-1', aud: 'earshot' });
  expect(await isIn(cookie)).toBe(false);
  // Not twice: whoever has the old cookie learns nothing.
  expect((await signOut(cookie)).status).toBe(204);
});

it('after a restart of the gateway leads there all the same, and the provider asks', async () => {
  const cookie = await signedOn('two');
  await fixture.gateway.close();
  await start();
  const { location } = (await signOut(cookie)).json() as { location: string };
  expect(new URL(location).searchParams.has('id_token_hint')).toBe(false);
  expect(new URL(location).searchParams.get('client_id')).toBe('earshot');
});

it('ends the session here alone where the provider cannot, or does not answer', async () => {
  provider.endsSessions = false;
  const cookie = await signedOn('three');
  expect((await signOut(cookie)).status).toBe(204);
  const second = await signedOn('four');
  await fixture.gateway.close();
  await start();
  provider.isDown = true;
  expect((await signOut(second)).status).toBe(204);
  expect(await isIn(second)).toBe(false);
  expect(fixture.logs.map(({ message }) => message)).toContain('the session at the sign-in provider was not ended');
});

it('believes no provider whose issuer is https and an endpoint is not', () => {
  const secure = {
    ...{ authorization_endpoint: 'https://p/auth', token_endpoint: 'https://p/token', jwks_uri: 'https://p/keys' },
    ...{ userinfo_endpoint: 'https://p/me', end_session_endpoint: 'HTTPS://p/end' },
  };
  expect(openEndpoint(secure)).toBeUndefined();
  for (const name of Object.keys(secure)) {
    for (const place of ['http://p/x', 'javascript:alert(1)', '/x'])
      expect(openEndpoint({ ...secure, [name]: place })).toBe(name);
  }
  expect(new InsecureProvider('jwks_uri')).toMatchObject({ code: 'insecure_jwks_uri' });
});
