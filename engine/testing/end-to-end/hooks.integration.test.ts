/** Alerts of a real engine reach a receiver: at once, signed, once; over restarts; a receiver that hangs delays no other. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { headers } from '@nats-io/transport-node';
import { Command } from 'commander';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { failedNotices } from '../../app/commands/shared/failed-notices-report.ts';
import { command as hooksCommand } from '../../app/commands/hooks.ts';
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

/** The alert begins, stands for seconds whenever its events come (were it over at once, nobody would be told), and ends. */
const BRIEF = '{kind: sliding, size: 5s, slide: 1s}';
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
  - {id: desk, kind: webhook, url: "${receivers.good.url}", allow: [127.0.0.0/8], for: {action: [sla_breached], owner: care}}
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

async function hooksOf({ url }: LiveEngine): Promise<readonly JsonObject[]> {
  return ((await (await fetch(`${url}/v1/hooks`)).json()) as { readonly hooks: readonly JsonObject[] }).hooks;
}

/** `earshot hooks …`: whether all is well, and what is printed. */
async function earshot(words: readonly string[]): Promise<readonly [boolean, string]> {
  const cli = new Command();
  hooksCommand.define(cli, {});
  let printed = '';
  const print = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
  const before = process.exitCode;
  try {
    await cli.parseAsync(words, { from: 'user' });
    return [process.exitCode === 0, printed];
  } finally {
    print.mockRestore();
    process.exitCode = before;
  }
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
    await until('the breach is told', 10_000, () => Promise.resolve(told(receivers.good).length >= 1));
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

    await until('the end is told', 20_000, () => Promise.resolve(told(receivers.good).length >= 2));
    const [, last] = told(receivers.good);
    expect(last).toMatchObject({ notification_reason: 'all_resolved', status: 'resolved' });
    expect(last?.alerts[0]?.fingerprint).toBe(first?.alerts[0]?.fingerprint);
    expect(receivers.hanging.received.length).toBeGreaterThan(0);

    await until('both are counted', 30_000, async () => (await hooksOf(running))[1]?.['delivered'] === 2);
    const answer = await hooksOf(running);
    const [dead, good, , forbidden] = answer;
    expect(good).toMatchObject({ id: 'good', kind: 'webhook', state: 'ok', delivered: 2, waiting: 0, trouble: null });
    expect(dead).toMatchObject({ delivered: 0 });
    expect(forbidden).toMatchObject({ delivered: 0 });
    expect(JSON.stringify(answer)).not.toContain(receivers.good.url);
    const metrics = await (await fetch(`${running.url}/metrics`)).text();
    expect(metrics).toContain('earshot_hook_notices_delivered_total{hook="good",kind="webhook"} 2');
  });

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
  });

  it('50: tell an action once, though it is published again after a restart', async () => {
    const action = async ({ nc }: LiveEngine, id: string, data: JsonObject): Promise<void> => {
      const h = headers();
      h.set('ce-id', id);
      await jetstream(nc).publish('cx.actions.sla_breached', JSON.stringify(data), { headers: h });
    };
    const due = '2026-03-02T08:00:00.000Z';
    const data = { kind: 'sla_breached', case: 'case-7', owner: 'care', due, reason: '2 h over', state: 'due' };
    const first = await start();
    await action(first, 'a1', data);
    await action(first, 'a2', { ...data, owner: 'others' });
    await action(first, 'a3', { ...data, state: 'suppressed' });
    await until('it is told', 20_000, () => Promise.resolve(receivers.good.received.length === 1));
    expect(JSON.parse(must(receivers.good.received[0]).body)).toMatchObject({
      notification_reason: 'action',
      action: { id: 'a1', case: 'case-7', due },
    });
    await stop();
    const second = await start();
    await action(second, 'a1', data);
    await action(second, 'a4', data);
    await until('the next is told', 20_000, () => Promise.resolve(receivers.good.received.length > 1));
    expect(
      receivers.good.received.map(({ body }) => (JSON.parse(body) as { action: { id: string } }).action.id),
    ).toEqual(['a1', 'a4']);
  });

  it('what was given up is listed over a restart, and sent once more under its id, which the audit knows', async () => {
    receivers.good.answers(404);
    const first = await start(LASTING);
    await publish(first, 'web', [Date.now(), Date.now(), Date.now()]);
    await until('it is given up', 20_000, async () => (await hooksOf(first)).some((hook) => hook['given_up'] === 1));
    await stop();
    const running = await start(LASTING);
    await until('it tells again', 20_000, async () =>
      (await hooksOf(running)).every((one) => one['state'] !== 'standby'),
    );
    const file = join(folder, 'earshot.yaml');
    const form = await loadConfig(file, configForm(compileExpression));
    const [failure] = await failedNotices(form, 'good');
    expect(failure).toMatchObject({ hook: 'good', kind: 'first', reason: 'gone', rules: ['much'], alerts: 1 });
    const byHand = async (...words: string[]): Promise<readonly [boolean, string]> =>
      earshot([...words, '--config', file]);
    expect(await byHand('failed', 'good')).toEqual([false, expect.stringMatching(/good.*gone/s)]);
    const [isWell, listed] = await earshot(['list', '--url', running.url]);
    expect(isWell).toBe(false);
    expect(listed).toMatch(/✕ good \(webhook\) failing:.*\n {2}gone: .*check the URL/);
    expect(await byHand('test', 'good')).toEqual([
      false,
      expect.stringMatching(/^✕ good \(webhook\): gone: .*\(404\)/),
    ]);
    receivers.good.answers(204);
    const tried = receivers.good.received.length;
    expect(await byHand('test', 'good')).toEqual([true, '✓ good (webhook): the receiver accepted it\n']);
    expect(told(receivers.good).at(-1)).toMatchObject({ notification_reason: 'test' });
    await expect(byHand('test', 'goood')).rejects.toThrow(/no hook "goood".*good/);
    expect(receivers.good.received).toHaveLength(tried + 1);
    expect(await byHand('replay', 'good', '--notice', must(failure).notice)).toEqual([
      true,
      '1 notice is sent once more\n',
    ]);
    await until('it is told', 20_000, () =>
      Promise.resolve(told(receivers.good).at(-1)?.notification_reason === 'first'),
    );
    const reals = receivers.good.received.filter((_, i) => told(receivers.good)[i]?.notification_reason === 'first');
    expect(reals).toHaveLength(2);
    expect(new Set(reals.map((request) => request.headers['webhook-id'])).size).toBe(1);
    expect(await failedNotices(form, undefined)).toEqual([]);
    expect(await byHand('failed')).toEqual([true, '✓ no notice was given up\n']);
    const entry = await (
      await jetstreamManager(running.nc)
    ).streams.getMessage('CX_AUDIT', { last_by_subj: 'cx.audit' });
    expect(new TextDecoder().decode(must(entry).data)).toContain('"hook.replay"');
  });
});
