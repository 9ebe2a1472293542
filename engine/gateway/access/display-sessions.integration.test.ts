import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../core/audit-entry.ts';
import type { GatewayOptions } from '../gateway-ports.ts';
import { bearer, matrixGateway } from '../testing/access-matrix.fixture.ts';
import { ask, type Fixture, LiveClient } from '../testing/gateway.fixture.ts';
import { until } from '../testing/server.conformance.ts';

let folder: string;
let fixture: Fixture;
let audited: AuditEntry[];
const clients: LiveClient[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'earshot-sessions-'));
  audited = [];
  await start();
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.socket.terminate();
  await fixture.gateway.close();
  rmSync(folder, { recursive: true });
});

async function start(options: Partial<GatewayOptions> = {}): Promise<void> {
  const file = join(folder, 'keys', 'sessions.json');
  const audit = (entry: AuditEntry): void => void audited.push(entry);
  fixture = await matrixGateway(1, { sessionsFile: file, ...options }, { audit });
}
const admin = async () => bearer('admin', null);

async function enter(): Promise<{ cookie: string }> {
  const order = await ask(`${fixture.gateway.url}/v1/tickets`, { method: 'POST', headers: await admin() });
  const { url } = order.json() as { url: string };
  const entered = await ask(fixture.gateway.url + url);
  return { cookie: String(entered.headers['set-cookie']).split(';')[0]! };
}
async function live(options: ConstructorParameters<typeof LiveClient>[1]): Promise<LiveClient> {
  const client = new LiveClient(fixture.gateway.url, options);
  clients.push(client);
  return client.open();
}
interface Listed {
  readonly session: string;
  readonly name: string;
  readonly connections: number;
}
const sessions = async (): Promise<Listed[]> =>
  ((await ask(`${fixture.gateway.url}/v1/sessions`, { headers: await admin() })).json() as { sessions: Listed[] })
    .sessions;
const revoke = async (id: string) =>
  ask(`${fixture.gateway.url}/v1/sessions/${id}`, { method: 'DELETE', headers: await admin() });
const statusOf = async (headers: Record<string, string>) =>
  (await ask(`${fixture.gateway.url}/v1/kpis`, { headers })).status;

describe('sessions of displays', () => {
  it('are listed, and one that is revoked ends at once with its live connections', async () => {
    const [first, second] = [await enter(), await enter()];
    const [cut, stays] = [await live({ headers: first }), await live({ headers: second })];
    await live({ headers: first });
    const listed = await sessions();
    expect(listed.map(({ name, connections }) => [name, connections])).toEqual([
      ['display of admin li', 1],
      ['display of admin li', 2],
    ]);
    const { session } = listed[1]!;
    const reply = await revoke(session);
    expect([reply.status, reply.json()]).toEqual([200, { revoked: session, connections: 2, kept: true }]);
    await until(() => cut.closed !== undefined);
    expect(cut.closed).toEqual({ code: 4501, reason: 'the session was revoked' });
    expect([await statusOf(first), await statusOf(second)]).toEqual([401, 200]);
    await expect(live({ headers: first })).rejects.toThrow('refused: 401');
    expect(stays.closed).toBeUndefined();
    expect(await sessions()).toHaveLength(1);
    expect((await revoke(session)).status).toBe(404);
    // The second ticket is one more of the same: counted, and noted with its number within a minute.
    expect(audited.map(({ action }) => action)).toEqual([
      ...['ticket.issue', 'session.start', 'session.start', 'session.revoke', 'access.refused', 'access.refused'],
    ]);
  });

  it('of a ticket shown on the live connection itself are listed and revoked too', async () => {
    const order = await ask(`${fixture.gateway.url}/v1/tickets`, { method: 'POST', headers: await admin() });
    const { ticket } = order.json() as { ticket: string };
    const client = await live({ path: `/v1/live?ticket=${ticket}` });
    await revoke((await sessions())[0]!.session);
    await until(() => client.closed !== undefined);
    expect(client.closed?.code).toBe(4501);
  });

  it('stay revoked over a restart, the others stay in, and the file is for its owner alone', async () => {
    const [first, second] = [await enter(), await enter()];
    await revoke((await sessions())[1]!.session);
    const file = join(folder, 'keys', 'sessions.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).not.toContain(first.cookie.slice('earshot_session='.length));
    await fixture.gateway.close();
    await start();
    expect([await statusOf(first), await statusOf(second)]).toEqual([401, 200]);
    expect(await sessions()).toHaveLength(1);
  });

  it('say so where a revocation cannot be kept, or what was revoked cannot be read', async () => {
    await fixture.gateway.close();
    mkdirSync(join(folder, 'broken'));
    writeFileSync(join(folder, 'broken', 'list.json'), '{"form":1');
    await start({ sessionsFile: join(folder, 'broken', 'list.json', 'no-folder.json') });
    const cookie = await enter();
    const reply = await revoke((await sessions())[0]!.session);
    expect(reply.json()).toMatchObject({ kept: false });
    expect(await statusOf(cookie)).toBe(401);
    expect(fixture.logs.map(({ message }) => message)).toContain('the list of display sessions cannot be written');
    await fixture.gateway.close();
    await start({ sessionsFile: join(folder, 'broken', 'list.json') });
    expect(fixture.logs.map(({ message }) => message)).toContainEqual(expect.stringContaining('cannot be read'));
  });
});

it('lets one of many that show the same ticket at once in', async () => {
  const order = await ask(`${fixture.gateway.url}/v1/tickets`, { method: 'POST', headers: await admin() });
  const { url, ticket } = order.json() as { url: string; ticket: string };
  const replies = await Promise.all(Array.from({ length: 20 }, () => ask(fixture.gateway.url + url)));
  expect(replies.filter(({ status }) => status === 303)).toHaveLength(1);
  const text = JSON.stringify([audited, fixture.logs]);
  expect(text).not.toContain(ticket);
});

it('leaves a trace of 900 wrong tokens, in two entries, without any of the tokens', async () => {
  const token = 'eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoiYWRtaW4ifQ.c2lnbmF0dXJl';
  for (let i = 0; i < 900; i++) await statusOf({ authorization: `Bearer ${token}` });
  await expect(live({ headers: { authorization: `Bearer ${token}` } })).rejects.toThrow('refused: 401');
  const client = await live({ headers: await bearer('display', null) });
  client.say({ op: 'sub', id: 1, topics: ['actions'] });
  await until(() => client.of('error').length === 1);
  await fixture.gateway.close();
  const refusals = audited.filter(({ action }) => action === 'access.refused');
  expect(refusals.map(({ route, code, by, times }) => [route, code, by, times])).toEqual([
    ['/v1/kpis', 'unauthorized', 'unknown', 1],
    ['/v1/live', 'unauthorized', 'unknown', 1],
    ['/v1/live actions', 'forbidden', 'display li', 1],
    ['/v1/kpis', 'unauthorized', 'unknown', 899],
  ]);
  expect(JSON.stringify([audited, fixture.logs])).not.toContain('c2lnbmF0dXJl');
});
