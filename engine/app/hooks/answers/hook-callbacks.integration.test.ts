/** Callbacks of tools over HTTP at a real gateway: proved, taken once, refused without saying why. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { recordingLogger } from '../../../adapters/testing/broker.fixture.ts';
import type { AuditEntry } from '../../../core/audit-entry.ts';
import type { Command } from '../../../gateway/gateway-ports.ts';
import { gatewayFixture, type Fixture } from '../../../gateway/testing/gateway.fixture.ts';
import { writeToken } from './answer-token.ts';
import { callbackCrypto } from './callback-crypto.ts';
import { HookAnswers } from './hook-answers.ts';
import { answersHook, takenInMemory } from './testing/answers.fixture.ts';

const KEYS = ['a key of thirty-two bytes, or a few more'];
const SECRET = 'the secret of the tool';
const settings = { secrets: [SECRET], token: null };
let now: number;
let outcome: 'stored' | 'late';
let isAsked: boolean;
let commandOf: (() => Promise<'late'>) | null;
let commands: Command[];
let audit: AuditEntry[];
let logger: ReturnType<typeof recordingLogger>;
let fixture: Fixture;
let answers: HookAnswers;

beforeEach(async () => {
  [isAsked, commandOf] = [false, null];
  [now, outcome, commands, audit, logger] = [Date.now(), 'stored', [], [], recordingLogger()];
  const hooks = ['pagerduty', 'slack', 'feishu', 'dingtalk'].map((kind) =>
    // A button needs no link.
    answersHook({ id: kind, kind, callback: settings, language: 'zh-CN', hasLinks: kind !== 'feishu' }),
  );
  answers = new HookAnswers({
    hooks: [...hooks, answersHook({ id: 'silent' })],
    keys: KEYS,
    taken: takenInMemory(),
    answered: () => null,
    replace: () => Promise.resolve(),
    maskName: (name) => name.replace('13800138000', '***'),
    command: (one) => {
      isAsked = true;
      if (commandOf !== null) return commandOf();
      if (outcome === 'stored') commands.push(one);
      return Promise.resolve(outcome);
    },
    clock: { now: () => now },
    logger,
  });
  fixture = await gatewayFixture({}, { answers, audit: (entry) => audit.push(entry) });
});
afterEach(() => fixture.gateway.close());

interface Sent {
  readonly hook: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}
async function post({ hook, body, headers }: Sent): Promise<{ readonly status: number; readonly text: string }> {
  const answer = await fetch(`${fixture.gateway.url}/v1/hooks/${hook}/callback`, { method: 'POST', body, headers });
  return { status: answer.status, text: await answer.text() };
}
const token = (alert: string, hook: string): string =>
  writeToken({ alerts: [alert], hook, notice: `n-${alert}`, expires: now + 86_400_000 }, KEYS);

function pagerduty(type = 'incident.acknowledged', id = 'e1'): Sent {
  const agent = { type: 'user_reference', summary: '李 13800138000' };
  const body = JSON.stringify({ event: { id, event_type: type, agent, data: { incident_key: 'cx/csat_low/A1' } } });
  return {
    hook: 'pagerduty',
    body,
    headers: { 'x-pagerduty-signature': `v1=${callbackCrypto.hmacSha256(SECRET, body, 'hex')}` },
  };
}
function slack(value = token('A1', 'slack')): Sent {
  const payload = { type: 'block_actions', user: { name: 'Li' }, actions: [{ action_id: 'earshot_ack', value }] };
  const body = `payload=${encodeURIComponent(JSON.stringify(payload))}`;
  const time = String(Math.floor(now / 1000));
  const signature = `v0=${callbackCrypto.hmacSha256(SECRET, `v0:${time}:${body}`, 'hex')}`;
  return { hook: 'slack', body, headers: { 'x-slack-request-timestamp': time, 'x-slack-signature': signature } };
}
function feishu(): Sent {
  const event = { operator: { user_id: 'li' }, action: { value: { ack: token('A1', 'feishu') } } };
  const body = JSON.stringify({ schema: '2.0', header: { event_id: 'f1' }, event });
  const time = String(Math.floor(now / 1000));
  const signature = callbackCrypto.sha256(`${time}n${SECRET}${body}`);
  const headers = { 'x-lark-request-timestamp': time, 'x-lark-nonce': 'n', 'x-lark-signature': signature };
  return { hook: 'feishu', body, headers };
}
function dingtalk(ack: string): Sent {
  const body = JSON.stringify({ userId: 'li', content: JSON.stringify({ cardPrivateData: { params: { ack } } }) });
  const headers = {
    'x-ddpaas-signature-timestamp': String(now),
    'x-ddpaas-signature': callbackCrypto.hmacSha256(SECRET, String(now), 'base64'),
  };
  return { hook: 'dingtalk', body, headers };
}

it('41: the same signed bytes count once; a second time is answered well and has no effect', async () => {
  const sent = [pagerduty(), slack(), feishu()];
  for (const one of sent) {
    commands.length = 0;
    const statuses = [(await post(one)).status, (await post(one)).status];
    expect([one.hook, statuses]).toEqual([one.hook, one.hook === 'pagerduty' ? [202, 202] : [200, 200]]);
    expect(commands).toMatchObject([{ type: 'earshot.alert.acked', data: { alert: 'A1', via: one.hook } }]);
  }
  const [, late] = sent;
  now += 301_000;
  expect(late === undefined ? null : (await post(late)).status).toBe(401);
});

it('what somebody did in PagerDuty is taken with their name, masked', async () => {
  await post(pagerduty());
  await post(pagerduty('incident.unacknowledged', 'e2'));
  expect(commands).toEqual([
    { type: 'earshot.alert.acked', data: { alert: 'A1', by: '李 ***', via: 'pagerduty' } },
    { type: 'earshot.alert.unacked', data: { alert: 'A1', by: '李 ***', via: 'pagerduty' } },
  ]);
});

it('42: changed bytes, a missing header and a huge body are refused, and nothing of the secret is said', async () => {
  const { headers, body } = pagerduty();
  const wrong = [
    await post({ hook: 'pagerduty', headers, body: JSON.stringify(JSON.parse(body), null, 1) }),
    await post({ hook: 'pagerduty', headers: {}, body }),
    await post({ hook: 'silent', headers, body }),
    await post({ hook: 'nobody', headers, body }),
  ];
  expect(wrong.map(({ status }) => status)).toEqual([401, 401, 401, 401]);
  expect(new Set(wrong.map(({ text }) => text)).size).toBe(1);
  expect((await post({ hook: 'pagerduty', headers, body: 'x'.repeat(2 << 20) })).status).toBe(413);
  expect(commands).toEqual([]);
  const said = JSON.stringify([logger.lines, fixture.logs, audit, wrong]);
  expect(said).not.toContain(SECRET);
  expect(audit[0]).toMatchObject({ action: 'access.refused', code: 'unauthorized', route: '/v1/hooks/{id}/callback' });
  const refused = { labels: { hook: 'pagerduty', outcome: 'refused' }, value: 2 };
  expect(answers.families()[0]?.samples).toContainEqual(refused);
});

it('45: a genuine signature with another body acknowledges nothing; nor does a token that was used', async () => {
  const genuine = dingtalk(token('A1', 'dingtalk'));
  const { headers } = genuine;
  const swapped = [
    dingtalk('A2'),
    dingtalk(token('A2', 'slack')),
    dingtalk(`${token('A2', 'dingtalk').split('.')[0]}.${token('A1', 'dingtalk').split('.')[1]}`),
  ];
  for (const { hook, body } of swapped) expect((await post({ hook, body, headers })).status).toBe(403);
  expect(commands).toEqual([]);
  expect(audit).toContainEqual(expect.objectContaining({ action: 'access.refused', code: 'forbidden' }));
  expect((await post(genuine)).status).toBe(200);
  expect((await post(genuine)).status).toBe(200);
  expect(commands).toHaveLength(1);
});

it('a tool is asked to come again while the broker does not take it, and then counts', async () => {
  outcome = 'late';
  expect((await post(pagerduty())).status).toBe(503);
  outcome = 'stored';
  expect((await post(pagerduty())).status).toBe(202);
  expect(commands).toHaveLength(1);
});

it('a tool that comes again while its first attempt is under way is not told that all is well: the first may fail', async () => {
  let end: (outcome: 'late') => void = () => undefined;
  commandOf = () => new Promise((resolve) => (end = resolve));
  const first = post(pagerduty());
  await expect.poll(() => isAsked).toBe(true);
  expect((await post(pagerduty())).status).toBe(503);
  end('late');
  expect((await first).status).toBe(503);
  commandOf = null;
  expect((await post(pagerduty())).status).toBe(202);
  expect(commands).toHaveLength(1);
});

it('the link of a notice and its button are one: whichever comes second does nothing', async () => {
  const both = token('A1', 'slack');
  await post(slack(both));
  expect(await answers.acknowledge(both, 'Wang')).toBe('used');
  expect(commands).toHaveLength(1);
});

it('Feishu shows the reader that it was taken, in the language of the hook', async () => {
  expect(JSON.parse((await post(feishu())).text)).toEqual({ toast: { type: 'success', content: '已收到' } });
});
