/** The link of a notice, opened and confirmed over HTTP at a real gateway. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { recordingLogger } from '../../../adapters/testing/broker.fixture.ts';
import type { AlertMessage } from '../../../core/wire.ts';
import { alertMessage } from '../../../delivery/testing/delivery-rehearsal.ts';
import type { Command } from '../../../gateway/gateway-ports.ts';
import { gatewayFixture, type Fixture } from '../../../gateway/testing/gateway.fixture.ts';
import { maskText } from '../../../../operators/events/masking/mask-text.ts';
import { writeToken } from './answer-token.ts';
import { HookAnswers } from './hook-answers.ts';
import { answersHook, takenInMemory } from './testing/answers.fixture.ts';

const KEYS = ['a key of thirty-two bytes, or a few more'];
const DAY = 86_400_000;
const clock = { now: () => Date.now() };
let outcome: 'stored' | 'full' = 'stored';
let commands: Command[];
/** What is more is refused. */
let most: number;
let fixture: Fixture;
let answers: HookAnswers;

beforeEach(async () => {
  [outcome, commands, most] = ['stored', [], Number.POSITIVE_INFINITY];
  const command = (one: Command) => {
    if (commands.length >= most) return Promise.resolve('full' as const);
    if (outcome === 'stored') commands.push(one);
    return Promise.resolve(outcome);
  };
  const hooks = [answersHook({ id: 'oncall', language: 'zh-CN' }), answersHook({ id: 'muted', hasLinks: false })];
  answers = new HookAnswers({
    hooks,
    keys: KEYS,
    taken: takenInMemory(),
    command,
    answered: () => null,
    replace: () => Promise.resolve(),
    maskName: (name) => name,
    clock,
    logger: recordingLogger(),
  });
  fixture = await gatewayFixture({ maskText: (text) => maskText(text).text }, { answers });
  shows({});
});
afterEach(() => fixture.gateway.close());

const shows = (changes: Partial<AlertMessage>): void =>
  fixture.commit(
    'cx.alerts.major.csat_low',
    alertMessage('A1', { samples: [], reason: '<满意度> 70 % & 更低', ...changes }),
  );
const token = (changes: object = {}): string =>
  writeToken({ alerts: ['A1'], hook: 'oncall', notice: 'n1', expires: Date.now() + DAY, ...changes }, KEYS);
