/**
 * Personal values where cases, journeys, clocks, actions, facts and sources take them, in a running engine of two partitions:
 * no destination, page, list, frame of any protocol, server-sent event, stream, audit entry, metric or line of the log holds one.
 */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import { SignJWT } from 'jose';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SETTINGS } from '../../../../operators/destinations/testing/specimen-settings.ts';
import { loadConfig } from '../../../adapters/config/config-file.ts';
import { compileExpression } from '../../../adapters/expressions/cel.ts';
import { newKey } from '../../../adapters/keys/kept-keys.ts';
import { recordingLogger } from '../../../adapters/testing/broker.fixture.ts';
import { configForm } from '../../../app/config/config.ts';
import { startEngine, type LiveEngine } from '../../../app/engine.ts';
import { must } from '../../../core/must.ts';
import type { JsonObject } from '../../../core/types.ts';
import { PROTOCOLS } from '../../../core/wire.ts';
import { ROUTES } from '../../../gateway/routes/routes.ts';
import { SECRET } from '../../../gateway/testing/access-matrix.fixture.ts';
import { LiveClient } from '../../../gateway/testing/gateway.fixture.ts';
import { leaksIn } from '../../rig/leak-search.ts';
import { until } from '../../rig/read-metrics.ts';
import { readStream } from '../../rig/read-streams.ts';
import { webhookReceiver, type WebhookReceiver } from '../../rig/webhook-receiver.ts';
import { eventOf, NAMES, PEOPLE, VALUES } from './scan-input.ts';

const MAIL = 'zhang.wei@example.com';
const SEARCHED = [...VALUES, ...NAMES, MAIL];
const KINDS = Object.keys(SETTINGS);
const folder = mkdtempSync(join(tmpdir(), 'earshot-people-'));
const logger = recordingLogger();
const answers: string[] = [];
const mails: string[] = [];
const events: string[] = [];
let receiver: WebhookReceiver;
let smtp: SMTPServer;
let engine: LiveEngine;
let clients: readonly LiveClient[] = [];
const listening = new AbortController();

function configuration(port: number): string {
  const hooks = KINDS.flatMap((kind) => {
    const { url: _, smtp: __, ...settings } = must(SETTINGS[kind]);
    const where = kind === 'email' ? { smtp: `smtp://127.0.0.1:${port}` } : { url: `${receiver.url}/${kind}` };
    const all = JSON.stringify({ kind, ...settings, ...where, allow: ['127.0.0.0/8'], group: { wait: '0s' } }).slice(1);
    return [
      `  - {"id": "${kind}_alerts", "for": {"severity": ["critical", "major"]}, ${all}`,
      `  - {"id": "${kind}_actions", "for": {"action": ["follow_up", "survey", "journey_stalled"]}, ${all}`,
    ];
  });
  return `
nats: {embedded: {store: "${join(folder, 'store')}"}}
http: {port: 0, public_url: "https://earshot.example", auth: {secret: "${SECRET}"}}
partitions: 2
seal: {key: "${newKey()}"}
scoring: {sentiment: null}
time: {idle_after: 500ms, allowed_lateness: 0s, out_of_orderness: 0s}
commit: {every: 100ms}
kpis:
  - {id: bad, from: cx.case.opened, measure: {kind: count}, window: {kind: tumbling, size: 1s}, by: [[], [region], [product, store], [team, agent]]}
  - {id: urgent, from: cx.case.opened, where: data.priority == "urgent", measure: {kind: count}, window: {kind: tumbling, size: 1s}, by: [[region, team]]}
  - {id: words, from: cx.interaction.message, measure: {kind: top, k: 5, value: data.customer.id}, window: {kind: tumbling, size: 1s}}
  - {id: texts, from: cx.interaction.message, measure: {kind: top, k: 5, value: data.text}, window: {kind: tumbling, size: 1s}}
  - {id: slow, from: clock.reply, measure: {kind: count}, window: {kind: tumbling, size: 1s}, by: [[], [region], [team]]}
  - {id: waiting, measure: {kind: open, clock: solve}, window: {kind: sliding, size: 1s, slide: 1s}, by: [[], [region]]}
  - {id: pays, measure: {kind: conversion, journey: checkout, from: cart, to: pay}, window: {kind: tumbling, size: 1s}, by: [[], [region]]}
rules:
  - {id: many, kpi: bad, fire: value > 3, on: live, keep_firing_for: 1h, severity: critical, owner: care}
  - {id: one, kpi: urgent, fire: value > 0, on: live, keep_firing_for: 1h, severity: major, owner: care}
clocks:
  - {id: reply, key: data.case, start: {on: cx.case.opened}, stop: {on: cx.case.replied}, target: [{within: 1ms}], keep: [channel, region, product, team, agent, owner, class], warn: [50]}
  - {id: solve, key: data.case, start: {on: cx.case.opened}, stop: {on: cx.case.resolved}, target: [{within: 1s}], keep: [channel, region, team, agent, owner]}
journeys:
  - {id: checkout, key: data.customer.id, steps: [{id: cart, on: cx.journey.step, where: data.step == "cart" && data.priority == "urgent"}, {id: pay, on: cx.journey.step, where: data.step == "pay"}], stall: 1s, funnel: 1h, keep: [channel, region]}
facts:
  - {id: customer, bucket: CX_CUSTOMERS, key: data.customer.id, take: [tier, owner, phone, note]}
actions:
  - {id: low, on: cx.survey.answered, where: data.score <= 2 && has(data.priority) && data.priority == "urgent", kind: follow_up, due: 24h, owner: data.owner}
  - {id: ask, on: cx.case.opened, where: data.priority == "urgent", kind: survey, data: {survey: post_case}}
sources:
  - {id: desk, kind: webhook, verify: {scheme: none}, map: [{when: body.event == "made", type: cx.case.opened, id: string(body.id), key: string(body.id), data: {channel: '"web_chat"', case: string(body.case), priority: body.priority}}]}
hooks:
${hooks.join('\n')}
`;
}

