/** Alerts of a real engine reach a receiver: at once, signed, once; over restarts; a receiver that hangs delays no other. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startEngine, type LiveEngine } from '../../app/engine.ts';
import { recordingLogger } from '../../adapters/testing/broker.fixture.ts';
import { compileExpression } from '../../adapters/expressions/cel.ts';
import { loadConfig } from '../../adapters/config/config-file.ts';
import { configForm } from '../../app/config/config.ts';
import { must } from '../../core/must.ts';
import type { JsonObject } from '../../core/types.ts';
import { until } from '../rig/read-metrics.ts';
import { webhookReceiver, type WebhookReceiver } from '../rig/webhook-receiver.ts';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

interface Told {
  readonly notification_reason: string;
  readonly status: string;
  readonly alerts: readonly { readonly labels: Readonly<Record<string, string>>; readonly fingerprint: string }[];
}

let folder: string;
let receivers: { good: WebhookReceiver; hanging: WebhookReceiver };
let engine: LiveEngine | null;
let ids = 0;

/** Over in a second: the alert begins and ends. */
const BRIEF = '{kind: tumbling, size: 1s}';
/** What was counted stays for the whole test: the alert stands. */
const LASTING = '{kind: sliding, size: 10m, slide: 1s}';

const config = (window: string): string => `
nats: {embedded: {store: "${join(folder, 'store')}"}}
http: {port: 0}
scoring: {sentiment: null}
time: {idle_after: 500ms, out_of_orderness: 0s, allowed_lateness: 0s}
kpis:
  - id: volume
    title: {zh-CN: 量, en: Volume}
    from: cx.page.viewed
    by: [[channel]]
    measure: {kind: count}
    window: ${window}
rules:
  - {id: much, kpi: volume, fire: value > 2, recover: value < 2, on: live, severity: critical, owner: care}
hooks:
  - {id: dead, kind: webhook, url: "${receivers.hanging.url}", allow: [127.0.0.0/8]}
  - {id: good, kind: webhook, url: "${receivers.good.url}", secret: ${SECRET}, allow: [127.0.0.0/8], for: {severity: critical}}
  - {id: forbidden, kind: webhook, url: "${receivers.good.url}/never"}
`;

async function start(window = BRIEF): Promise<LiveEngine> {
  const file = join(folder, 'earshot.yaml');
  writeFileSync(file, config(window));
  const { signal } = new AbortController();
  const form = await loadConfig(file, configForm(compileExpression));
  engine = await startEngine({ config: form, logger: recordingLogger(), demo: null, signal });
  return engine;
}

async function stop(): Promise<void> {
  await engine?.stop();
  engine = null;
}

async function publish({ publisher }: LiveEngine, channel: string, times: readonly number[]): Promise<void> {
  const messages = times.map((at) => {
    const id = `h${++ids}`;
    const data = { channel, page: '/', customer: { id: 'c' } };
    const time = new Date(at).toISOString();
    const event = { specversion: '1.0', id, source: '/hooks-test', type: 'cx.page.viewed', time, data };
    return {
      subject: `cx.events.${channel}.page.c`,
      headers: { 'content-type': 'application/cloudevents+json', 'Nats-Msg-Id': id },
      data: Buffer.from(JSON.stringify(event)),
    };
  });
  await publisher.publish(messages, new AbortController().signal);
}

const told = (receiver: WebhookReceiver): readonly Told[] =>
  receiver.received.map(({ body }) => JSON.parse(body) as Told);

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'earshot-hooks-'));
  receivers = { good: await webhookReceiver(), hanging: await webhookReceiver() };
  receivers.hanging.answers('hang');
});

afterEach(async () => {
  await stop();
  await receivers.good.close();
  await receivers.hanging.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('hooks of a running engine', () => {
  it('tell a breach and its end, signed, beside a receiver that hangs; a forbidden address is never called', async () => {
    const running = await start();
    const now = Date.now();
    await publish(running, 'web', [now, now, now, now]);
    await until('the breach is told', 10_000, () => Promise.resolve(told(receivers.good).length === 1));
    const [first] = told(receivers.good);
    expect(first).toMatchObject({ notification_reason: 'first', status: 'firing' });
    expect(first?.alerts[0]?.labels).toMatchObject({
      alertname: 'much',
      channel: 'web',
      severity: 'critical',
      owner: 'care',
    });
    const request = must(receivers.good.received[0], 'told');
    expect(new Webhook(SECRET).verify(request.body, request.headers as Record<string, string>)).toBeTruthy();

    await until('the end is told', 20_000, () => Promise.resolve(told(receivers.good).length === 2));
    const [, last] = told(receivers.good);
    expect(last).toMatchObject({ notification_reason: 'all_resolved', status: 'resolved' });
    expect(last?.alerts[0]?.fingerprint).toBe(first?.alerts[0]?.fingerprint);
    expect(receivers.hanging.received.length).toBeGreaterThan(0);

    const answer = (await (await fetch(`${running.url}/v1/hooks`)).json()) as { readonly hooks: readonly JsonObject[] };
    const [dead, good, forbidden] = answer.hooks;
    expect(good).toMatchObject({ id: 'good', kind: 'webhook', state: 'ok', delivered: 2, waiting: 0, trouble: null });
    expect(dead).toMatchObject({ delivered: 0 });
    expect(forbidden).toMatchObject({ delivered: 0 });
    expect(JSON.stringify(answer)).not.toContain(receivers.good.url);
    const metrics = await (await fetch(`${running.url}/metrics`)).text();
    expect(metrics).toContain('earshot_hook_notices_delivered_total{hook="good",kind="webhook"} 2');
  }, 120_000);

  it('go on after a restart: what was told is not told again, what was not is', async () => {
    receivers.good.answers(503);
    const first = await start(LASTING);
    const now = Date.now();
    await publish(first, 'web', [now, now, now]);
    await until('it is tried', 10_000, () => Promise.resolve(receivers.good.received.length > 0));
    await stop();
    receivers.good.answers(204);
    const before = receivers.good.received.length;
    const second = await start(LASTING);
    await until('it is told', 30_000, () => Promise.resolve(receivers.good.received.length > before));
    const ids = new Set(receivers.good.received.map(({ headers }) => headers['webhook-id']));
    expect([...ids]).toHaveLength(1);
    await publish(second, 'app', [Date.now(), Date.now(), Date.now()]);
    await until('another is told', 20_000, () =>
      Promise.resolve(told(receivers.good).some(({ alerts }) => alerts[0]?.labels['channel'] === 'app')),
    );
    const web = told(receivers.good).filter(
      ({ alerts, status }) => status === 'firing' && alerts[0]?.labels['channel'] === 'web',
    );
    expect(web.length).toBe(before + 1);
  }, 120_000);
});
