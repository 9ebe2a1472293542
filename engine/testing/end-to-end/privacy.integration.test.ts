/**
 * Personal data sent to a running engine in every place that the outside can fill: nothing of it comes out again but where
 * operators/events/README.md says that originals stay (the input, the DLQ's bytes, subject and headers, an event's own id and source).
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, headers, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { startEngineProcess, type EngineProcess } from '../rig/engine-process.ts';
import { readMetrics, until } from '../rig/read-metrics.ts';
import { readStream } from '../rig/read-streams.ts';

/** Invented; each passes the checks of its kind. */
const PLANTED = {
  mobile: '13812345678',
  landline: '010-86551234',
  identityCard: '11010519491231002X',
  bankCard: '6222021234567890128',
  email: 'zhang.wei.private@example.com',
  name: '欧阳震华',
} as const;
const VALUES = Object.values(PLANTED);
const ALL = VALUES.join(' ');
const TEXT = `我叫${PLANTED.name}，电话${PLANTED.mobile}或${PLANTED.landline}，身份证${PLANTED.identityCard}，卡号${PLANTED.bankCard}，邮箱${PLANTED.email}，太差了，一直没人管`;

/** What of the planted stands in a text, as it is or percent-encoded. */
function leaks(text: string): readonly string[] {
  const decoded = text.replace(/(?:%[0-9A-F]{2})+/gi, (escaped) => {
    try {
      return decodeURIComponent(escaped);
    } catch {
      return escaped;
    }
  });
  return VALUES.filter((value) => text.includes(value) || decoded.includes(value));
}

const person = {
  id: PLANTED.mobile,
  name: PLANTED.name,
  phone: PLANTED.mobile,
  email: PLANTED.email,
  tier: `手机${PLANTED.mobile}`,
  segment: PLANTED.identityCard,
};
const hostile = (i: number, more: object = {}): Record<string, unknown> => ({
  specversion: '1.0',
  id: `p-${i}`,
  source: '/privacy',
  type: 'cx.feedback.posted',
  time: new Date().toISOString(),
  callerphone: PLANTED.mobile,
  data: {
    channel: 'app',
    text: TEXT,
    region: PLANTED.mobile,
    product: PLANTED.email,
    store: `门店 ${PLANTED.landline}`,
    customer: person,
    conversation: PLANTED.bankCard,
    [PLANTED.mobile]: 'a field named so',
    nested: { note: [TEXT, { id_card: PLANTED.identityCard }] },
    permalink: `https://example.com/?q=${encodeURIComponent(PLANTED.mobile)}`,
    ...more,
  },
});
const GOOD = 40;

/** Refused, each for another reason, each holding what was planted where the fault is. */
const refused: readonly (readonly [string, string | Uint8Array, Readonly<Record<string, string>>?])[] = [
  ['free text', ALL],
  ['JSON cut short', JSON.stringify(hostile(900)).slice(0, -3)],
  ['JSON with the fault beside the value', `{"specversion":"1.0","id":${PLANTED.mobile}${PLANTED.name}`],
  ['a list of texts', JSON.stringify(VALUES)],
  ['a wrong type of field', JSON.stringify({ ...hostile(901), type: TEXT })],
  ['an unknown type', JSON.stringify({ ...hostile(902), type: `cx.feedback.${PLANTED.mobile}` })],
  ['an unknown channel', JSON.stringify(hostile(903, { channel: PLANTED.email }))],
  ['a bad time', JSON.stringify({ ...hostile(904), time: TEXT })],
  ['a bad rating', JSON.stringify(hostile(905, { rating: { value: PLANTED.mobile, min: 1, max: 5 } }))],
  ['a text that is a list', JSON.stringify(hostile(906, { text: [PLANTED.mobile] }))],
  ['a bad attribute', JSON.stringify({ ...hostile(907), [`名${PLANTED.mobile}`]: 1 })],
  ['too large', JSON.stringify(hostile(908, { text: TEXT.repeat(3_000) }))],
  ['a future', JSON.stringify({ ...hostile(909), time: '2999-01-01T00:00:00Z' })],
  ['not UTF-8', Buffer.concat([Buffer.from(ALL), Buffer.of(0xff, 0xfe)])],
  ['content of a strange type', ALL, { 'content-type': `text/${PLANTED.mobile}` }],
  ['binary mode, bad headers', ALL, { 'ce-specversion': '1.0', 'ce-id': 'b', 'ce-type': ALL, 'ce-source': '/b' }],
];

/** Of a list each item is refused by itself. */
const REFUSED = refused.length - 1 + VALUES.length;

const folder = mkdtempSync(join(tmpdir(), 'earshot-privacy-'));
let engine: EngineProcess;
let nc: NatsConnection;
let socket: WebSocket;
const frames: string[] = [];
const answers: { readonly what: string; readonly status: number; readonly body: string }[] = [];

async function ask(what: string, path: string, init: RequestInit = {}): Promise<void> {
  const answer = await fetch(`${engine.url}${path}`, init);
  answers.push({ what, status: answer.status, body: `${JSON.stringify([...answer.headers])} ${await answer.text()}` });
}