async function bearer(sub = MAIL, role = 'admin'): Promise<Record<string, string>> {
  const token = await new SignJWT({ sub, role })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('10m')
    .sign(new TextEncoder().encode(SECRET));
  return { authorization: `Bearer ${token}` };
}

async function askFor(path: string, method = 'GET', body?: unknown): Promise<string> {
  const answer = await fetch(engine.url + path, {
    ...{
      method,
      redirect: 'manual',
      headers: { 'content-type': 'application/json', connection: 'close', ...(await bearer()) },
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = `${answer.status} ${JSON.stringify([...answer.headers])} ${await answer.text()}`;
  answers.push(text);
  return text;
}

async function startMail(): Promise<number> {
  smtp = new SMTPServer({
    ...{ authOptional: true, disabledCommands: ['STARTTLS'] },
    onData(stream, _, callback) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        mails.push(Buffer.concat(chunks).toString('utf8'));
        callback();
      });
    },
  });
  smtp.on('error', () => undefined); // a client that hangs up
  smtp.listen(0, '127.0.0.1');
  await once(smtp.server, 'listening');
  return (smtp.server.address() as AddressInfo).port;
}

/** Server-sent events until the end of the test. */
async function listen(): Promise<void> {
  const topics = ['kpi/*', 'alerts', 'actions', 'health']
    .map((topic) => `topic=${encodeURIComponent(topic)}`)
    .join('&');
  const headers = { accept: 'text/event-stream', ...(await bearer()) };
  const answer = await fetch(`${engine.url}/v1/live?${topics}`, { headers, signal: listening.signal });
  const read = async (): Promise<void> => {
    const decoder = new TextDecoder();
    for await (const chunk of must(answer.body)) events.push(decoder.decode(chunk as Uint8Array, { stream: true }));
  };
  void read().catch(() => undefined); // ended by the test
}

async function count(family: string): Promise<number> {
  const text = await (await fetch(`${engine.url}/metrics`, { headers: await bearer() })).text();
  const rows = [...text.matchAll(new RegExp(`^${family}(?:\\{[^}]*\\})? (\\S+)$`, 'gm'))];
  return rows.reduce((sum, [, value]) => sum + Number(value), 0);
}

