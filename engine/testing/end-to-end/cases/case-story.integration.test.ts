/** The story of a case, and the funnel of a journey, by a running engine with a real broker over real HTTP, in two partitions, before and after a restart. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { compileExpression } from '../../../adapters/expressions/cel.ts';
import { loadConfig } from '../../../adapters/config/config-file.ts';
import { recordingLogger } from '../../../adapters/testing/broker.fixture.ts';
import { configForm } from '../../../app/config/config.ts';
import { startEngine, type LiveEngine } from '../../../app/engine.ts';
import { must } from '../../../core/must.ts';
import type { JsonObject } from '../../../core/types.ts';
import type { CaseStory } from '../../../core/cases/case-story-form.ts';
import type { JourneyFunnel } from '../../../core/journeys/journey-funnel-form.ts';
import { until } from '../../rig/read-metrics.ts';
import { readStream } from '../../rig/read-streams.ts';
import { webhookReceiver, type WebhookReceiver } from '../../rig/webhook-receiver.ts';

const { signal } = new AbortController();
const folder = mkdtempSync(join(tmpdir(), 'earshot-cases-'));
let engine: LiveEngine;
let desk: WebhookReceiver;

async function start(): Promise<void> {
  const config = await loadConfig(join(folder, 'earshot.yaml'), configForm(compileExpression));
  engine = await startEngine({ config, logger: recordingLogger(), demo: null, signal });
}
beforeAll(async () => {
  desk = await webhookReceiver();
  writeFileSync(
    join(folder, 'earshot.yaml'),
    `
nats: {embedded: {store: "${join(folder, 'store')}"}}
http: {port: 0, public_url: "http://127.0.0.1:9"}
partitions: 2
scoring: {sentiment: null}
# A pause between two tests lets no partition go on without the other.
time: {idle_after: 10m}
clocks:
  - id: first_response
    key: data.case
    start: {on: cx.case.opened}
    stop: {on: cx.case.replied, where: data.author == "agent"}
    target: [{within: 1h}]
actions:
  - {id: low_score, on: cx.survey.answered, where: data.score <= 2, kind: follow_up, due: 1d, owner: '"care"'}
hooks:
  - {id: desk, kind: webhook, url: "${desk.url}", allow: [127.0.0.0/8], for: {action: [follow_up]}}
journeys:
  - id: checkout
    key: data.customer.id
    steps:
      - {id: cart, on: cx.journey.step, where: data.step == "cart"}
      - {id: pay, on: cx.journey.step, where: data.step == "pay"}
      - {id: done, on: cx.journey.step, where: data.step == "done"}
    expire: 5m
    keep: [channel]
    funnel: 1m
`,
  );
  await start();
}, 60_000);
afterAll(async () => {
  await engine.stop();
  await desk.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The cases are of half an hour ago, so that the journeys' steps come after them in event time: a partition that has seen later events may drop them as late. */
