/**
 * One engine, started in a folder with its earshot.yaml as README says, and what is done beside it without naming it: a file is
 * replayed, the configuration changes by SIGHUP, a payload of its source is tried, its schemas are read. Needs `npm run build`.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../adapters/process/package-root.ts';
import { startEngineProcess, type EngineProcess } from '../../testing/rig/engine-process.ts';
import { readMetrics, until } from '../../testing/rig/read-metrics.ts';

const folder = mkdtempSync(join(tmpdir(), 'earshot-running-'));
const cli = join(packageRoot(), 'dist', 'earshot.js');
const file = join(folder, 'earshot.yaml');
const EVENTS = 120;

const textOf = (threshold: number, more = ''): string => `
http: {port: 0}
scoring: {sentiment: null, issues: null}
sources:
  - id: desk
    kind: webhook
    verify: {scheme: hub, secret: a secret of ours, header: X-Hub-Signature-256}
    map:
      - when: body.action == "opened"
        type: cx.case.opened
        id: string(body.issue.id)
        time: body.issue.created_at
        data: {channel: '"web"', case: string(body.issue.id), priority: body.issue.priority}
kpis:
  - {id: views, title: {en: Views, zh-CN: 浏览}, from: cx.page.viewed, measure: {kind: count}, window: {kind: tumbling, size: 1s}}
${more}
rules:
  - {id: busy, kpi: views, fire: value >= ${String(threshold)}, severity: major}
`;
const ADDED =
  '  - {id: pages, title: {en: Pages, zh-CN: 页面}, from: cx.page.viewed, measure: {kind: count}, window: {kind: tumbling, size: 2s}}';

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}
function earshot(...args: readonly string[]): Promise<Ran> {
  return ended(process.execPath, [cli, ...args]);
}
function ended(command: string, args: readonly string[]): Promise<Ran> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    let [out, err] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    child.on('close', (code) => resolve({ code, out, err }));
  });
}

/** `seconds` of event time, evenly. */
function writeEvents(name: string, seconds: number): void {
  const lines = Array.from({ length: EVENTS }, (_, i) => {
    const time = new Date(Date.UTC(2026, 2, 2, 1) + (i * seconds * 1_000) / EVENTS).toISOString();
    const data = { channel: 'web', page: `/${String(i)}` };
    const event = { specversion: '1.0', id: `${name}-${String(i)}`, source: '/s', type: 'cx.page.viewed', time, data };
    return `${JSON.stringify(event)}\n`;
  });
  writeFileSync(join(folder, name), lines.join(''));
}

let engine: EngineProcess;
beforeAll(async () => {
  writeFileSync(file, textOf(1_000));
  engine = await startEngineProcess({ args: ['run'], cwd: folder });
});
afterAll(async () => {
  engine.kill('SIGTERM');
  await engine.ended;
  rmSync(folder, { recursive: true, force: true });
});
const read = async <T>(path: string): Promise<T> => (await (await fetch(engine.url + path)).json()) as T;
const eventsIn = async (): Promise<number> => (await readMetrics(engine.url))('earshot_events_in_total');

describe('replay', () => {
  it('as README writes it plays a file into the engine of this folder, sixty times as fast', async () => {
    writeEvents('F.ndjson', 60);
    const began = performance.now();
    const { code, out, err } = await earshot('replay', 'F.ndjson', '--speed', '60x');
    expect([code, out]).toEqual([0, '']);
    expect(performance.now() - began).toBeGreaterThan(900);
    const last = JSON.parse(err.trimEnd().split('\n').at(-1) ?? '') as Record<string, unknown>;
    expect(last).toMatchObject({ message: 'replayed', events: EVENTS, refused: 0, unacknowledged: 0 });
    await until('all of it', 60_000, async () => (await eventsIn()) === EVENTS);
  });

  const hasTerminal = spawnSync('script', ['--version']).status === 0;
  it.skipIf(!hasTerminal)(
    'on a terminal shows how far it is, and a table in the end (needs script of util-linux)',
    async () => {
      writeEvents('G.ndjson', 60);
      const before = await eventsIn();
      const command = `"${process.execPath}" "${cli}" replay G.ndjson --rate 400`;
      const { code, out } = await ended('script', ['-qec', command, '/dev/null']);
      expect(code, out).toBe(0);
      const rewritten = out.split('\r\u001b[2K').slice(1);
      expect(rewritten.slice(0, -1).filter((line) => !/^\d+ events published$/.test(line))).toEqual([]);
      expect(rewritten.length).toBeGreaterThan(1);
      expect(rewritten.at(-1)).toBe(
        `  published        ${String(EVENTS)}\r\n  refused          0\r\n  unacknowledged   0\r\n`,
      );
      await until('all of it', 60_000, async () => (await eventsIn()) === before + EVENTS);
    },
  );
});

