/** A configuration changed while events flow: taken up without a restart, nothing lost or twice; a bad one changes nothing. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig, parseConfigText } from '../../adapters/config/config-file.ts';
import { compileExpression } from '../../adapters/expressions/cel.ts';
import { recordingLogger } from '../../adapters/testing/broker.fixture.ts';
import { configForm, type Config } from '../config/config.ts';
import { startEngine, type LiveEngine } from '../engine.ts';
import type { ReloadReport } from '../../core/reload-report.ts';
import { until } from '../../testing/rig/read-metrics.ts';
import { readStream } from '../../testing/rig/read-streams.ts';

const { signal } = new AbortController();
const folder = mkdtempSync(join(tmpdir(), 'earshot-reload-'));
const form = configForm(compileExpression);
const START = Date.UTC(2026, 2, 2, 1);

interface Shape {
  readonly partitions: number;
  readonly threads: number;
  readonly threshold: number;
  readonly more?: string;
  readonly port?: number;
}
const textOf = ({ partitions, threads, threshold, more = '', port = 0 }: Shape): string => `
nats: {embedded: {store: "${join(folder, `store-${String(partitions)}-${String(threads)}`)}"}}
http: {port: ${String(port)}}
partitions: ${String(partitions)}
threads: ${String(threads)}
time: {idle_after: 1h, out_of_orderness: 0ms}
scoring: {sentiment: null}
kpis:
  - {id: views, title: {en: Views, zh-CN: 浏览}, from: cx.page.viewed, measure: {kind: count}, window: {kind: tumbling, size: 1s}}
${more}
rules:
  - {id: busy, kpi: views, fire: value >= ${String(threshold)}, severity: major}
`;
const ADDED =
  '  - {id: pages, title: {en: Pages, zh-CN: 页面}, from: cx.page.viewed, measure: {kind: count}, window: {kind: tumbling, size: 2s}}';

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each([
  [1, 1],
  [2, 1],
  [2, 2],
])('with %i partitions on %i threads', (partitions, threads) => {
  const file = join(folder, `earshot-${String(partitions)}-${String(threads)}.yaml`);
  const write = (shape: Omit<Shape, 'partitions' | 'threads'>): void =>
    writeFileSync(file, textOf({ partitions, threads, ...shape }));
  const read = (): Promise<Config> => loadConfig(file, form);
  let engine: LiveEngine;
  let published = 0;
  beforeAll(async () => {
    write({ threshold: 1000 });
    const reload = { read, parse: (text: string): Config => parseConfigText(text, file, form) };
    const config = await read();
    engine = await startEngine({ config, logger: recordingLogger(), demo: null, signal, reload });
  });
  afterAll(() => engine.stop());

  /** Ten events a second of event time. */
  async function publish(count: number): Promise<void> {
    const messages = Array.from({ length: count }, () => {
      const i = published++;
      const time = new Date(START + i * 100).toISOString();
      const data = { channel: 'web', page: `/${String(i)}`, customer: { id: `c-${String(i % 7)}` } };
      const event = { specversion: '1.0', id: `e-${String(i)}`, source: '/s', type: 'cx.page.viewed', time, data };
      const headers = { 'content-type': 'application/cloudevents+json', 'Nats-Msg-Id': `e-${String(i)}` };
      return { subject: `cx.events.web.page.c-${String(i % 7)}`, headers, data: Buffer.from(JSON.stringify(event)) };
    });
    await engine.publisher.publish(messages, signal);
  }
  const reload = async (): Promise<ReloadReport> =>
    (await (await fetch(`${engine.url}/v1/reload`, { method: 'POST' })).json()) as ReloadReport;
  const finals = async (kpi: string): Promise<readonly { start: string; value: number; revision: number }[]> =>
    (await readStream(engine.nc, 'CX_KPI'))
      .map(
        ({ data }) =>
          data as { kpi: string; value: number; revision: number; final: boolean; window: { start: string } },
      )
      .filter((one) => one.kpi === kpi && one.final)
      .map(({ window, value, revision }) => ({ start: window.start, value, revision }));

  it('a rule and a KPI are taken up while events flow: each event counts once, and boards stay connected', async () => {
    // Its state is read: from here on a board needs no second snapshot.
    await until('ready', 20_000, async () => (await fetch(`${engine.url}/readyz`)).ok);
    const board = new WebSocket(`${engine.url.replace('http', 'ws')}/v1/live`, 'earshot.v1.json');
    const seen: { op: string; complete: boolean; configuration?: string }[] = [];
    let closed = false;
    board.on('close', () => (closed = true));
    board.on('message', (text: Buffer) => {
      const frame = JSON.parse(text.toString()) as { op: string; alerts_complete?: boolean; configuration?: string };
      const { op, alerts_complete: complete, configuration } = frame;
      seen.push({ op, complete: complete !== false, ...(configuration === undefined ? {} : { configuration }) });
    });
    await new Promise((open) => board.once('open', open));
    board.send(JSON.stringify({ op: 'sub', id: 1, topics: ['kpi/*', 'alerts'] }));
    await publish(100);
    // Events flow all the while.
    const flow = { goesOn: true };
    const flowing = (async () => {
      while (flow.goesOn) await publish(5);
    })();
    await until('values', 20_000, async () => (await finals('views')).length >= 3);
    const mark = async (): Promise<string> =>
      ((await (await fetch(`${engine.url}/v1/board`)).json()) as { configuration: string }).configuration;
    const before = await mark();
    await until('ticks name it', 30_000, () =>
      Promise.resolve(seen.some(({ configuration }) => configuration === before)),
    );
    write({ threshold: 5, more: ADDED });
    const report = await reload();
    expect(report).toMatchObject({ outcome: 'applied', restart: [], refused: [] });
    expect(report.applied.map(({ path, what }) => `${path} ${what}`)).toEqual([
      'kpis.pages added',
      'rules.busy changed',
      'board changed',
    ]);
    const after = await mark();
    expect(after).not.toBe(before);
    await until('boards hear of it', 30_000, () =>
      Promise.resolve(seen.some(({ configuration }) => configuration === after)),
    );
    await until('the new KPI has values', 20_000, async () => (await finals('pages')).length >= 2);
    flow.goesOn = false;
    await flowing;
    const windows = Math.floor((published - 1) / 10);
    await until('all windows are final', 20_000, async () => (await finals('views')).length >= windows);
    const views = await finals('views');
    expect(views.length).toBe(windows);
    expect(new Set(views.map(({ start }) => start)).size).toBe(windows);
    expect(views.every(({ value, revision }) => value === 10 && revision === 0)).toBe(true);
    await until('the rule fires at its new threshold', 20_000, async () =>
      (await readStream(engine.nc, 'CX_ALERTS')).some(({ data }) => (data as { state: string }).state === 'firing'),
    );
    // A window that began before the KPI did says so; all others hold each event once.
    const pages = (await readStream(engine.nc, 'CX_KPI'))
      .map(({ data }) => data as { kpi: string; value: number; final: boolean; partial?: boolean })
      .filter(({ kpi, final }) => kpi === 'pages' && final);
    expect(pages.every(({ value, partial }) => value === 20 || partial === true)).toBe(true);
    expect(pages.some(({ value }) => value === 20)).toBe(true);
    const kpis = (await (await fetch(`${engine.url}/v1/kpis`)).json()) as readonly { id: string }[];
    expect(kpis.map(({ id }) => id)).toEqual(['views', 'pages']);
    expect(closed).toBe(false);
    expect(seen.filter(({ op }) => op === 'snapshot').length).toBe(1);
    board.close();
    const audit = (await readStream(engine.nc, 'CX_AUDIT')).map(({ data }) => data as { action: string });
    expect(audit.find(({ action }) => action === 'config.reload')).toMatchObject({
      outcome: 'done',
      applied: 'kpis.pages (added), rules.busy (changed), board (changed)',
    });
  });

  it.each<[string, Omit<Shape, 'partitions' | 'threads'> | string, RegExp]>([
    ['that is no YAML', 'kpis: [', /earshot-\d-\d\.yaml:\d+:\d+/],
    ['with a fault', { threshold: 5, more: '  - {id: odd, from: cx.page.viewed}' }, /kpis\[1\].*measure/],
    [
      'that the saved state does not fit',
      { threshold: 5, more: ADDED.replace('kind: count', 'kind: distinct, value: data.page') },
      /the KPI pages .*its measure changed/,
    ],
  ])('a configuration %s changes nothing, and it is said why', async (_name, shape, why) => {
    if (typeof shape === 'string') writeFileSync(file, shape);
    else write(shape);
    const answer = await fetch(`${engine.url}/v1/reload`, { method: 'POST' });
    expect(await answer.text()).toMatch(why);
    const kpis = (await (await fetch(`${engine.url}/v1/kpis`)).json()) as readonly { id: string }[];
    expect(kpis.map(({ id }) => id)).toEqual(['views', 'pages']);
    expect((await fetch(`${engine.url}/readyz`)).status).toBe(200);
  });

  it('what needs a restart is said, beforehand as well; a KPI that is removed goes from the board', async () => {
    const text = textOf({ partitions, threads, threshold: 5, port: 1 });
    const would = await fetch(`${engine.url}/v1/reload/check`, { method: 'POST', body: text });
    const expected = {
      outcome: 'applied',
      applied: [
        { path: 'kpis.pages', what: 'removed' },
        { path: 'board', what: 'changed' },
      ],
      restart: [{ path: 'http', what: 'changed' }],
      refused: [],
    };
    expect(await would.json()).toEqual(expected);
    writeFileSync(file, text);
    expect(await reload()).toEqual(expected);
    // The list is of the last quarter second.
    await expect
      .poll(async () => {
        const kpis = (await (await fetch(`${engine.url}/v1/kpis`)).json()) as readonly { id: string }[];
        return kpis.map(({ id }) => id);
      })
      .toEqual(['views']);
  });
});
