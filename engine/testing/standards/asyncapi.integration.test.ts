/**
 * What a running engine really sends, of every kind, against the AsyncAPI document that it serves: a strict JSON Schema validator
 * takes each message and frame, and no field comes that the document does not name.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../adapters/config/config-file.ts';
import { compileExpression } from '../../adapters/expressions/cel.ts';
import { recordingLogger, serveNats } from '../../adapters/testing/broker.fixture.ts';
import { configForm } from '../../app/config/config.ts';
import { startEngine, type LiveEngine } from '../../app/engine.ts';
import { must } from '../../core/must.ts';
import type { Json, JsonObject } from '../../core/types.ts';
import { LiveClient } from '../../gateway/testing/gateway.fixture.ts';
import { until } from '../rig/read-metrics.ts';
import { readStream } from '../rig/read-streams.ts';

const CONFIG = `
http: {port: 0}
scoring: {sentiment: null}
time: {idle_after: 200ms, allowed_lateness: 0s, out_of_orderness: 0s}
commit: {every: 50ms}
kpis:
  - {id: answers, from: cx.survey.answered, measure: {kind: count}, window: {kind: sliding, size: 20s, slide: 1s}, by: [[], [region]]}
  - {id: issues, from: cx.survey.answered, measure: {kind: top, k: 2, value: data.region}, window: {kind: tumbling, size: 1s}}
  - {id: overdue, measure: {kind: overdue, clock: reply}, window: {kind: sliding, size: 1s, slide: 1s}}
rules:
  - {id: many, title: {zh-CN: 多, en: Many}, kpi: answers, fire: value > 2, keep_firing_for: 1h, severity: critical, owner: care, on: live}
clocks:
  - {id: reply, title: {zh-CN: 回复, en: Reply}, key: data.case, start: {on: cx.case.opened}, stop: {on: cx.case.replied}, target: [{within: 1s}], warn: [50], keep: [channel, region]}
actions:
  - {id: ask, on: cx.case.resolved, kind: survey, at_most: {times: 1, in: 7d, per: data.customer.id}, data: {survey: post_case}}
  - {id: low, title: {zh-CN: 低分, en: Low}, on: cx.survey.answered, where: data.score <= 2, kind: follow_up, due: 1s, owner: enrichment.owner, done: {on: cx.case.closed}, escalate: {to: lead}}
`;
const TOPICS = ['kpi/*', 'alerts', 'actions', 'health'];
/** By what they say of an event, a case, a clock or what was done, these carry further fields by design. */
const OPEN: ReadonlySet<string> = new Set(['enriched', 'action', 'clock', 'late', 'event', 'audit']);

const folder = mkdtempSync(join(tmpdir(), 'earshot-asyncapi-'));
let nats: Awaited<ReturnType<typeof serveNats>>;
let engine: LiveEngine;
let schemas: Readonly<Record<string, JsonObject>>;
let messages: Readonly<Record<string, { readonly payload: JsonObject; readonly headers?: JsonObject }>>;
const frames: Json[] = [];
const compact: Json[] = [];
const validators = new Map<string, ValidateFunction>();

beforeAll(async () => {
  nats = await serveNats('jetstream { store_dir: STORE, max_file_store: 100GB }\n');
  const file = join(folder, 'earshot.yaml');
  writeFileSync(file, `nats: {servers: ["${nats.url}"]}${CONFIG}`);
  const config = await loadConfig(file, configForm(compileExpression));
  engine = await startEngine({ config, logger: recordingLogger(), demo: null, signal: new AbortController().signal });
  const document = (await (await fetch(`${engine.url}/asyncapi.json`)).json()) as {
    components: { schemas: typeof schemas; messages: typeof messages };
  };
  ({ schemas, messages } = document.components);
  await speak();
});
afterAll(async () => {
  await engine.stop();
  await nats.stop();
  rmSync(folder, { recursive: true, force: true });
});

const sent = async (type: string, data: JsonObject, time = Date.now()): Promise<void> => {
  const event = { specversion: '1.0', id: `${type}-${String(count++)}`, source: '/s', type };
  const headers = { 'content-type': 'application/cloudevents+json' };
  const text = JSON.stringify({ ...event, time: new Date(time).toISOString(), data: { channel: 'app', ...data } });
  const message = { subject: 'cx.events.app.any.-', headers, data: Buffer.from(text) };
  await engine.publisher.publish([message], AbortSignal.timeout(30_000));
};
let count = 0;

