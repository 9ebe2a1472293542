import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AuditEntry } from '../../../core/audit-entry.ts';
import { PROTOCOLS, type ScreenAbout } from '../../../core/wire.ts';
import { bearer, SECRET } from '../../testing/access-matrix.fixture.ts';
import { ask, type Fixture, gatewayFixture, LiveClient } from '../../testing/gateway.fixture.ts';
import { until } from '../../testing/server.conformance.ts';

const EAST = { regions: ['east'] };
const about = (fields: Partial<ScreenAbout> = {}): ScreenAbout => ({
  ...{ id: 'hall-0001', name: 'Hall 13812345678', wall: true, page: 'overview', query: 'where=region%3Aeast' },
  ...{ lang: 'en', theme: 'dark', size: '1920x1080', version: '' },
  ...fields,
});

let fixture: Fixture;
const audit: AuditEntry[] = [];
const clients: LiveClient[] = [];
beforeEach(async () => {
  audit.length = 0;
  fixture = await gatewayFixture(
    {
      auth: { secret: SECRET, jwks: null, issuer: null, audience: null },
      maskText: (text) => text.replaceAll(/\d{11}/g, '[phone]'),
    },
    { audit: (entry) => audit.push(entry) },
  );
});
afterEach(async () => {
  for (const { socket } of clients.splice(0)) socket.terminate();
  await fixture.gateway.close();
});

const wall = async (
  screen: ScreenAbout,
  scope: object | null = null,
  protocol: string = PROTOCOLS[0],
): Promise<LiveClient> => {
  const client = await new LiveClient(fixture.gateway.url, {
    protocol,
    headers: await bearer('display', scope),
  }).open();
  clients.push(client);
  client.say({ op: 'sub', id: 3, topics: ['alerts'], screen });
  await until(() => client.of('snapshot').length > 0);
  return client;
};
interface Listed {
  readonly screens: {
    readonly screen: string;
    readonly name: string;
    readonly state: string;
    readonly board: object;
  }[];
  readonly desks: number;
}
const listed = async (scope: object | null = null): Promise<Listed> =>
  (await ask(`${fixture.gateway.url}/v1/screens`, { headers: await bearer('operator', scope) })).json() as Listed;
const eventually = async (holds: (list: Listed) => boolean): Promise<void> => {
  while (!holds(await listed()));
};
const send = async (screen: string, body: unknown, scope: object | null = null): Promise<number> => {
  const headers = { ...(await bearer('operator', scope)), 'content-type': 'application/json' };
  const path = `/v1/screens/${screen}/board`;
  return (await ask(fixture.gateway.url + path, { method: 'POST', headers, body: JSON.stringify(body) })).status;
};

test('a wall is listed with what it shows, without personal data, and a desk is counted only', async () => {
  await wall(about());
  await wall(about({ id: 'desk-0001', wall: false, name: 'Li Lei' }));
  const { screens, desks } = await listed();
  expect(screens).toEqual([
    {
      ...{ screen: 'hall-0001', name: 'Hall [phone]', board: { page: 'overview', query: 'where=region%3Aeast' } },
      ...{ lang: 'en', theme: 'dark', size: '1920x1080', version: '1.2.3', state: 'live' },
      since: expect.stringMatching(/Z$/) as string,
      seen: expect.stringMatching(/Z$/) as string,
      frames_per_s: expect.any(Number) as number,
    },
  ]);
  expect(desks).toBe(1);
});

test.each(PROTOCOLS)(
  'a board that is sent reaches the wall over its connection, and the audit: %s',
  async (protocol) => {
    const client = await wall(about(), null, protocol);
    expect(await send('hall-0001', { board: { page: 'heat', query: 'by=region' } })).toBe(202);
    expect(await send('hall-0001', { board: null })).toBe(202);
    await until(() => client.of('show').length === 2);
    expect(client.of('show')).toEqual([
      { op: 'show', id: 3, board: { page: 'heat', query: 'by=region' } },
      { op: 'show', id: 3, board: null },
    ]);
    expect(audit.filter(({ action }) => action === 'screen.board')).toMatchObject([
      { by: 'operator li', screen: 'hall-0001', board: { page: 'heat', query: 'by=region' } },
      { by: 'operator li', screen: 'hall-0001', board: null },
    ]);
  },
);

