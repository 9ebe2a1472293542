/** The demo's receiver over HTTP: takes what hooks send, shows it as text, and is for this machine's own page alone. */
import { request } from 'node:http';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { recordingLogger } from '../../../adapters/testing/broker.fixture.ts';
import { systemClock } from '../../../adapters/process/system-clock.ts';
import { compileExpression } from '../../../adapters/expressions/cel.ts';
import { must } from '../../../core/must.ts';
import { alertMessage } from '../../../delivery/testing/delivery-rehearsal.ts';
import { HOSTILE_TEXTS } from '../../../../operators/destinations/testing/specimen-notices.ts';
import { parseConfig, type Config } from '../../config/config.ts';
import { Hook } from '../../hooks/hook.ts';
import { webhookReceiver } from '../../../testing/rig/webhook-receiver.ts';
import { withDemoHooks } from './demo-hooks.ts';
import { DemoReceiver } from './receiver.ts';

let receiver: DemoReceiver;
let hooks: Map<string, Hook>;

function config(raw: object = {}): Config {
  const parsed = parseConfig(raw, compileExpression);
  return must('config' in parsed ? parsed.config : null);
}

beforeEach(async () => {
  receiver = await DemoReceiver.start(systemClock, recordingLogger());
  const links = { publicUrl: 'http://127.0.0.1:8080', keys: ['a key of thirty-two bytes, or a few more'] };
  const around = { zone: 'UTC', calendars: new Map(), links };
  const all = withDemoHooks(config(), receiver.url, receiver.secrets).hooks;
  hooks = new Map(all.map((one) => [one.kind, new Hook(one, around)]));
});
afterEach(async () => {
  for (const hook of hooks.values()) hook.close();
  await receiver.close();
});

async function tell(kind: string, text: string): Promise<void> {
  const title = { 'zh-CN': text, en: text };
  const alerts = [alertMessage('A1', { title, reason: text, reason_zh: text, samples: [text], severity: 'critical' })];
  const now = Date.now();
  const notice = { id: `n${now}`, kind: 'first', thread: null, made: now, group: {}, alerts, standing: 0 } as const;
  const state = { wasMuted: false, attempts: 0, notBefore: now, isUnknown: false, isSending: true };
  expect(await must(hooks.get(kind)).send({ ...notice, ...state }, now)).toEqual({ kind: 'delivered' });
}
const page = async (path = '/?lang=en'): Promise<string> => (await fetch(`${receiver.url}${path}`)).text();
const valueIn = (html: string, tool: string): { message: number; value: string } => {
  const section = must(html.split(`<section class="${tool}"`)[1]);
  const [, message, value] = must(/data-message="(\d+)" data-value="([^"]+)"/.exec(section));
  return { message: Number(message), value: must(value) };
};
function press(body: object, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  const own = { 'content-type': 'application/json', origin: receiver.url };
  return fetch(`${receiver.url}/press`, {
    method: 'POST',
    headers: { ...own, ...headers },
    body: JSON.stringify(body),
  });
}

it.each(['feishu', 'slack', 'pagerduty', 'webhook'])(
  '%s: shows what the hook sent, whatever it holds, as text',
  async (kind) => {
    for (const text of HOSTILE_TEXTS.filter((one) => !one.includes('\ud800'))) await tell(kind, text);
    const html = await page('/messages?lang=en');
    expect(html).toContain(`<section class="${kind}"`);
    expect(html.match(/<article/g)?.length ?? 0).toBeGreaterThan(kind === 'pagerduty' ? 0 : 5);
    const tags = new Set([...html.matchAll(/<([a-z0-9]+)/g)].map(([, tag]) => tag));
    const ours = 'section h2 div p b span article h3 a button blockquote dl dt dd ol li details summary pre'.split(' ');
    expect([...tags].filter((tag) => !ours.includes(must(tag)))).toEqual([]);
    for (const [, href] of html.matchAll(/href="([^"]*)"/g)) expect(href).toMatch(/^http:\/\/127\.0\.0\.1:8080\//);
    expect(html).not.toMatch(/\son\w+=/);
  },
);

