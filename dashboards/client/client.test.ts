import { beforeEach, describe, expect, test, vi } from 'vitest';
import { WebSocket as WsSocket } from 'ws';
import { SLACK_MS } from '../model/liveness.ts';
import { FakeClock, FakeSocket } from '../testing/fake-socket.ts';
import { alert, delta, hello, iso, PING_MS, snapshot, T0, tick, value } from '../testing/live-script.ts';
import { connect, type ConnectOptions, type EarshotClient } from './client.ts';

let clock: FakeClock;
let sockets: FakeSocket[];
let opened: string[];
let changes: number;
let client: EarshotClient;
const last = (): FakeSocket => sockets.at(-1)!;

function begin(options: Partial<ConnectOptions> = {}): void {
  client = connect(
    {
      url: 'https://cx.example.com/earshot',
      topics: ['kpi/csat', 'alerts'],
      clock,
      open: (url) => {
        opened.push(url);
        const made = new FakeSocket();
        sockets.push(made);
        return made;
      },
      ...options,
    },
    () => (changes += 1),
  );
}
/** Connected, with what the first snapshot says. */
function live(...said: Parameters<typeof snapshot> extends [number, ...infer Rest] ? Rest : never): void {
  last().onopen?.();
  last().hears(hello());
  last().hears(snapshot(10, ...said));
}

beforeEach(() => {
  clock = new FakeClock();
  sockets = [];
  opened = [];
  changes = 0;
  begin();
});

describe('connecting', () => {
  test('calls nobody back before it has returned, whatever the socket says at once', async () => {
    client.close();
    const seen: string[] = [];
    const own: EarshotClient = connect(
      {
        url: 'https://cx.example.com/',
        topics: ['alerts'],
        clock,
        open: () => {
          throw new Error('no way out');
        },
      },
      () => seen.push(own.liveness.kind),
    );
    expect(seen).toEqual([]);
    await Promise.resolve();
    expect(seen).toEqual([own.liveness.kind]);
    own.close();
  });
  test('says what is missing where the platform has no WebSocket', () => {
    vi.stubGlobal('WebSocket', undefined);
    Reflect.deleteProperty(globalThis, 'WebSocket');
    expect(() => connect({ url: 'https://cx.example.com/', topics: [] }, () => undefined)).toThrow(/give `open`/);
    vi.unstubAllGlobals();
  });
  test('takes a WebSocket of ws and one of the platform as they are declared', () => {
    const options: ConnectOptions[] = [
      { url: 'https://cx.example.com/', topics: [], open: (url, protocol) => new WsSocket(url, protocol) },
      { url: 'https://cx.example.com/', topics: [], open: (url, protocol) => new WebSocket(url, protocol) },
    ];
    expect(options).toHaveLength(2);
  });
  test('finds the live address beside the folder it is given, and asks for the engine’s health too', () => {
    expect(opened).toEqual(['wss://cx.example.com/earshot/v1/live']);
    last().onopen?.();
    expect(last().sent).toEqual([{ op: 'sub', id: 1, topics: ['kpi/csat', 'alerts', 'health'], max_hz: 4 }]);
  });
  test('knows nothing before the first snapshot, and says so', () => {
    expect(client.kpi('csat')).toEqual({ isFresh: false, why: { kind: 'connecting' }, last: null });
    expect(client.alerts()).toEqual({ isFresh: false, why: { kind: 'connecting' }, last: [] });
  });
  test('asks for nothing and says nothing once it is closed', () => {
    live();
    client.close();
    const before = changes;
    clock.advance(60_000);
    expect([changes, sockets.length, clock.pending]).toEqual([before, 1, 0]);
  });
});

describe('values', () => {
  test('are handed out by key while the line is live', () => {
    const app = value({ key: { channel: 'app' }, value: 71 });
    live([value(), app], [alert(), alert({ alert: 'a-0', state: 'resolved' })]);
    expect(client.kpi('csat')).toEqual({ isFresh: true, value: value() });
    expect(client.kpi('csat', { channel: 'app' })).toEqual({ isFresh: true, value: app });
    expect(client.kpi('csat', { channel: 'phone' })).toMatchObject({ isFresh: false, last: null });
    expect(client.kpiKeys('csat')).toEqual([{}, { channel: 'app' }]);
    expect(client.alerts()).toEqual({ isFresh: true, alerts: [alert()] });
  });
  test('are no longer fresh when the line falls silent, without anybody asking', () => {
    live([value()], [alert()]);
    const before = changes;
    clock.advance(PING_MS + SLACK_MS + 1000);
    expect(changes).toBeGreaterThan(before);
    expect(client.kpi('csat')).toEqual({ isFresh: false, why: { kind: 'stale', since: T0 }, last: value() });
    expect(client.alerts()).toMatchObject({ isFresh: false, last: [alert()] });
  });
  test('are not fresh when the engine stands still, though frames come', () => {
    live([value()]);
    for (let at = 5000; at <= 40_000; at += 5000) {
      clock.advance(5000);
      last().hears(tick(T0 + at, 12, T0));
    }
    expect(client.kpi('csat')).toMatchObject({ isFresh: false, why: { kind: 'behind', halted: true } });
  });
  test('of which one was missed count for nothing until the whole has come', () => {
    live([value()]);
    last().hears(delta(12, [value({ end: T0 + 15_000, value: 60 })]));
    expect(client.kpi('csat')).not.toMatchObject({ value: { value: 60 } });
    expect(last().sent.slice(-2)).toMatchObject([
      { op: 'unsub', id: 1 },
      { op: 'sub', id: 2 },
    ]);
    last().hears({ ...snapshot(14, [value({ end: T0 + 20_000, value: 61 })]), id: 2 } as ReturnType<typeof snapshot>);
    expect(client.kpi('csat')).toMatchObject({ isFresh: true, value: { value: 61 } });
  });
  test('go on from where they were after a cut', () => {
    live([value()]);
    last().onclose?.({ code: 1006, reason: '' });
    clock.advance(2000);
    expect(sockets).toHaveLength(2);
    last().onopen?.();
    expect(last().sent[0]).toMatchObject({ resume: { epoch: 'e1', seq: 10 } });
  });
  test('are not fresh where the gateway refuses, and it does not knock again', () => {
    live([value()]);
    last().onclose?.({ code: 4501, reason: 'expired' });
    clock.advance(60_000);
    expect(sockets).toHaveLength(1);
    expect(client.kpi('csat')).toMatchObject({
      isFresh: false,
      why: { kind: 'refused', code: '4501 unauthorized', reason: 'expired' },
    });
  });
});

test('alerts are not called fresh while the engine reads its state: there may be more', () => {
  last().onopen?.();
  last().hears(hello());
  last().hears({
    op: 'snapshot',
    id: 1,
    seq: 1,
    as_of: iso(T0),
    watermark: null,
    kpis: [],
    alerts: [],
    recovering: true,
  });
  expect(client.liveness).toEqual({ kind: 'live' });
  expect(client.alerts()).toMatchObject({ isFresh: false, why: { kind: 'notReady' } });
});