describe('SIGHUP', () => {
  const kpis = async (): Promise<readonly string[]> =>
    (await read<readonly { id: string }[]>('/v1/kpis')).map(({ id }) => id);
  const fires = async (): Promise<unknown> => (await read<readonly { fire: string }[]>('/v1/rules'))[0]?.fire;
  const said = (message: string): readonly Record<string, unknown>[] =>
    engine
      .log()
      .split('\n')
      .filter((line) => line.includes(message))
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  it('takes up what changed, as `earshot reload` does, and says what', async () => {
    const metrics = await readMetrics(engine.url);
    expect(await kpis()).toEqual(['views']);
    writeFileSync(file, textOf(5, ADDED));
    engine.kill('SIGHUP');
    await until('the new KPI', 60_000, async () => (await kpis()).includes('pages'));
    await until('the rule', 60_000, async () => (await fires()) === 'value >= 5');
    await until('it is said', 60_000, () => Promise.resolve(said('the configuration was read again').length > 0));
    expect(said('the configuration was read again')).toMatchObject([
      { outcome: 'applied', applied: 'kpis.pages (added), rules.busy (changed), board (changed)', restart: '' },
    ]);
    // Nothing is left for the command to do, and what was counted is not counted again.
    const { code, out } = await earshot('reload', '--url', engine.url, '--json');
    expect([code, JSON.parse(out)]).toMatchObject([0, { outcome: 'unchanged', applied: [], restart: [] }]);
    expect((await readMetrics(engine.url))('earshot_events_in_total')).toBe(metrics('earshot_events_in_total'));
  });

  it('changes nothing where the file has a fault, and the engine goes on', async () => {
    writeFileSync(file, textOf(7, '  - {id: odd, from: cx.page.viewed}'));
    engine.kill('SIGHUP');
    await until('it is said', 60_000, () =>
      Promise.resolve(said('the changed configuration is not usable').length > 0),
    );
    expect(JSON.stringify(said('the changed configuration is not usable'))).toMatch(/kpis\[1\].*measure/);
    expect([await kpis(), await fires()]).toEqual([['views', 'pages'], 'value >= 5']);
    expect((await fetch(`${engine.url}/readyz`)).status).toBe(200);
    writeFileSync(file, textOf(5, ADDED));
  });
});

describe('sources test', () => {
  const payload = { action: 'opened', issue: { id: 7, created_at: '2026-03-02T09:15:04+08:00', priority: 'high' } };

  it('shows the event that a payload becomes, and sends nothing', async () => {
    const before = await eventsIn();
    writeFileSync(join(folder, 'payload.json'), JSON.stringify(payload));
    const { code, out } = await earshot('sources', 'test', 'desk', 'payload.json', '--json');
    expect(code, out).toBe(0);
    const { events } = JSON.parse(out) as { events: readonly { event: unknown }[] };
    expect(JSON.stringify(events)).toContain('"type":"cx.case.opened"');
    expect(JSON.stringify(events)).toContain('"case":"7"');
    expect((await earshot('sources', 'test', 'desk', 'payload.json')).out).toContain('cx.case.opened');
    expect(await eventsIn()).toBe(before);
  });

  it('names what becomes nothing, and ends with 1; a source or file that is not there, with 2', async () => {
    writeFileSync(
      join(folder, 'odd.json'),
      JSON.stringify({ ...payload, issue: { ...payload.issue, priority: 'loud' } }),
    );
    const { code, out } = await earshot('sources', 'test', 'desk', 'odd.json');
    expect(code).toBe(1);
    expect(out).toMatch(/priority/);
    expect((await earshot('sources', 'test', 'dekc', 'odd.json')).code).toBe(2);
    expect((await earshot('sources', 'test', 'desk', 'none.json')).code).toBe(2);
  });
});

describe('/schemas', () => {
  it('lists what events and messages refer to, and serves each, which a strict validator takes', async () => {
    const { schemas } = await read<{ schemas: readonly { name: string; version: string; path: string }[] }>('/schemas');
    const names = schemas.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining(['kpi', 'alert', 'enriched', 'dlq', 'late', 'action', 'clock', 'audit']),
    );
    expect(names.length).toBe(new Set(names).size);
    for (const { name, version, path } of schemas) {
      expect(path).toBe(`schemas/${name}/${version}.json`);
      const served = await fetch(`${engine.url}/${path}`);
      expect([path, served.status, served.headers.get('content-type')]).toEqual([
        path,
        200,
        'application/schema+json; charset=utf-8',
      ]);
      const schema = (await served.json()) as object;
      expect(() => new Ajv2020({ strict: false }).compile(schema), path).not.toThrow();
    }
    expect((await fetch(`${engine.url}/schemas/none/1.0.0.json`)).status).toBe(404);
  });
});