const familyOf = ({ type }: JsonObject): string => must((type as string).split('.')[1]);
const publish = (all: readonly JsonObject[]): Promise<void> =>
  engine.publisher.publish(
    all.map((event, i) => ({
      subject: `cx.events.app.${familyOf(event)}.k${i % 7}`,
      headers: { 'content-type': 'application/cloudevents+json' },
      data: Buffer.from(JSON.stringify(event)),
    })),
    AbortSignal.timeout(120_000),
  );

async function outputOf(stream: string): Promise<string> {
  return (await readStream(engine.nc, stream)).map((message) => JSON.stringify(message)).join('\n');
}

const kindsCalled = (): number => new Set(receiver.received.map(({ path }) => path.split(/[/?]/)[1])).size;

beforeAll(async () => {
  receiver = await webhookReceiver();
  receiver.answers(
    200,
    { 'content-type': 'application/json' },
    '{"errcode":0,"code":0,"ok":true,"result":{"message_id":1}}',
  );
  const file = join(folder, 'earshot.yaml');
  writeFileSync(file, configuration(await startMail()));
  const config = await loadConfig(file, configForm(compileExpression));
  engine = await startEngine({ config, logger, demo: null, signal: new AbortController().signal });
  const kv = await new Kvm(jetstream(engine.nc)).open('CX_CUSTOMERS');
  for (const [i, value] of VALUES.slice(0, 20).entries())
    await kv.put(`f-${i}`, JSON.stringify({ tier: value, owner: value, phone: value, note: `打 ${value}` }));
  clients = await Promise.all(
    PROTOCOLS.map(async (protocol) => new LiveClient(engine.url, { protocol, headers: await bearer() }).open()),
  );
  for (const client of clients) client.say({ op: 'sub', id: 1, topics: ['kpi/*', 'alerts', 'actions', 'health'] });
  await listen();
  await publish(PEOPLE);
  await publish(
    VALUES.slice(0, 20).map((_, i) =>
      eventOf('cx.survey.answered', { channel: 'app', metric: 'csat', score: 1, customer: { id: `f-${i}` } }),
    ),
  );
  await until('all are read', 60_000, async () => (await count('earshot_events_in_total')) >= PEOPLE.length + 20);
  await until('breaches are there', 60_000, async () => (await outputOf('CX_CLOCKS')).includes('breached'));
  await until('stalls are there', 60_000, async () => (await outputOf('CX_ACTIONS')).includes('stall'));
  await until('every destination was called', 60_000, () =>
    Promise.resolve(kindsCalled() >= KINDS.length - 1 && mails.length > 1),
  );
  await until('the boards have alerts and actions', 60_000, () =>
    Promise.resolve(events.join('').includes('"alert"') && events.join('').includes('follow_up')),
  );
  await askEverything();
  await until('the audit has it', 60_000, async () => (await outputOf('CX_AUDIT')).includes('alert.ack'));
});
afterAll(async () => {
  listening.abort();
  for (const { socket } of clients) socket.terminate();
  await engine.stop();
  await receiver.close();
  await new Promise<void>((resolve) => smtp.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

/** Every route that is read, with values in its address and query, and what people decide. */
async function askEverything(): Promise<void> {
  const [value, other] = [must(VALUES[0]), must(VALUES[1])];
  const [one, two] = [value, other].map(encodeURIComponent) as [string, string];
  const action = /"id":"([^"]+)"/.exec(await askFor('/v1/actions?limit=1000'))?.[1];
  const alert = /"alert":"([^"]+)"/.exec(await askFor('/v1/alerts'))?.[1];
  const reads = ROUTES.filter(({ method }) => method === 'GET').map(({ path }) => path.replace(/\{\w+\}/g, one));
  const more = ['/v1/journeys/checkout', `/v1/cases/${two}`, '/v1/voices?limit=50', '/v1/clocks?by=owner'];
  const pages = [`/v1/sign-in/callback?code=${one}&state=${two}&error=${one}`, `/v1/voices?key=region:${two}`];
  const history = ['/v1/kpis/bad/history?from=2020-01-01T00:00:00Z', `/v1/alerts/history?key=region:${two}`];
  await Promise.all([...reads, ...more, ...pages, ...history].map((path) => askFor(path)));
  const until = new Date(Date.now() + 60_000).toISOString();
  await Promise.all([
    askFor(`/v1/alerts/${encodeURIComponent(must(alert))}/ack`, 'POST', {
      note: `打 ${VALUES.slice(0, 40).join(' ')}`,
    }),
    askFor(`/v1/actions/${encodeURIComponent(must(action))}/complete`, 'POST', { note: value }),
    askFor('/v1/sign-in', 'POST', { token: value }),
    askFor('/v1/in/desk', 'POST', { event: 'made', id: 'm-1', case: value, priority: 'high' }),
    askFor('/v1/in/desk', 'POST', { event: value, note: other }),
    askFor('/v1/silences', 'POST', { match: { rule: value, key: { region: other } }, until, reason: value }),
  ]);
}

