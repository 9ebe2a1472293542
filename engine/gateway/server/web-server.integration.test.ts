import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type ClientOptions, WebSocket } from 'ws';
import { ResponseBudget } from '../http/response-budget.ts';
import { RequestBodyBudget } from '../http/request-body-budget.ts';
import { serverConformance, until } from '../testing/server.conformance.ts';
import type { LiveSocket, WebServer } from './server.ts';
import { openWebServer } from './web-server.ts';

serverConformance('ws', openWebServer);

it('gives up an answer of which nothing is taken, and not one that is long in coming', async () => {
  const STALLED_MS = 300;
  const server = await openWebServer({
    host: '127.0.0.1',
    port: 0,
    maxBodyBytes: 1000,
    bodies: new RequestBodyBudget(1000),
    answers: new ResponseBudget(),
    maxMessageBytes: 1000,
    stalledMs: STALLED_MS,
    handlers: {
      request: async ({ path }) => {
        if (path === '/late') await new Promise((resolve) => setTimeout(resolve, 3 * STALLED_MS));
        return { status: 200, headers: {}, body: path === '/late' ? 'here' : 'x'.repeat(32 << 20) };
      },
      upgrade: () => Promise.reject(new Error('nobody asks')),
    },
  });
  try {
    const late = fetch(`http://127.0.0.1:${server.port}/late`);
    const stuck = connect(server.port, '127.0.0.1');
    stuck.on('error', () => undefined);
    stuck.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    let taken = 0;
    stuck.on('data', (chunk) => (taken += chunk.length));
    await once(stuck, 'data');
    stuck.pause();
    await new Promise((resolve) => setTimeout(resolve, 4 * STALLED_MS));
    const closed = once(stuck, 'close');
    stuck.resume();
    await closed;
    // What was in the buffers of the kernel came; the rest is gone.
    expect(taken).toBeLessThan(32 << 20);
    expect(await (await late).text()).toBe('here');
  } finally {
    await server.close();
  }
});

it('does not read on for a peer that floods it after the close', async () => {
  let live: LiveSocket | undefined;
  let received = 0;
  let closed = false;
  const server = await openWebServer({
    host: '127.0.0.1',
    port: 0,
    maxBodyBytes: 1000,
    bodies: new RequestBodyBudget(1000),
    answers: new ResponseBudget(),
    maxMessageBytes: 1000,
    farewellMs: 60_000,
    handlers: {
      request: () => Promise.reject(new Error('nobody asks')),
      upgrade: async () => ({
        protocol: 'a',
        open: (socket) => {
          live = socket;
          return {
            message: () => {
              received += 1;
              if (received === 10) socket.close(4500, 'enough');
            },
            drain: () => undefined,
            pong: () => undefined,
            closed: () => (closed = true),
          };
        },
      }),
    },
  });
  const client = new WebSocket(`ws://127.0.0.1:${server.port}/`, ['a']);
  try {
    client.on('error', () => undefined);
    await once(client, 'open');
    client.pause();
    for (let i = 0; i < 1_000; i++) client.send('x'.repeat(500));
    await until(() => closed);
    expect(received).toBe(10);
    expect(live?.buffered()).toBe(0);
  } finally {
    client.terminate();
    await server.close();
  }
});

