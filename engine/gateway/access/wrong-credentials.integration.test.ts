/** Tickets shown twice and wrong tokens: nobody gets in, and the audit says so. */
import { SignJWT } from 'jose';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { AuditEntry } from '../../core/audit-entry.ts';
import type { GatewayOptions } from '../gateway-ports.ts';
import { ask, type Fixture, gatewayFixture, LiveClient } from '../testing/gateway.fixture.ts';

const SECRET = 'a secret of thirty-two bytes, or a few more';
const AUTH = { secret: SECRET, jwks: null, issuer: null, audience: null };
let fixture: Fixture;
let audited: AuditEntry[];
const clients: LiveClient[] = [];
beforeEach(() => {
  audited = [];
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.socket.terminate();
  await fixture.gateway.close();
});

async function start(options: Partial<GatewayOptions> = {}): Promise<void> {
  fixture = await gatewayFixture({ auth: AUTH, ...options }, { audit: (entry) => audited.push(entry) });
}
async function bearer(secret = SECRET): Promise<Record<string, string>> {
  const token = new SignJWT({ role: 'admin', sub: 'li' }).setProtectedHeader({ alg: 'HS256' }).setExpirationTime('5m');
  return { authorization: `Bearer ${await token.sign(new TextEncoder().encode(secret))}` };
}
async function ticket(): Promise<string> {
  const reply = await ask(`${fixture.gateway.url}/v1/tickets`, { method: 'POST', headers: await bearer() });
  return (reply.json() as { ticket: string }).ticket;
}
async function live(path: string, headers: Record<string, string> = {}): Promise<string> {
  const client = new LiveClient(fixture.gateway.url, { path, headers });
  clients.push(client);
  await client.open().catch(() => undefined);
  return client.refused === undefined ? 'open' : String(client.refused);
}
const refusals = (): unknown[] =>
  audited.filter(({ action }) => action === 'access.refused').map(({ code, route, address }) => [code, route, address]);

it('a ticket opens once, whichever door it was shown at first', async () => {
  await start();
  const [first, second, third] = [await ticket(), await ticket(), await ticket()];
  expect([await live(`/v1/live?ticket=${first}`), await live(`/v1/live?ticket=${first}`)]).toEqual(['open', '401']);
  expect((await ask(`${fixture.gateway.url}/?ticket=${first}`)).status).toBe(401);
  expect((await ask(`${fixture.gateway.url}/?ticket=${second}`)).status).toBe(303);
  expect(await live(`/v1/live?ticket=${second}`)).toBe('401');
  // Of many at the same time one gets in.
  const all = await Promise.all(Array.from({ length: 8 }, () => live(`/v1/live?ticket=${third}`)));
  expect(all.sort()).toEqual([...Array<string>(7).fill('401'), 'open']);
  expect(refusals()).toContainEqual(['unauthorized', '/v1/live', '127.0.0.1']);
  expect(JSON.stringify([audited, fixture.logs])).not.toContain(first);
});

it('a ticket that came too early is not used up', async () => {
  await start({ rates: { connect: { perSecond: 20, burst: 1 } } });
  const [first, second] = [await ticket(), await ticket()];
  expect([await live(`/v1/live?ticket=${first}`), await live(`/v1/live?ticket=${second}`)]).toEqual(['open', '429']);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(await live(`/v1/live?ticket=${second}`)).toBe('open');
});

it('wrong tokens are in the audit: where, from which address, how often, and none of what they said', async () => {
  await start();
  const wrong = await bearer('another secret of at least thirty-two bytes');
  for (let i = 0; i < 3; i++)
    expect((await ask(`${fixture.gateway.url}/v1/kpis`, { headers: wrong })).status).toBe(401);
  expect(await live('/v1/live', wrong)).toBe('401');
  expect(refusals()).toEqual([
    ['unauthorized', '/v1/kpis', '127.0.0.1'],
    ['unauthorized', '/v1/live', '127.0.0.1'],
  ]);
  await fixture.gateway.close();
  // What repeated within the minute is one more entry with its number.
  expect(audited.filter(({ route }) => route === '/v1/kpis').map(({ times }) => times)).toEqual([1, 2]);
  expect(JSON.stringify([audited, fixture.logs])).not.toContain(wrong['authorization']!.slice(7));
});

it('who asks by a wrong token whether it is one is in the audit too', async () => {
  await start();
  const wrong = await bearer('another secret of at least thirty-two bytes');
  const look = async (headers: Record<string, string>): Promise<unknown> =>
    (await ask(`${fixture.gateway.url}/v1/sign-in`, { headers })).json();
  expect(await look(wrong)).toMatchObject({ who: null });
  expect(await look({ cookie: 'earshot_session=ended' })).toMatchObject({ who: null });
  expect(await look(await bearer())).toMatchObject({ who: { name: 'li' } });
  expect(refusals()).toEqual([['unauthorized', '/v1/sign-in', '127.0.0.1']]);
});

it('a token that is signed well is refused with the claim that is not as demanded, any other without a reason', async () => {
  await start({ auth: { ...AUTH, audience: 'earshot' } });
  const answer = async (headers: Record<string, string>): Promise<unknown> =>
    ((await ask(`${fixture.gateway.url}/v1/kpis`, { headers })).json() as { error: { message: string } }).error.message;
  expect(await answer(await bearer())).toContain('not valid: its claim "aud"');
  expect(await answer(await bearer('another secret of at least thirty-two bytes'))).toBe('the token is not valid');
});
