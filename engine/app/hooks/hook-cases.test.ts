/**
 * Cases of the delivery catalogue over real HTTP, by their numbers: whole hooks, receivers that behave as their tools do, and hours
 * that pass in moments.
 */
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exposition } from '../../core/metrics.ts';
import { at as itemAt, must } from '../../core/must.ts';
import { webhookReceiver, type ReceivedRequest, type WebhookReceiver } from '../../testing/rig/webhook-receiver.ts';
import { deliveryFamilies, failureOf, hookStatus } from './hook-status.ts';
import { HookRehearsal, type RehearsalOptions } from './testing/hook-rehearsal.ts';

const MINUTE = 60;
const HOUR = 3600;
const ALLOW = ['127.0.0.1'];
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

let run: HookRehearsal;
/** Of the hook that a case is about, and of another one beside it. */
let receiver: WebhookReceiver;
let beside: WebhookReceiver;

beforeEach(async () => {
  receiver = await webhookReceiver(() => run.now);
  beside = await webhookReceiver(() => run.now);
});
afterEach(async () => {
  run.kill();
  await receiver.close();
  await beside.close();
});

function rehearse(kind: string, more: object = {}, options: RehearsalOptions = {}): HookRehearsal {
  const about = { id: 'r', kind, url: `${receiver.url}/k`, allow: ALLOW, language: 'en', ...more };
  const other = { id: 'beside', kind: 'webhook', url: beside.url, allow: ALLOW };
  run = new HookRehearsal({ hooks: [about, other] }, options);
  return run;
}

const second = ({ at }: ReceivedRequest): number => (at - run.began) / 1000;
const secondsOf = ({ received }: WebhookReceiver): readonly number[] => received.map(second);

const status = () => itemAt(hookStatus([{ id: 'r', kind: 'its' }], run.delivery), 0);

interface V4 {
  readonly notification_reason: string;
  readonly alerts: readonly { readonly fingerprint: string }[];
}
const said = ({ received }: WebhookReceiver): readonly string[] =>
  received.map((request) => {
    const { notification_reason: reason, alerts } = JSON.parse(request.body) as V4;
    return `${reason} ${alerts.map(({ fingerprint }) => fingerprint).join('+')} @${second(request)}`;
  });

describe('8: repeats over a restart', () => {
  it.each([
    ['down in the 20th minute: no repeat is brought forward', 20, 21, 30 * MINUTE],
    ['down while one is due: it comes once, when the engine is back', 29, 35, 35 * MINUTE],
  ])('8: %s', async (_, down, up, repeated) => {
    rehearse('webhook', { repeat: '30m' })
      .fires(0, 'A')
      .resolves(61 * MINUTE, 'A');
    run.at(down * MINUTE, () => run.kill()).at(up * MINUTE, () => run.start());
    await run.until(62 * MINUTE, 5);
    const last = repeated + 30 * MINUTE;
    const later = last < 61 * MINUTE ? [`repeat A @${last}`] : [];
    expect(said(receiver)).toEqual(['first A @0', `repeat A @${repeated}`, ...later, `all_resolved A @${61 * MINUTE}`]);
  });
});

