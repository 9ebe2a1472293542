/** Messages that were answered in their tool say so: replaced where the tool gives an address, or in what it is answered with. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { recordingLogger } from '../../../adapters/testing/broker.fixture.ts';
import { must } from '../../../core/must.ts';
import type { AlertMessage } from '../../../core/wire.ts';
import { BoardActions } from '../../../live/board-actions.ts';
import { alertMessage } from '../../../delivery/testing/delivery-rehearsal.ts';
import type { CallbackAnswer } from '../../../gateway/answers-port.ts';
import { webhookReceiver, type WebhookReceiver } from '../../../testing/rig/webhook-receiver.ts';
import { answeredMessage } from './answered-message.ts';
import { writeToken } from './answer-token.ts';
import { callbackCrypto } from './callback-crypto.ts';
import { HookAnswers } from './hook-answers.ts';
import { replaceMessage } from './replace-message.ts';
import { answersHook, takenInMemory } from './testing/answers.fixture.ts';

const KEYS = ['a key of thirty-two bytes, or a few more'];
const SECRET = 'the secret of the tool';
const callback = { secrets: [SECRET], token: null };
let slack: WebhookReceiver;
let board: Map<string, AlertMessage>;
let actions: BoardActions;
let answers: HookAnswers;
let logger: ReturnType<typeof recordingLogger>;
let pending: Promise<void>[];

beforeEach(async () => {
  [slack, pending, logger] = [await webhookReceiver(), [], recordingLogger()];
  board = new Map<string, AlertMessage>();
  slack.answers(200);
  const title = { 'zh-CN': '满意度过低 <!channel>', en: 'CSAT is low <!channel>' };
  for (const alert of ['A1', 'A2']) board.set(alert, alertMessage(alert, { title }));
  const clock = { now: () => Date.now() };
  const links = { publicUrl: 'https://cx.example', keys: KEYS };
  actions = new BoardActions(10);
  const standing = { alertOf: (alert: string) => board.get(alert), actionOf: (id: string) => actions.get(id) };
  const sources = { ...standing, zone: 'Asia/Shanghai', links, clock };
  answers = new HookAnswers({
    hooks: [
      answersHook({ id: 'slack', kind: 'slack', callback, settings: { url: `${slack.url}/services/T0/B0/x` } }),
      answersHook({ id: 'feishu', kind: 'feishu', callback, language: 'zh-CN' }),
    ],
    keys: KEYS,
    taken: takenInMemory(),
    maskName: (name) => name,
    command: () => Promise.resolve('stored'),
    answered: (hook, token, by) => answeredMessage(hook, token, by, sources),
    replace: (hook, url, message) => {
      const replacing = replaceMessage(hook, url, message, logger);
      pending.push(replacing);
      return replacing;
    },
    clock,
    logger,
  });
});
afterEach(() => slack.close());

const tokenOf = (hook: string, alerts = ['A1']): string =>
  writeToken({ alerts, hook, notice: `n-${alerts.join()}`, expires: Date.now() + 60_000 }, KEYS);

const ofAction = (hook: string): string =>
  writeToken({ alerts: [], action: 'low.1', hook, notice: 'n-action', expires: Date.now() + 60_000 }, KEYS);

async function press(
  responseUrl: string,
  alerts?: string[],
  value = tokenOf('slack', alerts),
): Promise<CallbackAnswer> {
  const pressed = [{ action_id: 'earshot_ack', value }];
  const payload = { type: 'block_actions', user: { name: 'Li Lei' }, response_url: responseUrl, actions: pressed };
  const body = `payload=${encodeURIComponent(JSON.stringify(payload))}`;
  const time = String(Math.floor(Date.now() / 1000));
  const signature = `v0=${callbackCrypto.hmacSha256(SECRET, `v0:${time}:${body}`, 'hex')}`;
  const headers = { 'x-slack-request-timestamp': time, 'x-slack-signature': signature };
  const answer = await answers.callback('slack', { headers, body });
  await Promise.all(pending);
  return answer;
}

it('Slack: the message is replaced by one that says who looks after its alerts, without a button', async () => {
  expect((await press(`${slack.url}/actions/T0/1/x`, ['A1', 'A2'])).status).toBe(200);
  const [sent] = slack.received;
  const message = JSON.parse(must(sent).body) as { readonly replace_original: boolean; readonly text: string };
  expect(message.replace_original).toBe(true);
  expect(message.text).toContain('Acknowledged');
  expect(must(sent).body).not.toContain('"actions"');
  expect(must(sent).body).not.toContain('<!channel>');
  await press(`${slack.url}/actions/T0/1/x`, ['A1']);
  expect(must(slack.received[1]).body).toContain('acknowledged by Li Lei');
});

it('Slack: an address that is not of the tool is not called, and the answer counts all the same', async () => {
  const other = await webhookReceiver();
  for (const url of [
    `${other.url}/actions`,
    'file:///etc/passwd',
    'no address',
    `${slack.url}@${other.url.slice(7)}/x`,
  ]) {
    expect((await press(url)).status).toBe(200);
  }
  expect([other.received, slack.received]).toEqual([[], []]);
  expect(JSON.stringify(logger.lines)).toContain('its address is not of the tool');
  await other.close();
});

it('Slack: who presses second sees who was first; an alert that has ended is shown as ended', async () => {
  board.set('A1', alertMessage('A1', { acked: { by: 'Wang', at: '2026-03-02T08:10:00Z' } }));
  await press(`${slack.url}/a`);
  expect(must(slack.received[0]).body).toContain('acknowledged by Wang');
  board.set('A2', alertMessage('A2', { state: 'resolved' }));
  await press(`${slack.url}/a`, ['A2']);
  expect(must(slack.received[1]).body).toContain('Resolved');
});

const feishuPress = (ack: string): Promise<CallbackAnswer> => {
  const event = { operator: { user_id: 'li' }, action: { value: { ack } } };
  const body = JSON.stringify({ schema: '2.0', header: { event_id: 'f1' }, event });
  const time = String(Math.floor(Date.now() / 1000));
  const signature = callbackCrypto.sha256(`${time}n${SECRET}${body}`);
  const headers = { 'x-lark-request-timestamp': time, 'x-lark-nonce': 'n', 'x-lark-signature': signature };
  return answers.callback('feishu', { headers, body });
};

it('an action that somebody completes by its button: the message says who did it and has no button; pressed again, or no longer open, it stays', async () => {
  const data = {
    ...{ id: 'low.1', action: 'follow_up', state: 'due', open: true, case: 'k-7 <!channel>', owner: 'care' },
    title: { 'zh-CN': '低分跟进', en: 'Follow up a low score' },
  };
  actions.take({ id: 'm1', kind: 'follow_up', type: 'cx.action.due', time: '2026-03-02T08:00:00Z', data });
  await press(`${slack.url}/a`, [], ofAction('slack'));
  const said = must(slack.received[0]).body;
  const { replace_original: isReplaced, text } = JSON.parse(said) as {
    readonly replace_original: boolean;
    readonly text: string;
  };
  expect([isReplaced, text]).toEqual([true, 'Done: Follow up a low score']);
  expect(said).toContain('done by Li Lei');
  expect(said).not.toMatch(/"actions"|<!channel>/);
  await press(`${slack.url}/a`, [], ofAction('slack'));
  expect(slack.received).toHaveLength(1);
  const { body } = await feishuPress(ofAction('feishu'));
  expect(body).toMatchObject({ card: { data: { header: { template: 'green' } } } });
  expect(JSON.stringify(body)).toMatch(/已完成：低分跟进.*li 已完成/);
  expect(JSON.stringify(body)).not.toContain('"callback"');
  actions.take({ id: 'm2', kind: 'follow_up', data: { ...data, open: false, state: 'done' } });
  expect((await feishuPress(ofAction('feishu'))).body).toEqual({ toast: { type: 'success', content: '已收到' } });
});

it('Feishu: the reply holds the card as it is now; the older callback, which knows another form, has the notice alone', async () => {
  const event = { operator: { user_id: 'li' }, action: { value: { ack: tokenOf('feishu') } } };
  const post = async (body: string): Promise<CallbackAnswer> => {
    const time = String(Math.floor(Date.now() / 1000));
    const signature = callbackCrypto.sha256(`${time}n${SECRET}${body}`);
    const headers = { 'x-lark-request-timestamp': time, 'x-lark-nonce': 'n', 'x-lark-signature': signature };
    return answers.callback('feishu', { headers, body });
  };
  const toast = { type: 'success', content: '已收到' };
  const { body } = await post(JSON.stringify({ schema: '2.0', header: { event_id: 'f1' }, event }));
  expect(body).toMatchObject({ toast, card: { type: 'raw', data: { schema: '2.0', header: { template: 'orange' } } } });
  expect(JSON.stringify(body)).toContain('li 已认领');
  expect(JSON.stringify(body)).not.toContain('"callback"');
  expect((await post(JSON.stringify({ open_id: 'ou_1', ...event }))).body).toEqual({ toast });
});
