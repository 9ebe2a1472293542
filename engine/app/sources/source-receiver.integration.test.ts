/** Others' webhooks over HTTP at a real gateway: proved, mapped, checked, stored; the rest is a dead letter, and nothing is said of secrets. */
import { createHmac } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { recordingLogger } from '../../adapters/testing/broker.fixture.ts';
import { compileExpression } from '../../adapters/expressions/cel.ts';
import type { Outcome } from '../../adapters/nats/input-gate.ts';
import type { StorableMessage } from '../../adapters/nats/publisher.ts';
import { gatewayFixture, type Fixture } from '../../gateway/testing/gateway.fixture.ts';
import { createIngest } from '../../../operators/events/ingest.ts';
import { must } from '../../core/must.ts';
import { ExpressionWatch } from '../expression-watch.ts';
import { parseConfig, type Config } from '../config/config.ts';
import { eventRules } from '../pipeline.ts';
import { mappedSource } from './mapped-source.ts';
import { SourceReceiver } from './source-receiver.ts';

const SECRET = 'the secret of the desk';
const now = Date.parse('2026-03-02T09:15:00Z');
const logger = recordingLogger();
let stored: StorableMessage[] = [];
let outcome: Outcome = 'stored';
const expressions = new ExpressionWatch();
let fixture: Fixture;

function configured(): Config {
  const parsed = parseConfig(
    {
      sources: [
        {
          id: 'desk',
          verify: { scheme: 'hmac-sha256', header: 'X-Signature', secret: SECRET },
          max_body: '4KiB',
          map: [
            {
              when: 'body.event == "conversation_created"',
              ...{ type: 'cx.case.opened', id: 'string(body.id)', time: 'timestamp(body.created_at)' },
              data: { channel: '"web_chat"', case: 'string(body.id)', priority: 'body.priority' },
            },
            {
              each: 'body.scores',
              type: 'cx.survey.answered',
              id: 'item.id',
              key: 'body.who',
              data: { channel: '"survey"', metric: '"csat"', score: 'item.score' },
            },
            { when: 'headers["x-event"] == "ping"', ignore: true },
          ],
        },
        {
          id: 'open',
          verify: { scheme: 'header', header: 'X-Key', secret: SECRET },
          map: [{ type: 'cx.feedback.posted', data: { channel: '"web"', text: 'body.message' } }],
        },
        { id: 'rows', kind: 'csv', map: [{ type: 'cx.case.opened', time: 'row.t', data: {} }] },
      ],
    },
    compileExpression,
  );
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
  return parsed.config;
}

beforeAll(async () => {
  const config = configured();
  const sources = new SourceReceiver({
    ...{
      sources: config.sources,
      compile: expressions.compile,
      seal: null,
      logger,
      maxBytes: 500_000,
      clock: { now: () => now },
    },
    origin: { source: 'urn:earshot:test', publicUrl: null },
    read: createIngest({ ...eventRules(config), maskKey: 'k' }),
    store: (messages) => {
      if (outcome === 'stored') stored.push(...messages);
      return Promise.resolve(outcome);
    },
    maskIdentifier: (identifier) => `masked-${identifier}`,
    maybeYield: () => undefined,
  });
  fixture = await gatewayFixture({}, { sources, families: () => sources.families() });
});
afterAll(() => fixture.gateway.close());
beforeEach(() => {
  [stored, outcome] = [[], 'stored'];
});

interface Answer {
  readonly status: number;
  readonly json: unknown;
}
async function post(path: string, body: string | Uint8Array, headers: Record<string, string>): Promise<Answer> {
  const answer = await fetch(`${fixture.gateway.url}${path}`, { method: 'POST', body, headers });
  return { status: answer.status, json: await answer.json() };
}
const sign = (body: string): Record<string, string> => ({
  'content-type': 'application/json',
  'x-signature': createHmac('sha256', SECRET).update(body).digest('hex'),
});
const toDesk = (payload: unknown, more: Record<string, string> = {}): Promise<Answer> => {
  const body = JSON.stringify(payload);
  return post('/v1/in/desk', body, { ...sign(body), ...more });
};
const events = (): unknown[] => stored.map(({ data }) => JSON.parse(Buffer.from(data).toString()) as unknown);
const OPENED = { event: 'conversation_created', id: 12, created_at: '2026-03-02T09:14:00Z', priority: 'high' };

