/**
 * Personal values in every place of an event, sent to a running engine of two partitions over NATS and HTTP, in JSON and MessagePack:
 * nothing that it writes, answers, shows or logs holds one of them, the input alone keeps originals.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import { SignJWT } from 'jose';
import { pack } from 'msgpackr';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PLACES, VALUES } from '../../../operators/events/masking/testing/scan-places.ts';
import { loadConfig } from '../../adapters/config/config-file.ts';
import { compileExpression } from '../../adapters/expressions/cel.ts';
import { newKey } from '../../adapters/keys/kept-keys.ts';
import { recordingLogger } from '../../adapters/testing/broker.fixture.ts';
import { configForm } from '../../app/config/config.ts';
import { startEngine, type LiveEngine } from '../../app/engine.ts';
import { encodeAttribute } from '../../core/cloud-events.ts';
import type { Json, JsonObject } from '../../core/types.ts';
import { PROTOCOLS } from '../../core/wire.ts';
import { SECRET } from '../../gateway/testing/access-matrix.fixture.ts';
import { LiveClient } from '../../gateway/testing/gateway.fixture.ts';
import { leaksIn } from '../rig/leak-search.ts';
import { until } from '../rig/read-metrics.ts';
import { readStream } from '../rig/read-streams.ts';

/** What the places put in, as few events as hold them all. */
type Layer = (value: string) => JsonObject;
const LAYERS = layersOf(PLACES.map(([, place]) => place));
const SUBJECTS = ['zhang.wei@example.com', '13912345678'] as const;
const OUTPUTS = ['CX_ENRICHED', 'CX_KPI', 'CX_ALERTS', 'CX_PARTIALS', 'CX_STATE', 'CX_AUDIT', 'CX_DLQ', 'CX_LATE'];

const folder = mkdtempSync(join(tmpdir(), 'earshot-scan-'));
const logger = recordingLogger();
const answers: string[] = [];
let engine: LiveEngine;
let clients: readonly LiveClient[] = [];

beforeAll(async () => {
  const file = join(folder, 'earshot.yaml');
  writeFileSync(
    file,
    `
nats: {embedded: {store: "${join(folder, 'store')}"}}
http: {port: 0, auth: {secret: "${SECRET}"}}
partitions: 2
seal: {key: "${newKey()}"}
scoring: {sentiment: null}
time: {idle_after: 500ms, allowed_lateness: 0s}
commit: {every: 100ms}
kpis:
  - {id: bad, from: cx.feedback.posted, measure: {kind: count}, window: {kind: sliding, size: 10s, slide: 5s}, by: [[], [region], [product, store]]}
  - {id: words, from: cx.feedback.posted, measure: {kind: top, k: 5, value: data.customer.id}, window: {kind: tumbling, size: 5s}}
rules:
  - {id: many, kpi: bad, fire: value > 2, keep_firing_for: 1h, severity: critical, owner: care}
`,
  );
  const config = await loadConfig(file, configForm(compileExpression));
  engine = await startEngine({ config, logger, demo: null, signal: new AbortController().signal });
  clients = await Promise.all(
    PROTOCOLS.map(async (protocol) =>
      new LiveClient(engine.url, { protocol, headers: await bearer('admin', SUBJECTS[0]) }).open(),
    ),
  );
  for (const client of clients) client.say({ op: 'sub', id: 1, topics: ['kpi/*', 'alerts', 'actions', 'health'] });
  await sendAll();
  await sendRefused();
  await until('all are read', 40_000, async () => (await count('earshot_events_in_total')) >= SENT + REFUSED);
  await until('windows are final', 20_000, async () => (await readStream(engine.nc, 'CX_KPI')).length > 0);
  await sendLate();
  await until('late ones are there', 20_000, async () => (await readStream(engine.nc, 'CX_LATE')).length > 0);
  await decide();
  await until('the alert says who took it on', 20_000, async () => (await outputOf('CX_ALERTS')).includes('"acked":{'));
  await until('the audit has it', 20_000, async () => (await outputOf('CX_AUDIT')).includes('forbidden'));
});
afterAll(async () => {
  for (const { socket } of clients) socket.terminate();
  await engine.stop();
  rmSync(folder, { recursive: true, force: true });
});

it('sends what it promises: 270 values and more in 120 places and more, in four ways', () => {
  expect(VALUES.length).toBeGreaterThanOrEqual(270);
  expect(PLACES.length).toBeGreaterThanOrEqual(120);
});

it('takes every event, and refuses those that are bad', async () => {
  expect(await count('earshot_events_rejected_total')).toBe(REFUSED);
  expect((await readStream(engine.nc, 'CX_ENRICHED')).length).toBeGreaterThanOrEqual(SENT);
  expect(answers.filter((text) => text.startsWith('202')).length).toBeGreaterThan(0);
});

