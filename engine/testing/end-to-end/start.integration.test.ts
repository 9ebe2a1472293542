/**
 * What a start says of itself from its first moment on: the gateway listens before the broker is reached and before the models
 * are warm, tells what is waited for, and gives no data until there is an engine to ask.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { recordingLogger } from '../../adapters/testing/broker.fixture.ts';
import { LiveClient } from '../../gateway/testing/gateway.fixture.ts';
import { startNatsServer, type NatsServer } from '../../adapters/embedded-server/nats-server.ts';
import { packageRoot } from '../../adapters/process/package-root.ts';
import type { HealthMessage } from '../../core/wire.ts';
import { launchBrowser } from '../../../dashboards/testing/wall-page.ts';
import { spawnCli } from '../rig/engine-process.ts';
import { readMetrics, until } from '../rig/read-metrics.ts';
import { onThisMachine } from '../rig/busy-machine.ts';

const folder = mkdtempSync(join(tmpdir(), 'earshot-start-'));
const servers: NatsServer[] = [];
const starts: Start[] = [];
afterEach(async () => {
  for (const { kill, ended } of starts.splice(0)) {
    kill('SIGKILL');
    await ended;
  }
  for (const server of servers.splice(0)) await server.stop();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const KPIS = `kpis:
  - {id: csat, title: {zh-CN: 满意度, en: CSAT}, from: cx.survey.answered, where: data.metric == "csat", measure: {kind: csat, value: data.score}, window: {kind: tumbling, size: 10s}}
`;
const NO_MODEL = 'scoring: {sentiment: null}\n';

interface Start {
  /** Where the gateway listens; rejects if the process ends before. */
  readonly url: Promise<string>;
  readonly ended: Promise<number | string>;
  readonly log: () => string;
  readonly kill: (signal: NodeJS.Signals) => void;
}

function start(name: string, yaml: string): Start {
  const file = join(folder, `${name}.yaml`);
  writeFileSync(file, yaml);
  const child = spawnCli(['run', '--config', file], { cwd: folder });
  let log = '';
  child.stdout?.resume();
  const ended = new Promise<number | string>((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? signal ?? 'unknown'));
  });
  const url = new Promise<string>((resolve, reject) => {
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      log += text;
      const found = /"message":"gateway listening".*?"url":"([^"]+)"/.exec(log)?.[1];
      if (found !== undefined) resolve(found);
    });
    void ended.then((how) => reject(new Error(`it ended (${how}) and never listened:\n${log}`)));
  });
  url.catch(() => undefined);
  const started = { url, ended, log: () => log, kill: (signal: NodeJS.Signals) => void child.kill(signal) };
  starts.push(started);
  return started;
}