const JOURNEYS = Date.now();
const CASES = JOURNEYS - 30 * 60_000;
const at = (minutesAgo: number, now = CASES): string => new Date(now - minutesAgo * 60_000).toISOString();
function event(id: string, type: string, minutesAgo: number, data: object): object {
  const common = { channel: 'web_chat', case: 'k-1', region: 'east' };
  return { specversion: '1.0', id, source: '/desk', type, time: at(minutesAgo), data: { ...common, ...data } };
}
async function send(...events: readonly object[]): Promise<void> {
  const reply = await fetch(`${engine.url}/v1/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/cloudevents-batch+json' },
    body: JSON.stringify(events),
  });
  expect(reply.status).toBe(202);
}
async function story(id: string): Promise<CaseStory | number> {
  const reply = await fetch(`${engine.url}/v1/cases/${encodeURIComponent(id)}`);
  return reply.status === 200 ? ((await reply.json()) as CaseStory) : reply.status;
}
async function storyWith(id: string, entries: number): Promise<CaseStory> {
  let found: CaseStory | number = 0;
  await until(`${id} has ${String(entries)} entries`, 30_000, async () => {
    found = await story(id);
    return typeof found === 'object' && found.entries.length === entries;
  });
  return found as unknown as CaseStory;
}

it('tells the whole of a case, masked, from events of several channels and kinds, in whatever order they came', async () => {
  expect(await story('k-1')).toBe(404);
  await send(
    event('e4', 'cx.case.resolved', 1, { owner: 'li' }),
    event('e2', 'cx.interaction.message', 8, {
      ...{ conversation: 'v-9', author: 'customer', channel: 'wechat', text: '我的电话是13812345678' },
    }),
    event('e1', 'cx.case.opened', 9, { class: 'refund', priority: 'high', customer: { id: 'c-7' } }),
    event('e3', 'cx.case.replied', 5, { author: 'agent', agent: 'a-1' }),
    event('e5', 'cx.survey.answered', 0.5, { survey: 's', metric: 'csat', score: 2 }),
    event('o1', 'cx.case.opened', 9, { case: 'k-2' }),
  );
  const found = await storyWith('k-1', 5);
  expect(found).toMatchObject({
    ...{ state: 'resolved', since: at(1), opened: at(9), owner: 'li', class: 'refund', priority: 'high', hidden: 0 },
    ...{ complete: true, illegal: {}, customer: { id: 'c-7' }, key: { region: 'east', channel: 'web_chat' } },
  });
  expect(found.steps.map(({ event: type, from, to, by }) => [type, from, to, by])).toEqual([
    ['cx.case.opened', null, 'open', null],
    ['cx.case.resolved', 'open', 'resolved', null],
  ]);
  expect(found.entries.map(({ type, channel }) => `${type} ${channel}`)).toEqual([
    ...['cx.case.opened web_chat', 'cx.interaction.message wechat', 'cx.case.replied web_chat'],
    ...['cx.case.resolved web_chat', 'cx.survey.answered web_chat'],
  ]);
  expect(found.entries[1]?.text).toContain('我的电话是');
  expect(JSON.stringify(found)).not.toContain('13812345678');
  expect(found.entries[4]?.score).toEqual({ metric: 'csat', score: 2 });
  expect(found.clocks).toMatchObject([
    { clock: 'first_response', state: 'stopped', started: at(9), ended: at(5), working_s: 240, met: true },
  ]);
  expect(await story('k-3')).toBe(404);
}, 60_000);

it('has what was to be done for the case, and when somebody did it', async () => {
  const withActions = async (count: number): Promise<CaseStory['actions']> => {
    let found: CaseStory | number = 0;
    await until(`k-1 has ${String(count)} changes of actions`, 30_000, async () => {
      found = await story('k-1');
      return typeof found === 'object' && found.actions.length === count;
    });
    return (found as unknown as CaseStory).actions;
  };
  const [due] = await withActions(1);
  expect(due).toMatchObject({
    ...{ at: at(0.5), kind: 'follow_up', name: 'low_score', state: 'due', owner: 'care', done: null },
    key: { channel: 'web_chat', region: 'east' },
  });
  const reply = await fetch(`${engine.url}/v1/actions/${String(due?.id)}/complete`, {
    method: 'POST',
    body: JSON.stringify({ note: 'called' }),
    headers: { 'content-type': 'application/json' },
  });
  expect(reply.status).toBe(202);
  const [first, done] = await withActions(2);
  expect(first).toEqual(due);
  expect(done).toMatchObject({ id: due?.id, state: 'done', done: { by: 'local', note: 'called', in_time: true } });
  expect(await story('k-2')).toMatchObject({ actions: [] });
}, 90_000);

/** The action of a case as the desk's webhook has it. */
interface NoticeAction {
  readonly id: string;
  readonly case: string;
  readonly completes?: string;
  readonly complete_url?: string;
}
async function noticeOf(id: string): Promise<NoticeAction> {
  const found = (): NoticeAction | undefined =>
    desk.received
      .map(({ body }) => (JSON.parse(body) as { action?: NoticeAction | null }).action)
      .find((action) => action?.case === id) ?? undefined;
  await until('the desk has the notice', 60_000, () => Promise.resolve(found()?.complete_url !== undefined));
  return must(found());
}

it('a program completes the action that its webhook received, by `completes`', async () => {
  await send(
    event('w1', 'cx.case.opened', 0.4, { case: 'k-tool' }),
    event('w2', 'cx.survey.answered', 0.3, { case: 'k-tool', survey: 's', metric: 'csat', score: 1 }),
  );
  const { id, completes = '' } = await noticeOf('k-tool');
  const complete = async (action: string): Promise<number> => {
    const headers = { 'content-type': 'application/json' };
    const address = `${engine.url}/v1/actions/${encodeURIComponent(action)}/complete`;
    return (await fetch(address, { method: 'POST', headers, body: '{"note":"called"}' })).status;
  };
  expect(await complete(id), 'the id of the message, which is the same on each repetition').toBe(404);
  expect(await complete(completes)).toBe(202);
  const states = async (): Promise<readonly string[]> =>
    ((await story('k-tool')) as CaseStory).actions.map(({ state }) => state);
  await until('the story says that it is done', 60_000, async () => (await states()).includes('done'));
}, 120_000);

it('the link of a notice completes what was to be done: who did it is in the audit, among the actions and in the story', async () => {
  await send(
    event('l1', 'cx.case.opened', 0.4, { case: 'k-link' }),
    event('l2', 'cx.survey.answered', 0.3, { case: 'k-link', survey: 's', metric: 'csat', score: 1 }),
  );
  const { complete_url: link = '' } = await noticeOf('k-link');
  // People come by the public address; here it is the engine's own.
  const address = `${engine.url}${new URL(link).pathname}`;

  const looked = await fetch(address);
  expect([looked.status, await looked.text()]).toEqual([200, expect.stringContaining('<form method="post">')]);
  const confirm = (by: string): Promise<Response> =>
    fetch(address, { method: 'POST', body: new URLSearchParams({ by }), headers: { origin: engine.url } });
  expect((await confirm('Li')).status).toBe(200);

  const changes = async (): Promise<CaseStory['actions']> => ((await story('k-link')) as CaseStory).actions;
  await until('the story says that it is done', 60_000, async () => (await changes()).length === 2);
  const [due, done] = await changes();
  const { id } = must(due);
  expect(due).toMatchObject({ state: 'due', done: null });
  expect(done).toMatchObject({ id, state: 'done', done: { by: 'Li', in_time: true } });
  const said = (await readStream(engine.nc, 'CX_ACTIONS')).map(({ data }) => data as JsonObject);
  expect(said.filter((one) => one['id'] === id).map(({ state }) => state)).toEqual(['due', 'done']);
  const completions = async (): Promise<readonly JsonObject[]> =>
    (await readStream(engine.nc, 'CX_AUDIT'))
      .map(({ data }) => data as JsonObject)
      .filter(({ action, of }) => action === 'action.complete' && of === id);
  await until('the audit has it', 60_000, async () => (await completions()).length > 0);
  expect(await completions()).toMatchObject([{ outcome: 'done', of: id, via: 'desk' }]);

  // Once: whoever comes later sees so, and nothing more is written.
  expect(await (await confirm('Han')).text()).not.toContain('<form');
  expect(await completions()).toHaveLength(1);
}, 120_000);

it('finds a case whose id is a phone number by that number, and by what stands for it', async () => {
  await send(event('p1', 'cx.case.opened', 2, { case: '13912345678' }));
  const found = await storyWith('13912345678', 1);
  expect(found.case).not.toContain('13912345678');
  expect((await storyWith(found.case, 1)).entries).toEqual(found.entries);
}, 60_000);

it('a late event puts the story right, and a restart changes nothing of it', async () => {
  await send(event('e6', 'cx.case.pending', 7, {}), event('e7', 'cx.case.reopened', 0.25, { owner: 'wang' }));
  const before = await storyWith('k-1', 7);
  expect(before.steps.map(({ to }) => to)).toEqual(['open', 'pending', 'resolved', 'open']);
  expect(before).toMatchObject({ state: 'open', since: at(0.25), reopened: 1, owner: 'wang' });
  await engine.stop();
  await start();
  const after = await storyWith('k-1', 7);
  expect({ ...after, as_of: '' }).toEqual({ ...before, as_of: '' });
}, 60_000);

it('the funnel of a journey is of what ended, whichever partitions its steps came to', async () => {
  const step = (customer: string, name: string, minutesAgo: number): object => ({
    ...{
      specversion: '1.0',
      id: `${customer}-${name}`,
      source: '/shop',
      type: 'cx.journey.step',
      time: at(minutesAgo, JOURNEYS),
    },
    data: { channel: 'app', customer: { id: customer }, journey: 'checkout', step: name, outcome: 'entered' },
  });
  await send(
    ...['c1', 'c2', 'c3'].map((customer) => step(customer, 'cart', 9)),
    ...['c1', 'c2'].map((customer) => step(customer, 'pay', 8)),
    step('c1', 'done', 7),
    // Time passes the expiry of the others in every partition.
    ...Array.from({ length: 8 }, (_, i) => step(`z${String(i)}`, 'cart', 0)),
  );
  const read = async (query = ''): Promise<JourneyFunnel> =>
    (await (await fetch(`${engine.url}/v1/journeys/checkout${query}`)).json()) as JourneyFunnel;
  await until('three journeys have ended', 30_000, async () => (await read()).ended === 3);
  expect(await read()).toMatchObject({
    ...{ completed: 1, break_points: [{ dropped: 1 }, { dropped: 1 }] },
    steps: [
      { step: 'cart', reached: 3, dropped: 1, time_s: 60, passages: 2 },
      { step: 'pay', reached: 2, dropped: 1, drop_off: 50, time_s: 60, passages: 1 },
      { step: 'done', reached: 1, dropped: 0 },
    ],
  });
  expect((await read('?key=channel:app')).ended).toBe(3);
  expect((await read('?key=channel:web')).ended).toBe(0);
}, 60_000);