it.each(OUTPUTS)('keeps none of the values in %s', async (stream) => {
  const text = await outputOf(stream);
  expect(text.length, 'there is something to search').toBeGreaterThan(0);
  expect(leaksIn({ where: stream, text }, SEARCHED)).toEqual([]);
});

it('keeps none of them in any other stream or bucket beside the input', async () => {
  const all: string[] = [];
  for await (const { config } of (await jetstreamManager(engine.nc)).streams.list()) all.push(config.name);
  expect(all).toEqual(expect.arrayContaining([...OUTPUTS, 'CX_EVENTS_0', 'CX_EVENTS_1']));
  for (const name of all.filter((one) => !one.startsWith('CX_EVENTS_') && !OUTPUTS.includes(one)))
    expect(leaksIn({ where: name, text: await outputOf(name) }, SEARCHED)).toEqual([]);
});

it('the input has them, so that the search could find them', async () => {
  const input = (await outputOf('CX_EVENTS_0')) + (await outputOf('CX_EVENTS_1'));
  const found = leaksIn({ where: 'input', text: input }, VALUES);
  expect(found.length).toBeGreaterThan(0.99 * VALUES.length);
});

it('shows none of them live, in JSON and MessagePack', () => {
  for (const { frames, socket } of clients) {
    expect(frames.length).toBeGreaterThan(2);
    expect(leaksIn({ where: socket.protocol, text: JSON.stringify(frames) }, SEARCHED)).toEqual([]);
  }
});

it('answers, measures and logs none of them', async () => {
  const admin = await bearer('admin', SUBJECTS[0]);
  for (const path of PATHS) answers.push(await askFor(path, admin));
  expect(leaksIn({ where: 'answers', text: answers.join('\n') }, SEARCHED)).toEqual([]);
  expect(leaksIn({ where: 'log', text: JSON.stringify(logger.lines) }, SEARCHED)).toEqual([]);
});

it("names who did what, refused or not, without the token's subject where it is a mail address or a phone", async () => {
  const audit = await outputOf('CX_AUDIT');
  for (const masked of ['z***@example.com', '139****5678']) expect(audit).toContain(masked);
  expect(await outputOf('CX_ALERTS')).toContain('"by":"z***@example.com"');
});

const ALERTS = '/v1/alerts';
const PATHS = [
  '/v1/kpis',
  ALERTS,
  '/v1/silences',
  '/v1/board',
  '/v1/status',
  '/v1/sessions',
  '/readyz',
  '/metrics',
].concat(['bad', 'words'].map((kpi) => `/v1/kpis/${kpi}/history?key=*&from=2020-01-01T00:00:00Z`));
const SEARCHED = [...VALUES, ...SUBJECTS];
const SENT = LAYERS.length * VALUES.length;
/** Of each value one in every second of the ways, over NATS. */
const REFUSED = VALUES.length;

async function outputOf(stream: string): Promise<string> {
  return (await readStream(engine.nc, stream)).map((message) => JSON.stringify(message)).join('\n');
}

async function bearer(role: string, sub: string, scope?: JsonObject): Promise<Record<string, string>> {
  const token = await new SignJWT({ sub, role, ...(scope === undefined ? {} : { scope }) })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('10m')
    .sign(new TextEncoder().encode(SECRET));
  return { authorization: `Bearer ${token}` };
}

async function askFor(path: string, headers: Record<string, string>, body?: string | Uint8Array): Promise<string> {
  const answer = await fetch(engine.url + path, {
    headers: { 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { method: 'POST', body: Buffer.from(body) }),
  });
  return `${answer.status} ${JSON.stringify([...answer.headers])} ${await answer.text()}`;
}

async function count(family: string): Promise<number> {
  const text = await askFor('/metrics', await bearer('admin', 'ops'));
  const rows = [...text.matchAll(new RegExp(`^${family}(?:\\{[^}]*\\})? (\\S+)$`, 'gm'))];
  return rows.reduce((sum, [, value]) => sum + Number(value), 0);
}

function layersOf(places: readonly Layer[]): readonly Layer[] {
  const layers: Layer[][] = [];
  const merged: Record<string, Json>[] = [];
  for (const place of places) {
    const at = merged.findIndex((one) => isMerged(structuredClone(one), place('probe')));
    const free = at < 0 ? merged.push({}) - 1 : at;
    isMerged(merged[free] ?? {}, place('probe'));
    (layers[free] ??= []).push(place);
  }
  return layers.map((some) => (value) => {
    const all: Record<string, Json> = {};
    for (const place of some) isMerged(all, place(value));
    return all;
  });
}

