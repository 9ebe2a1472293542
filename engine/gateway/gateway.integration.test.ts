import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterEach, describe, expect, it } from 'vitest';
import { asyncapi, SERVER_FRAMES } from './documents/asyncapi.ts';
import {
  alertMessage,
  ask,
  at,
  type Fixture,
  gatewayFixture,
  kpiValue,
  LiveClient,
} from './testing/gateway.fixture.ts';
import { ROUTES } from './routes/routes.ts';
import type { GatewayOptions, GatewayPorts } from './gateway-ports.ts';
import { until } from './testing/server.conformance.ts';

const fixtures: Fixture[] = [];
const clients: LiveClient[] = [];
const folders: string[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) client.socket.terminate();
  for (const { gateway } of fixtures.splice(0)) await gateway.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

async function start(options: Partial<GatewayOptions> = {}, ports: Partial<GatewayPorts> = {}): Promise<Fixture> {
  const fixture = await gatewayFixture(options, ports);
  fixtures.push(fixture);
  return fixture;
}

async function dial(fixture: Fixture, options: ConstructorParameters<typeof LiveClient>[1] = {}): Promise<LiveClient> {
  const client = new LiveClient(fixture.gateway.url, options);
  clients.push(client);
  return client.open();
}

function assets(): string {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-assets-'));
  folders.push(folder);
  mkdirSync(join(folder, 'js'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>看板</title>');
  writeFileSync(join(folder, 'js', 'app.js'), 'export {};');
  writeFileSync(join(folder, '.secret.txt'), 'no');
  writeFileSync(join(folder, 'key.pem'), 'no');
  return folder;
}

describe('gateway: HTTP', () => {
  it('answers each path with the right status, type and headers', async () => {
    const fixture = await start({ assets: assets() }, { schemas: { 'kpi/1': { type: 'object' } } });
    const table: [string, string, number, string][] = [
      ['GET', '/', 200, 'text/html; charset=utf-8'],
      ['HEAD', '/', 200, 'text/html; charset=utf-8'],
      ['GET', '/js/app.js', 200, 'text/javascript; charset=utf-8'],
      ['GET', '/js/none.js', 404, 'application/json; charset=utf-8'],
      ['GET', '/.secret.txt', 404, 'application/json; charset=utf-8'],
      ['GET', '/key.pem', 404, 'application/json; charset=utf-8'],
      ['GET', '/../package.json', 404, 'application/json; charset=utf-8'],
      ['GET', '/%2e%2e/package.json', 404, 'application/json; charset=utf-8'],
      ['POST', '/', 405, 'application/json; charset=utf-8'],
      ['GET', '/healthz', 200, 'application/json; charset=utf-8'],
      ['GET', '/readyz', 200, 'application/json; charset=utf-8'],
      ['GET', '/metrics', 200, 'text/plain; version=0.0.4; charset=utf-8'],
      ['GET', '/v1/kpis', 200, 'application/json; charset=utf-8'],
      ['POST', '/v1/kpis', 405, 'application/json; charset=utf-8'],
      ['GET', '/v1/kpis/none/history', 404, 'application/json; charset=utf-8'],
      ['GET', '/v1/kpis/csat/history?from=yesterday', 422, 'application/json; charset=utf-8'],
      ['GET', `/v1/kpis/csat/history?from=${at(5)}&to=${at(5)}`, 422, 'application/json; charset=utf-8'],
      ['GET', '/v1/kpis/csat/history?key=app', 422, 'application/json; charset=utf-8'],
      ['GET', '/v1/kpis/%E0%A4%A/history', 400, 'application/json; charset=utf-8'],
      ['GET', '/v1/kpis/csat/history?form=2026-03-02T01:00:00Z', 422, 'application/json; charset=utf-8'],
      ['GET', '/v1/kpis/csat/history?key=region:west&key=region:east', 422, 'application/json; charset=utf-8'],
      ['GET', '/v1/kpis/csat/history?key=a:1&key=b:2', 200, 'application/json; charset=utf-8'],
      ['GET', '/v1/kpis?channel=app', 422, 'application/json; charset=utf-8'],
      ['GET', '/metrics?name=x', 422, 'application/json; charset=utf-8'],
      ['GET', '/healthz?verbose', 200, 'application/json; charset=utf-8'],
      ['GET', '/readyz?verbose', 200, 'application/json; charset=utf-8'],
      ['GET', '/?lang=zh-CN&anything=1', 200, 'text/html; charset=utf-8'],
      ['GET', `/v1/kpis?x=${'x'.repeat(3_000)}`, 414, 'application/json; charset=utf-8'],
      ['GET', '/v1/alerts', 200, 'application/json; charset=utf-8'],
      ['POST', '/v1/alerts/none/ack', 404, 'application/json; charset=utf-8'],
      ['GET', '/v1/silences', 200, 'application/json; charset=utf-8'],
      ['DELETE', '/v1/silences?id=none', 404, 'application/json; charset=utf-8'],
      ['GET', '/v1/status', 200, 'application/json; charset=utf-8'],
      ['GET', '/v1/board', 200, 'application/json; charset=utf-8'],
      ['POST', '/v1/events', 503, 'application/json; charset=utf-8'],
      ['GET', '/v1/live', 426, 'application/json; charset=utf-8'],
      ['GET', '/openapi.json', 200, 'application/json; charset=utf-8'],
      ['GET', '/asyncapi.json', 200, 'application/json; charset=utf-8'],
      ['GET', '/schemas/kpi/1.json', 200, 'application/schema+json; charset=utf-8'],
      ['GET', '/schemas/kpi/2.json', 404, 'application/json; charset=utf-8'],
      ['GET', '/v2/kpis', 404, 'application/json; charset=utf-8'],
    ];
    const seen: unknown[] = [];
    for (const [method, path] of table) {
      const reply = await ask(fixture.gateway.url + path, { method });
      seen.push([method, path, reply.status, reply.headers['content-type']]);
      expect(reply.headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'content-security-policy': expect.stringContaining("default-src 'none'") as string,
      });
      if (reply.status >= 400) {
        expect(reply.json()).toMatchObject({
          error: { code: expect.any(String) as string, message: expect.any(String) as string },
        });
      }
      if (method === 'HEAD') expect(reply.text).toBe('');
    }
    expect(seen).toEqual(table);
    const wrong = await ask(`${fixture.gateway.url}/v1/silences`, { method: 'PUT' });
    expect(wrong.status).toBe(405);
    expect(wrong.headers['allow']).toBe('GET, HEAD, POST, DELETE');
  });

  it('refuses a query parameter it does not know, on every route but probes and those with a proof of their own', async () => {
    const { gateway } = await start();
    const answers: [string, number, unknown][] = [];
    for (const { method, path, ...route } of ROUTES) {
      // Tools and links bring what they like: they are known by what they carry.
      if ('hasOwnProof' in route) continue;
      const name = `${method} ${path}`;
      const url = `${gateway.url}${path.replace('{id}', 'csat').replace(/\{\w+\}/g, 'x')}?unheard_of=1`;
      const reply = await ask(url, { method });
      const { error } = reply.json() as { error?: { code: string; message: string } };
      answers.push([name, reply.status, error?.message.split(' (')[0]]);
    }
    const refused = answers.filter(([, status]) => status === 422);
    expect(answers.filter((answer) => !refused.includes(answer)).map(([name]) => name)).toEqual([
      'GET /healthz',
      'GET /readyz',
    ]);
    expect(new Set(refused.map(([, , message]) => message))).toEqual(new Set(['unknown query parameter unheard_of']));
  });

  it('shows people a page where there is nothing, in both languages', async () => {
    const accept = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
    const page = async (url: string) => {
      const { status, headers, text } = await ask(url, { headers: accept });
      expect([status, headers['content-type']]).toEqual([404, 'text/html; charset=utf-8']);
      expect(headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-[\w+/=]+';/);
      return text;
    };
    const built = await start({ assets: assets() });
    const nothing = await page(`${built.gateway.url}/kpis?x=<script>`);
    expect(nothing).toContain('这个地址没有内容');
    expect(nothing).toContain('There is nothing at this address');
    expect(nothing).not.toContain('<script>');
    const bare = await start();
    expect(await page(`${bare.gateway.url}/`)).toContain('npm run build');
    const { error } = (await ask(`${bare.gateway.url}/`)).json() as { error: { message: string } };
    expect(error.message).toContain('npm run build');
  });

  it('answers 304 for a file that is known', async () => {
    const { gateway } = await start({ assets: assets() });
    const first = await ask(`${gateway.url}/js/app.js`);
    const etag = first.headers['etag'] as string;
    const second = await ask(`${gateway.url}/js/app.js`, { headers: { 'if-none-match': `"x", W/${etag}` } });
    expect([second.status, second.text, second.headers['etag']]).toEqual([304, '', etag]);
    expect((await ask(`${gateway.url}/js/app.js`, { headers: { 'if-none-match': '"x"' } })).status).toBe(200);
  });

  it('says why it is not ready', async () => {
    const { gateway } = await start(
      {},
      {
        ready: () => ({ ok: false, reasons: ['partition 0 is recovering'] }),
        healthy: () => ({ ok: true, reasons: [] }),
      },
    );
    const reply = await ask(`${gateway.url}/readyz`);
    expect([reply.status, reply.json()]).toEqual([503, { ok: false, reasons: ['partition 0 is recovering'] }]);
    expect((await ask(`${gateway.url}/healthz`)).status).toBe(200);
  });

  it('lists no alerts while it does not know which there are', async () => {
    const ready = (): { ok: boolean; reasons: string[] } => ({ ok: false, reasons: ['partition 0 is starting'] });
    const { gateway } = await start({}, { ready });
    const { hub, url } = gateway;
    hub.board.markIncomplete();
    for (const [method, path] of [
      ['GET', '/v1/alerts'],
      ['GET', '/v1/silences'],
      ['POST', '/v1/alerts/a1/ack'],
    ] as const) {
      const headers = { 'content-type': 'application/json' };
      const answer = await ask(url + path, { method, ...(method === 'POST' ? { body: '{}', headers } : {}) });
      expect([path, answer.status, answer.headers['retry-after']]).toEqual([path, 503, '1']);
      expect(answer.json()).toMatchObject({
        error: {
          code: 'not_ready',
          message: 'what is open is not known yet: partition 0 is starting',
          reasons: ['partition 0 is starting'],
        },
      });
    }
    hub.restored(0);
    expect((await ask(`${url}/v1/alerts`)).json()).toEqual({ open: [], recent: [] });
  });

  it('hands events on and gives the answer back, within its limits', async () => {
    const got: [string, string][] = [];
    const { gateway } = await start(
      { maxBodyBytes: 2_000, rates: { events: { perSecond: 1, burst: 4 } } },
      {
        ingest: (headers, body) => {
          got.push([`${headers['content-type'] ?? ''} ${headers['ce-id'] ?? ''}`, Buffer.from(body).toString()]);
          if (body.length > 1_000) throw new Error('the broker is away');
          return Promise.resolve({ status: 202, body: { ids: ['e-1'] } });
        },
      },
    );
    const post = (body: string, type = 'application/cloudevents+json') =>
      ask(`${gateway.url}/v1/events`, { method: 'POST', headers: { 'content-type': type, 'CE-Id': 'e-1' }, body });
    const good = await post('{"id":"e-1","text":"满意"}');
    expect([good.status, good.json()]).toEqual([202, { ids: ['e-1'] }]);
    expect(got).toEqual([['application/cloudevents+json e-1', '{"id":"e-1","text":"满意"}']]);
    expect((await post('x', 'text/plain')).status).toBe(415);
    expect((await post('x'.repeat(3_000))).status).toBe(413);
    const failed = await post('x'.repeat(1_500));
    expect([failed.status, failed.text.includes('broker')]).toEqual([500, false]);
    await post('{}');
    const refused = await post('{}');
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, '1']);
  });

  it('gives present values, and history from memory and from the stream', async () => {
    const asked: unknown[] = [];
    const fixture = await start(
      {},
      {
        history: (query) => {
          asked.push(query);
          return Promise.resolve([
            kpiValue({ end: -10, final: true, value: 60 }),
            kpiValue({ end: 5, final: true, value: 61, revision: 1 }),
          ]);
        },
      },
    );
    fixture.show(
      kpiValue({ end: 5, value: 90 }),
      kpiValue({ end: 10, value: 91 }),
      kpiValue({ end: 10, key: { channel: 'app' } }),
    );
    const kpis = (await ask(`${fixture.gateway.url}/v1/kpis`)).json() as { id: string; values: unknown[] }[];
    expect(kpis[0]).toMatchObject({ id: 'csat', title: { 'zh-CN': '满意度' }, target: 80 });
    expect(kpis[0]!.values).toEqual([kpiValue({ end: 10, value: 91 }), kpiValue({ end: 10, key: { channel: 'app' } })]);

    const recent = (await ask(`${fixture.gateway.url}/v1/kpis/csat/history?from=${at(5)}&to=${at(10)}`)).json();
    expect(recent).toEqual({
      kpi: 'csat',
      from: at(5),
      to: at(10),
      complete: true,
      values: [kpiValue({ end: 5, value: 90 })],
    });
    expect(asked).toEqual([]);

    const longer = (await ask(`${fixture.gateway.url}/v1/kpis/csat/history?from=${at(-60)}`)).json() as {
      complete: boolean;
      values: { window: { end: string }; value: number; final: boolean }[];
    };
    expect(longer.complete).toBe(true);
    expect(longer.values.map(({ window, value, final }) => [window.end, value, final])).toEqual([
      [at(-10), 60, true],
      [at(5), 61, true],
      [at(10), 91, false],
    ]);
    expect(asked).toMatchObject([{ kpi: 'csat', key: {}, from: Date.parse(at(-60)) }]);
    const channel = (await ask(`${fixture.gateway.url}/v1/kpis/csat/history?from=${at(10)}&key=channel:app`)).json();
    expect(channel).toMatchObject({ complete: true, values: [{ key: { channel: 'app' } }] });
  });

  it('turns what people decide into commands', async () => {
    const fixture = await start();
    const { url } = fixture.gateway;
    const json = { 'content-type': 'application/json' };
    fixture.commit('cx.alerts.critical.csat_low', alertMessage());
    fixture.commit('cx.alerts.critical.csat_low', alertMessage({ alert: 'a2', state: 'resolved', previous: 'firing' }));
    expect((await ask(`${url}/v1/alerts`)).json()).toEqual({
      open: [alertMessage()],
      recent: [alertMessage({ alert: 'a2', state: 'resolved', previous: 'firing' })],
    });
    const ack = await ask(`${url}/v1/alerts/a1/ack`, { method: 'POST', headers: json, body: '{"note":"看着"}' });
    expect(ack.status).toBe(202);
    expect(fixture.commands).toMatchObject([
      { type: 'earshot.alert.acked', data: { alert: 'a1', rule: 'csat_low', by: 'local', note: '看着' } },
    ]);
    const named = '{"note":"看着","name":"林薇"}';
    expect((await ask(`${url}/v1/alerts/a1/ack`, { method: 'POST', headers: json, body: named })).status).toBe(202);
    expect(fixture.commands.pop()).toMatchObject({ data: { by: '林薇', note: '看着' } });
    expect((await ask(`${url}/v1/alerts/a1/ack`, { method: 'DELETE' })).status).toBe(202);
    expect(fixture.commands.pop()).toMatchObject({ type: 'earshot.alert.unacked', data: { alert: 'a1', by: 'local' } });
    for (const method of ['POST', 'DELETE']) {
      expect((await ask(`${url}/v1/alerts/a2/ack`, { method })).status).toBe(409);
      expect((await ask(`${url}/v1/alerts/a3/ack`, { method })).status).toBe(404);
    }
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await ask(`${url}/v1/alerts/a1/ack`, { method: 'POST', headers: form, body: 'a=b' })).status).toBe(415);
    expect((await ask(`${url}/v1/alerts/a1/ack`, { method: 'POST', headers: json, body: '[' })).status).toBe(400);

    const silence = { match: { rule: 'csat_low', key: { channel: 'app' } }, reason: '演练' };
    const until = new Date(Date.now() + 3_600_000).toISOString();
    const post = (body: unknown) =>
      ask(`${url}/v1/silences`, { method: 'POST', headers: json, body: JSON.stringify(body) });
    const taken = await post({ ...silence, until });
    expect(taken.status).toBe(202);
    const { silence: id } = taken.json() as { silence: string };
    expect((await ask(`${url}/v1/silences`)).json()).toMatchObject({
      silences: [{ silence: id, ...silence, until, by: 'local' }],
    });
    for (const bad of [
      { ...silence, until: at(0) },
      { ...silence, until: 'soon' },
      { ...silence, until: new Date(Date.now() + 31 * 86_400_000).toISOString() },
      { match: {}, reason: 'x', until },
      { match: { everything: 'yes' }, reason: 'x', until },
      { match: { key: { channel: 1 } }, reason: 'x', until },
      { match: silence.match, until },
    ]) {
      expect((await post(bad)).status).toBe(422);
    }
    expect((await ask(`${url}/v1/silences?id=${id}`, { method: 'DELETE' })).status).toBe(202);
    expect((await ask(`${url}/v1/silences`)).json()).toEqual({ silences: [] });
    expect(fixture.commands.map(({ type }) => type)).toEqual([
      'earshot.alert.acked',
      'earshot.silence.created',
      'earshot.silence.deleted',
    ]);
  });

  it('logs of what it did not expect the place, never the words: they may quote what was sent', async () => {
    const fixture = await start({}, { ingest: () => Promise.reject(new TypeError('张伟 13800138000')) });
    const headers = { 'content-type': 'application/json' };
    const { status, text } = await ask(`${fixture.gateway.url}/v1/events`, { method: 'POST', headers, body: '{}' });
    expect([status, text]).toEqual([500, expect.not.stringContaining('138')]);
    const logged = fixture.logs.filter(({ level }) => level === 'error');
    expect(logged.map(({ fields }) => fields)).toEqual([
      { route: '/v1/events', method: 'POST', at: expect.stringMatching(/^TypeError at \S+\.test\.ts:\d+$/) as string },
    ]);
  });

  it('limits the rate of requests, but always answers probes', async () => {
    const { gateway } = await start({ rates: { api: { perSecond: 1, burst: 3 } } });
    const statuses = [];
    for (let i = 0; i < 5; i++) statuses.push((await ask(`${gateway.url}/v1/alerts`)).status);
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
    expect((await ask(`${gateway.url}/healthz`)).status).toBe(200);
  });

  it('shows its metrics', async () => {
    const fixture = await start();
    fixture.show(kpiValue());
    await dial(fixture);
    await ask(`${fixture.gateway.url}/v1/kpis/csat/history`);
    const { text } = await ask(`${fixture.gateway.url}/metrics`);
    expect(text).toContain('\nearshot_gateway_clients 1\n');
    expect(text).toContain('\nearshot_gateway_board_values 1\n');
    expect(text).toContain('earshot_http_requests_total{method="GET",route="/v1/kpis/{id}/history",status="200"} 1');
    expect(text).toContain('nodejs_eventloop_lag_p99_seconds');
  });
});