async function open(text: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${fixture.gateway.url}/a/${text}`, { headers });
}
async function confirm(text: string, by: string, headers: Record<string, string> = {}): Promise<Response> {
  // As a phone's browser does that came from a chat: of no origin, or of another one.
  const from = { origin: 'null', ...headers };
  return fetch(`${fixture.gateway.url}/a/${text}`, {
    method: 'POST',
    headers: from,
    body: new URLSearchParams({ by }),
  });
}

it('asks by the link, acts on confirmation alone, in the language of the hook; by whom and via which hook is said', async () => {
  const looked = await open(`${token()}?from=groupmessage&isappinstalled=0`);
  const page = await looked.text();
  expect([looked.status, looked.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  expect(page).toContain('lang="zh-CN"');
  expect(page).toContain('&lt;满意度&gt; 70 % &amp; 更低');
  expect(page).toContain('<form method="post">');
  expect(page).not.toContain('<script');
  expect(looked.headers.get('content-security-policy')).toMatch(/default-src 'none'.*form-action 'self'/);
  for (const method of ['HEAD', 'OPTIONS', 'DELETE']) await fetch(looked.url, { method });
  expect(commands).toEqual([]);

  const done = await confirm(token(), ' 李\u202e雷 \n13800138000 ');
  expect([done.status, await done.text()]).toEqual([200, expect.stringContaining('已认领')]);
  const [command] = commands;
  expect(command).toMatchObject({ type: 'earshot.alert.acked', data: { alert: 'A1', via: 'oncall' } });
  expect(command?.data['by']).toMatch(/^李 雷 (?!.*13800138000)/);
  const cookie = done.headers.get('set-cookie') ?? '';
  expect(cookie).toMatch(/HttpOnly; SameSite=Lax/);
  const again = await (await open(token({ notice: 'n2' }), { cookie: cookie.split(';')[0] ?? '' })).text();
  expect(again).toContain('value="李 雷');
});

it('41: works once; a second confirmation changes nothing, and says how it stands', async () => {
  await confirm(token(), 'Li');
  shows({ acked: { by: 'Li', at: '2026-03-02T08:10:00Z' } });
  const second = await confirm(token(), 'Wang');
  expect([second.status, await second.text()]).toEqual([200, expect.stringContaining('已由 Li 认领')]);
  expect(commands).toHaveLength(1);
  expect(answers.families()[0]?.samples).toContainEqual({ labels: { hook: 'oncall', outcome: 'repeated' }, value: 1 });
});

it('12: of an alert that has ended it reopens nothing; the engine is told, for the audit', async () => {
  shows({ state: 'resolved' });
  expect(await (await open(token())).text()).not.toContain('<form');
  expect(await (await confirm(token(), 'Li')).text()).toContain('告警已恢复');
  expect(commands).toHaveLength(1);
});

it.each([
  ['of another hook that carries none', 404, () => token({ hook: 'muted' })],
  ['of a hook that is no more', 404, () => token({ hook: 'gone' })],
  ['expired', 410, () => token({ expires: Date.now() - 1 })],
  [
    'with another alert under the same proof',
    404,
    () => `${token({ alerts: ['A2'] }).split('.')[0]}.${token().split('.')[1]}`,
  ],
  ['cut', 404, () => token().slice(0, -1)],
  [
    'of another key',
    404,
    () => writeToken({ alerts: ['A1'], hook: 'oncall', notice: 'n', expires: Date.now() + DAY }, ['x'.repeat(32)]),
  ],
])('a link %s does nothing', async (_, status, make) => {
  expect((await open(make())).status).toBe(status);
  expect((await confirm(make(), 'Li')).status).toBe(status);
  expect(commands).toEqual([]);
});

it('says what is missing: a name; a shorter name; a calmer pace; and works again when the broker does', async () => {
  expect((await confirm(token(), ' \u200b ')).status).toBe(422);
  expect((await confirm(token(), 'x'.repeat(3000))).status).toBe(413);
  outcome = 'full';
  expect((await confirm(token(), 'Li')).status).toBe(503);
  outcome = 'stored';
  expect((await confirm(token(), 'Li')).status).toBe(200);
  expect(commands).toHaveLength(1);
  const statuses = await Promise.all(Array.from({ length: 60 }, async () => (await open(token())).status));
  expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(20);
});

it('one link of several alerts: lists them as they stand, acknowledges each that is open once, goes on where it was stopped', async () => {
  for (const alert of ['A2', 'A3', 'A4']) {
    const title = { 'zh-CN': `<b>${alert}</b>`, en: alert };
    const acked = alert === 'A3' ? { by: 'Wang', at: '2026-03-02T08:10:00Z' } : null;
    fixture.commit('cx.alerts.major.csat_low', alertMessage(alert, { title, acked }));
  }
  const several = token({ alerts: ['A1', 'A2', 'A3', 'A4'] });
  const page = await (await open(several)).text();
  expect(page).toContain('认领 4 条告警');
  expect(page).toContain('<li>&lt;b&gt;A2&lt;/b&gt; · A2</li>');
  expect(page).toContain('A3 (Wang 已认领)</li>');
  expect(page).toContain('<form method="post">');
  await confirm(token({ alerts: ['A2'] }), 'Li'); // by the alert's own link
  most = 2;
  expect((await confirm(several, 'Li')).status).toBe(503);
  expect(commands.map(({ data }) => data['alert'])).toEqual(['A2', 'A1']);
  most = Number.POSITIVE_INFINITY;
  expect((await confirm(several, 'Li')).status).toBe(200);
  expect(commands.map(({ data }) => data['alert'])).toEqual(['A2', 'A1', 'A3', 'A4']);
  expect(await (await confirm(several, 'Han')).text()).toContain('这个链接已经用过');
});

it('completes an action by the link of its notice: asks, takes a name once, says afterwards that nothing is to be done', async () => {
  const data = {
    ...{ id: 'low.1', action: 'follow_up', state: 'due', open: true, case: 'k-<7>', owner: 'care', key: 'u1' },
    ...{ title: { 'zh-CN': '低分跟进', en: 'Follow up a low score' }, reason: 'low', reason_zh: '低分：u1' },
    due: '2026-03-03T02:00:00.000Z',
  };
  fixture.commit('cx.actions.follow_up', data);
  const own = token({ alerts: [], action: 'low.1' });
  const looked = await (await open(own)).text();
  for (const text of ['低分跟进', '低分：u1', 'k-&lt;7&gt;', '<form method="post">']) expect(looked).toContain(text);
  expect(commands).toEqual([]);
  expect([(await confirm(own, ' ')).status, commands]).toEqual([422, []]);

  const done = await confirm(own, '李雷 13800138000');
  expect([done.status, await done.text()]).toEqual([200, expect.stringContaining('已记录')]);
  expect(done.headers.get('set-cookie')).toContain('earshot_name=');
  expect(commands).toMatchObject([
    { type: 'earshot.action.completed', data: { action: 'low.1', via: 'oncall', note: null } },
  ]);
  expect(JSON.stringify(commands)).not.toContain('13800138000');
  expect(await (await confirm(own, '韩梅梅')).text()).toContain('已经有人用这个链接完成了它');
  expect(commands).toHaveLength(1);

  fixture.commit('cx.actions.follow_up', { ...data, open: false, state: 'done' });
  const after = await (await open(own)).text();
  expect(after).toContain('已不在待办中');
  expect(after).not.toContain('<form');
  expect((await open(token({ alerts: [], action: 'low.1', expires: 1 }))).status).toBe(410);
  expect((await open(`${own.slice(0, -2)}AA`)).status).toBe(404);
});