it('answers a client that says no more', async () => {
  const server = await openWebServer({
    host: '127.0.0.1',
    port: 0,
    maxBodyBytes: 1000,
    bodies: new RequestBodyBudget(1000),
    answers: new ResponseBudget(),
    maxMessageBytes: 1000,
    handlers: {
      request: async () => {
        await new Promise((resolve) => setTimeout(resolve, 50));
        return { status: 200, headers: {}, body: 'here' };
      },
      upgrade: () => Promise.reject(new Error('nobody asks')),
    },
  });
  try {
    const client = connect({ port: server.port, host: '127.0.0.1', allowHalfOpen: true });
    let text = '';
    client.on('data', (chunk: Buffer) => (text += chunk.toString()));
    client.end('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    await once(client, 'end');
    expect(text).toMatch(/\r\n\r\nhere$/);
  } finally {
    await server.close();
  }
});

it('ends a request whose body does not come, with 408 and what it held given back', async () => {
  const bodies = new RequestBodyBudget(1000);
  let asked = 0;
  const server = await openWebServer({
    host: '127.0.0.1',
    port: 0,
    maxBodyBytes: 1000,
    bodies,
    answers: new ResponseBudget(),
    maxMessageBytes: 1000,
    requestMs: 300,
    handlers: {
      request: async () => {
        asked += 1;
        return { status: 200, headers: {}, body: '' };
      },
      upgrade: () => Promise.reject(new Error('nobody asks')),
    },
  });
  try {
    const client = connect({ port: server.port, host: '127.0.0.1' });
    let text = '';
    client.on('data', (chunk: Buffer) => (text += chunk.toString())).on('error', () => undefined);
    client.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 500\r\n\r\n');
    const drops = setInterval(() => client.write('x'), 50);
    await until(() => bodies.bytes > 0);
    await once(client, 'close');
    clearInterval(drops);
    expect(text).toMatch(/^HTTP\/1\.1 408 /);
    expect([asked, bodies.bytes]).toEqual([0, 0]);
  } finally {
    await server.close();
  }
});

describe('packed messages', () => {
  const TEXT = JSON.stringify(
    Array.from({ length: 500 }, (_, i) => ({ kpi: 'csat', region: `区 ${i % 7}`, value: i })),
  );

  async function exchange(
    clientOptions: ClientOptions,
    elapsed: (() => number) | undefined,
    times = 1,
  ): Promise<{ texts: string[]; received: number; extensions: string; heard: string[]; close: Promise<number> }> {
    let live: LiveSocket | undefined;
    const heard: string[] = [];
    const server = await openWebServer({
      host: '127.0.0.1',
      port: 0,
      maxBodyBytes: 1000,
      bodies: new RequestBodyBudget(1000),
      answers: new ResponseBudget(),
      maxMessageBytes: 5_000,
      ...(elapsed === undefined ? {} : { packing: { elapsed } }),
      handlers: {
        request: () => Promise.reject(new Error('nobody asks')),
        upgrade: async () => ({
          protocol: 'a',
          open: (socket) => {
            live = socket;
            return {
              message: (data) => void heard.push(Buffer.from(data).toString()),
              drain: () => undefined,
              pong: () => undefined,
              closed: () => undefined,
            };
          },
        }),
      },
    });
    opened.push(server);
    const client = new WebSocket(`ws://127.0.0.1:${server.port}/`, ['a'], clientOptions);
    clients.push(client);
    client.on('error', () => undefined);
    let received = 0;
    client.on('upgrade', ({ socket }) => {
      // The socket's own count: ws reads past listeners added here.
      const before = socket.bytesRead;
      client.on('message', () => (received = socket.bytesRead - before));
    });
    const texts: string[] = [];
    client.on('message', (data: Buffer) => texts.push(data.toString()));
    const close = new Promise<number>((resolve) => client.on('close', resolve));
    await once(client, 'open');
    const data = Buffer.from(TEXT);
    for (let i = 0; i < times; i++) live!.send(i === 0 ? data : Buffer.from(TEXT), false);
    live!.send(Buffer.from('short'), false);
    await until(() => texts.length === times + 1);
    client.send('x'.repeat(4_000));
    await until(() => heard.length === 1);
    return { texts, received, extensions: client.extensions, heard, close };
  }
  const opened: WebServer[] = [];
  const clients: WebSocket[] = [];
  afterEach(async () => {
    for (const client of clients.splice(0)) client.terminate();
    for (const server of opened.splice(0)) await server.close();
  });

  const OFFERED: ClientOptions = { perMessageDeflate: true };
  const size = Buffer.byteLength(TEXT);

  it('reach a client that takes them, at a fraction of their length', async () => {
    const { texts, received, extensions, heard } = await exchange(OFFERED, () => performance.now());
    expect([extensions, texts, heard]).toEqual(['permessage-deflate', [TEXT, 'short'], ['x'.repeat(4_000)]]);
    expect(received).toBeLessThan(size / 4);
  });

  it.each([
    ['offers none', { perMessageDeflate: false }, () => performance.now()],
    ['asks for a small window', { perMessageDeflate: { serverMaxWindowBits: 9 } }, () => performance.now()],
    ['meets a server that packs nothing', OFFERED, undefined],
  ] satisfies [string, ClientOptions, (() => number) | undefined][])(
    'are left as they are for one that %s',
    async (_, client, elapsed) => {
      const { texts, received } = await exchange(client, elapsed);
      expect(texts).toEqual([TEXT, 'short']);
      expect(received).toBeGreaterThan(size);
    },
  );

  it('are so many a second, and what is beyond leaves as it is', async () => {
    const times = Math.ceil((4 << 20) / size) + 20;
    const { texts, received } = await exchange(OFFERED, () => 0, times);
    expect(texts).toEqual([...Array<string>(times).fill(TEXT), 'short']);
    // Those beyond the budget weigh what they are.
    expect(received).toBeGreaterThan(times * size * 0.3);
    expect(received).toBeLessThan(times * size * 0.8);
  });

  it('that unpack to more than a message may hold close with 1009', async () => {
    const { heard, close } = await exchange(OFFERED, () => performance.now());
    clients[0]!.send('x'.repeat(10 << 20), { compress: true });
    expect([await close, heard.length]).toEqual([1009, 1]);
  });
});