it('takes it all: clocks, journeys, actions and alerts are about people', async () => {
  const letters = (await readStream(engine.nc, 'CX_DLQ')).map(({ subject }) => subject);
  expect(letters.filter((subject) => subject !== 'cx.dlq.unmapped')).toEqual([]);
  expect(await outputOf('CX_DLQ')).toContain('unmapped');
  expect((await outputOf('CX_CLOCKS')).split('\n').length).toBeGreaterThan(VALUES.length);
  const input = (await outputOf('CX_EVENTS_0')) + (await outputOf('CX_EVENTS_1'));
  expect(leaksIn({ where: 'input', text: input }, SEARCHED).length).toBeGreaterThan(0.95 * VALUES.length); // so that the search could find them
  expect((await outputOf('CX_ALERTS')).split('\n').length).toBeGreaterThan(10);
});

it('leaves nothing in any stream but the input and the customers that it was given', async () => {
  const names: string[] = [];
  for await (const { config } of (await jetstreamManager(engine.nc)).streams.list()) names.push(config.name);
  expect(names.length).toBeGreaterThan(12);
  const leaks: string[] = [];
  for (const name of names.filter((one) => !/^CX_EVENTS_|^KV_CX_CUSTOMERS$/.test(one)))
    leaks.push(...leaksIn({ where: name, text: await outputOf(name) }, SEARCHED));
  expect(leaks).toEqual([]);
});

it('tells nothing to any destination', () => {
  const sent = receiver.received.map(({ path, headers, body }) => `${path} ${JSON.stringify(headers)} ${body}`);
  const plain = mails.map((mail) => `${mail} ${mailWords(mail)}`);
  expect(sent.length + plain.length).toBeGreaterThan(KINDS.length * 2);
  expect(leaksIn({ where: 'hooks', text: [...sent, ...plain].join('\n') }, SEARCHED)).toEqual([]);
});

it.each(PROTOCOLS)('shows nothing live in %s', (protocol) => {
  const { frames, raw } = must(clients[PROTOCOLS.indexOf(protocol)]);
  const text = JSON.stringify(frames) + JSON.stringify(raw);
  for (const part of ['"alert"', 'follow_up', 'waiting']) expect(text).toContain(part);
  expect(leaksIn({ where: protocol, text }, SEARCHED)).toEqual([]);
});

it('shows nothing as server-sent events', () => {
  expect(leaksIn({ where: 'events', text: events.join('') }, SEARCHED)).toEqual([]);
});

it('answers, measures and logs nothing of it', () => {
  expect(leaksIn({ where: 'answers', text: answers.join('\n') }, SEARCHED)).toEqual([]);
  expect(leaksIn({ where: 'log', text: JSON.stringify(logger.lines) }, SEARCHED)).toEqual([]);
});

/** Bodies of mails are in base64 or quoted-printable, subjects in encoded words. */
function mailWords(mail: string): string {
  const base64 = mail.replaceAll(/(?:[A-Za-z0-9+/]{60,76}\r\n)*[A-Za-z0-9+/]{4,76}={0,2}(?=\r\n)/g, (text) =>
    Buffer.from(text, 'base64').toString(),
  );
  return base64
    .replaceAll(/=\r\n/g, '')
    .replaceAll(/(?:=[0-9A-F]{2})+/g, (text) => Buffer.from(text.replaceAll('=', ''), 'hex').toString());
}