it('stores the event of a proved message before it answers, under the same id on every attempt', async () => {
  for (const attempt of [1, 2]) {
    expect([attempt, await toDesk(OPENED)]).toEqual([
      attempt,
      { status: 200, json: { accepted: ['case.opened:12'], unmapped: 0 } },
    ]);
  }
  const [first, second] = stored;
  expect(first).toEqual(second);
  expect(first).toMatchObject({
    subject: 'cx.events.web_chat.case.12',
    headers: { 'Nats-Msg-Id': '/sources/desk|case.opened:12' },
  });
  expect(events()[0]).toEqual({
    ...{ specversion: '1.0', id: 'case.opened:12', source: '/sources/desk', type: 'cx.case.opened' },
    time: '2026-03-02T09:14:00.000Z',
    data: { channel: 'web_chat', case: '12', priority: 'high' },
  });
});

it("names a field of one's own map that never gave a result, at its place in the configuration, and none of a preset's", async () => {
  const places = (): readonly string[] => expressions.degradations(now).flatMap(({ about }) => about);
  for (let i = 0; i < 100; i += 1)
    await post('/v1/in/open', '{"massage": "typo of theirs"}', { 'x-key': SECRET, 'content-type': 'application/json' });
  expect(places()).toEqual(['sources[open].map[0].data.text']);
  await post('/v1/in/open', '{"message": "hello"}', { 'x-key': SECRET, 'content-type': 'application/json' });
  expect(places()).toEqual([]);
  const watched = new ExpressionWatch();
  const preset = parseConfig(
    {
      sources: [
        {
          id: 'c',
          preset: 'chatwoot',
          verify: { secret: SECRET },
          map: [{ when: 'body.own', type: 'cx.case.opened', data: {} }],
        },
      ],
    },
    compileExpression,
  );
  if ('faults' in preset) throw new Error(JSON.stringify(preset.faults));
  mappedSource(must(preset.config.sources[0]), watched.compile)({ body: {}, headers: {} }, () => 'hash');
  const { samples } = must(watched.families().find(({ name }) => name.includes('evaluations')));
  expect(samples.map(({ labels }) => labels?.['place'])).toEqual(['sources[c].map[0].when']);
});

it('fans a list out, keeps what is good of it, and keeps the payload of what is not', async () => {
  const scores = [
    { id: 'a', score: 5 },
    { id: 'b', score: 9 },
  ];
  expect((await toDesk({ scores, who: 'c-7' })).json).toEqual({ accepted: ['survey.answered:a'], unmapped: 1 });
  expect(stored.map(({ subject }) => subject)).toEqual(['cx.events.survey.survey.masked-c-7', 'cx.dlq.unmapped']);
  expect(events()[1]).toMatchObject({
    reason: 'unmapped',
    at: 'map[1]',
    error: expect.stringContaining('sources[desk].map[1]: its cx.survey.answered is refused at /data/score') as string,
    bytes: Buffer.from(JSON.stringify({ scores, who: 'c-7' })).toString('base64'),
  });
});

it('keeps what no rule takes as a dead letter, once however often it comes, and drops what is to be ignored', async () => {
  await toDesk({ event: 'other' });
  await toDesk({ event: 'other' });
  expect(stored.map(({ headers }) => headers['Nats-Msg-Id'])).toEqual([
    expect.stringMatching(/^sources\.desk\.unmapped\.[0-9a-f]{32}$/),
    stored[0]?.headers['Nats-Msg-Id'],
  ]);
  expect(events()[0]).toMatchObject({ error: 'no rule of sources[desk].map takes it', subject: '/sources/desk' });
  stored = [];
  expect(await toDesk({ event: 'other' }, { 'x-event': 'ping' })).toEqual({
    status: 200,
    json: { accepted: [], unmapped: 0 },
  });
  expect(stored).toEqual([]);
});