async function startBroker(port = 0): Promise<NatsServer> {
  const store = mkdtempSync(join(folder, 'store-'));
  const server = await startNatsServer({ store, port, logger: recordingLogger() });
  servers.push(server);
  return server;
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((listening) => probe.listen(0, '127.0.0.1', listening));
  const address = probe.address();
  await new Promise((closed) => probe.close(closed));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

const yamlOf = (natsPort: number, more = NO_MODEL): string =>
  `nats: {servers: ["nats://127.0.0.1:${natsPort}"]}\nhttp: {port: 0}\n${more}${KPIS}`;

interface Answer {
  readonly status: number;
  readonly ok?: boolean;
  readonly reasons?: readonly string[];
  readonly error?: { readonly code: string; readonly message: string; readonly reasons?: readonly string[] };
}
async function ask(url: string, path: string, method = 'GET'): Promise<Answer> {
  const body = method === 'POST' ? { body: '{}', headers: { 'content-type': 'application/json' } } : {};
  const answer = await fetch(url + path, { method, ...body });
  return { status: answer.status, ...((await answer.json()) as Omit<Answer, 'status'>) };
}

function send(url: string, score: number): Promise<Response> {
  return fetch(`${url}/v1/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/cloudevents+json' },
    body: JSON.stringify({
      ...{ specversion: '1.0', id: 'e1', source: '/s', type: 'cx.survey.answered' },
      data: { channel: 'app', survey: 's', metric: 'csat', score },
    }),
  });
}

describe('a broker that comes later than the engine', () => {
  it('is waited for: alive, not ready and why, no data until it is there, then all of it', async () => {
    const port = await freePort();
    const engine = start('late', yamlOf(port));
    const url = await engine.url;
    const client = await new LiveClient(url).open();
    client.say({ op: 'sub', id: 1, topics: ['health', 'kpi/*', 'alerts'] });
    const readiness = (): HealthMessage['ready'] | undefined =>
      [...client.of('snapshot'), ...client.of('delta')].flatMap(({ health }) => health?.ready ?? []).at(-1);

    const why = /^NATS: not reached yet: .*refused/i;
    await until('the reason', 5_000, async () => why.test((await ask(url, '/readyz')).reasons?.join() ?? ''));
    expect(await ask(url, '/readyz')).toMatchObject({ status: 503, ok: false, reasons: [expect.stringMatching(why)] });
    expect(await ask(url, '/healthz')).toMatchObject({ status: 200, ok: true, reasons: [] });
    await until('subscribers notified', 3_000, () => Promise.resolve(why.test(readiness()?.reasons.join() ?? '')));
    const before = await readMetrics(url);
    expect([before('earshot_ready'), before('earshot_healthy')]).toEqual([0, 1]);

    // What is known without a broker is reported, and the board can be opened; the rest says why not.
    expect((await fetch(url)).status).toBe(200);
    for (const path of [
      '/v1/board',
      '/v1/kpis',
      '/v1/status',
      '/openapi.json',
      '/asyncapi.json',
      '/schemas/kpi/1.0.0.json',
    ])
      expect([path, (await fetch(url + path)).status]).toEqual([path, 200]);
    for (const [method, path] of [
      ['GET', '/v1/kpis/csat/history'],
      ['GET', '/v1/alerts'],
      ['GET', '/v1/silences'],
      ['POST', '/v1/silences'],
      ['DELETE', '/v1/silences'],
      ['POST', '/v1/alerts/a1/ack'],
      ['POST', '/v1/events'],
      ['POST', '/v1/models/reload'],
    ] as const) {
      const { status, error } = await ask(url, path, method);
      expect([method, path, status, error?.code]).toEqual([method, path, 503, 'not_ready']);
      expect(error?.message).toMatch(/^the engine is starting: NATS: not reached yet: /);
      expect(error?.reasons).toEqual([expect.stringMatching(why)]);
    }

    await startBroker(port);
    await until('ready', 20_000, async () => (await ask(url, '/readyz')).ok === true);
    expect(await ask(url, '/readyz')).toMatchObject({ status: 200, ok: true, reasons: [] });
    expect((await ask(url, '/v1/alerts')).status).toBe(200);
    const taken = await send(url, 5);
    expect(taken.status).toBe(202);
    await until('its value', 10_000, () =>
      Promise.resolve(client.of('delta').some(({ kpis }) => kpis.some(({ value }) => value === 100))),
    );
    await until('subscribers notified', 3_000, () => Promise.resolve(readiness()?.ok === true));
    const after = await readMetrics(url);
    expect([after('earshot_ready'), after('earshot_healthy')]).toEqual([1, 1]);
    client.socket.terminate();
    engine.kill('SIGTERM');
    expect(await engine.ended).toBe(0);
  });

  it('is what the board waits for: it opens, says so in its language, and shows values once there are any', async () => {
    const port = await freePort();
    const engine = start('board', yamlOf(port));
    const url = await engine.url;
    const browser = await launchBrowser();
    try {
      const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } });
      await page.goto(`${url}/?lang=zh-CN`);
      await page.waitForSelector('.strip:visible', { timeout: 120_000 });
      expect(await page.innerText('.strip')).toBe('引擎未就绪，数值可能不完整：尚未连上消息服务 NATS');
      expect(await page.innerText('.line-state')).toBe('引擎未就绪');
      expect(await page.innerText('[data-kpi="csat"] .badge')).toBe('无数据');
      await startBroker(port);
      await page.waitForSelector('.strip', { state: 'hidden', timeout: 120_000 });
      expect(await page.innerText('.line-state')).toBe('实时');
      expect((await send(url, 4)).status).toBe(202);
      await expect.poll(() => page.innerText('[data-kpi="csat"] .digits'), { timeout: 120_000 }).toMatch(/^100/);
    } finally {
      await browser.close();
    }
  });

  it.each(['SIGTERM', 'SIGINT'] as const)(
    '%s while it is waited for ends well and soon',
    async (signal) => {
      // It takes connections and never says a word: an attempt lasts until its time is over.
      const silent = createServer();
      await new Promise<void>((listening) => silent.listen(0, '127.0.0.1', listening));
      const address = silent.address() as { readonly port: number };
      const engine = start(`silent-${signal}`, yamlOf(address.port));
      await ask(await engine.url, '/healthz');
      const asked = performance.now();
      engine.kill(signal);
      expect(await engine.ended).toBe(0);
      expect(performance.now() - asked).toBeLessThan(onThisMachine(1_500));
      expect(engine.log()).toContain('"message":"stopped"');
      silent.close();
    },
    300_000,
  );
});

describe('models that take their time', () => {
  it('are waited for: alive, not ready and which, then ready', async () => {
    const { port } = await startBroker();
    const engine = start('warm', yamlOf(port, ''));
    const url = await engine.url;
    const seen = new Set<string>();
    await until('ready', 30_000, async () => {
      const { ok, reasons = [] } = await ask(url, '/readyz');
      expect(await ask(url, '/healthz')).toEqual({ status: 200, ok: true, reasons: [] });
      for (const reason of reasons) seen.add(reason);
      return ok === true;
    });
    expect([...seen]).toEqual(
      expect.arrayContaining(['model sentiment: warming up', 'model issues: warming up']) as string[],
    );
    expect((await readMetrics(url))('earshot_scoring_workers')).toBeGreaterThan(0);
  });

  it('SIGTERM while they load ends well', async () => {
    const { port } = await startBroker();
    const engine = start('warm-stopped', yamlOf(port, ''));
    const { reasons } = await ask(await engine.url, '/readyz');
    expect(reasons).toContain('model sentiment: warming up');
    engine.kill('SIGTERM');
    // Where they are not loaded within 4 s it does not wait for them.
    const isLeft = (await engine.ended) !== 0;
    expect(await engine.ended).toBe(isLeft ? 'SIGTERM' : 0);
    expect(engine.log().includes('"left":"a model that is still being loaded"')).toBe(isLeft);
    expect(engine.log()).not.toContain('"message":"ready"');
  });

  it('SIGTERM while a large one loads ends within 5 s, by that signal, when all else has stopped', async () => {
    const { port } = await startBroker();
    const dir = join(folder, 'large');
    cpSync(join(packageRoot(), 'models', 'examples', 'sentiment'), dir, { recursive: true });
    const file = join(dir, 'tokenizer.json');
    const tokenizer = JSON.parse(readFileSync(file, 'utf8')) as { model: { vocab: Record<string, number> } };
    for (let i = 0; i < 2_400_000; i++) tokenizer.model.vocab[`##${i}`] = 100_000 + i;
    writeFileSync(file, JSON.stringify(tokenizer));
    const engine = start('large', yamlOf(port, `scoring: {sentiment: "${dir}", issues: null}\n`));
    expect((await ask(await engine.url, '/readyz')).reasons).toContain('model sentiment: warming up');
    const asked = performance.now();
    engine.kill('SIGTERM');
    // Where it is loaded within 4 s it ends as ever.
    const isLeft = (await engine.ended) !== 0;
    // The 4 s, a second to end in, and what a busy machine adds.
    expect(performance.now() - asked).toBeLessThan(onThisMachine(10_000));
    expect(await engine.ended).toBe(isLeft ? 'SIGTERM' : 0);
    expect(engine.log().includes('"left":"a model that is still being loaded"')).toBe(isLeft);
  });

  it('one that does not load ends the start with its code', async () => {
    const { port } = await startBroker();
    const dir = join(folder, 'broken');
    cpSync(join(packageRoot(), 'models', 'examples', 'sentiment'), dir, { recursive: true });
    writeFileSync(join(dir, 'model.onnx'), 'no network');
    const engine = start('broken', yamlOf(port, `scoring: {sentiment: "${dir}", issues: null}\n`));
    expect(await engine.ended).toBe(2);
    expect(engine.log()).toContain('MODEL_NOT_ONNX');
  });
});