it('a button calls back as its tool does, proved, and shows what comes of it', async () => {
  const earshot = await webhookReceiver();
  earshot.answers(200);
  for (const kind of ['feishu', 'slack', 'pagerduty']) await tell(kind, 'CSAT');
  const html = await page();
  expect((await press(valueIn(html, 'slack'))).status).toBe(503); // nobody to call back to yet
  receiver.connect(earshot.url);
  for (const tool of ['feishu', 'slack', 'pagerduty']) expect((await press(valueIn(html, tool))).status).toBe(200);
  const [feishu, slack, pagerduty] = earshot.received;
  expect(must(feishu).body).toContain(receiver.secrets.feishu);
  expect(must(slack).headers['x-slack-signature']).toMatch(/^v0=[0-9a-f]{64}$/);
  expect(must(pagerduty).headers['x-pagerduty-signature']).toMatch(/^v1=[0-9a-f]{64}$/);
  const replaceAt = must(new URLSearchParams(must(slack).body).get('payload'));
  const { response_url } = JSON.parse(replaceAt) as { readonly response_url: string };
  const body = { replace_original: true, blocks: [{ type: 'section', text: { text: 'acknowledged by Lily' } }] };
  await fetch(response_url, { method: 'POST', body: JSON.stringify(body) });
  expect(await page()).toContain('<p>acknowledged by Lily</p>');
  earshot.answers(401);
  expect((await press(valueIn(html, 'pagerduty'))).status).toBe(502);
  await earshot.close();
});

it('takes nothing from who does not know its addresses, from other pages, or under another name', async () => {
  await tell('slack', 'CSAT');
  const button = valueIn(await page(), 'slack');
  receiver.connect('http://127.0.0.1:9');
  expect((await press(button, { origin: 'https://evil.example' })).status).toBe(403);
  expect((await press(button, { origin: 'null' })).status).toBe(403);
  expect((await press(button, { 'content-type': 'text/plain' })).status).toBe(403);
  expect((await press({ ...button, value: 'x' })).status).toBe(404);
  expect((await press({ ...button, message: 99 })).status).toBe(404);
  const post = async (path: string, body = '{}'): Promise<number> =>
    (await fetch(`${receiver.url}${path}`, { method: 'POST', body })).status;
  expect(await post('/in/guess/slack')).toBe(404);
  expect(await post(`/in/${receiver.secrets.path}/other`)).toBe(404);
  expect(await post(`/in/${receiver.secrets.path}/webhook`)).toBe(401); // not signed
  expect(await post(`/in/${receiver.secrets.path}/slack`, 'x'.repeat(300_000))).toBe(413);
  expect(await post(`/in/${receiver.secrets.path}/slack/1`, '{"replace_original":false}')).toBe(404);
  const named = await new Promise<number | undefined>((resolve) => {
    const asked = request(`${receiver.url}/`, { headers: { host: 'rebound.example' } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    asked.end();
  });
  expect(named).toBe(421);
  expect(await page()).not.toContain(receiver.secrets.path);
});

it('keeps the last messages of each tool; a hook of the same name that is configured stays as it is', async () => {
  for (let i = 0; i < 45; i++) await tell('webhook', `CSAT ${i}`);
  expect((await page()).match(/class="hook"/g)).toHaveLength(40);
  const own = { id: 'demo_slack', kind: 'slack', url: 'https://hooks.slack.com/services/x' };
  const ids = withDemoHooks(config({ hooks: [own] }), receiver.url, receiver.secrets).hooks;
  expect(ids.map(({ id }) => id)).toEqual(['demo_slack', 'demo_feishu', 'demo_pagerduty', 'demo_webhook']);
  expect(ids[0]?.settings).toEqual({ url: own.url });
});