beforeAll(async () => {
  const file = join(folder, 'earshot.yaml');
  writeFileSync(
    file,
    `nats: {embedded: {store: "${join(folder, 'store')}"}}
http: {port: 0}
time: {idle_after: 500ms, allowed_lateness: 0s}
commit: {every: 50ms}
kpis:
  - {id: bad, title: {zh-CN: 差评, en: Bad}, from: cx.feedback.posted, measure: {kind: count}, window: {kind: sliding, size: 10s, slide: 1s}, by: [[], [region], [product, store]]}
  - {id: words, title: {zh-CN: 词, en: Words}, from: cx.feedback.posted, measure: {kind: top, k: 5, value: data.customer.id}, window: {kind: tumbling, size: 1s}}
  - {id: broken, title: {zh-CN: 错, en: Broken}, from: cx.feedback.posted, where: int(data.text) > 3, measure: {kind: count}, window: {kind: tumbling, size: 1s}}
cleaning: {near_duplicates: {window: 0s}} # one text many times is what this test sends
rules:
  - {id: many, kpi: bad, fire: value > 2, recover: value < 1, severity: critical, owner: care}
`,
  );
  engine = await startEngineProcess({ args: ['run', '--config', file] });
  nc = await connect({ servers: /"nats":"([^"]+)"/.exec(engine.log())?.[1] ?? '' });
  socket = new WebSocket(`${engine.url.replace('http', 'ws')}/v1/live`, 'earshot.v1.json');
  socket.on('message', (data: Buffer) => frames.push(data.toString('utf8')));
  await new Promise((resolve) => socket.once('open', resolve));
  socket.send(JSON.stringify({ op: 'sub', id: 1, topics: ['kpi/*', 'alerts', 'actions', 'health'] }));

  for (let i = 0; i < GOOD; i++) nc.publish(`cx.events.app.feedback.${PLANTED.mobile}`, JSON.stringify(hostile(i)));
  for (const [, data, carried = { 'content-type': 'application/cloudevents+json' }] of refused) {
    const set = headers();
    for (const [name, value] of Object.entries(carried)) set.set(name, value);
    nc.publish('cx.events.app.feedback.-', data, { headers: set });
  }
  await nc.flush();
  const json = { 'content-type': 'application/cloudevents+json' };
  await ask('a good one', '/v1/events', { method: 'POST', headers: json, body: JSON.stringify(hostile(100)) });
  for (const [what, data, carried = json] of refused) {
    if (!('content-type' in carried)) continue;
    await ask(what, '/v1/events', { method: 'POST', headers: carried, body: Buffer.from(data) });
  }
  const query = encodeURIComponent(ALL);
  for (const path of [`/v1/kpis/${query}/history`, `/v1/kpis/bad/history?from=${query}`, `/v1/kpis?${query}=1`])
    await ask(path, path);
  await ask('an ack of nothing', `/v1/alerts/${query}/ack`, { method: 'POST', headers: json, body: ALL });
  await ask('a silence that is none', '/v1/silences', { method: 'POST', headers: json, body: ALL });
  socket.send(ALL);
  socket.send(JSON.stringify({ op: 'sub', id: 2, topics: [`kpi/${ALL}`], where: { region: [ALL] } }));

  const input = GOOD + refused.length + 1;
  await until('all read', 30_000, async () => (await readMetrics(engine.url))('earshot_events_in_total') >= input);
  await until('an alert is out', 20_000, async () => (await readStream(nc, 'CX_ALERTS')).length > 0);
  await until('windows are final', 20_000, async () => (await readStream(nc, 'CX_KPI')).length > 2);
});
afterAll(async () => {
  socket.close();
  await nc.close();
  engine.kill('SIGTERM');
  await engine.ended;
  rmSync(folder, { recursive: true, force: true });
});

describe('planted personal data', () => {
  it('is taken: good events are processed, bad ones refused', async () => {
    const metrics = await readMetrics(engine.url);
    expect(metrics('earshot_events_processed_total')).toBe(GOOD + 1);
    expect(metrics('earshot_events_rejected_total')).toBe(REFUSED);
    expect(answers.filter(({ status }) => status < 300).map(({ what }) => what)).toEqual(['a good one']);
  });

  it.each(['CX_ENRICHED', 'CX_KPI', 'CX_ALERTS', 'CX_LATE', 'CX_ACTIONS', 'CX_CLOCKS', 'CX_AUDIT'])(
    'is not in %s',
    async (stream) => {
      const found = await readStream(nc, stream).catch(() => []);
      if (stream === 'CX_ENRICHED') expect(found).toHaveLength(GOOD + 1);
      for (const message of found) expect(leaks(JSON.stringify(message)), JSON.stringify(message)).toEqual([]);
    },
  );

  it('is in the DLQ only in the originals (bytes, subject, headers), not in what is said of them', async () => {
    const found = await readStream(nc, 'CX_DLQ');
    expect(found).toHaveLength(REFUSED);
    for (const { data, ...rest } of found) {
      const { bytes, subject, headers: carried, ...said } = data as Record<'bytes' | 'subject' | 'headers', object>;
      expect(leaks(JSON.stringify({ rest, said })), JSON.stringify(said)).toEqual([]);
      expect([bytes, subject, carried]).not.toContain(undefined);
    }
  });

  it('is not in the log, nor in the metrics', async () => {
    expect(leaks(engine.log()), engine.log()).toEqual([]);
    expect(leaks(await (await fetch(`${engine.url}/metrics`)).text())).toEqual([]);
  });

  it('is not in the answers to requests, those with faults included', () => {
    for (const { what, body } of answers) expect(leaks(body), `${what}: ${body}`).toEqual([]);
  });

  it('is not in the frames of a wall-board', () => {
    expect(frames.length).toBeGreaterThan(2);
    for (const frame of frames) expect(leaks(frame), frame).toEqual([]);
  });
});