it.each([
  ['without a signature', {}],
  ['with another', { 'x-signature': '00' }],
])('refuses a message %s, and stores nothing', async (_, headers: Record<string, string>) => {
  const answer = await post('/v1/in/desk', JSON.stringify(OPENED), { 'content-type': 'application/json', ...headers });
  expect([answer.status, stored]).toEqual([401, []]);
  expect(logger.lines.at(-1)).toMatchObject({ level: 'warn', fields: { source: 'desk' } });
});

it('takes a body that is no payload, says what is wrong with it, and keeps it: a bridge is not held up by it', async () => {
  const body = '{"event": oops}';
  expect(await post('/v1/in/desk', body, sign(body))).toEqual({
    status: 200,
    json: { accepted: [], unmapped: 1, fault: expect.stringContaining('at character 11') as string },
  });
  expect(stored.map(({ subject }) => subject)).toEqual(['cx.dlq.malformed']);
});

it('refuses what is too large, names the key, and takes what is packed or a form', async () => {
  const large = JSON.stringify({ event: 'x'.repeat(5000) });
  expect(await post('/v1/in/desk', large, sign(large))).toMatchObject({
    status: 413,
    json: { error: { limit: 'sources[desk].max_body' } },
  });
  const body = JSON.stringify(OPENED);
  expect((await post('/v1/in/desk', gzipSync(body), { ...sign(body), 'content-encoding': 'gzip' })).status).toBe(200);
  const form = { 'content-type': 'application/x-www-form-urlencoded', 'x-key': SECRET };
  expect((await post('/v1/in/open', 'message=%E5%BE%88%E5%A5%BD', form)).json).toMatchObject({
    accepted: [expect.stringMatching(/^feedback\.posted:[0-9a-f]{32}\.0$/)],
  });
  expect(events().at(-1)).toMatchObject({ data: { text: '很好' } });
});

it('a dead letter holds no secret that came in a header', async () => {
  await post('/v1/in/open', '{"message": 5}', {
    'content-type': 'application/json',
    'x-key': SECRET,
    authorization: 'Bearer geheim',
    'user-agent': 'desk/1',
  });
  expect(events()[0]).toMatchObject({ reason: 'unmapped', headers: { 'user-agent': 'desk/1' } });
  expect(Buffer.from(stored[0]?.data ?? []).toString()).not.toMatch(/geheim|the secret/);
});

it('a source that does not exist, or is of files, is not found; whoever looks at an address gets an answer', async () => {
  for (const id of ['nothing', 'rows']) expect([id, (await post(`/v1/in/${id}`, '{}', {})).status]).toEqual([id, 404]);
  const look = await fetch(`${fixture.gateway.url}/v1/in/desk`, { method: 'HEAD' });
  expect(look.status).toBe(200);
});

it.each([
  ['full', 503],
  ['late', 503],
] as const)('answers so that the sender comes again where the broker is %s', async (why, status) => {
  outcome = why;
  expect((await toDesk(OPENED)).status).toBe(status);
});

it('counts what came of messages and events, by source', async () => {
  const text = await (await fetch(`${fixture.gateway.url}/metrics`)).text();
  for (const name of ['taken', 'refused', 'too_large', 'unreadable', 'not_stored'])
    expect(text).toMatch(new RegExp(`earshot_source_requests_total\\{source="desk",outcome="${name}"\\} [1-9]`));
  expect(text).toMatch(/earshot_source_events_total\{source="desk",outcome="unmapped"\} [1-9]/);
});
