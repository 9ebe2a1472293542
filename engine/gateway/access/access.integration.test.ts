import { generateKeyPair, exportJWK, SignJWT } from 'jose';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../adapters/process/system-clock.ts';
import { alertMessage, ask, type Fixture, gatewayFixture, kpiValue, LiveClient } from '../testing/gateway.fixture.ts';
import { startGateway } from '../gateway.ts';
import type { GatewayOptions, GatewayPorts } from '../gateway-ports.ts';
import { until } from '../testing/server.conformance.ts';

const SECRET = 'a secret of thirty-two bytes, or a few more';
const KEYS = { secret: SECRET, jwks: null, issuer: 'https://id.example', audience: 'earshot' };

const fixtures: Fixture[] = [];
const clients: LiveClient[] = [];
const folders: string[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) client.socket.terminate();
  for (const { gateway } of fixtures.splice(0)) await gateway.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

async function start(options: Partial<GatewayOptions> = {}, ports: Partial<GatewayPorts> = {}): Promise<Fixture> {
  const fixture = await gatewayFixture({ auth: KEYS, ...options }, ports);
  fixtures.push(fixture);
  return fixture;
}

function live(fixture: Fixture, options: ConstructorParameters<typeof LiveClient>[1] = {}): LiveClient {
  const client = new LiveClient(fixture.gateway.url, options);
  clients.push(client);
  return client;
}

async function token(
  claims: Record<string, unknown>,
  options: { secret?: string; expires?: number; alg?: string } = {},
): Promise<string> {
  return new SignJWT({ iss: 'https://id.example', aud: 'earshot', sub: 'li', ...claims })
    .setProtectedHeader({ alg: options.alg ?? 'HS256' })
    .setExpirationTime(options.expires ?? Math.floor(Date.now() / 1_000) + 600)
    .sign(new TextEncoder().encode(options.secret ?? SECRET));
}
const bearer = (text: string): Record<string, string> => ({ authorization: `Bearer ${text}` });

describe('without keys', () => {
  it('listens on loopback only, and says so', async () => {
    const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
    for (const host of ['0.0.0.0', '::', '192.168.1.4', 'example.com', '127.0.0.1.evil.example', '']) {
      await expect(
        startGateway({ host, port: 0 }, { log, clock: systemClock, version: '1', kpis: () => [] }),
      ).rejects.toMatchObject({
        code: 'LISTEN_FORBIDDEN',
      });
    }
    const fixture = await start({ auth: null });
    expect(fixture.logs.some(({ level, message }) => level === 'warn' && message.includes('no access keys'))).toBe(
      true,
    );
  });

  it('answers to local names only: another name has been pointed at us', async () => {
    const { gateway } = await start({ auth: null });
    const get = (host: string) => ask(`${gateway.url}/v1/kpis`, { headers: { host } });
    for (const host of ['localhost:8080', '127.0.0.1', '[::1]:8080', 'LOCALHOST'])
      expect((await get(host)).status).toBe(200);
    for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example:80']) {
      expect((await get(host)).status).toBe(421);
    }
    const client = live({ gateway } as Fixture, { headers: { host: 'evil.example' } });
    await expect(client.open()).rejects.toThrow('refused: 421');
  });

  it('lets no foreign page act or listen', async () => {
    const fixture = await start({ auth: null, origins: ['https://wall.example'] });
    fixture.commit('cx.alerts.critical.csat_low', alertMessage());
    const { url } = fixture.gateway;
    const ack = async (origin: string) =>
      (await ask(`${url}/v1/alerts/a1/ack`, { method: 'POST', headers: { origin } })).status;
    expect(await ack('https://evil.example')).toBe(403);
    expect(await ack('null')).toBe(403);
    expect(await ack(url.replace(/:\d+$/, ':1'))).toBe(403);
    expect(await ack(url)).toBe(202);
    expect(await ack('https://wall.example')).toBe(202);
    await expect(live(fixture, { origin: 'https://evil.example' }).open()).rejects.toThrow('refused: 403');
    await live(fixture, { origin: url }).open();
  });
});