describe('an engine that comes back, or stands by', () => {
  it('never tells that nothing is open before it knows', async () => {
    const { port } = await startBroker();
    const rules = 'rules:\n  - {id: low, kpi: csat, fire: value < 80, on: live}\n';
    const first = start('first', yamlOf(port) + rules);
    const url = await first.url;
    await until('ready', 20_000, async () => (await ask(url, '/readyz')).ok === true);
    expect((await send(url, 1)).status).toBe(202);
    const openAt = async (at: string): Promise<number | string> => {
      const answer = (await ask(at, '/v1/alerts')) as Answer & { readonly open?: readonly unknown[] };
      return answer.status === 200 ? (answer.open?.length ?? -1) : (answer.error?.code ?? answer.status);
    };
    await until('the alert', 15_000, async () => (await openAt(url)) === 1);

    const second = start('second', yamlOf(port) + rules);
    const standby = await second.url;
    await until('standing by', 20_000, async () =>
      /stands by/.test((await ask(standby, '/readyz')).reasons?.join() ?? ''),
    );
    expect(await openAt(standby)).toBe('not_ready');
    const client = await new LiveClient(standby).open();
    client.say({ op: 'sub', id: 1, topics: ['alerts'] });
    await until('its snapshot', 5_000, () => Promise.resolve(client.of('snapshot').length > 0));
    expect(client.of('snapshot')[0]).toMatchObject({ alerts: [], recovering: true });

    first.kill('SIGKILL');
    const seen = new Set<number | string>();
    await until('taken over', 20_000, async () => {
      seen.add(await openAt(standby));
      return (await ask(standby, '/readyz')).ok === true && seen.has(1);
    });
    expect([...seen]).toEqual(['not_ready', 1]);
    await until('the alert', 5_000, () =>
      Promise.resolve(client.of('snapshot').some(({ alerts }) => alerts.length === 1)),
    );
    const whole = client.of('snapshot').at(-1);
    expect([whole?.alerts.length, whole?.recovering]).toEqual([1, undefined]);
    client.socket.terminate();
  });
});

