import { Packr } from 'msgpackr';
import { beforeEach, describe, expect, test } from 'vitest';
import type { ServerFrame } from '../../engine/core/wire.ts';
import type { LinkEvent } from '../model/board.ts';
import { BACKOFF_MAX_MS, BACKOFF_MIN_MS, LiveSocket, OFFERED } from './live-socket.ts';
import { SLACK_MS } from '../model/liveness.ts';
import { FakeClock, FakeSocket } from '../testing/fake-socket.ts';
import { delta, hello, PING_MS, snapshot, T0, tick } from '../testing/live-script.ts';

let clock: FakeClock;
let sockets: FakeSocket[];
let frames: ServerFrame[];
let links: LinkEvent[];
let position: { epoch: string; seq: number } | null;
let socket: LiveSocket;
const opened: { url: string; protocols: readonly string[] }[] = [];

beforeEach(() => {
  clock = new FakeClock();
  sockets = [];
  frames = [];
  links = [];
  opened.length = 0;
  position = null;
  socket = new LiveSocket({
    url: 'ws://board/v1/live',
    open: (url, protocols) => {
      opened.push({ url, protocols });
      const made = new FakeSocket();
      sockets.push(made);
      return made;
    },
    clock,
    subscription: { topics: ['kpi/csat', 'alerts'], where: { channel: ['app'] }, maxHz: 4 },
    position: () => position,
    onFrame: (frame) => frames.push(frame),
    onLink: (link) => links.push(link),
  });
  socket.start();
});
const last = (): FakeSocket => sockets.at(-1)!;
const drop = (code = 1006, reason = ''): void => last().onclose?.({ code, reason });

describe('subscribing', () => {
  test('offers its subprotocols and asks with topics, slice and rate', () => {
    expect(opened).toEqual([{ url: 'ws://board/v1/live', protocols: [...OFFERED] }]);
    last().onopen?.();
    expect(last().sent).toEqual([
      { op: 'sub', id: 1, topics: ['kpi/csat', 'alerts'], max_hz: 4, where: { channel: ['app'] } },
    ]);
    expect(links).toEqual([{ kind: 'opened' }]);
  });

  test('goes on from where the board stands', () => {
    position = { epoch: 'e1', seq: 812 };
    last().onopen?.();
    expect(last().sent[0]).toMatchObject({ resume: { epoch: 'e1', seq: 812 } });
  });

  test('a resync leaves the old subscription and takes a new one without a position', () => {
    last().onopen?.();
    position = { epoch: 'e1', seq: 812 };
    socket.resync();
    expect(last().sent.slice(1)).toEqual([
      { op: 'unsub', id: 1 },
      { op: 'sub', id: 2, topics: ['kpi/csat', 'alerts'], max_hz: 4, where: { channel: ['app'] } },
    ]);
    last().hears(delta(10)); // still of subscription 1
    last().hears({ ...snapshot(20), id: 2 } as ServerFrame);
    expect(frames.map(({ op }) => op)).toEqual(['snapshot']);
  });

  test('what is no frame of ours makes it ask for the whole', () => {
    last().onopen?.();
    for (const text of ['{', '[]', '"delta"', '{"op":"what"}', 'null']) last().hears(text);
    expect(frames).toEqual([]);
    expect(last().sent.filter(({ op }) => op === 'unsub')).toHaveLength(5);
  });
});

describe('frames of v2', () => {
  const packr = new Packr({ useRecords: false });
  const SNAPSHOT = {
    ...{ op: 'snapshot', id: 1, seq: 8, as_of: T0, watermark: null, alerts: [] },
    kpis: [T0, [0], [[60_000, 0]], [3, 1023 - 4 - 8, 4, 1, 0, 0, 1, 0, [], ['csat', { channel: 'app' }]]],
  };
  const VALUE = {
    ...{ kpi: 'csat', key: { channel: 'app' }, value: 25, n: 4, revision: 0, final: true },
    ...{ interval: [4.558726080970055, 69.93581574175981], watermark: new Date(T0).toISOString() },
    window: { start: new Date(T0 - 60_000).toISOString(), end: new Date(T0).toISOString() },
  };
  const hears = (frame: unknown): void => last().hears(packr.pack(frame));
  const asked = (): number => last().sent.filter(({ op }) => op === 'sub').length;

  test('are handed on with whole values, whatever of them was left out', () => {
    last().onopen?.();
    expect(last().binaryType).toBe('arraybuffer');
    hears(SNAPSHOT);
    hears([1, 9, 1, [T0, [-1000], [], [3, 16 + 1, 5, 0]], { alerts: [] }]);
    const [first, second] = frames as Extract<ServerFrame, { op: 'snapshot' | 'delta' }>[];
    expect(first?.kpis).toEqual([VALUE]);
    expect(second).toMatchObject({ op: 'delta', id: 1, seq: 9, prev: 8, alerts: [] });
    expect(second?.kpis).toEqual([{ ...VALUE, n: 5, watermark: new Date(T0 + 1000).toISOString() }]);
    expect(asked()).toBe(1);
  });

  test.each([
    ['something was left out before', [1, 11, 1, []]],
    ['it names what was never sent', [1, 9, 1, [T0, [], [], [4, 1, 5]]]],
    ['it refers to a time that it does not have', [1, 9, 1, [T0, [], [], [3, 16, 0]]]],
  ])('that cannot be taken apart, since %s, make it ask for the whole', (_, frame) => {
    last().onopen?.();
    hears(SNAPSHOT);
    hears(frame);
    expect(frames).toHaveLength(1);
    expect([asked(), last().sent.at(-1)]).toEqual([
      2,
      expect.not.objectContaining({ resume: expect.anything() as unknown }),
    ]);
  });

  test('go on after a reconnect from what is known, by the numbers of before', () => {
    last().onopen?.();
    hears(SNAPSHOT);
    drop();
    clock.advance(BACKOFF_MAX_MS);
    position = { epoch: 'e1', seq: 8 };
    last().onopen?.();
    hears({ op: 'resumed', id: 2, from: 8, to: 9 });
    hears([2, 9, 1, [0, [], [], [3, 1, 6]]]);
    expect(frames.at(-1)).toMatchObject({ op: 'delta', kpis: [{ ...VALUE, n: 6 }] });
  });
});

