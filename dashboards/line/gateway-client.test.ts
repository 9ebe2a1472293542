import { describe as group, expect, test } from 'vitest';
import { gatewayClient, NotLetIn, type GatewayClient } from './gateway-client.ts';
import { describe, iso, T0, value } from '../testing/live-script.ts';

interface Asked {
  readonly method: string;
  readonly url: URL;
}
function client(answer: (asked: Asked) => Response, asked: Asked[] = [], slice = {}): GatewayClient {
  return gatewayClient('http://board:8080', slice, async (input, init) => {
    const request = { method: init?.method ?? 'GET', url: new URL(input as URL) };
    asked.push(request);
    return answer(request);
  });
}
const json =
  (body: unknown, status = 200) =>
  (): Response =>
    Response.json(body, { status });

const EVERYTHING = { screens: true, hooks: true, hookTests: true };

group('the board', () => {
  test('is asked for beside the page, whatever path that has', async () => {
    const asked: string[] = [];
    const under = gatewayClient('https://cx.example.com/earshot/', {}, async (input) => {
      asked.push((input as URL).href);
      return Response.json({ kpis: [] });
    });
    await under.kpis();
    await under.ack('a');
    expect(asked).toEqual(['https://cx.example.com/earshot/v1/kpis', 'https://cx.example.com/earshot/v1/alerts/a/ack']);
  });
  test('is read, and what has another shape is left out', async () => {
    const title = { 'zh-CN': '看板', en: 'Board' };
    expect(await client(json({ title, tiles: ['a', 3, 'b'], demo: null, refresh: 1 })).board()).toEqual({
      title,
      tiles: ['a', 'b'],
      demo: null,
      zone: null,
      mayAck: true,
      maySilence: true,
      maySee: EVERYTHING,
    });
    expect(await client(json({ title: 'x', tiles: 'y', demo: { en: 1 }, zone: 'UTC' })).board()).toEqual({
      title: null,
      tiles: [],
      demo: null,
      zone: 'UTC',
      mayAck: true,
      maySilence: true,
      maySee: EVERYTHING,
    });
  });
  test('where the demo is sent to is taken from this machine alone', async () => {
    const demo = { 'zh-CN': '演示', en: 'Demo' };
    const read = async (messages: unknown) => (await client(json({ demo: { ...demo, messages } })).board()).messages;
    expect(await read('http://127.0.0.1:8123')).toBe('http://127.0.0.1:8123');
    for (const one of ['https://evil.example', 'javascript:alert(1)', 'http://127.0.0.1:1/x', 3])
      expect(await read(one)).toBeUndefined();
  });

  test('says whether there are actions that this screen may see', async () => {
    const board = async (answer: object) => client(json({ tiles: [], ...answer })).board();
    expect(await board({ actions: true, rights: ['read', 'actions'] })).toMatchObject({ hasActions: true });
    for (const answer of [
      { actions: true, rights: ['read'] },
      { actions: false, rights: ['actions'] },
      { actions: true },
    ])
      expect(await board(answer)).not.toHaveProperty('hasActions');
  });

  test('says what of walls and destinations this screen may see', async () => {
    const seen = async (...rights: string[]) => (await client(json({ tiles: [], rights })).board()).maySee;
    expect(await seen('read')).toEqual({ screens: false, hooks: false, hookTests: false });
    expect(await seen('screens', 'hooks')).toEqual({ screens: true, hooks: false, hookTests: true });
    expect(await seen('metrics')).toEqual({ screens: false, hooks: true, hookTests: false });
  });

  test('is plain when the gateway has none', async () => {
    for (const answer of [json({}, 404), json(null), () => new Response('<html>')]) {
      expect(await client(answer).board()).toEqual({
        title: null,
        tiles: [],
        demo: null,
        zone: null,
        mayAck: true,
        maySilence: true,
        maySee: EVERYTHING,
      });
    }
  });
});

test.each([
  [{}, true],
  [{ rights: ['read', 'ack'] }, true],
  [{ rights: ['read'] }, false],
  [{ rights: 'ack' }, false],
])('the rights %o include acknowledging: %s', async (answer, mayAck) => {
  expect((await client(json(answer)).board()).mayAck).toBe(mayAck);
});

test.each([
  [200, true],
  [401, false],
  [403, false],
  [404, true],
  [503, true],
])('a gateway that answers %i lets us in: %s', async (status, letIn) => {
  const gateway = client(json([], status));
  expect(await gateway.letIn()).toBe(letIn);
  const refused = await gateway.kpis().then(
    () => false,
    (error: unknown) => error instanceof NotLetIn,
  );
  expect(refused).toBe(!letIn);
});

test('no answer at all is no refusal', async () => {
  const gateway = client(() => {
    throw new TypeError('failed to fetch');
  });
  expect(await gateway.letIn()).toBe(true);
});

group('KPIs and history', () => {
  test('come bare or under a name', async () => {
    const kpi = describe();
    expect(await client(json([kpi, { id: 1 }, null])).kpis()).toEqual([kpi]);
    expect(await client(json({ kpis: [kpi] })).kpis()).toEqual([kpi]);
    await expect(client(json({}, 503)).kpis()).rejects.toThrow('v1/kpis answered 503');
  });

  test('history is asked for the span and the slice', async () => {
    const asked: Asked[] = [];
    const point = value();
    const got = await client(json({ values: [point, 7] }), asked, { channel: 'app' }).history('c/s', T0, T0 + 1000);
    expect(got).toEqual([point]);
    expect(asked[0]?.url.pathname).toBe('/v1/kpis/c%2Fs/history');
    expect(Object.fromEntries(asked[0]!.url.searchParams)).toEqual({
      from: iso(T0),
      to: iso(T0 + 1000),
      key: 'channel:app',
    });
  });
});

test.each([
  [200, 'done'],
  [401, 'forbidden'],
  [403, 'forbidden'],
  [404, 'failed'],
  [500, 'failed'],
])('an acknowledgement answered %i is %s', async (status, outcome) => {
  const asked: Asked[] = [];
  expect(await client(json({}, status), asked).ack('a/1')).toBe(outcome);
  expect([asked[0]?.method, asked[0]?.url.pathname]).toEqual(['POST', '/v1/alerts/a%2F1/ack']);
  expect(await client(json({}, status), asked).unack('a/1')).toBe(outcome);
  expect([asked[1]?.method, asked[1]?.url.pathname]).toEqual(['DELETE', '/v1/alerts/a%2F1/ack']);
});
