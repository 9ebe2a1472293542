import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { ResponseBudget } from '../http/response-budget.ts';
import { RequestBodyBudget } from '../http/request-body-budget.ts';
import { serverConformance, until } from '../testing/server.conformance.ts';
import type { LiveSocket } from './server.ts';
import { openWebServer } from './web-server.ts';

serverConformance(openWebServer);

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
