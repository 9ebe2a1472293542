/** `earshot status` against real gateways: one whose engine runs, one that starts, one that asks for a token, none. */
import { afterEach, expect, it } from 'vitest';
import { idleStats } from '../../../core/partition/stats.ts';
import { alertMessage, at, type Fixture, gatewayFixture } from '../../../gateway/testing/gateway.fixture.ts';
import { readStatus, spanText, statusText } from './status-report.ts';

let fixture: Fixture | undefined;
afterEach(() => fixture?.gateway.close());
const NOW = Date.parse(at(100));
const now = (): number => NOW;
const AWAY = 'NATS: not reached yet: connection refused';

it('a running engine: how far it is, partition by partition, in units that people read', async () => {
  const running = { state: 'running', reasons: [] } as const;
  const ran = {
    ...idleStats(0, running),
    ...{
      counters: { events_in: 12_345, events_processed: 12_340, events_late: 5 },
      watermark: NOW - 3_200,
      lagMs: 400,
    },
    ...{ position: 50, committedPosition: 40, isIdle: true, restarts: 2 },
  };
  const blocked = {
    ...idleStats(1, { state: 'blocked', reasons: ['not connected to NATS'] }),
    watermark: NOW - 7_500_000,
  };
  fixture = await gatewayFixture(
    {},
    {
      partitions: () => [ran, blocked],
      ready: () => ({ ok: false, reasons: ['partition 1 is blocked', 'partition 1: not connected to NATS'] }),
    },
  );
  fixture.gateway.hub.time(0, NOW - 3_200, 400);
  fixture.commit('cx.alerts.critical.csat_low', alertMessage({ key: { region: 'east' } }));
  const { url } = fixture.gateway;
  const status = await readStatus(url, undefined, now);
  expect(statusText(status)).toBe(`✕ not ready  ${url}  (Earshot 1.2.3)
  partition 1 is blocked
  partition 1: not connected to NATS
events   12,345 in = 12,340 processed + 0 duplicate + 5 late + 0 rejected
rate     0 events/s over the last second
time     complete up to ${new Date(NOW - 3_200).toISOString()}, 3.2 s behind the clock, lag 0.4 s
  partition 0  running  3.2 s behind the clock, lag 0.4 s, idle, 10 not committed, started again 2 times
  partition 1  blocked  2 h 5 min behind the clock
boards   0 connected
alerts   1 open
  firing     critical csat_low region=east, for 2 min 10 s: 满意度 70 % 低于 80 %
`);
});

it('open alerts are as many in the status as in the list and in the metrics: all that are not resolved', async () => {
  fixture = await gatewayFixture();
  const states = ['pending', 'firing', 'recovering'] as const;
  for (let i = 0; i < 48; i++) {
    const state = i < 45 ? (states[i % 3] ?? 'firing') : 'resolved'; // i % 3 is one of them
    const key = { region: `r${String(i)}` };
    fixture.commit(
      'cx.alerts.major.csat_low',
      alertMessage({ alert: `a-${String(i)}`, key, state, severity: 'major' }),
    );
  }
  const { url } = fixture.gateway;
  const status = await readStatus(url, undefined, now);
  expect(statusText(status)).toContain('alerts   45 open\n');
  const listed = (await (await fetch(`${url}/v1/alerts`)).json()) as { readonly open: readonly unknown[] };
  const metrics = await (await fetch(`${url}/metrics`)).text();
  const total = Number(/^earshot_\w*open_alerts (\d+)$/m.exec(metrics)?.[1]);
  const byState = [...metrics.matchAll(/^earshot_alerts\{.*\} (\d+)$/gm)].reduce(
    (sum, [, count]) => sum + Number(count),
    0,
  );
  expect([listed.open.length, total, byState]).toEqual([45, 45, 45]);
});

it('an engine that starts: what it waits for, and no figures that it has not got', async () => {
  fixture = await gatewayFixture({}, { starting: () => [AWAY], ready: () => ({ ok: false, reasons: [AWAY] }) });
  const { url } = fixture.gateway;
  const status = await readStatus(url, undefined, now);
  expect([status.ready, status.healthy, status.alerts]).toEqual([false, true, null]);
  expect(statusText(status)).toBe(`✕ not ready  ${url}  (Earshot 1.2.3)
  ${AWAY}
boards   0 connected
alerts   not known here yet, for the reasons above
`);
});

it.each([
  ['on', 'AES-256-GCM', 'abc123', 'encrypted (AES-256-GCM, key abc123): 2 streams, all there are'],
  ['unknown', null, null, 'not known: the broker is one of your own, and does not say'],
] as const)('says whether what the broker stores is encrypted: %s', async (state, cipher, key, says) => {
  const store = { state, cipher, key, streams: ['CX_DLQ', 'CX_STATE'] };
  const letters = { state: 'off', cipher: null, key: null, streams: ['CX_DLQ'] } as const;
  fixture = await gatewayFixture({}, { encryption: () => ({ store, dead_letters: letters }) });
  const text = statusText(await readStatus(fixture.gateway.url, undefined, now));
  expect(text).toContain(`at rest  ${says}\n         dead letters not sealed (set seal.key)\n`);
});

it('an engine that runs nothing just now has no figures, rather than zeros', async () => {
  const starting = idleStats(0, { state: 'starting', reasons: [] });
  const ready = { ok: false, reasons: ['partition 0 is starting'] };
  fixture = await gatewayFixture({}, { partitions: () => [starting], ready: () => ready });
  const { url } = fixture.gateway;
  expect(statusText(await readStatus(url, undefined, now))).toBe(`✕ not ready  ${url}  (Earshot 1.2.3)
  partition 0 is starting
  partition 0  starting
boards   0 connected
alerts   none open
`);
});

it('one that only a restart mends says so', async () => {
  const why = 'partition 0 has ended for good: … (STATE_LOST)';
  const bad = { ok: false, reasons: [why] };
  fixture = await gatewayFixture(
    {},
    { healthy: () => bad, ready: () => ({ ok: false, reasons: ['partition 0 is failed'] }) },
  );
  const text = statusText(await readStatus(fixture.gateway.url, undefined, now));
  expect(text.split('\n').slice(1, 4)).toEqual([
    `  ${why}`,
    '  partition 0 is failed',
    '  restart it: nothing else mends this',
  ]);
});

it('one that asks for a token is not taken for none', async () => {
  fixture = await gatewayFixture({ auth: { secret: 'x'.repeat(32), jwks: null, issuer: null, audience: null } });
  const { url } = fixture.gateway;
  await expect(readStatus(url, undefined)).rejects.toMatchObject({
    code: 'USAGE_INVALID',
    message: `${url}: it asks for a token: give one with --token, or in EARSHOT_TOKEN`,
  });
  await expect(readStatus(url, 'wrong')).rejects.toThrow('it does not take this token (401)');
});

it('none: says where and why', async () => {
  fixture = await gatewayFixture();
  const { url } = fixture.gateway;
  await fixture.gateway.close();
  await expect(readStatus(`${url}/`, undefined)).rejects.toMatchObject({
    code: 'GATEWAY_UNREACHABLE',
    message: `no engine answers at ${url}: connection refused`,
  });
});

it.each([
  [0, '0.0 s'],
  [59.94, '59.9 s'],
  [59.96, '1 min'],
  [185, '3 min 5 s'],
  [3_599.6, '1 h'],
  [7_800, '2 h 10 min'],
  [86_400, '1 d'],
  [356_400, '4 d 3 h'],
])('%d s is %s', (seconds, text) => expect(spanText(seconds)).toBe(text));