describe('a receiver that fails delays no other', () => {
  it('19: told to wait 7 s, it is not called before; the other hook is not delayed, and the metric says why', async () => {
    receiver.replies(() => (run.second < 1 ? { status: 429, headers: { 'Retry-After': '7' } } : { status: 204 }));
    rehearse('webhook');
    for (let i = 0; i < 10; i++) run.fires(i, `A${i}`);
    await run.until(30);
    const [first, next, ...rest] = secondsOf(receiver);
    expect(first).toBe(0);
    expect(next).toBeGreaterThanOrEqual(7);
    expect(next).toBeLessThanOrEqual(8.5);
    expect(rest).toHaveLength(9); // what came meanwhile, and each later one: once
    expect(secondsOf(beside)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const metrics = exposition(deliveryFamilies(run.delivery));
    expect(metrics).toContain('earshot_hook_failures_total{hook="r",kind="webhook",reason="rate_limited"} 1');
    expect(metrics).not.toContain('earshot_hook_failures_total{hook="beside"');
  });

  it('24: one that drips is left at the limit and tried again under the same key; the other is told as if it were not there', async () => {
    receiver.replies(() => (receiver.received.length === 1 ? 'drip' : { status: 204 }));
    rehearse('webhook', {}, { slow: { hook: 'r', attemptMs: 1000 } });
    for (let i = 0; i < 20; i++) run.fires(i, `A${i}`);
    await run.until(25);
    expect(secondsOf(beside)).toEqual(Array.from({ length: 20 }, (_, i) => i));
    await run.settled();
    await expect.poll(() => receiver.abandoned, { timeout: 60_000 }).toBeGreaterThan(0);
    expect(exposition(deliveryFamilies(run.delivery))).toContain('{hook="r",kind="webhook",reason="timeout"}');
    for (let i = 0; i < 60 && status().waiting > 0; i++) {
      await run.until(run.second + 1);
      await run.settled();
    }
    const ids = receiver.received.map(({ headers }) => headers['webhook-id']);
    expect(ids.filter((id) => id === ids[0]).length).toBeGreaterThan(1);
    expect(new Set(ids).size).toBe(20);
    expect(status()).toMatchObject({ delivered: 20, waiting: 0 });
  });
});

describe('25: reset after the body was read', () => {
  it('25: one retry with the same bytes under the same id, a new time and a new signature', async () => {
    receiver.replies(() => (receiver.received.length === 1 ? 'reset' : { status: 204 }));
    rehearse('webhook', { secret: SECRET }).fires(0, 'A');
    await run.until(60);
    expect(receiver.received).toHaveLength(2);
    const [first, second_] = [itemAt(receiver.received, 0), itemAt(receiver.received, 1)];
    expect(second_.body).toBe(first.body);
    expect(second_.headers['webhook-id']).toBe(first.headers['webhook-id']);
    for (const name of ['webhook-timestamp', 'webhook-signature']) {
      expect(second_.headers[name]).not.toBe(first.headers[name]);
    }
    for (const { body, headers } of [first, second_]) {
      expect(new Webhook(SECRET).verify(body, headers as Record<string, string>)).toBeTruthy();
    }
  });

  it('25: people are told that it may be a repeat', async () => {
    receiver.replies(() => (receiver.received.length === 1 ? 'reset' : { status: 200, body: 'ok' }));
    rehearse('slack').fires(0, 'A');
    await run.until(60);
    const [first, again] = receiver.received.map(({ body }) => body);
    expect(receiver.received).toHaveLength(2);
    expect(first).not.toContain('may be a repeat');
    expect(again).toContain('may be a repeat');
  });
});

/** The bot of WeCom: 20 messages in any minute, 4,096 bytes. */
function wecomBot(): { readonly accepted: { readonly at: number; readonly text: string }[]; refused: number } {
  const bot = { accepted: [] as { at: number; text: string }[], refused: 0 };
  receiver.replies(({ body }) => {
    const { markdown } = JSON.parse(body) as { readonly markdown: { readonly content: string } };
    const now = run.second;
    const isOver = bot.accepted.filter(({ at }) => at > now - 60).length >= 20;
    const isLong = Buffer.byteLength(markdown.content) > 4096;
    if (isOver || isLong) bot.refused++;
    else bot.accepted.push({ at: now, text: markdown.content });
    return { status: 200, body: JSON.stringify({ errcode: isOver ? 45009 : isLong ? 40058 : 0 }) };
  });
  return bot;
}

/** Stores that a message names, and how many further alerts it counts. */
const named = (text: string): readonly string[] => [...text.matchAll(/店\d\d/g)].map(([name]) => name);
const counted = (text: string): number => Number(/…还有 (\d+) 条/.exec(text)?.[1] ?? 0);

describe('28 and 29: more than the bot of a group takes', () => {
  const LONG = '，它的名字很长'.repeat(12);
  it.each([
    ['by rule: all are named', ['rule'], '', false],
    ['each alert by itself: a digest names all', ['rule', 'store'], '', false],
    ['as one group: twenty are named, the rest is counted', ['channel'], '', true],
    ['as one group with long names: as many are named as bytes allow', ['channel'], LONG, true],
  ])(
    '28 and 29: grouped %s; within 20 a minute, and what is urgent comes within a second',
    async (_, by, suffix, isCounted) => {
      const bot = wecomBot();
      rehearse('wecom', { language: 'zh-CN', group: { by } });
      const store = (i: number): string => `店${String(i).padStart(2, '0')}${suffix}`;
      for (let i = 0; i < 60; i++) {
        run.fires(i / 30, `W${i}`, { rule: `r${i % 3}`, key: { channel: 'app', store: store(i) } });
      }
      run.fires(5, 'C', { severity: 'critical', rule: 'c', key: { store: '店99' } }).resolves(6, 'W0');
      await run.until(100, 0.5);
      expect(bot.refused).toBe(0);
      for (const { at } of bot.accepted) {
        expect(bot.accepted.filter((other) => other.at > at - 60 && other.at <= at).length).toBeLessThanOrEqual(20);
      }
      const isFirst = ({ text }: { readonly text: string }): boolean =>
        !text.includes('恢复') && !text.includes('店99');
      const told = bot.accepted.filter(isFirst).map(({ text }) => text);
      const names = told.flatMap((text) => [...new Set(named(text))]);
      expect(new Set(names).size).toBe(names.length); // nobody is told twice
      const rest = told.reduce((sum, text) => sum + counted(text), 0);
      expect(names.length + rest).toBe(60);
      expect(rest > 0).toBe(isCounted);
      const urgent = bot.accepted.filter((one) => !isFirst(one)).map(({ at }) => at);
      expect(urgent).toHaveLength(2);
      expect(itemAt(urgent, 0)).toBeLessThanOrEqual(6);
      expect(itemAt(urgent, 1)).toBeLessThanOrEqual(7);
    },
  );
});

describe('37: dead for hours, and back', () => {
  it('37: only tries while it is dead, which its status says; then 20 that stand, and 30 that ended in one digest', async () => {
    const ok = { status: 200, body: 'ok' };
    receiver.replies(() => (run.second < 2 * HOUR ? { status: 503 } : ok));
    rehearse('slack', { brief: 'tell' });
    const key = (i: number) => ({ key: { store: `店${String(i).padStart(2, '0')}` } });
    for (let i = 0; i < 50; i++) run.fires(i, `A${i}`, key(i));
    for (let i = 0; i < 30; i++) run.resolves(10 * MINUTE + i, `A${i}`);
    await run.until(50, 1);
    await run.until(2 * HOUR - 1, 10);
    // One at a time; a notice that is new tries sooner than one that has waited for long.
    expect(receiver.received.length).toBeLessThan((2 * HOUR) / 25);
    expect(new Set(secondsOf(receiver)).size).toBe(receiver.received.length);
    expect(status()).toMatchObject({ state: 'failing', delivered: 0, trouble: { reason: 'server_error' } });
    expect(said(beside).filter((line) => line.startsWith('first'))).toEqual(
      Array.from({ length: 50 }, (_, i) => `first A${i} @${i}`),
    );
    await run.until(2 * HOUR + 2 * MINUTE, 1);
    const accepted = receiver.received.filter(({ at }) => at - run.began >= 2 * HOUR * 1000).map(({ body }) => body);
    const [briefs, firsts] = [true, false].map((isBrief) =>
      accepted.filter((body) => body.includes('Brief alert') === isBrief),
    );
    const all = (bodies: readonly string[] | undefined): number => {
      const names = (bodies ?? []).flatMap((body) => [...new Set(named(body))]);
      expect(new Set(names).size).toBe(names.length);
      return (
        names.length + (bodies ?? []).reduce((sum, body) => sum + Number(/and (\d+) more/.exec(body)?.[1] ?? 0), 0)
      );
    };
    expect(briefs).toHaveLength(1);
    expect([all(briefs), all(firsts)]).toEqual([30, 20]);
    expect(status()).toMatchObject({ state: 'ok', waiting: 0, given_up: 0, trouble: null });
  });

  it('37: dead for longer than a day: what is given up is listed, and sent once more under its id', async () => {
    receiver.replies(() => ({ status: run.second < 26 * HOUR ? 503 : 204 }));
    rehearse('webhook').fires(0, 'A');
    await run.until(25 * HOUR, 10 * MINUTE);
    expect(status()).toMatchObject({ given_up: 1, waiting: 0 });
    const { queue } = must(run.delivery.hooks.find(({ config }) => config.id === 'r'));
    expect(queue.failed.map(failureOf)).toMatchObject([{ kind: 'first', reason: 'server_error', alerts: 1 }]);
    await run.until(26 * HOUR, 10 * MINUTE);
    const before = receiver.received.length;
    expect(await run.delivery.replay({ hook: 'r', notice: null })).toBe(1);
    await run.until(run.second + 1);
    expect(receiver.received).toHaveLength(before + 1);
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(status()).toMatchObject({ delivered: 1, given_up: 0 });
  });
});
