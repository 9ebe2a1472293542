/** What every WebServer keeps to, with real clients over real sockets. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { ResponseBudget, type ResponseBudgetOptions } from '../http/response-budget.ts';
import { RequestBodyBudget } from '../http/request-body-budget.ts';
import type { HttpRequest } from '../server/http-message.ts';
import type {
  LiveSocket,
  OpenServer,
  ServerHandlers,
  ServerKind,
  ServerOptions,
  SocketEvents,
  WebServer,
} from '../server/server.ts';
import { onThisMachine } from '../../testing/rig/busy-machine.ts';

const MAX_BODY = 10_000;
const MAX_ALL_BODIES = 25_000;
const MAX_MESSAGE = 2_000;
/** More than the kernel takes for a client that does not read. */
const LARGE = 10 << 20;
const MAX_ALL_ANSWERS = 2.5 * LARGE;
const MAX_SMALL_ANSWER = 1_000;

interface Peer {
  readonly socket: LiveSocket;
  readonly messages: { hex: string; binary: boolean }[];
  pongs: number;
  drains: number;
  closed: number;
}

export function serverConformance(kind: ServerKind, open: OpenServer): void {
  describe(`web server ${kind}`, () => {
    const servers: WebServer[] = [];
    const clients: WebSocket[] = [];

    afterEach(async () => {
      for (const client of clients.splice(0)) client.terminate();
      for (const server of servers.splice(0)) await server.close();
    });

    async function start(
      handlers: Partial<ServerHandlers> = {},
      budget: ResponseBudgetOptions = {},
      limits: Pick<ServerOptions, 'farewellMs'> = {},
    ): Promise<{ server: WebServer; url: string; peers: Peer[]; bodies: RequestBodyBudget; answers: ResponseBudget }> {
      const peers: Peer[] = [];
      const bodies = new RequestBodyBudget(MAX_ALL_BODIES);
      const answers = new ResponseBudget({ maxBytes: MAX_ALL_ANSWERS, smallBytes: MAX_SMALL_ANSWER, ...budget });
      const server = await open({
        host: '127.0.0.1',
        port: 0,
        maxBodyBytes: MAX_BODY,
        bodies,
        answers,
        maxMessageBytes: MAX_MESSAGE,
        ...limits,
        handlers: {
          request: async (request) => ({
            status: 200,
            headers: { 'content-type': 'application/json', 'x-kept': 'yes' },
            body: JSON.stringify({ ...request, body: Buffer.from(request.body).toString() }),
          }),
          upgrade: async (request) =>
            request.path === '/live'
              ? { protocol: 'b', open: (socket) => acceptPeer(peers, socket) }
              : { status: 401, headers: { 'x-why': 'path' }, body: 'no' },
          ...handlers,
        },
      });
      servers.push(server);
      return { server, url: `http://127.0.0.1:${server.port}`, peers, bodies, answers };
    }

    async function dial(url: string, protocols = ['a', 'b']): Promise<{ client: WebSocket; messages: string[] }> {
      const client = new WebSocket(`${url.replace('http', 'ws')}/live`, protocols);
      clients.push(client);
      const messages: string[] = [];
      client.on('message', (data: Buffer, binary) => messages.push(`${binary ? 'binary' : 'text'} ${data.toString()}`));
      await new Promise<void>((resolve, reject) => {
        client.on('open', () => resolve());
        client.on('error', reject);
      });
      return { client, messages };
    }

    it('hands over method, raw path, query, headers, peer and body, and gives the answer back', async () => {
      const { url } = await start();
      const response = await fetch(`${url}/a%2fb/c?x=1&y=%E4%BD%A0`, {
        method: 'POST',
        headers: { 'X-Mixed': 'Case' },
        body: '满意度 😀',
      });
      expect(response.status).toBe(200);
      expect(response.headers.get('x-kept')).toBe('yes');
      const seen = (await response.json()) as HttpRequest;
      expect(seen).toMatchObject({
        method: 'POST',
        path: '/a%2fb/c',
        query: 'x=1&y=%E4%BD%A0',
        body: '满意度 😀',
        remote: '127.0.0.1',
      });
      expect(seen.headers['x-mixed']).toBe('Case');
    });

    it.each(['GET', 'DELETE', 'PUT', 'PATCH', 'OPTIONS'])('takes %s', async (method) => {
      const { url } = await start();
      const seen = (await (await fetch(`${url}/`, { method })).json()) as HttpRequest;
      expect(seen).toMatchObject({ method, path: '/', query: '', body: '' });
    });

    it('answers HEAD without a body, with its length, and keeps the connection in order', async () => {
      const { url } = await start({ request: async () => ({ status: 200, headers: {}, body: '0123456789' }) });
      const text = await raw(
        url,
        'HEAD / HTTP/1.1\r\nhost: x\r\n\r\n',
        'GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n',
      );
      const [head = '', get = ''] = text.split(/(?=HTTP\/1\.1 )/);
      expect(head.toLowerCase()).toContain('content-length: 10');
      expect(head.endsWith('\r\n\r\n')).toBe(true);
      expect(get.endsWith('\r\n\r\n0123456789')).toBe(true);
    });

    it('answers 204 and 304 without a body', async () => {
      const { url } = await start({
        request: async (request) => ({ status: Number(request.path.slice(1)), headers: { etag: '"1"' }, body: '' }),
      });
      for (const status of [204, 304]) {
        const response = await fetch(`${url}/${status}`);
        expect(response.status).toBe(status);
        expect(await response.text()).toBe('');
      }
    });

    it('takes bodies in chunks, and of any bytes', async () => {
      const { url } = await start({
        request: async ({ body }) => ({ status: 200, headers: {}, body: Uint8Array.from(body).reverse() }),
      });
      const bytes = Uint8Array.from({ length: 9_000 }, (_, i) => i % 256);
      const parts = [bytes.slice(0, 10), bytes.slice(10, 5_000), bytes.slice(5_000)];
      const body = new ReadableStream<Uint8Array>({
        async pull(controller) {
          await new Promise((resolve) => setTimeout(resolve, 5));
          const part = parts.shift();
          if (part === undefined) controller.close();
          else controller.enqueue(part);
        },
      });
      const response = await fetch(url, { method: 'POST', body, duplex: 'half' });
      expect(new Uint8Array(await response.arrayBuffer())).toEqual(bytes.reverse());
    });

    it('refuses bodies over the limit, declared or found out, without calling anybody', async () => {
      let calls = 0;
      const { url } = await start({
        request: async () => {
          calls += 1;
          return { status: 200, headers: {}, body: '' };
        },
      });
      const declared = await raw(url, `POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 999999999\r\n\r\nabc`);
      expect(declared).toMatch(/^HTTP\/1\.1 413 /);
      const chunk = `3000\r\n${'x'.repeat(0x3000)}\r\n0\r\n\r\n`;
      const found = await raw(url, `POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n${chunk}`);
      expect(found).toMatch(/^HTTP\/1\.1 413 /);
      expect(calls).toBe(0);
      expect((await fetch(url, { method: 'POST', body: 'x'.repeat(MAX_BODY) })).status).toBe(200);
    });

    it('keeps bodies within their budget over all connections, and has it back when they are answered or cut off', async () => {
      let answer = (): void => undefined;
      const answered = new Promise<void>((resolve) => (answer = resolve));
      const { url, bodies } = await start({
        request: async () => {
          await answered;
          return { status: 200, headers: {}, body: '' };
        },
      });
      const half = `POST / HTTP/1.1\r\nhost: x\r\ncontent-length: ${MAX_BODY}\r\n\r\n${'x'.repeat(MAX_BODY - 1)}`;
      const { hostname, port } = new URL(url);
      const [first, second] = [connect(Number(port), hostname), connect(Number(port), hostname)];
      first.write(half);
      second.write(half);
      await until(() => bodies.bytes === 2 * (MAX_BODY - 1));
      expect(await raw(url, `${half}x`)).toMatch(/^HTTP\/1\.1 503 [^]*retry-after: 1[^]*"overloaded"/i);
      expect([bodies.refused, bodies.bytes]).toEqual([1, 2 * (MAX_BODY - 1)]);
      second.destroy();
      await until(() => bodies.bytes === MAX_BODY - 1);
      first.write('x');
      await until(() => bodies.bytes === MAX_BODY);
      const reply = fetch(url, { method: 'POST', body: 'x'.repeat(MAX_BODY) });
      await until(() => bodies.bytes === 2 * MAX_BODY);
      answer();
      expect((await reply).status).toBe(200);
      await until(() => bodies.bytes === 0);
      first.destroy();
    });

    const LARGE_ONES: Partial<ServerHandlers> = {
      request: async ({ path }) => ({
        status: 200,
        headers: {},
        body: path === '/small' ? 'small' : Buffer.alloc(LARGE, path.slice(1)),
      }),
    };

    it('keeps answers that nobody takes within their budget, and has it back when they are taken or given up', async () => {
      const { url, answers } = await start(LARGE_ONES);
      const [slow, stuck] = [unread(url, get('/a')), unread(url, get('/b'))];
      await until(() => answers.bytes === 2 * LARGE);
      expect(await raw(url, get('/c'))).toMatch(/^HTTP\/1\.1 503 [^]*retry-after: 1[^]*"overloaded"/i);
      expect([answers.refused, answers.untaken, answers.bytes]).toEqual([1, 0, 2 * LARGE]);
      expect(await raw(url, get('/small'))).toMatch(/\r\n\r\nsmall$/);
      const text = await readAll(slow);
      expect(text.slice(text.indexOf('\r\n\r\n') + 4)).toBe('a'.repeat(LARGE));
      await until(() => answers.bytes === LARGE);
      expect((await fetch(`${url}/d`).then((response) => response.text())).length).toBe(LARGE);
      stuck.destroy();
      await until(() => answers.bytes === 0);
      expect([answers.refused, answers.untaken]).toEqual([1, 1]);
    });

    it('holds one answer a connection, however many are asked for on it', async () => {
      let most = 0;
      const { url, answers } = await start({
        request: async () => {
          most = Math.max(most, answers.bytes);
          return { status: 200, headers: {}, body: Buffer.alloc(LARGE, 'x') };
        },
      });
      const atOnce = unread(url, get('/').repeat(20));
      const oneByOne = unread(url, get('/'));
      for (let i = 0; i < 20; i++) {
        await new Promise((resolve) => setTimeout(resolve, 10));
        oneByOne.write(get('/'));
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(Math.max(most, answers.bytes)).toBeLessThanOrEqual(2 * LARGE);
      expect(answers.refused).toBe(0);
      atOnce.destroy();
      oneByOne.destroy();
      await until(() => answers.bytes === 0);
    });

    it('answers several small requests of one packet in their order', async () => {
      const { url } = await start({ request: async ({ path }) => ({ status: 200, headers: {}, body: path }) });
      const text = await raw(url, ['/1', '/2', '/3', '/4'].map(get).join(''));
      expect(text.match(/\r\n\r\n\/\d/g)?.map((end) => end.trim())).toEqual(['/1', '/2', '/3', '/4']);
    });

    it('counts a body that many wait for once', async () => {
      const body = Buffer.alloc(LARGE, 'x');
      const { url, answers } = await start({ request: async () => ({ status: 200, headers: {}, body }) });
      const clients = [1, 2, 3, 4].map(() => unread(url, get('/')));
      await Promise.all(clients.map((client) => once(client, 'readable')));
      expect([answers.bytes, answers.refused]).toEqual([LARGE, 0]);
      for (const client of clients.slice(1)) client.destroy();
      await until(() => answers.untaken === 3);
      expect(answers.bytes).toBe(LARGE);
      clients[0]!.destroy();
      await until(() => answers.bytes === 0);
    });

    it('cuts off who takes an answer drop by drop', async () => {
      const { url, answers } = await start(LARGE_ONES, { takenWithinMs: 300 });
      const client = unread(url, get('/x'));
      const drops = setInterval(() => void client.read(1_000), 20);
      await until(() => answers.bytes === LARGE);
      await until(() => answers.bytes === 0);
      clearInterval(drops);
      expect(answers.untaken).toBe(1);
      expect((await readAll(client)).length).toBeLessThan(LARGE);
      expect((await fetch(`${url}/small`)).status).toBe(200);
    });

    it('bears a client that leaves before its answer', async () => {
      let release = (): void => undefined;
      const { url } = await start({
        request: (request) =>
          request.path === '/slow'
            ? new Promise((resolve) => {
                release = () => resolve({ status: 200, headers: {}, body: 'late' });
              })
            : Promise.resolve({ status: 200, headers: {}, body: 'ok' }),
      });
      const controller = new AbortController();
      const slow = fetch(`${url}/slow`, { signal: controller.signal }).catch((error: unknown) => error);
      await new Promise((resolve) => setTimeout(resolve, 50));
      controller.abort();
      await slow;
      await new Promise((resolve) => setTimeout(resolve, 50));
      release();
      expect(await (await fetch(url)).text()).toBe('ok');
    });

    it('upgrades with the subprotocol chosen and carries text and binary both ways', async () => {
      const { url, peers } = await start();
      const { client, messages } = await dial(url);
      expect(client.protocol).toBe('b');
      client.send('你好');
      client.send(Buffer.from([1, 2, 255]), { binary: true });
      await until(() => peers[0]?.messages.length === 2);
      expect(peers[0]!.messages).toEqual([
        { hex: Buffer.from('你好').toString('hex'), binary: false },
        { hex: '0102ff', binary: true },
      ]);
      peers[0]!.socket.send(Buffer.from('文字'), false);
      peers[0]!.socket.send(Buffer.from('bytes'), true);
      await until(() => messages.length === 2);
      expect(messages).toEqual(['text 文字', 'binary bytes']);
    });

    it('refuses an upgrade with the answer given', async () => {
      const { url } = await start();
      const client = new WebSocket(`${url.replace('http', 'ws')}/other`, ['a']);
      clients.push(client);
      const response = await new Promise<{ status: number | undefined; why: unknown }>((resolve, reject) => {
        client.on('unexpected-response', (_request, answer) =>
          resolve({ status: answer.statusCode, why: answer.headers['x-why'] }),
        );
        client.on('open', () => reject(new Error('it was let in')));
        client.on('error', reject);
      });
      expect(response).toEqual({ status: 401, why: 'path' });
    });

    it.each([
      ['says nonsense', 'NONSENSE\r\n\r\n'],
      [
        'was refused',
        'GET /other HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n' +
          'sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
      ],
    ])('keeps no connection of a client that %s and stays', async (_, words) => {
      const { url } = await start();
      const { port, hostname } = new URL(url);
      const client = connect({ port: Number(port), host: hostname, allowHalfOpen: true });
      const gone = new Promise((resolve) => client.on('error', resolve));
      client.resume();
      client.write(words);
      await once(client, 'end');
      // Refused by the system only once the other side has let go of it.
      const talk = setInterval(() => client.write('x'), 20);
      await gone;
      clearInterval(talk);
    });

    it('tells of pings, pongs and the close, once', async () => {
      const { url, peers } = await start();
      const { client } = await dial(url);
      const pinged = new Promise<void>((resolve) => client.once('ping', () => resolve()));
      peers[0]!.socket.ping();
      await pinged;
      await until(() => peers[0]!.pongs === 1);
      client.ping();
      await until(() => peers[0]!.pongs === 2);
      client.close(1000);
      await until(() => peers[0]!.closed === 1);
      peers[0]!.socket.send(Buffer.from('after'), false);
      peers[0]!.socket.ping();
      peers[0]!.socket.close(4000, 'again');
      expect(peers[0]!.socket.buffered()).toBe(0);
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(peers[0]!.closed).toBe(1);
    });

    it('closes with the code and reason given', async () => {
      const { url, peers } = await start();
      const { client } = await dial(url);
      const closed = closeOf(client);
      peers[0]!.socket.close(4501, 'the token has expired');
      expect(await closed).toEqual({ code: 4501, reason: 'the token has expired' });
      await until(() => peers[0]!.closed === 1);
    });

    it('tells nothing of what a peer says after the close, and cuts off one that does not answer it', async () => {
      const { url, peers } = await start({}, {}, { farewellMs: 500 });
      const { client } = await dial(url);
      client.on('error', () => undefined);
      client.pause();
      const talk = setInterval(() => client.send('more'), 5);
      await until(() => peers[0]!.messages.length > 3);
      peers[0]!.socket.close(4500, 'enough');
      const received = peers[0]!.messages.length;
      const closed = performance.now();
      await until(() => peers[0]!.closed === 1);
      clearInterval(talk);
      expect(performance.now() - closed).toBeLessThan(onThisMachine(2_500));
      expect(peers[0]!.messages.length).toBe(received);
    });

    it.each([
      ['a message over the limit', 1009, clientFrame(0x81, Buffer.alloc(MAX_MESSAGE + 1, 'x'))],
      ['a text that is not UTF-8', 1007, clientFrame(0x81, Buffer.from([0xc3, 0x28]))],
      ['an unknown kind of frame', 1002, clientFrame(0x83, Buffer.from('a'))],
      ['bits that nobody agreed on', 1002, clientFrame(0xa1, Buffer.from('a'))],
      ['a ping of 126 bytes', 1002, clientFrame(0x89, Buffer.alloc(126, 'x'))],
      ['a close code that may not be sent', 1002, clientFrame(0x88, Buffer.from([0x03, 0xed]))],
      // uWebSockets.js takes every frame for one with a mask.
      ...(kind === 'ws' ? ([['a frame without a mask', 1002, Buffer.from([0x81, 1, 0x61])]] as const) : []),
    ] as const)(`closes ${kind === 'ws' ? 'with its code' : 'without a word'} on %s`, async (_, code, bytes) => {
      const { url, peers } = await start();
      const { port, hostname } = new URL(url);
      const socket = connect(Number(port), hostname);
      socket.write(
        'GET /live HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
          'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: b\r\n\r\n',
      );
      await until(() => peers.length === 1);
      const chunks: Buffer[] = [];
      socket.on('data', (chunk: Buffer) => chunks.push(chunk));
      const ended = once(socket, 'end');
      socket.write(bytes);
      await until(() => peers[0]!.closed === 1);
      if (kind === 'uws') await ended;
      const said = Buffer.concat(chunks);
      const close = said.subarray(said.indexOf('\r\n\r\n') + 4);
      if (kind === 'uws') {
        // A peer that sends a close frame, even a wrong one, may get one; no other does.
        expect(bytes[0] === 0x88 ? close.subarray(4) : close).toEqual(Buffer.alloc(0));
      } else {
        expect([close[0], close.readUInt16BE(2)]).toEqual([0x88, code]);
      }
      expect(peers[0]!.messages).toEqual([]);
      socket.destroy();
    });

    it('cuts off a message over the limit', async () => {
      const { url, peers } = await start();
      const { client } = await dial(url);
      client.on('error', () => undefined);
      const closed = closeOf(client);
      client.send('x'.repeat(MAX_MESSAGE + 1));
      expect((await closed).code).toBe(kind === 'ws' ? 1009 : 1006);
      await until(() => peers[0]!.closed === 1);
      expect(peers[0]!.messages).toEqual([]);
    });

    it('shows what a peer that does not read leaves behind, and says when it is gone', async () => {
      const { url, peers } = await start();
      const { client, messages } = await dial(url);
      client.pause();
      const block = Buffer.alloc(1 << 20, 'x');
      for (let i = 0; i < 24; i++) peers[0]!.socket.send(block, false);
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(peers[0]!.socket.buffered()).toBeGreaterThan(4 << 20);
      expect(peers[0]!.drains).toBe(0);
      client.resume();
      await until(() => messages.length === 24 && peers[0]!.socket.buffered() === 0);
      await until(() => peers[0]!.drains > 0);
    });

    it('takes nothing new when it closes, and cuts off what does not leave', async () => {
      const { server, url, peers } = await start();
      const polite = await dial(url);
      const stuck = await dial(url);
      stuck.client.pause();
      const closed = closeOf(polite.client);
      for (const { socket } of peers) socket.close(4000, 'shutting down');
      const started = performance.now();
      await server.close();
      expect(performance.now() - started).toBeLessThan(onThisMachine(3_000));
      expect((await closed).code).toBe(4000);
      await server.close();
      await expect(fetch(url)).rejects.toThrow();
    });

    it('says so when the port is taken', async () => {
      const { server } = await start();
      await expect(
        open({
          host: '127.0.0.1',
          port: server.port,
          maxBodyBytes: 1,
          bodies: new RequestBodyBudget(1),
          answers: new ResponseBudget(),
          maxMessageBytes: 1,
          handlers: {
            request: async () => ({ status: 200, headers: {}, body: '' }),
            upgrade: async () => ({ status: 400, headers: {}, body: '' }),
          },
        }),
      ).rejects.toMatchObject({ code: 'LISTEN_FAILED' });
    });
  });
}

function acceptPeer(peers: Peer[], socket: LiveSocket): SocketEvents {
  const peer: Peer = { socket, messages: [], pongs: 0, drains: 0, closed: 0 };
  peers.push(peer);
  return {
    message: (data, binary) => {
      peer.messages.push({ hex: Buffer.from(data).toString('hex'), binary });
    },
    pong: () => {
      peer.pongs += 1;
    },
    drain: () => {
      peer.drains += 1;
    },
    closed: () => {
      peer.closed += 1;
    },
  };
}

async function closeOf(client: WebSocket): Promise<{ code: number; reason: string }> {
  return new Promise((resolve) => {
    client.once('close', (code, reason) => resolve({ code, reason: reason.toString() }));
  });
}

/** Waits for what comes by itself; fails after `withinMs`, two minutes at least: on a busy machine everything takes ten times as long. */
export async function until(holds: () => boolean, withinMs = 0): Promise<void> {
  const end = performance.now() + Math.max(withinMs, 120_000);
  while (!holds()) {
    if (performance.now() > end) throw new Error('it never came to hold');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** A frame as clients send them, masked. */
function clientFrame(first: number, payload: Buffer): Buffer {
  const head =
    payload.length < 126 ? [0x80 | payload.length] : [0x80 | 126, payload.length >> 8, payload.length & 0xff];
  const mask = [1, 2, 3, 4];
  const masked = payload.map((byte, i) => byte ^ ((i % 4) + 1));
  return Buffer.concat([Buffer.from([first, ...head, ...mask]), masked]);
}

function get(path: string): string {
  return `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`;
}

/** A connection that says this and reads nothing yet. */
function unread(url: string, text: string): Socket {
  const { port, hostname } = new URL(url);
  const socket = connect(Number(port), hostname, () => socket.write(text));
  socket.on('error', () => undefined);
  return socket.pause();
}

/** What comes until the end, or until nothing comes for a while. */
async function readAll(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.setTimeout(500, () => socket.destroy());
  socket.resume();
  if (!socket.destroyed) await once(socket, 'close');
  return Buffer.concat(chunks).toString();
}

/** Sends the requests over one connection, each after the answer before it has begun. */
async function raw(url: string, ...requests: string[]): Promise<string> {
  const { port, hostname } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(requests.shift() ?? ''));
    let text = '';
    socket.on('data', (data) => {
      text += data.toString();
      const next = requests.shift();
      if (/^HTTP\/1\.1 413/.test(text)) socket.destroy();
      else if (next !== undefined) socket.write(next);
    });
    socket.on('close', () => resolve(text));
    socket.on('error', (error) => (text === '' ? reject(error) : resolve(text)));
    setTimeout(() => socket.destroy(), 3_000).unref();
  });
}
