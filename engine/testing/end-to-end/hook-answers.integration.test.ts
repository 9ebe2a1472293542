/**
 * Answers come back, in a real engine: the link of a message is opened and confirmed, a tool calls back, a test is sent; what was
 * decided is on the board, in the audit, in CX_ALERTS and in the other destinations, and stands after a restart.
 */
import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { startEngine, type LiveEngine } from '../../app/engine.ts';
import { recordingLogger } from '../../adapters/testing/broker.fixture.ts';
import { compileExpression } from '../../adapters/expressions/cel.ts';
import { loadConfig } from '../../adapters/config/config-file.ts';
import { configForm } from '../../app/config/config.ts';
import { must } from '../../core/must.ts';
import type { JsonObject } from '../../core/types.ts';
import type { AlertMessage, ServerFrame } from '../../core/wire.ts';
import { until } from '../rig/read-metrics.ts';
import { readStream } from '../rig/read-streams.ts';
import { webhookReceiver, type WebhookReceiver } from '../rig/webhook-receiver.ts';

const PD_SECRET = 'the secret of the subscription';

let folder: string;
let port: number;
let chat: WebhookReceiver;
let other: WebhookReceiver;
let pagerduty: WebhookReceiver;
let engine: LiveEngine | null;
let logger: ReturnType<typeof recordingLogger>;
let sockets: WebSocket[];

const config = (): string => `
nats: {embedded: {store: "${join(folder, 'store')}"}}
http: {port: ${port}, public_url: "http://127.0.0.1:${port}"}
scoring: {sentiment: null}
time: {idle_after: 500ms, out_of_orderness: 0s, allowed_lateness: 0s}
kpis:
  - {id: volume, from: cx.page.viewed, by: [[channel]], measure: {kind: count}, window: {kind: sliding, size: 10m, slide: 1s}}
rules:
  - {id: much, kpi: volume, fire: value > 2, recover: value < 2, on: live, severity: critical, owner: care}
hooks:
  - {id: chat, kind: webhook, url: "${chat.url}", allow: [127.0.0.0/8], escalate: [{after: 4s, to: managers}]}
  - {id: managers, kind: webhook, url: "${other.url}/managers", allow: [127.0.0.0/8], for: {severity: info}}
  - {id: other, kind: webhook, url: "${other.url}", allow: [127.0.0.0/8]}
  - {id: pd, kind: pagerduty, key: R1, url: "${pagerduty.url}", allow: [127.0.0.0/8], callback: {secret: [old, "${PD_SECRET}"]}}
`;

async function start(): Promise<LiveEngine> {
  const file = join(folder, 'earshot.yaml');
  writeFileSync(file, config());
  const form = await loadConfig(file, configForm(compileExpression));
  engine = await startEngine({ config: form, logger, demo: null, signal: new AbortController().signal });
  return engine;
}

async function breach({ publisher }: LiveEngine): Promise<void> {
  const time = new Date().toISOString();
  const messages = [1, 2, 3, 4].map((n) => {
    const data = { channel: 'web', page: '/', customer: { id: 'c' } };
    const event = { specversion: '1.0', id: `v${n}`, source: '/answers-test', type: 'cx.page.viewed', time, data };
    const headers = { 'content-type': 'application/cloudevents+json', 'Nats-Msg-Id': `v${n}` };
    return { subject: 'cx.events.web.page.c', headers, data: Buffer.from(JSON.stringify(event)) };
  });
  await publisher.publish(messages, new AbortController().signal);
}