describe('gateway: live', () => {
  it('says the same in JSON and in MessagePack, as its document describes', async () => {
    let ready = { ok: false, reasons: ['partition 0 is starting'] };
    const fixture = await start({}, { ready: () => ready });
    fixture.show(kpiValue({ detail: [{ item: '排队', count: 3 }] }));
    const json = await dial(fixture);
    const msgpack = await dial(fixture, { protocol: 'earshot.v1.msgpack' });
    const both = [json, msgpack];
    for (const client of both) client.say({ op: 'sub', id: 1, topics: ['kpi/*', 'alerts', 'actions', 'health'] });
    await until(() => both.every((client) => client.of('snapshot').length === 1));
    fixture.show(kpiValue({ end: 5, value: null, n: 0, interval: null }), kpiValue({ key: { channel: '小程序' } }));
    fixture.commit('cx.alerts.critical.csat_low', alertMessage());
    fixture.commit('cx.actions.survey', { case: 'c-1', n: 2 ** 40, big: 1.5e300, deep: { list: Array(20).fill('x') } });
    ready = { ok: true, reasons: [] };
    await until(() => both.every((client) => client.of('delta').some((delta) => delta.health !== undefined)));
    json.say({ op: 'sub', id: 2, topics: ['kpi/none'] });
    msgpack.say({ op: 'sub', id: 2, topics: ['kpi/none'] });
    await until(() => both.every((client) => client.of('error').length === 1 && client.of('tick').length > 0));
    const plain = (client: LiveClient): unknown[] =>
      client.frames
        .filter((frame) => frame.op !== 'tick')
        .map((frame) => ({ ...frame, time: 0, ...('as_of' in frame ? { as_of: 0 } : {}) }));
    expect(plain(msgpack)).toEqual(plain(json));
    const health = (frames: readonly { readonly health?: unknown }[]): unknown[] =>
      frames.flatMap((frame) => frame.health ?? []);
    expect(health(json.of('snapshot'))).toEqual([{ ready: { ok: false, reasons: ['partition 0 is starting'] } }]);
    expect(health(json.of('delta'))).toEqual([{ ready }]);
    expect(json.of('hello')[0]).toMatchObject({ proto: 1, version: '1.2.3', ping_ms: 10_000 });

    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    const { components } = asyncapi('1', {});
    const checks = new Map<string, ReturnType<typeof ajv.compile>>();
    for (const frame of both.flatMap((client) => client.frames)) {
      const check = checks.get(frame.op) ?? ajv.compile({ ...SERVER_FRAMES[frame.op], components });
      checks.set(frame.op, check);
      expect([frame.op, check(frame), check.errors]).toEqual([frame.op, true, null]);
    }
  });

  it('resumes over a new connection', async () => {
    const fixture = await start();
    const first = await dial(fixture);
    first.say({ op: 'sub', id: 1, topics: ['kpi/*', 'alerts'] });
    await until(() => first.of('snapshot').length === 1);
    const { epoch } = first.of('hello')[0]!;
    const { seq } = first.of('snapshot')[0]!;
    first.socket.terminate();
    fixture.show(kpiValue());
    fixture.commit('cx.alerts.critical.csat_low', alertMessage());
    const second = await dial(fixture);
    second.say({ op: 'sub', id: 1, topics: ['kpi/*', 'alerts'], resume: { epoch, seq } });
    await until(() => second.of('delta').length === 1);
    expect(second.frames.slice(1, 3)).toMatchObject([
      { op: 'resumed', from: seq, to: seq + 2 },
      { op: 'delta', prev: seq, seq: seq + 2, kpis: [kpiValue()], alerts: [alertMessage()] },
    ]);
  });

  it('answers faults, and closes on those who go on with them', async () => {
    const fixture = await start();
    const client = await dial(fixture);
    client.socket.send('{"op":');
    client.socket.send(Buffer.from([0xc1]), { binary: true });
    client.say({ op: 'dance' });
    await until(() => client.of('error').length === 3);
    expect(client.of('error').map(({ code }) => code)).toEqual(['bad_frame', 'bad_frame', 'bad_frame']);
    // The 21st closes. Who sends 64 more than that is cut off, before the reason can be read.
    for (let i = 0; i < 60; i++) client.say({ op: 'dance' });
    await until(() => client.closed !== undefined);
    expect(client.closed?.code).toBe(4500);
    expect(fixture.gateway.hub.stats().clients).toBe(0);
  });

  it.each(['ping', 'pong'] as const)(
    'closes on those who flood it with %ss, whose answers would pile up',
    async (kind) => {
      const fixture = await start();
      const client = await dial(fixture);
      const calm = await dial(fixture);
      for (let i = 0; i < 20; i++) calm.socket[kind]();
      for (let i = 0; i < 200; i++) client.socket[kind]('x'.repeat(125));
      await until(() => fixture.gateway.hub.stats().clients === 1);
      await until(() => client.closed !== undefined);
      // ws cuts off who sends so many pings at once, before anybody can say why.
      expect(kind === 'ping' ? [1006, 4500] : [4500]).toContain(client.closed?.code);
      expect(calm.closed).toBeUndefined();
    },
  );

  it('refuses other paths, other protocols and connections over the limit', async () => {
    const fixture = await start({ maxConnections: 1 });
    await expect(dial(fixture, { path: '/v1/other' })).rejects.toThrow('refused: 404');
    await expect(dial(fixture, { protocol: 'graphql-ws' })).rejects.toThrow('refused: 400');
    await expect(dial(fixture, { path: '/v1/live?tikcet=x' })).rejects.toThrow('refused: 422');
    await dial(fixture);
    await expect(dial(fixture)).rejects.toThrow('refused: 503');
  });

  it('closes those who give no sign of life, and pings the others', async () => {
    const fixture = await start({ pingMs: 1_000 });
    const alive = await dial(fixture);
    const dead = new LiveClient(fixture.gateway.url);
    clients.push(dead);
    await dead.open();
    dead.socket.pong = () => undefined;
    (dead.socket as unknown as { _receiver: { removeAllListeners(name: string): void } })._receiver.removeAllListeners(
      'ping',
    );
    await until(() => dead.closed !== undefined, 8_000);
    expect(dead.closed?.code).toBe(4002);
    expect(alive.closed).toBeUndefined();
  });

  it('says good-bye with 4000', async () => {
    const fixture = await start();
    const client = await dial(fixture);
    await fixture.gateway.close();
    await until(() => client.closed !== undefined);
    expect(client.closed).toEqual({ code: 4000, reason: 'shutting down' });
  });

  it('keeps 200 clients abreast while one is stuck, and lets the stuck one go', async () => {
    // Packed, the padding below would be nothing.
    const fixture = await start({ maxBufferBytes: 256_000, slowMs: 3_000, compression: false });
    const crowd = await Promise.all(Array.from({ length: 200 }, () => dial(fixture)));
    // A wall of everything: enough to fill what the kernel holds on its own.
    const stuck = await dial(fixture);
    stuck.say({ op: 'sub', id: 1, topics: ['kpi/*', 'alerts'] });
    for (const client of crowd) client.say({ op: 'sub', id: 1, topics: ['kpi/*', 'alerts'], where: { store: ['s0'] } });
    await until(() => [...crowd, stuck].every((client) => client.of('snapshot').length === 1));
    stuck.socket.pause();
    const before = process.memoryUsage().rss;
    let round = 0;
    while (fixture.gateway.hub.stats().closedSlow === 0 && round < 600) {
      round += 1;
      const padding = 'x'.repeat(1_000);
      fixture.show(
        kpiValue({ end: round, value: round, key: { store: 's0' } }),
        ...Array.from({ length: 200 }, (_, i) => kpiValue({ end: round, key: { store: `s${i + 1}`, padding } })),
      );
      if (round % 10 === 0) fixture.commit('cx.alerts.critical.csat_low', alertMessage({ reason: `change ${round}` }));
      await new Promise((resolve) => setTimeout(resolve, 55));
    }
    const stats = fixture.gateway.hub.stats();
    expect(stats.closedSlow).toBe(1);
    expect(stats.conflated).toBeGreaterThan(0);
    await until(() => fixture.gateway.hub.stats().clients === 200);
    await until(() =>
      crowd.every((client) => client.of('delta').some(({ kpis }) => kpis.some(({ value }) => value === round))),
    );
    for (const client of crowd) {
      let { seq } = client.of('snapshot')[0]!;
      for (const delta of client.of('delta')) {
        expect(delta.prev).toBe(seq);
        seq = delta.seq;
      }
      expect(client.of('snapshot')).toHaveLength(1);
      expect(client.of('delta').flatMap(({ alerts }) => alerts.map(({ reason }) => reason))).toEqual(
        Array.from({ length: Math.floor(round / 10) }, (_, i) => `change ${(i + 1) * 10}`),
      );
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(300 << 20);
  });
});
