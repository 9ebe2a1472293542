/** Signing in with a token and at a provider, over real HTTP: what lets in, and everything that must not. */
import { SignJWT } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../adapters/process/system-clock.ts';
import type { AuditEntry } from '../../core/audit-entry.ts';
import { onThisMachine } from '../../testing/rig/busy-machine.ts';
import { ask, type Fixture, gatewayFixture, LiveClient, type Reply } from '../testing/gateway.fixture.ts';
import { newKey, SignOnProvider } from '../testing/sign-on-provider.fixture.ts';
import type { SingleSignOnConfig } from './single-sign-on.ts';

const SECRET = 'a secret of thirty-two bytes, or a few more';
const KEYS = { secret: SECRET, jwks: null, issuer: null, audience: null };
const JSON_BODY = { 'content-type': 'application/json' };

let fixture: Fixture;
let audit: AuditEntry[];
/** Added to the gateway's clock. */
let ahead: number;

async function start(oidc: Partial<SingleSignOnConfig> | null): Promise<void> {
  const config: SingleSignOnConfig = {
    ...{
      issuer: 'http://127.0.0.1:1',
      clientId: 'earshot',
      clientSecret: 'client secret',
      scopes: ['openid', 'profile'],
    },
    ...{
      name: 'preferred_username',
      role: 'realm.roles',
      roles: { leads: 'operator', hotline: 'frontline' },
      totals: null,
    },
    ...{ limits: { channels: null, regions: 'areas', teams: null }, sessionMs: 3_600_000, title: 'Acme' },
    ...{ publicUrl: 'http://board.example.com/earshot', ...oidc },
  };
  const ports = {
    clock: { ...systemClock, now: () => Date.now() + ahead },
    audit: (entry: AuditEntry) => void audit.push(entry),
  };
  fixture = await gatewayFixture(
    { auth: { ...KEYS, oidc: oidc === null ? null : config }, trustedProxies: ['127.0.0.1'], pingMs: 500 },
    ports,
  );
}
beforeEach(() => {
  ahead = 0;
  audit = [];
});
afterEach(() => fixture.gateway.close());