test('a wall that came by server-sent events is listed and sent boards too', async () => {
  const query = new URLSearchParams({ topic: 'alerts', screen: JSON.stringify(about()) });
  const headers = { ...(await bearer('display', null)), accept: 'text/event-stream' };
  const ended = new AbortController();
  const response = await fetch(`${fixture.gateway.url}/v1/live?${query.toString()}`, { headers, signal: ended.signal });
  let text = '';
  const reading = (async () => {
    for await (const part of response.body ?? []) text += Buffer.from(part).toString();
  })().catch(() => undefined);
  await until(() => text.includes('"op":"snapshot"'));
  expect(await send('hall-0001', { board: { page: 'queues' } })).toBe(202);
  await until(() => text.includes('{"op":"show","id":1,"board":{"page":"queues","query":""}}'));
  ended.abort();
  await reading;
});

describe('what is refused', () => {
  test('pages and settings that are none, screens that are not there, and desks', async () => {
    await wall(about());
    await wall(about({ id: 'desk-0001', wall: false }));
    for (const board of [
      ...[undefined, 7, {}, { page: 'sign-in' }, { page: '//evil.example' }, { page: 'heat', query: 7 }],
      ...[
        { page: 'heat', query: 'ticket=t' },
        { page: 'heat', query: 'by='.padEnd(1_100, 'x') },
      ],
    ])
      expect([board, await send('hall-0001', { board })]).toEqual([board, 422]);
    expect(await send('none-0001', { board: null })).toBe(404);
    expect(await send('desk-0001', { board: null })).toBe(409);
    expect(audit.filter(({ action }) => action === 'screen.board')).toEqual([]);
  });

  test('a wall that sees more than who asks, which is not even listed', async () => {
    const [whole, east] = [await wall(about({ id: 'whole-001' })), await wall(about({ id: 'east-0001' }), EAST)];
    expect((await listed(EAST)).screens.map(({ screen }) => screen)).toEqual(['east-0001']);
    expect((await listed()).screens.map(({ screen }) => screen)).toEqual(['east-0001', 'whole-001']);
    expect(await send('whole-001', { board: { page: 'heat' } }, EAST)).toBe(404);
    expect(await send('east-0001', { board: { page: 'heat' } }, EAST)).toBe(202);
    await until(() => east.of('show').length === 1);
    expect(whole.of('show')).toEqual([]);
  });

  test('a screen that says of itself what no screen does', async () => {
    const client = await wall(about());
    const odd = [
      { id: 'x' },
      { page: 'sign-in' },
      { size: 'big' },
      { name: 'n'.repeat(61) },
      { wall: 1 },
      { query: 'q=1' },
    ];
    for (const fields of odd) client.say({ op: 'sub', id: 4, topics: ['alerts'], screen: { ...about(), ...fields } });
    await until(() => client.of('error').length === odd.length);
    expect(new Set(client.of('error').map(({ code }) => code))).toEqual(new Set(['bad_frame']));
  });
});

test('a wall that went is listed as gone, and is back under its name when it comes again', async () => {
  const client = await wall(about());
  client.socket.terminate();
  await eventually(({ screens }) => screens[0]?.state === 'gone');
  expect(await send('hall-0001', { board: null })).toBe(409);
  await wall(about({ page: 'heat', query: '' }));
  expect((await listed()).screens).toMatchObject([{ state: 'live', board: { page: 'heat' } }]);
  clients[1]?.socket.terminate();
  await eventually(({ screens }) => screens[0]?.state === 'gone');
  // Its browser has forgotten everything but its address.
  await wall(about({ id: 'again-001' }));
  expect((await listed()).screens).toMatchObject([{ screen: 'again-001', state: 'live' }]);
});

test('nobody takes over the name of a wall that is there, and a connection is one screen', async () => {
  await wall(about());
  const other = await wall(about({ page: 'alerts' }), EAST);
  expect((await listed()).screens).toMatchObject([{ board: { page: 'overview' } }]);
  for (const id of ['many-0001', 'many-0002', 'many-0003'])
    other.say({ op: 'sub', id: 5, topics: ['alerts'], screen: about({ id }) });
  await eventually(({ screens }) => screens.some(({ screen }) => screen === 'many-0003'));
  expect((await listed()).screens.map(({ screen }) => screen)).toEqual(['hall-0001', 'many-0003']);
});

test('a wall that came again on another connection stays listed, whatever the former one says of itself later', async () => {
  const former = await wall(about());
  await wall(about({ page: 'heat' }));
  former.say({ op: 'sub', id: 5, topics: ['alerts'], screen: about({ id: 'other-001', name: 'Other' }) });
  await eventually(({ screens }) => screens.some(({ screen }) => screen === 'other-001'));
  expect((await listed()).screens.map(({ screen }) => screen)).toEqual(['hall-0001', 'other-001']);
});