describe('coming back', () => {
  test('after a close, with jitter between the least and the doubled wait', () => {
    const waits: number[] = [];
    clock.chance = 0.999_999;
    for (let attempt = 0; attempt < 7; attempt += 1) {
      const before = clock.now();
      drop();
      const made = sockets.length;
      while (sockets.length === made) clock.advance(10);
      waits.push(clock.now() - before);
    }
    expect(waits).toEqual([1000, 2000, 4000, 8000, 10_000, 10_000, 10_000]);
    clock.chance = 0;
    drop();
    clock.advance(BACKOFF_MIN_MS - 1);
    expect(sockets).toHaveLength(8);
    clock.advance(1);
    expect(sockets).toHaveLength(9);
  });

  test('the wait starts small again once a snapshot came, not when a socket merely opened', () => {
    clock.chance = 0.999_999;
    for (let i = 0; i < 5; i += 1) {
      drop();
      clock.advance(BACKOFF_MAX_MS);
      last().onopen?.();
      last().hears(hello());
    }
    drop();
    clock.advance(BACKOFF_MAX_MS - 1);
    expect(sockets).toHaveLength(6);
    clock.advance(1);
    last().onopen?.();
    last().hears({ ...snapshot(1), id: 6 } as ServerFrame);
    drop();
    clock.advance(1000);
    expect(sockets).toHaveLength(8);
  });

  test.each([4000, 4001, 4499, 1001, 1006])('close %i comes back', (code) => {
    drop(code, 'later');
    expect(links).toEqual([{ kind: 'lost', code, reason: 'later' }]);
    clock.advance(BACKOFF_MAX_MS);
    expect(sockets).toHaveLength(2);
  });

  test.each([
    [4500, '4500 badFrame'],
    [4501, '4501 unauthorized'],
    [4503, '4503 forbidden'],
    [4999, '4999'],
  ])('close %i does not, and says why', (code, name) => {
    drop(code, 'because');
    clock.advance(60 * 60_000);
    expect(sockets).toHaveLength(1);
    expect(links).toEqual([{ kind: 'refused', code: name, reason: 'because' }]);
    expect(clock.pending).toBe(0);
  });

  test('an error frame: a lasting one ends it, a passing one comes back', () => {
    last().onopen?.();
    last().hears({ op: 'error', id: 1, code: 'busy', temporary: true, message: 'later' });
    expect(links.at(-1)).toMatchObject({ kind: 'lost', reason: 'later' });
    clock.advance(BACKOFF_MAX_MS);
    last().hears({ op: 'error', id: null, code: 'forbidden', temporary: false, message: 'no' });
    expect(links.at(-1)).toEqual({ kind: 'refused', code: 'forbidden', reason: 'no' });
    clock.advance(60_000);
    expect(sockets).toHaveLength(2);
  });

  test('an older generation is not heard', () => {
    const first = last();
    first.onopen?.();
    drop();
    clock.advance(BACKOFF_MAX_MS);
    first.hears(tick(T0));
    first.onclose?.({ code: 4501, reason: 'late' });
    first.onopen?.();
    expect(frames).toEqual([]);
    expect(links.map(({ kind }) => kind)).toEqual(['opened', 'lost']);
    expect(last().sent).toEqual([]);
  });
});

describe('silence', () => {
  test('a socket that never opens is given up', () => {
    clock.advance(10_000);
    expect(last().closed).toBe(true);
    expect(links).toEqual([{ kind: 'lost', code: 4499, reason: '' }]);
  });

  test('an open socket without frames for ping and slack is given up; any frame renews', () => {
    last().onopen?.();
    last().hears(hello());
    clock.advance(PING_MS + SLACK_MS - 1);
    last().hears(tick(T0));
    clock.advance(PING_MS + SLACK_MS - 1);
    expect(last().closed).toBe(false);
    clock.advance(1);
    expect(sockets[0]?.closed).toBe(true);
    expect(links.at(-1)?.kind).toBe('lost');
  });

  test('a page that is seen again after a sleep connects at once', () => {
    last().onopen?.();
    socket.wake();
    expect(sockets[0]?.closed).toBe(false);
    clock.sleep(60_000);
    socket.wake();
    expect(sockets[0]?.closed).toBe(true);
    socket.wake(); // does not wait for the backoff
    expect(sockets).toHaveLength(2);
  });

  test('stopped is stopped: no timer is left', () => {
    last().onopen?.();
    socket.stop();
    socket.wake();
    clock.advance(60 * 60_000);
    expect(sockets).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });
});