/** What a board is sent of alerts, in order. */
async function boardOf({ url }: LiveEngine): Promise<AlertMessage[]> {
  const seen: AlertMessage[] = [];
  const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/live`, 'earshot.v1.json');
  sockets.push(socket);
  socket.on('message', (data: Buffer) => {
    const frame = JSON.parse(data.toString('utf8')) as ServerFrame;
    if (frame.op === 'snapshot' || frame.op === 'delta') seen.push(...frame.alerts);
  });
  await new Promise((resolve) => socket.once('open', resolve));
  socket.send(JSON.stringify({ op: 'sub', id: 1, topics: ['alerts'] }));
  return seen;
}

interface Notice {
  readonly notification_reason: string;
  readonly alerts: readonly { readonly annotations: Readonly<Record<string, string>> }[];
}
const noticesOf = (receiver: WebhookReceiver): readonly Notice[] =>
  receiver.received.map(({ body }) => JSON.parse(body) as Notice);
const reasons = (receiver: WebhookReceiver): readonly string[] =>
  noticesOf(receiver).map((one) => one.notification_reason);
const eventually = (what: string, isSo: () => boolean): Promise<void> =>
  until(what, 20_000, () => Promise.resolve(isSo()));
async function stored({ nc }: LiveEngine, stream: string): Promise<readonly JsonObject[]> {
  return (await readStream(nc, stream)).map(({ data }) => data as JsonObject);
}

function pagerdutyCalls(type: string, id: string, key: string): Promise<Response> {
  const agent = { type: 'user_reference', summary: 'Wang' };
  const body = JSON.stringify({ event: { id, event_type: type, agent, data: { incident_key: key } } });
  const signature = `v1=${createHmac('sha256', PD_SECRET).update(body).digest('hex')}`;
  const address = `${must(engine).url}/v1/hooks/pd/callback`;
  return fetch(address, { method: 'POST', body, headers: { 'x-pagerduty-signature': signature } });
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'earshot-answers-'));
  [logger, sockets] = [recordingLogger(), []];
  [chat, other, pagerduty] = [await webhookReceiver(), await webhookReceiver(), await webhookReceiver()];
  pagerduty.answers(202);
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  port = (probe.address() as AddressInfo).port;
  await new Promise((resolve) => probe.close(resolve));
});
afterEach(async () => {
  for (const socket of sockets) socket.terminate();
  await engine?.stop();
  for (const receiver of [chat, other, pagerduty]) await receiver.close();
  rmSync(folder, { recursive: true, force: true });
});

it('a breach is sent, its link opened and confirmed: board, audit, stream and the other destinations know; PagerDuty gives it back', async () => {
  const running = await start();
  const board = await boardOf(running);
  await breach(running);
  await eventually('everybody has a notice', () =>
    [chat, other, pagerduty].every(({ received }) => received.length === 1),
  );
  const { annotations } = must(noticesOf(chat)[0]?.alerts[0]);
  const alert = must(board.find(({ state }) => state === 'firing')).alert;
  expect(annotations['dashboard_url']).toBe(`${running.url}/#alert=${alert}`);
  const link = must(annotations['acknowledge_url']);
  expect(link.startsWith(`${running.url}/a/`)).toBe(true);

  const page = await (await fetch(link)).text();
  expect(page).toContain('<form method="post">');
  expect(board.at(-1)?.acked).toBeNull();
  const confirmed = await fetch(link, { method: 'POST', body: new URLSearchParams({ by: '李雷' }) });
  expect(confirmed.status).toBe(200);

  const acked = { by: '李雷', at: expect.any(String) as string, via: 'chat' };
  await eventually('the board shows it', () => board.at(-1)?.acked?.by === '李雷');
  expect(board.at(-1)).toMatchObject({ alert, state: 'firing', acked });
  await eventually('the other destination knows', () => reasons(other).includes('acknowledged'));
  const pd = (): readonly JsonObject[] => pagerduty.received.map(({ body }) => JSON.parse(body) as JsonObject);
  await eventually('PagerDuty has its own event', () => pd().some((one) => one['event_action'] === 'acknowledge'));
  expect(reasons(chat)).toEqual(['first']);
  expect((await stored(running, 'CX_ALERTS')).at(-1)).toMatchObject({ alert, previous: 'firing', acked });
  const decided = (await stored(running, 'CX_AUDIT')).filter(({ action }) => action === 'alert.ack');
  expect(decided).toMatchObject([{ outcome: 'done', by: '李雷', alert, via: 'chat' }]);
  expect(await (await fetch(link)).text()).toContain('已由 李雷 认领');

  const key = must(pd()[0]?.['dedup_key']) as string;
  expect((await pagerdutyCalls('incident.unacknowledged', 'e1', key)).status).toBe(202);
  expect((await pagerdutyCalls('incident.unacknowledged', 'e1', key)).status).toBe(202);
  await eventually('the board shows that nobody has it', () => board.at(-1)?.acked === null);
  await eventually('who had the notice hears of it', () => reasons(other).includes('unacknowledged'));
  const back = (await stored(running, 'CX_AUDIT')).filter(({ action }) => action === 'alert.unack');
  expect(back).toMatchObject([{ outcome: 'done', by: 'Wang', alert, via: 'pd' }]);
  // A link works once, whatever has become of it.
  await fetch(link, { method: 'POST', body: new URLSearchParams({ by: 'Han' }) });
  expect((await stored(running, 'CX_AUDIT')).filter(({ action }) => action === 'alert.ack')).toHaveLength(1);
  const said = JSON.stringify([logger.lines, await stored(running, 'CX_AUDIT')]);
  for (const secret of [PD_SECRET, link.split('/a/')[1] ?? link]) expect(said).not.toContain(secret);
});

it('11: stands after a restart: no escalation, no second notice; a test is sent by whoever may, and audited', async () => {
  const first = await start();
  await breach(first);
  await eventually('everybody has a notice', () => [chat, other].every(({ received }) => received.length === 1));
  const link = must(noticesOf(chat)[0]?.alerts[0]?.annotations['acknowledge_url']);
  await fetch(link, { method: 'POST', body: new URLSearchParams({ by: 'Li' }) });
  await eventually('the other destination knows', () => reasons(other).includes('acknowledged'));
  await first.stop();
  const second = await start();
  await until('it is known again', 20_000, async () => {
    const { open } = (await (await fetch(`${second.url}/v1/alerts`)).json()) as { open?: readonly AlertMessage[] };
    return open?.[0]?.acked?.by === 'Li';
  });
  const before = [chat, other].map(({ received }) => received.length);
  // Past the escalation.
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  expect([chat, other].map(({ received }) => received.length)).toEqual(before);
  expect(reasons(other)).toEqual(['first', 'acknowledged']);

  const tested = await fetch(`${second.url}/v1/hooks/chat/test`, { method: 'POST' });
  expect([tested.status, await tested.json()]).toEqual([200, { hook: 'chat', outcome: 'delivered' }]);
  expect(reasons(chat).at(-1)).toBe('test');
  chat.answers(403);
  const refused = await (await fetch(`${second.url}/v1/hooks/chat/test`, { method: 'POST' })).json();
  expect(refused).toMatchObject({ hook: 'chat', outcome: 'dead', reason: 'credentials' });
  expect((await fetch(`${second.url}/v1/hooks/nobody/test`, { method: 'POST' })).status).toBe(404);
  await until('both are in the audit', 20_000, async () => {
    const tests = (await stored(second, 'CX_AUDIT')).filter(({ action }) => action === 'hook.test');
    return tests.length === 2 && tests.every(({ by, hook }) => by === 'local' && hook === 'chat');
  });
});
