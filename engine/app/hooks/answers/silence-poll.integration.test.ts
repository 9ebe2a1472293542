/** Silences of an Alertmanager, over HTTP from a server that answers as its API v2 does. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recordingLogger } from '../../../adapters/testing/broker.fixture.ts';
import { OutgoingHttp } from '../../../adapters/outgoing/outgoing-http.ts';
import type { AlertMessage } from '../../../core/wire.ts';
import { alertMessage } from '../../../delivery/testing/delivery-rehearsal.ts';
import type { Command } from '../../../gateway/gateway-ports.ts';
import { silencesRequest } from '../../../../operators/destinations/alertmanager.ts';
import { SilencePoll } from './silence-poll.ts';

const MINUTE = 60_000;
let now: number;
let answer: { status: number; body: unknown };
let asked: { url: string | undefined; authorization: string | undefined }[];
let server: Server;
let http: OutgoingHttp;
let alerts: AlertMessage[] | null;
let commands: Command[];
let logger: ReturnType<typeof recordingLogger>;
let poll: SilencePoll;

const matcher = (name: string, value: string, changes: object = {}): object => ({
  name,
  value,
  isRegex: false,
  isEqual: true,
  ...changes,
});
const silence = (matchers: readonly object[], changes: object = {}): object => ({
  id: 's1',
  status: { state: 'active' },
  createdBy: 'Li Lei',
  comment: 'planned works, call 13800138000',
  startsAt: new Date(now - MINUTE).toISOString(),
  endsAt: new Date(now + 10 * MINUTE).toISOString(),
  matchers,
  ...changes,
});

beforeEach(async () => {
  now = Date.parse('2026-03-02T08:00:00Z');
  [answer, asked, commands, logger] = [{ status: 200, body: [] }, [], [], recordingLogger()];
  alerts = [alertMessage('A1', { key: { channel: 'app' }, owner: 'care' })];
  server = createServer(({ url, headers }, response) => {
    asked.push({ url, authorization: headers.authorization });
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/am/`;
  const { url, headers } = silencesRequest({ url: base, headers: {}, username: 'u', password: 'p' });
  http = new OutgoingHttp({ allow: ['127.0.0.0/8'], ca: null, mostBody: 1 << 20 });
  poll = new SilencePoll({
    hook: { id: 'am', for: { severity: ['major'] }, unless: [] },
    ask: () => http.get(url, headers),
    open: () => alerts,
    // As the engine does: what was decided is on the board when it is looked at next.
    decide: (command) => {
      commands.push(command);
      const { alert, by, via } = command.data as { alert: string; by: string; via: string };
      const acked = command.type === 'earshot.alert.acked' ? { by, at: '', via } : null;
      alerts = (alerts ?? []).map((one) => (one.alert === alert ? { ...one, acked } : one));
      return Promise.resolve('stored');
    },
    mask: (text) => text.replace('13800138000', '***'),
    clock: { now: () => now },
    logger,
  });
});
afterEach(async () => {
  http.close();
  await new Promise((resolve) => server.close(resolve));
});

const kinds = (): readonly string[] => commands.map(({ type }) => type.replace('earshot.alert.', ''));

it('is asked for at its address, as the hook is let in there', async () => {
  await poll.poll();
  expect(asked).toEqual([{ url: '/am/api/v2/silences', authorization: `Basic ${btoa('u:p')}` }]);
});

it('an alert that one covers is acknowledged in the name that it was made in, once, and given back when it ends', async () => {
  answer.body = [silence([matcher('alertname', 'csat_low'), matcher('channel', 'app')])];
  await poll.poll();
  await poll.poll();
  expect(commands).toEqual([
    {
      type: 'earshot.alert.acked',
      data: { alert: 'A1', by: 'Li Lei', note: 'planned works, call ***', via: 'am:silence' },
    },
  ]);
  answer.body = [silence([matcher('alertname', 'csat_low')], { status: { state: 'expired' } })];
  await poll.poll();
  await poll.poll();
  expect(kinds()).toEqual(['acked', 'unacked']);
  expect(commands[1]?.data).toEqual({ alert: 'A1', by: 'Alertmanager', via: 'am:silence' });
});

it('one that is edited is another silence: what is still covered stays acknowledged', async () => {
  answer.body = [silence([matcher('alertname', 'csat_low')])];
  await poll.poll();
  answer.body = [
    silence([matcher('alertname', 'csat_low')], { status: { state: 'expired' } }),
    silence([matcher('alertname', 'csat_.*', { isRegex: true })], { id: 's2' }),
  ];
  await poll.poll();
  expect(kinds()).toEqual(['acked']);
});

it('what was known last counts until it ends while the Alertmanager is away; that is said once', async () => {
  answer.body = [silence([matcher('alertname', 'csat_low')])];
  await poll.poll();
  answer = { status: 503, body: '' };
  await poll.poll();
  await poll.poll();
  expect([kinds(), logger.lines.length]).toEqual([['acked'], 1]);
  now += 11 * MINUTE;
  await poll.poll();
  expect(kinds()).toEqual(['acked', 'unacked']);
  answer = { status: 200, body: [] };
  await poll.poll();
  expect(logger.lines).toHaveLength(2);
});

it('touches no other acknowledgement, no alert that the hook is not told of, and nothing while not all is known', async () => {
  const acked = { by: 'Wang', at: '', via: 'am' };
  const other = alertMessage('A2', { severity: 'info' });
  const [pending, resolved] = [alertMessage('A3', { state: 'pending' }), alertMessage('A4', { state: 'resolved' })];
  alerts = [alertMessage('A1', { acked }), other, pending, resolved];
  answer.body = [silence([matcher('alertname', '.+', { isRegex: true })])];
  await poll.poll();
  answer.body = [];
  await poll.poll();
  alerts = null;
  await poll.poll();
  expect(commands).toEqual([]);
});

describe('covers what its matchers say', () => {
  it.each([
    ['a label that is so', [matcher('owner', 'care')], true],
    ['a label that is not', [matcher('owner', 'ops')], false],
    ['all of them', [matcher('owner', 'care'), matcher('channel', 'web')], false],
    ['a missing label is empty', [matcher('region', '')], true],
    ['a pattern for the whole', [matcher('channel', 'a|p|app', { isRegex: true })], true],
    ['a pattern for a part', [matcher('channel', 'ap', { isRegex: true })], false],
    ['not equal', [matcher('channel', 'web', { isEqual: false })], true],
    ['not as a pattern', [matcher('channel', 'a.*', { isRegex: true, isEqual: false })], false],
    ['no pattern', [matcher('channel', '(', { isRegex: true })], false],
    ['from before `isEqual`', [matcher('channel', 'app', { isEqual: undefined })], true],
    ['one that cannot be read makes all of it void', [matcher('channel', 'app'), { name: 7 }], false],
    ['none at all', [], false],
  ])('%s', async (_, matchers, isCovered) => {
    answer.body = [silence(matchers)];
    await poll.poll();
    expect(kinds()).toEqual(isCovered ? ['acked'] : []);
  });

  it.each(['{}', '[', 'null'])('an answer that is no list of silences changes nothing: %s', async (body) => {
    answer.body = [silence([matcher('alertname', 'csat_low')])];
    await poll.poll();
    answer.body = body;
    await poll.poll();
    expect(kinds()).toEqual(['acked']);
  });
});