/** Whether both have room in one; if not, `into` is spoiled. */
function isMerged(into: Record<string, Json>, more: JsonObject): boolean {
  return Object.entries(more).every(([name, value]) => {
    const own = into[name];
    if (own === undefined) into[name] = value;
    else if (!isObject(own) || !isObject(value)) return false;
    else return isMerged((into[name] = { ...own }), value);
    return true;
  });
}
function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

let ids = 0;
function eventOf(value: string, data: JsonObject, time = Date.now()): JsonObject {
  ids += 1;
  return {
    ...{ specversion: '1.0', id: `s-${ids}`, source: '/scan', type: 'cx.feedback.posted', subject: value },
    ...{ time: new Date(time).toISOString(), customerphone: value, custname: value, extranote: `打${value}` },
    data: { channel: 'app', text: '太差了', ...data },
  };
}

interface Message {
  readonly subject: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly data: Uint8Array;
}
function structured(event: JsonObject): Message {
  const headers = { 'content-type': 'application/cloudevents+json' };
  return { subject: `cx.events.app.feedback.k${ids % 7}`, headers, data: Buffer.from(JSON.stringify(event)) };
}
/** Binary mode: what CloudEvents knows and what it does not are headers. */
function binary({ data, ...attributes }: JsonObject): Message {
  const ce = Object.entries(attributes).map(([name, value]) => [
    `ce-${name}`,
    encodeAttribute(typeof value === 'string' ? value : JSON.stringify(value)),
  ]);
  const headers = { ...Object.fromEntries(ce), 'content-type': 'application/msgpack' } as Record<string, string>;
  return { subject: `cx.events.app.feedback.k${ids % 7}`, headers, data: pack(data) };
}
const publish = (messages: readonly Message[]): Promise<void> =>
  engine.publisher.publish(messages, AbortSignal.timeout(120_000));

async function sendAll(): Promise<void> {
  const admin = await bearer('admin', SUBJECTS[0]);
  for (const [index, layer] of LAYERS.entries()) {
    const events = VALUES.map((value) => eventOf(value, layer(value)));
    const of = (way: number): JsonObject[] => events.filter((_, i) => (i + index) % 4 === way);
    await publish([...of(0).map(structured), ...of(1).map(binary)]);
    const json = { ...admin, 'content-type': 'application/cloudevents-batch+json' };
    answers.push(await askFor('/v1/events', json, JSON.stringify(of(2))));
    const packed = { ...admin, 'content-type': 'application/msgpack' };
    answers.push(await askFor('/v1/events', packed, pack(of(3))));
  }
}

/** Dead letters, and answers with faults. */
async function sendRefused(): Promise<void> {
  const bad = VALUES.map((value) => eventOf(value, { note: value, rating: { value, min: 1, max: 5 } }));
  await publish(bad.map((event, i) => (i % 2 === 0 ? structured(event) : binary(event))));
  const admin = await bearer('admin', SUBJECTS[0]);
  for (let at = 0; at < bad.length; at += 90)
    answers.push(await askFor('/v1/events', admin, JSON.stringify(bad.slice(at, at + 90))));
}

async function sendLate(): Promise<void> {
  const layer = LAYERS[0];
  if (layer === undefined) throw new Error('there are no places');
  await publish(VALUES.map((value) => structured(eventOf(value, layer(value), Date.now() - 3_600_000))));
}

/** What people decide and are refused, under names that are personal. */
async function decide(): Promise<void> {
  const [mail, phone] = await Promise.all(SUBJECTS.map((sub) => bearer('admin', sub)));
  if (mail === undefined || phone === undefined) throw new Error('nobody decides');
  let [list, alert] = ['', ''];
  await until('an alert is open', 20_000, async () => {
    list = await askFor(ALERTS, mail);
    alert = /"alert":"([^"]+)"/.exec(list)?.[1] ?? '';
    return alert !== '';
  });
  const note = JSON.stringify({ note: `打 ${VALUES.slice(0, 50).join(' ')}` });
  answers.push(list, await askFor(`${ALERTS}/${encodeURIComponent(alert)}/ack`, mail, note));
  const end = new Date(Date.now() + 60_000).toISOString();
  const silence = {
    match: { rule: VALUES[101] ?? '', key: { region: VALUES[102] ?? '' } },
    until: end,
    reason: VALUES.slice(50, 100).join(' '),
  };
  answers.push(await askFor('/v1/silences', phone, JSON.stringify(silence)));
  answers.push(await askFor('/v1/tickets', phone, '{}'));
  const display = await bearer('display', SUBJECTS[1]);
  answers.push(await askFor('/v1/silences', display, JSON.stringify(silence)));
  for (const value of VALUES.slice(0, 5))
    answers.push(await askFor(`/v1/kpis/${encodeURIComponent(value)}/history`, mail));
}
