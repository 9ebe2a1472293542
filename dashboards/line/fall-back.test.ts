import { beforeEach, describe, expect, test } from 'vitest';
import type { ServerFrame } from '../../engine/core/wire.ts';
import { FakeClock, FakeSocket } from '../testing/fake-socket.ts';
import { delta, hello, snapshot, tick } from '../testing/live-script.ts';
import { withFallBack } from './fall-back.ts';
import type { EventSourceLike } from './event-source-socket.ts';
import { BACKOFF_MAX_MS, LiveSocket } from './live-socket.ts';

class FakeEvents implements EventSourceLike {
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  closed = false;
  readonly url: URL;
  readonly #listeners = new Map<string, (event: { readonly data: unknown }) => void>();

  constructor(url: string) {
    this.url = new URL(url);
  }
  addEventListener(type: 'message' | 'close', listener: (event: { readonly data: unknown }) => void): void {
    this.#listeners.set(type, listener);
  }
  close(): void {
    this.closed = true;
  }
  says(type: 'message' | 'close', data: unknown): void {
    this.#listeners.get(type)?.({ data: JSON.stringify(data) });
  }
}

let clock: FakeClock;
let sockets: FakeSocket[];
let events: FakeEvents[];
let frames: ServerFrame[];
let links: string[];
let position: { epoch: string; seq: number } | null;
let line: LiveSocket;

beforeEach(() => {
  [clock, sockets, events, frames, links, position] = [new FakeClock(), [], [], [], [], null];
  line = new LiveSocket({
    url: 'wss://board.example.com/earshot/v1/live',
    open: withFallBack({
      socket: () => {
        const made = new FakeSocket();
        sockets.push(made);
        return made;
      },
      events: (url) => {
        const made = new FakeEvents(url);
        events.push(made);
        return made;
      },
    }),
    clock,
    subscription: { topics: ['kpi/csat', 'alerts'], where: { channel: ['app'] }, maxHz: 4 },
    position: () => position,
    onFrame: (frame) => frames.push(frame),
    onLink: ({ kind, ...rest }) => links.push('code' in rest ? `${kind} ${rest.code}` : kind),
  });
  line.start();
});

/** The newest socket fails, and the time to try again comes. */
async function socketFails(): Promise<void> {
  sockets.at(-1)!.onclose?.({ code: 1006, reason: '' });
  await again();
}
async function again(): Promise<void> {
  clock.advance(BACKOFF_MAX_MS);
  await Promise.resolve(); // events are asked for once it is known what
}
async function onEvents(): Promise<FakeEvents> {
  await socketFails();
  await socketFails();
  return events.at(-1)!;
}

describe('where no WebSocket gets through', () => {
  test('asks for events after two failures, with what it wants in the address', async () => {
    position = { epoch: 'e1', seq: 812 };
    const source = await onEvents();
    expect(sockets).toHaveLength(2);
    expect(source.url.origin + source.url.pathname).toBe('https://board.example.com/earshot/v1/live');
    expect([...source.url.searchParams]).toEqual([
      ['topic', 'kpi/csat'],
      ['topic', 'alerts'],
      ['where', 'channel:app'],
      ['max_hz', '4'],
      ['resume', 'e1:812'],
    ]);
  });

  test('a WebSocket that opens and then says nothing counts as one that did not get through', async () => {
    for (let opened = 0; opened < 2; opened++) {
      sockets[opened]!.onopen?.();
      while (sockets.length + events.length === opened + 1) {
        clock.advance(1_000);
        await Promise.resolve();
      }
    }
    expect(events).toHaveLength(1);
  });

  test('hands over the same frames, under the id that it subscribed by', async () => {
    const source = await onEvents();
    for (const frame of [hello(), { ...snapshot(900), id: 1 }, { ...delta(900), id: 1 }, tick(0)])
      source.says('message', frame);
    expect(frames.map(({ op }) => op)).toEqual(['hello', 'snapshot', 'delta', 'tick']);
    line.resync();
    expect(source.closed).toBe(true);
    const second = events.at(-1)!;
    expect(second).not.toBe(source);
    source.says('message', tick(0));
    second.says('message', { ...snapshot(900), id: 1 });
    expect(frames.map(({ op }) => op)).toEqual(['hello', 'snapshot', 'delta', 'tick', 'snapshot']);
  });

  test('comes back by events at once, and stays away where the gateway says so', async () => {
    const first = await onEvents();
    first.says('message', hello());
    first.onerror?.();
    expect(links.at(-1)).toBe('lost 1006');
    await again();
    const second = events.at(-1)!;
    expect([sockets.length, second === first]).toEqual([2, false]);
    second.says('message', hello());
    second.says('close', { code: 4001, reason: 'too slow' });
    expect(links.at(-1)).toBe('lost 4001');
    await again();
    events.at(-1)!.says('close', { code: 4501, reason: 'the session was revoked' });
    expect(links.at(-1)).toContain('refused 4501');
    clock.advance(BACKOFF_MAX_MS * 10);
    expect(events).toHaveLength(3);
  });
});

describe('where WebSockets get through', () => {
  test('a gateway that is away for a while does not make it change over', async () => {
    sockets[0]!.hears(hello());
    for (let tries = 0; tries < 6; tries++) await socketFails();
    expect(events).toEqual([]);
  });

  test('after events it goes back to WebSockets', async () => {
    sockets[0]!.hears(hello());
    while (events.length === 0) await socketFails();
    const before = sockets.length;
    events[0]!.says('message', hello());
    events[0]!.onerror?.();
    await again();
    expect(sockets).toHaveLength(before + 1);
  });
});

test('while nothing answers the two take turns', async () => {
  const order: string[] = [];
  for (let tries = 0; tries < 8; tries++) {
    const [wereSockets, wereEvents] = [sockets.length, events.length];
    if (events.at(-1)?.closed === false) events.at(-1)!.onerror?.();
    else sockets.at(-1)!.onclose?.({ code: 1006, reason: '' });
    await again();
    order.push(sockets.length > wereSockets ? 'socket' : events.length > wereEvents ? 'events' : 'none');
  }
  expect(order).toEqual(['socket', 'events', 'events', 'socket', 'socket', 'events', 'events', 'socket']);
});