describe('with keys', () => {
  it('asks for a token everywhere but for probes, documents and the board itself', async () => {
    const fixture = await start();
    const { url } = fixture.gateway;
    const closed = [
      '/v1/kpis',
      '/v1/alerts',
      '/v1/kpis/csat/history',
      '/v1/silences',
      '/v1/status',
      '/v1/board',
      '/metrics',
    ];
    for (const path of closed) {
      const reply = await ask(url + path);
      expect([path, reply.status, reply.headers['www-authenticate']]).toEqual([path, 401, 'Bearer realm="earshot"']);
    }
    for (const path of ['/v1/events', '/v1/tickets', '/v1/silences', '/v1/alerts/a1/ack']) {
      expect([path, (await ask(url + path, { method: 'POST' })).status]).toEqual([path, 401]);
    }
    for (const path of ['/healthz', '/readyz', '/openapi.json', '/asyncapi.json']) {
      expect([path, (await ask(url + path)).status]).toEqual([path, 200]);
    }
    await expect(live(fixture).open()).rejects.toThrow('refused: 401');
    expect(fixture.logs.some(({ level }) => level === 'warn')).toBe(false);
  });

  it('takes good tokens only', async () => {
    const { gateway } = await start();
    const status = async (text: string) => (await ask(`${gateway.url}/v1/kpis`, { headers: bearer(text) })).status;
    expect(await status(await token({ role: 'admin' }))).toBe(200);
    expect(await status(await token({ scope: 'openid profile', earshot: { role: 'admin' } }))).toBe(200);
    const now = Math.floor(Date.now() / 1_000);
    const bad: Record<string, string> = {
      'another secret': await token({ role: 'admin' }, { secret: 'another secret of at least thirty-two bytes' }),
      expired: await token({ role: 'admin' }, { expires: now - 60 }),
      'no expiry': await new SignJWT({ role: 'admin', iss: 'https://id.example', aud: 'earshot' })
        .setProtectedHeader({ alg: 'HS256' })
        .sign(new TextEncoder().encode(SECRET)),
      'another issuer': await token({ role: 'admin', iss: 'https://evil.example' }),
      'another audience': await token({ role: 'admin', aud: 'other' }),
      'another algorithm': await token({ role: 'admin' }, { alg: 'HS512' }),
      'no algorithm': `${b64({ alg: 'none' })}.${b64({ role: 'admin', iss: 'https://id.example', aud: 'earshot', exp: now + 60 })}.`,
      'no role': await token({}),
      'an unknown role': await token({ role: 'root' }),
      'a subject that is no text': await token({ role: 'admin', sub: 7 }),
      'a scope that is text': await token({ role: 'admin', scope: 'channels:app' }),
      'a scope misspelt': await token({ role: 'operator', scope: { channel: ['app'] } }),
      'a scope of no list': await token({ role: 'operator', scope: { channels: 'app' } }),
      'a front line without scope': await token({ role: 'frontline' }),
      'a front line with an empty scope': await token({ role: 'frontline', scope: { totals: true } }),
      garbage: 'x.y.z',
    };
    for (const [what, text] of Object.entries(bad)) expect([what, await status(text)]).toEqual([what, 401]);
    expect((await ask(`${gateway.url}/v1/kpis?access_token=${await token({ role: 'admin' })}`)).status).toBe(401);
  });

  it('verifies by a key set, and does not let its public key sign', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'earshot-jwks-'));
    folders.push(folder);
    const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
    const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256' };
    writeFileSync(join(folder, 'jwks.json'), JSON.stringify({ keys: [jwk] }));
    const { gateway } = await start({ auth: { ...KEYS, secret: null, jwks: join(folder, 'jwks.json') } });
    const claims = new SignJWT({ role: 'display', iss: 'https://id.example', aud: 'earshot' }).setExpirationTime('5m');
    const good = await claims.setProtectedHeader({ alg: 'ES256', kid: 'k1' }).sign(privateKey);
    const status = async (text: string) => (await ask(`${gateway.url}/v1/kpis`, { headers: bearer(text) })).status;
    expect(await status(good)).toBe(200);
    expect(await status(await token({ role: 'admin' }, { secret: JSON.stringify(jwk) }))).toBe(401);
    expect(await status(await token({ role: 'admin' }))).toBe(401);
  });

  it('refuses keys that protect nothing', async () => {
    await expect(start({ auth: { ...KEYS, secret: 'short' } })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    await expect(start({ auth: { ...KEYS, secret: null } })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    await expect(start({ auth: { ...KEYS, secret: null, jwks: '/nowhere.json' } })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
    });
  });

  it('lets each role do its own, and nothing else', async () => {
    const fixture = await start({}, { ingest: () => Promise.resolve({ status: 202, body: {} }) });
    fixture.commit('cx.alerts.critical.csat_low', alertMessage({ key: { channel: 'app' } }));
    const { url } = fixture.gateway;
    const json = { 'content-type': 'application/json' };
    const silence = JSON.stringify({
      match: { key: { channel: 'app' } },
      until: new Date(Date.now() + 60_000).toISOString(),
      reason: 'x',
    });
    const matrix: Record<string, number[]> = {};
    const tokens = {
      admin: await token({ role: 'admin' }),
      operator: await token({ role: 'operator' }),
      'operator of app': await token({ role: 'operator', scope: { channels: ['app'] } }),
      'operator of web': await token({ role: 'operator', scope: { channels: ['web'] } }),
      'frontline of app': await token({ role: 'frontline', scope: { channels: ['app'] } }),
      display: await token({ role: 'display' }),
    };
    for (const [who, text] of Object.entries(tokens)) {
      const headers = { ...bearer(text), ...json };
      matrix[who] = [
        (await ask(`${url}/v1/kpis`, { headers })).status,
        (await ask(`${url}/v1/alerts/a1/ack`, { method: 'POST', headers })).status,
        (await ask(`${url}/v1/silences`, { method: 'POST', headers, body: silence })).status,
        (await ask(`${url}/v1/events`, { method: 'POST', headers, body: '{}' })).status,
        (await ask(`${url}/v1/tickets`, { method: 'POST', headers })).status,
        (await ask(`${url}/metrics`, { headers })).status,
      ];
    }
    expect(matrix).toEqual({
      //                    kpis ack silence events tickets metrics
      admin: [200, 202, 202, 202, 200, 200],
      operator: [200, 202, 202, 202, 200, 200],
      'operator of app': [200, 202, 202, 403, 200, 403],
      'operator of web': [200, 404, 403, 403, 200, 403],
      'frontline of app': [200, 202, 403, 403, 403, 403],
      display: [200, 403, 403, 403, 403, 403],
    });
  });

  it('lets who may see no totals silence none, nor end such a silence', async () => {
    const { gateway } = await start();
    const url = `${gateway.url}/v1/silences`;
    const inAnHour = new Date(Date.now() + 3_600_000).toISOString();
    const json = { 'content-type': 'application/json' };
    const post = async (headers: Record<string, string>, match: unknown) =>
      ask(url, {
        method: 'POST',
        headers: { ...headers, ...json },
        body: JSON.stringify({ match, until: inAnHour, reason: 'drill' }),
      });
    const all = await post(bearer(await token({ role: 'operator' })), { rule: 'r' });
    expect(all.status).toBe(202);
    const { silence: id } = all.json() as { silence: string };
    const parts = bearer(await token({ role: 'operator', scope: { totals: false } }));
    expect((await post(parts, { rule: 'r' })).status).toBe(403);
    expect((await ask(`${url}?id=${id}`, { method: 'DELETE', headers: parts })).status).toBe(404);
    expect((await post(parts, { key: { region: 'east' } })).status).toBe(202);
  });

  it('lets nothing outside the scope leave, by any way', async () => {
    const stored = [{ region: 'west' }, {}].map((key) =>
      kpiValue({ end: -60, final: true, key, detail: [{ item: '西店' }] }),
    );
    const fixture = await start({}, { history: () => Promise.resolve(stored) });
    const { url } = fixture.gateway;
    const SECRETS = ['west', '西店', 'quote of west', '~other'];
    fixture.show(
      kpiValue({ value: 1 }),
      kpiValue({ value: 2, key: { region: 'east' } }),
      kpiValue({ value: 3, key: { region: 'west' } }),
      kpiValue({ value: 4, key: { region: '~other' } }),
      kpiValue({ value: 5, key: { channel: 'app' }, detail: [{ item: '西店' }] }),
    );
    fixture.commit(
      'cx.alerts.critical.r',
      alertMessage({ alert: 'all', samples: ['quote of west'], causes: [cause('west')] }),
    );
    fixture.commit('cx.alerts.critical.r', alertMessage({ alert: 'w', key: { region: 'west' } }));
    fixture.commit('cx.alerts.critical.r', alertMessage({ alert: 'e', key: { region: 'east' } }));
    fixture.commit('cx.actions.dispatch', { region: 'west', case: 'c1' });
    fixture.commit('cx.actions.dispatch', { region: 'east', case: 'c2' });
    const headers = bearer(await token({ role: 'frontline', scope: { regions: ['east'] } }));
    const said: string[] = [];
    for (const path of ['/v1/kpis', '/v1/alerts', '/v1/kpis/csat/history?key=*', '/v1/silences']) {
      const reply = await ask(url + path, { headers });
      expect(reply.status).toBe(200);
      said.push(reply.text);
    }
    expect((await ask(`${url}/v1/kpis/csat/history?key=region:west`, { headers })).status).toBe(403);
    expect((await ask(`${url}/v1/alerts/w/ack`, { method: 'POST', headers })).status).toBe(404);
    expect((await ask(`${url}/v1/alerts/all/ack`, { method: 'POST', headers })).status).toBe(403);
    const client = await live(fixture, { headers }).open();
    client.say({ op: 'sub', id: 1, topics: ['kpi/*', 'alerts', 'actions'], where: { region: ['west', 'east'] } });
    await until(() => client.of('snapshot').length === 1);
    fixture.show(
      kpiValue({ end: 5, key: { region: 'west' } }),
      kpiValue({ end: 5, value: 22, key: { region: 'east' } }),
    );
    fixture.commit('cx.alerts.critical.r', alertMessage({ alert: 'w2', key: { region: 'west' } }));
    await until(() => client.of('delta').some(({ kpis }) => kpis.length > 0));
    said.push(JSON.stringify(client.frames));
    for (const secret of SECRETS) expect([secret, said.filter((text) => text.includes(secret))]).toEqual([secret, []]);
    const snapshot = client.of('snapshot')[0]!;
    // {channel: app} names something and does not say whose it is.
    expect(snapshot.kpis.map(({ value }) => value).sort()).toEqual([1, 2]);
    expect(snapshot.alerts.map(({ alert }) => alert).sort()).toEqual(['all', 'e']);
    expect(snapshot.actions).toMatchObject([{ data: { case: 'c2' } }]);
  });

  it('lets a display in by a ticket: once, read-only, and again by its session', async () => {
    const fixture = await start();
    const { url } = fixture.gateway;
    fixture.show(kpiValue({ key: { channel: 'app' } }), kpiValue({ key: { channel: 'web' } }));
    const headers = {
      ...bearer(await token({ role: 'operator', scope: { channels: ['app', 'web'] } })),
      'content-type': 'application/json',
    };
    const order = async (body: unknown) =>
      ask(`${url}/v1/tickets`, { method: 'POST', headers, body: JSON.stringify(body) });
    expect((await order({ scope: { channels: ['phone'] } })).status).toBe(422);
    expect((await order({ scope: 'all' })).status).toBe(422);
    expect((await order({ scope: { regions: ['x'.repeat(201)] } })).status).toBe(422);
    const { ticket, url: path } = (await order({ scope: { channels: ['app'] } })).json() as {
      ticket: string;
      url: string;
    };
    expect(path).toBe(`/?ticket=${ticket}`);

    const entered = await ask(`${url}/?ticket=${ticket}&lang=en`);
    expect([entered.status, entered.headers['location']]).toEqual([303, '/?lang=en']);
    const cookie = String(entered.headers['set-cookie']);
    expect(cookie).toMatch(/HttpOnly; SameSite=Strict$/);
    expect((await ask(`${url}/?ticket=${ticket}`)).status).toBe(401);
    await expect(live(fixture, { path: `/v1/live?ticket=${ticket}` }).open()).rejects.toThrow('refused: 401');

    const session = { cookie: cookie.split(';')[0]! };
    // A screen whose home page is the ticket's address comes back by its session.
    const again = await ask(`${url}/?ticket=${ticket}&lang=en`, { headers: session });
    expect([again.status, again.headers['location'], again.headers['set-cookie']]).toEqual([
      303,
      '/?lang=en',
      undefined,
    ]);
    const rights = async (headers: Record<string, string>) =>
      ((await ask(`${url}/v1/board`, { headers })).json() as { rights: unknown }).rights;
    expect(await rights(session)).toEqual(['read']);
    // Bound to channels, an operator neither sends events nor sees the metrics of all.
    expect(await rights(headers)).toEqual(['read', 'actions', 'ack', 'silence', 'tickets', 'screens']);
    const kpis = (await ask(`${url}/v1/kpis`, { headers: session })).json() as { values: { key: unknown }[] }[];
    expect(kpis[0]!.values.map(({ key }) => key)).toEqual([{ channel: 'app' }]);
    expect((await ask(`${url}/v1/tickets`, { method: 'POST', headers: session })).status).toBe(403);
    for (let i = 0; i < 2; i++) {
      const client = await live(fixture, { headers: session }).open();
      client.say({ op: 'sub', id: 1, topics: ['actions'] });
      await until(() => client.of('error').length === 1);
      expect(client.of('error')[0]!.code).toBe('forbidden');
    }
    const stolen = session.cookie.slice('earshot_session='.length);
    expect((await ask(`${url}/v1/kpis`, { headers: bearer(stolen) })).status).toBe(401);

    const second = ((await order({})).json() as { ticket: string }).ticket;
    await live(fixture, { path: `/v1/live?ticket=${second}` }).open();
    await expect(live(fixture, { path: `/v1/live?ticket=${second}` }).open()).rejects.toThrow('refused: 401');
    expect(JSON.stringify(fixture.logs)).not.toContain(ticket);
    expect(JSON.stringify(fixture.logs)).not.toContain(second);
  });

  it('lets tickets expire', async () => {
    let now = Date.now();
    const fixture = await start({}, { clock: { ...systemClock, now: () => now } });
    const headers = bearer(await token({ role: 'admin' }));
    const reply = await ask(`${fixture.gateway.url}/v1/tickets`, { method: 'POST', headers });
    now += 60_001;
    expect((await ask(`${fixture.gateway.url}${(reply.json() as { url: string }).url}`)).status).toBe(401);
  });

  it('closes the connection when its token ends', async () => {
    const fixture = await start();
    const soon = Math.floor(Date.now() / 1_000) + 2;
    const client = await live(fixture, { headers: bearer(await token({ role: 'admin' }, { expires: soon })) }).open();
    const lasting = await live(fixture, { headers: bearer(await token({ role: 'admin' })) }).open();
    await until(() => client.closed !== undefined, 6_000);
    expect(client.closed).toEqual({ code: 4501, reason: 'the token has expired' });
    expect(lasting.closed).toBeUndefined();
  });
});

function cause(region: string) {
  return { key: { region }, value: 1, n: 1, share: 1, contribution: 1 };
}

function b64(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