/** Makes the engine say something of every kind, and listens on the live protocol. */
async function speak(): Promise<void> {
  const client = await new LiveClient(engine.url).open();
  const short = await new LiveClient(engine.url, { protocol: 'earshot.v2.msgpack' }).open();
  const screen = { id: 'hall-0001', name: 'Hall', wall: true, page: 'overview', query: '' };
  const looks = { lang: 'en', theme: 'dark', size: '1920x1080', version: '' };
  for (const each of [client, short])
    each.say({
      op: 'sub',
      id: 1,
      topics: TOPICS,
      screen: { ...screen, ...looks, id: each === short ? 'hall-0002' : screen.id },
    });
  client.say({ op: 'sub', id: 2, topics: ['kpi/none'] });
  for (const score of [1, 5, 5])
    await sent('cx.survey.answered', { metric: 'csat', score, region: 'east', customer: { id: 'c-1' } });
  for (const of of ['k-1', 'k-2']) await sent('cx.case.opened', { case: of, region: 'east' });
  await sent('cx.case.replied', { case: 'k-2', author: 'agent' });
  for (const of of ['k-1', 'k-2']) await sent('cx.case.resolved', { case: of, customer: { id: 'c-1' } });
  await sent('cx.survey.answered', { metric: 'csat', score: 'none' });
  const holds = (stream: string, text: RegExp) =>
    until(`${stream} with ${String(text)}`, 30_000, async () =>
      (await readStream(engine.nc, stream)).some(({ data }) => text.test(JSON.stringify(data))),
    );
  await holds('CX_CLOCKS', /breached/);
  await holds('CX_ALERTS', /firing/);
  await sent('cx.survey.answered', { metric: 'csat', score: 5 }, Date.now() - 3_600_000);
  await holds('CX_LATE', /late_by_ms/);
  const { open } = (await (await fetch(`${engine.url}/v1/alerts`)).json()) as { open: { alert: string }[] };
  const headers = { 'content-type': 'application/json' };
  for (const [id, board] of [
    ['hall-0001', { page: 'heat', query: 'by=region' }],
    ['hall-0002', null],
  ] as const)
    await fetch(`${engine.url}/v1/screens/${id}/board`, { method: 'POST', headers, body: JSON.stringify({ board }) });
  await fetch(`${engine.url}/v1/alerts/${encodeURIComponent(must(open[0]).alert)}/ack`, {
    method: 'POST',
    headers,
    body: '{}',
  });
  await holds('CX_ALERTS', /"acked":\{/);
  await holds('CX_ACTIONS', /suppressed/);
  await holds('CX_ACTIONS', /escalation/);
  await holds('CX_KPI', /"detail"/);
  await until('a delta of each', 30_000, () =>
    Promise.resolve(
      ['"kpis":[{', '"alerts":[{', '"actions":[{'].every((text) =>
        [client, short].every((each) => each.of('delta').some((frame) => JSON.stringify(frame).includes(text))),
      ) && client.of('tick').length > 0,
    ),
  );
  const { epoch } = must(client.of('hello')[0]);
  const again = await new LiveClient(engine.url).open();
  again.say({ op: 'sub', id: 3, topics: ['alerts'], resume: { epoch, seq: must(client.of('delta').at(-1)).seq } });
  again.say({ op: 'sub', id: 4, topics: TOPICS });
  await until('resumed', 30_000, () =>
    Promise.resolve(again.of('resumed').length > 0 && again.of('snapshot').length > 0),
  );
  again.say({ op: 'unsub', id: 3 });
  await until('unsubscribed', 30_000, () => Promise.resolve(again.of('unsubscribed').length > 0));
  for (const { socket } of [client, short, again]) socket.terminate();
  compact.push(...short.raw);
  frames.push(...([...client.frames, ...again.frames] as unknown as Json[]));
}

/** The schema of a message, strictly read; `closed`: no field beside those it names. */
function validator(name: string): ValidateFunction {
  const known = validators.get(name);
  if (known !== undefined) return known;
  const ajv = new Ajv2020({
    strict: true,
    strictRequired: false,
    allowUnionTypes: true,
    formats: { 'date-time': isInstant },
  });
  ajv.addVocabulary(['components']);
  const closed = Object.fromEntries(
    Object.entries(schemas).map(([id, schema]) => [id, OPEN.has(id) ? schema : closedForm(schema)]),
  );
  ajv.addSchema({ $id: 'asyncapi', components: { schemas: closed } });
  const { payload } = must(messages[name]);
  const local = JSON.parse(JSON.stringify(closedForm(payload)).replaceAll('"#/', '"asyncapi#/')) as JsonObject;
  const made = ajv.compile(local);
  validators.set(name, made);
  return made;
}
const isInstant = (text: string): boolean => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text);