const at = (path: string): string => fixture.gateway.url + path;
const cookieOf = (reply: Reply): string => String(reply.headers['set-cookie']).split(';')[0]!;
const post = (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Reply> =>
  ask(at(path), { method: 'POST', headers: { ...JSON_BODY, ...headers }, body: JSON.stringify(body) });
const who = async (cookie: string): Promise<unknown> =>
  ((await ask(at('/v1/sign-in'), { headers: { cookie } })).json() as { who: unknown }).who;
async function token(claims: Record<string, unknown> = { role: 'operator' }, until = '10m'): Promise<string> {
  const key = new TextEncoder().encode(SECRET);
  return new SignJWT({ sub: 'lin wei', ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime(until)
    .sign(key);
}

describe('with a token', () => {
  beforeEach(() => start(null));

  it('a cookie that no script reads and no other site sends takes its place, with its role and scope', async () => {
    const scope = { regions: ['east'] };
    const reply = await post('/v1/sign-in', { token: ` ${await token({ role: 'operator', scope })}\n` });
    expect(reply.status).toBe(200);
    expect(reply.headers['set-cookie']?.[0]).toMatch(
      /^earshot_session=[\w.-]+; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Strict$/,
    );
    expect(await who(cookieOf(reply))).toEqual({
      ...{ name: 'lin wei', role: 'operator', scope, session: true },
      rights: ['read', 'actions', 'ack', 'silence', 'tickets', 'screens'],
    });
    expect((await ask(at('/v1/hooks'), { headers: { cookie: cookieOf(reply) } })).status).toBe(403);
    const secure = await post('/v1/sign-in', { token: await token() }, { 'x-forwarded-proto': 'https' });
    expect(secure.headers['set-cookie']?.[0]).toMatch(/; Secure$/);
  });

  it('what is no token of ours lets nobody in, and is on record', async () => {
    const [head, body] = (await token()).split('.');
    for (const wrong of ['x', `${head}.${body}.AAAA`, await token({ role: 'king' }), await token({}, '-1m')]) {
      const reply = await post('/v1/sign-in', { token: wrong });
      expect([reply.status, reply.headers['set-cookie']]).toEqual([401, undefined]);
      expect(reply.text).not.toContain(wrong);
    }
    for (const wrong of [{}, { token: 1 }, { token: ' ' }]) expect((await post('/v1/sign-in', wrong)).status).toBe(422);
    expect(audit).toContainEqual(expect.objectContaining({ action: 'access.refused', route: '/v1/sign-in' }));
    expect(audit.every(({ action }) => action === 'access.refused')).toBe(true);
  });

  it('no other site signs anybody in or out', async () => {
    const cookie = cookieOf(await post('/v1/sign-in', { token: await token() }));
    for (const origin of ['https://evil.example', 'null', 'http://127.0.0.1:1']) {
      expect((await post('/v1/sign-in', { token: await token() }, { origin })).status).toBe(403);
      expect((await post('/v1/sign-out', {}, { origin, cookie })).status).toBe(403);
    }
    expect(await who(cookie)).toMatchObject({ name: 'lin wei' });
  });

  it('who signs out is out at once: cookie, copies of it and open connections; an admin ends it as well', async () => {
    const cookie = cookieOf(await post('/v1/sign-in', { token: await token() }));
    const live = await new LiveClient(fixture.gateway.url, { headers: { cookie } }).open();
    const reply = await post('/v1/sign-out', {}, { cookie });
    expect([reply.status, String(reply.headers['set-cookie'])]).toEqual([204, expect.stringContaining('Max-Age=0')]);
    await vi.waitFor(() => expect(live.closed?.code).toBe(4501), { timeout: onThisMachine(60_000) });
    expect(await who(cookie)).toBeNull();
    expect((await ask(at('/v1/kpis'), { headers: { cookie } })).status).toBe(401);
    expect((await post('/v1/sign-out', {}, { cookie })).status).toBe(204);
    expect(audit.map(({ action }) => action)).toEqual(expect.arrayContaining(['session.start', 'session.end']));

    const second = cookieOf(await post('/v1/sign-in', { token: await token() }));
    const headers = { authorization: `Bearer ${await token({ role: 'admin' })}` };
    const { sessions } = (await ask(at('/v1/sessions'), { headers })).json() as { sessions: { session: string }[] };
    await ask(at(`/v1/sessions/${sessions[0]!.session}`), { method: 'DELETE', headers });
    expect(await who(second)).toBeNull();
  });

  it('a session ends with the token it was begun with', async () => {
    const cookie = cookieOf(await post('/v1/sign-in', { token: await token() }));
    ahead = 9 * 60_000;
    expect(await who(cookie)).toMatchObject({ role: 'operator' });
    ahead = 11 * 60_000;
    expect(await who(cookie)).toBeNull();
  });
});

describe('at a provider', () => {
  const provider = new SignOnProvider();
  const CLAIMS = { preferred_username: 'lin.wei', realm: { roles: ['uma', 'leads'] }, areas: ['east', 'north'] };
  beforeAll(() => provider.start());
  afterAll(() => provider.stop());
  beforeEach(async () => {
    provider.answer = { claims: CLAIMS };
    provider.more = null;
    provider.isDown = false;
    await start({ issuer: provider.issuer });
  });

  interface Begun {
    readonly cookie: string;
    readonly place: URL;
    readonly nonce: string;
    readonly state: string;
  }
  async function begin(back = '/earshot/alerts/?lang=en'): Promise<Begun> {
    const reply = await ask(at(`/v1/sign-in/start?return=${encodeURIComponent(back)}`));
    const place = new URL(String(reply.headers['location']));
    const { nonce = '', state = '' } = Object.fromEntries(place.searchParams);
    // What the provider was given in the address comes back in its token.
    provider.answer = { claims: { ...CLAIMS, nonce } };
    return { cookie: cookieOf(reply), place, nonce, state };
  }
  let codes = 0;
  const newCode = (): string => `code-${++codes}`;
  const end = (query: Record<string, string>, cookie: string): Promise<Reply> =>
    ask(at(`/v1/sign-in/callback?${new URLSearchParams(query).toString()}`), { headers: { cookie } });
  /** Why somebody was not let in; null: they were. */
  function failureOf(reply: Reply): string | null {
    expect(reply.status).toBe(303);
    const place = new URL(String(reply.headers['location']), 'http://board.example.com');
    expect(place.origin).toBe('http://board.example.com');
    const session = String(reply.headers['set-cookie']).startsWith('earshot_session=');
    const failure = place.searchParams.get('failure');
    expect(session).toBe(failure === null);
    return failure;
  }

  it('asks with PKCE, state and nonce, and lets in with the role and limits that the claims say', async () => {
    const { place, cookie, state } = await begin();
    expect(Object.fromEntries(place.searchParams)).toMatchObject({
      ...{ response_type: 'code', client_id: 'earshot', scope: 'openid profile', code_challenge_method: 'S256' },
      redirect_uri: 'http://board.example.com/earshot/v1/sign-in/callback',
    });
    expect(place.href).not.toContain('secret');
    const reply = await end({ code: newCode(), state, session_state: 'of-keycloak' }, cookie);
    expect(failureOf(reply)).toBeNull();
    expect(reply.headers['location']).toBe('/earshot/alerts/?lang=en');
    expect(await who(cookieOf(reply))).toEqual({
      ...{ name: 'lin.wei', role: 'operator', session: true, scope: { regions: ['east', 'north'] } },
      rights: ['read', 'actions', 'ack', 'silence', 'tickets', 'screens'],
    });
    expect(provider.asked.at(-1)?.get('code_verifier')).toMatch(/^[\w-]{43,}$/);
    expect(audit.at(-1)).toMatchObject({ action: 'session.start', by: 'lin.wei', how: 'oidc' });
    ahead = 3_600_000 + 1_000;
    expect(await who(cookieOf(reply))).toBeNull();
  });

  it('asks the provider for what its token leaves out', async () => {
    await fixture.gateway.close();
    provider.more = { sub: 'u-1', ...CLAIMS };
    await start({ issuer: provider.issuer });
    const { nonce, state, cookie } = await begin();
    provider.answer = { claims: { nonce } };
    const reply = await end({ code: newCode(), state }, cookie);
    expect(failureOf(reply)).toBeNull();
    expect(await who(cookieOf(reply))).toMatchObject({ name: 'lin.wei', role: 'operator' });
    const again = await begin();
    provider.answer = { claims: { nonce: again.nonce } };
    provider.more = { ...provider.more, sub: 'somebody else' };
    expect(failureOf(await end({ code: newCode(), state: again.state }, again.cookie))).toBe('refused');
  });

  it('leads back to no other host, whatever was asked for', async () => {
    for (const back of ['https://evil.example/', '//evil.example', '/\\evil.example', '/.//evil.example']) {
      const { cookie, state } = await begin(back);
      const reply = await end({ code: newCode(), state }, cookie);
      expect([back, reply.headers['location']]).toEqual([back, '/']);
    }
  });

  it.each([
    ['of another issuer', { iss: 'https://evil.example' }],
    ['for another client', { aud: 'another' }],
    ['with another nonce', { nonce: 'another' }],
    ['without a nonce', { nonce: undefined }],
    ['that has expired', { exp: 1_700_000_000 }],
    ['of somebody without a subject', { sub: undefined }],
  ])('refuses a token %s', async (_, wrong) => {
    const { cookie, state, nonce } = await begin();
    provider.answer = { claims: { ...CLAIMS, nonce, ...wrong } };
    expect(failureOf(await end({ code: newCode(), state }, cookie))).toBe('refused');
  });

  it.each([
    ['whose groups stand for no role', { realm: { roles: ['uma'] } }],
    ['without groups', { realm: undefined }],
    ['whose limits are missing', { areas: undefined }],
    ['whose limits cannot be read', { areas: { east: true } }],
  ])('lets nobody in %s', async (_, lacks) => {
    const { cookie, state, nonce } = await begin();
    provider.answer = { claims: { ...CLAIMS, nonce, ...lacks } };
    expect(failureOf(await end({ code: newCode(), state }, cookie))).toBe('no_role');
    expect(audit.at(-1)).toMatchObject({ action: 'access.refused', code: 'forbidden' });
  });

  it('refuses another state, a code that was used, an error of the provider, and an answer to nothing', async () => {
    const { cookie, state } = await begin();
    expect(failureOf(await end({ code: newCode(), state: 'another' }, cookie))).toBe('refused');
    expect(failureOf(await end({ code: newCode() }, cookie))).toBe('refused');
    expect(failureOf(await end({ error: 'access_denied', state }, cookie))).toBe('refused');
    const code = newCode();
    expect(failureOf(await end({ code, state }, cookie))).toBeNull();
    expect(failureOf(await end({ code, state }, cookie))).toBe('refused');
    expect(failureOf(await end({ code: newCode(), state }, 'a=b'))).toBe('expired');
    expect(failureOf(await end({ code: newCode(), state }, 'earshot_sign_in=of.somebody.else..'))).toBe('expired');
    // Of another browser: its own state is not this one.
    expect(failureOf(await end({ code: newCode(), state }, (await begin()).cookie))).toBe('refused');
    ahead = 11 * 60_000;
    expect(failureOf(await end({ code: newCode(), state }, cookie))).toBe('expired');
    const said = JSON.stringify([fixture.logs, audit]);
    for (const secret of [code, state, 'client secret', cookie.slice(20)]) expect(said).not.toContain(secret);
  });

  it('takes keys that the provider changed, and none that are not its own', async () => {
    expect(failureOf(await signOn())).toBeNull();
    await provider.rotate();
    expect(failureOf(await signOn())).toBeNull();
    const { cookie, state, nonce } = await begin();
    provider.answer = { claims: { ...CLAIMS, nonce }, signedBy: await newKey('k0') };
    expect(failureOf(await end({ code: newCode(), state }, cookie))).toBe('refused');
  });

  it('bears clocks that differ by seconds, not by minutes', async () => {
    for (const [seconds, failure] of [
      [20, null],
      [-301, null],
      [-400, 'refused'],
    ] as const) {
      const { cookie, state, nonce } = await begin();
      provider.answer = { claims: { ...CLAIMS, nonce }, ahead: seconds };
      expect([seconds, failureOf(await end({ code: newCode(), state }, cookie))]).toEqual([seconds, failure]);
    }
  });

  it('says so when the provider is away, and works once it is back', async () => {
    await fixture.gateway.close();
    await start({ issuer: provider.issuer });
    provider.isDown = true;
    const reply = await ask(at('/v1/sign-in/start?return=%2Falerts%2F'));
    expect(reply.headers['location']).toBe('/sign-in/?failure=upstream&return=%2Falerts%2F');
    provider.isDown = false;
    expect(failureOf(await signOn())).toBeNull();
  });

  async function signOn(): Promise<Reply> {
    const { cookie, state } = await begin();
    return end({ code: newCode(), state }, cookie);
  }
});