describe('what is wrong before anything is waited for', () => {
  it.each([
    ['no such model', 'scoring: {sentiment: none}\n', 'MODEL_FILE_MISSING'],
    [
      'no such credentials',
      `${NO_MODEL}nats: {servers: ["nats://127.0.0.1:1"], credentials: none.creds}\n`,
      'CONFIG_NOT_FOUND',
    ],
    ['no such certificate', `${NO_MODEL}http: {port: 0, tls: {cert: none.pem, key: none.pem}}\n`, 'CONFIG_NOT_FOUND'],
  ])(
    '%s: nothing ever listens, and the exit code is 2',
    async (name, more, code) => {
      const rest = [
        more.includes('nats:') ? '' : 'nats: {servers: ["nats://127.0.0.1:1"]}\n',
        more.includes('http:') ? '' : 'http: {port: 0}\n',
      ];
      const engine = start(name.replaceAll(' ', '-'), more + rest.join('') + KPIS);
      expect(await engine.ended).toBe(2);
      expect(engine.log()).toContain(code);
      expect(engine.log()).not.toContain('gateway listening');
    },
    300_000,
  );

  it('a port that is taken is said at once, whether there is a broker or not', async () => {
    const taken = createServer();
    await new Promise<void>((listening) => taken.listen(0, '127.0.0.1', listening));
    const { port } = taken.address() as { readonly port: number };
    const engine = start('taken', yamlOf(1).replace('port: 0', `port: ${port}`));
    expect(await engine.ended).toBe(2);
    expect(engine.log()).toContain('LISTEN_FAILED');
    taken.close();
  });
});