function closedForm(schema: JsonObject): JsonObject {
  const inner = Object.entries(schema).map(([key, value]): [string, Json] => {
    if (key === 'properties')
      return [
        key,
        Object.fromEntries(
          Object.entries(value as JsonObject).map(([name, one]) => [name, closedForm(one as JsonObject)]),
        ),
      ];
    if (key === 'anyOf') return [key, (value as readonly JsonObject[]).map(closedForm)];
    if (key === 'items') return [key, closedForm(value as JsonObject)];
    return [key, value];
  });
  const isNamed = schema['properties'] !== undefined && schema['additionalProperties'] === undefined;
  return Object.fromEntries(isNamed ? [...inner, ['additionalProperties', false]] : inner);
}

function faults(name: string, data: Json): unknown {
  const check = validator(name);
  return check(data) ? null : { name, data, errors: check.errors };
}

describe.each([
  ['events', 'CX_EVENTS_0', 10],
  ['enriched', 'CX_ENRICHED', 8],
  ['kpi', 'CX_KPI', 3],
  ['alerts', 'CX_ALERTS', 2],
  ['actions', 'CX_ACTIONS', 5],
  ['clocks', 'CX_CLOCKS', 2],
  ['dlq', 'CX_DLQ', 1],
  ['late', 'CX_LATE', 1],
  ['audit', 'CX_AUDIT', 2],
] as const)('messages of the channel %s, as %s holds them', (channel, stream, least) => {
  it(`fit the document, and their schema is served where they say (${channel})`, async () => {
    const stored = (await readStream(engine.nc, stream)).filter(
      ({ data }) => !JSON.stringify(data).includes('"type":"earshot.'),
    );
    expect(stored.length).toBeGreaterThanOrEqual(least);
    for (const { data } of stored) expect(faults(channel, data as Json)).toBeNull();
    if (channel === 'events') return;
    const named = new Set(stored.map(({ headers }) => headers['ce-dataschema']));
    for (const dataschema of named) {
      const [, name, version] = /^urn:earshot:schema:([^:]+):([^:]+)$/.exec(dataschema ?? '') ?? [];
      const served = await fetch(`${engine.url}/schemas/${name ?? ''}/${version ?? ''}.json`);
      expect([dataschema, served.status]).toEqual([dataschema, 200]);
    }
  });
});

it('data of events fits the message of its type', async () => {
  const events = (await readStream(engine.nc, 'CX_EVENTS_0')).map(
    ({ data }) => data as { type: string; data: JsonObject },
  );
  const good = events.filter(({ type, data }) => type.startsWith('cx.') && data['score'] !== 'none');
  expect(new Set(good.map(({ type }) => type)).size).toBe(4);
  const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false, allowUnionTypes: true });
  ajv.addFormat('date-time', true);
  for (const { type, data } of good) {
    expect([ajv.validate(must(schemas[type]), data), ajv.errors]).toEqual([true, null]);
  }
});

it('live frames fit the document, of every kind', () => {
  const said = new Set<string>();
  for (const frame of frames) {
    const { op } = frame as { op: string };
    said.add(op);
    expect(faults(`server_${op}`, frame)).toBeNull();
  }
  for (const frame of compact) {
    const { op } = frame as { op: string };
    const name = Array.isArray(frame) ? 'v2_delta' : op === 'snapshot' ? 'v2_snapshot' : op;
    said.add(name);
    expect(faults(`server_${name}`, frame)).toBeNull();
  }
  const known = Object.keys(messages).filter((name) => name.startsWith('server_'));
  expect([...said].map((op) => `server_${op}`).sort()).toEqual(known.sort());
});

it('what does not fit is refused', () => {
  const { kpis } = frames.find((frame) => JSON.stringify(frame).includes('"kpis":[{')) as { kpis: JsonObject[] };
  const kpi = must(kpis[0]);
  expect(faults('kpi', kpi)).toBeNull();
  expect(faults('kpi', { ...kpi, window: { start: 'today', end: 'tomorrow' } })).not.toBeNull();
  expect(faults('kpi', { ...kpi, surprise: 1 })).not.toBeNull();
});
