/** The gateway's server on node:http(s) and `ws`: everywhere, TLS included. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { EngineError, reasonOf } from '../../core/errors.ts';
import { type ResponseBudget, responsesFull } from '../http/response-budget.ts';
import { bodiesFull, type HeldBody } from '../http/request-body-budget.ts';
import type { Certificate } from './certificate.ts';
import { bytesOf, type HttpAnswer, type HttpRequest, isBodiless } from './http-message.ts';
import { type LiveSocket, type ServerOptions, STATUS_TEXT, tooLarge, type WebServer } from './server.ts';

const SHUTDOWN_MS = 1_000;
/** What a peer that does not answer a close frame is left with. */
const FAREWELL_MS = 5_000;
/** For a refusal to be read. */
const LINGER_MS = 1_000;
/** Frames that may be on their way when a close frame is sent. */
const LATE_FRAMES = 64;
/** An answer of which nothing is taken for so long is given up: it holds its bytes here. uWebSockets.js has the same limit. */
const STALLED_MS = 10_000;

/** Requests of one connection that wait in line: each is answered when the answer before it is taken. */
const MAX_PIPELINED = 32;

interface Line {
  last: Promise<void>;
  length: number;
}

export async function openWsServer(options: ServerOptions): Promise<WebServer> {
  const http = listenerOf(options);
  // A client that says no more still gets its answer.
  Object.assign(http, { httpAllowHalfOpen: true });
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: options.maxMessageBytes,
    perMessageDeflate: false,
    clientTracking: true,
    // The gateway chose already; ws asks once more.
    handleProtocols: (offered, request) => chosen.get(request) ?? offered.values().next().value ?? false,
  });
  const chosen = new WeakMap<IncomingMessage, string>();

  answerInOrder(http, options);
  http.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    void upgrade(request, socket, head);
  });
  http.on('clientError', (_error, socket) => {
    lastWords(socket, 'HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
  });

  async function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const result = await options.handlers.upgrade(requestOf(request, new Uint8Array()));
    if (socket.destroyed) return;
    if (!('open' in result)) {
      refuse(socket, result);
      return;
    }
    chosen.set(request, result.protocol);
    sockets.handleUpgrade(request, socket, head, (client) => {
      const live = liveSocket(client, options);
      const events = result.open(live);
      client.on('message', (data: Buffer, binary: boolean) => live.hears() && events.message(data, binary));
      client.on('pong', () => live.hears() && events.pong());
      client.on('ping', () => live.hears() && events.pong());
      client.on('error', () => client.terminate());
      client.on('close', () => events.closed());
      socket.on('drain', () => events.drain());
    });
  }

  await new Promise<void>((resolve, reject) => {
    http.once('error', (error) => {
      reject(new EngineError('LISTEN_FAILED', [`${options.host}:${options.port}`, reasonOf(error)], { cause: error }));
    });
    http.listen(options.port, options.host, resolve);
  });
  const address = http.address();
  let closing: Promise<void> | undefined;
  return {
    kind: 'ws',
    port: typeof address === 'object' && address !== null ? address.port : options.port,
    close: () => (closing ??= closed(http, sockets)),
  };
}

/** The requests of a connection, one after the other: each is answered when the answer before it is taken. */
function answerInOrder(http: Server, options: ServerOptions): void {
  const lines = new WeakMap<Duplex, Line>();
  http.on('request', (request, response) => {
    const { socket } = request;
    const line = lines.get(socket) ?? { last: Promise.resolve(), length: 0 };
    lines.set(socket, line);
    if (line.length >= MAX_PIPELINED) {
      socket.destroy();
      return;
    }
    line.length += 1;
    const over = new Promise<void>((resolve) => response.on('close', resolve));
    line.last = line.last.then(async () => {
      if (socket.destroyed) return;
      await answer(request, response, options);
      await over;
      line.length -= 1;
    });
  });
}

async function closed(http: Server, sockets: WebSocketServer): Promise<void> {
  const over = new Promise<void>((resolve) => {
    http.close(() => resolve());
  });
  http.closeIdleConnections();
  const timer = setTimeout(() => {
    for (const client of sockets.clients) client.terminate();
    http.closeAllConnections();
  }, SHUTDOWN_MS);
  await over;
  clearTimeout(timer);
  sockets.close();
}

function listenerOf(options: ServerOptions): Server {
  const limits = {
    requestTimeout: 15_000,
    headersTimeout: 10_000,
    keepAliveTimeout: 10_000,
    maxHeaderSize: 16_384,
    // How often those are looked at.
    connectionsCheckingInterval: 2_000,
  };
  const { tls } = options;
  if (tls === null || tls === undefined) return createServer(limits);
  const server = createTlsServer({ ...limits, ...secured(tls.current), handshakeTimeout: 10_000 });
  // Connections that are open keep what they were opened with.
  tls.onRenewed((certificate) => server.setSecureContext(secured(certificate)));
  return server;
}

function secured({ cert, key }: Certificate): { cert: string; key: string; minVersion: 'TLSv1.3' } {
  return { cert, key, minVersion: 'TLSv1.3' };
}

/** `hears`: false for what comes after the close. */
function liveSocket(client: WebSocket, { farewellMs = FAREWELL_MS }: ServerOptions): LiveSocket & { hears(): boolean } {
  let late = 0;
  return {
    send(data, binary) {
      if (client.readyState === client.OPEN) client.send(data, { binary });
    },
    buffered: () => client.bufferedAmount,
    ping() {
      if (client.readyState === client.OPEN) client.ping();
    },
    close(code, reason) {
      client.close(code, reason);
      setTimeout(() => client.terminate(), farewellMs).unref();
    },
    hears() {
      if (client.readyState === client.OPEN) return true;
      late += 1;
      // ws reads on until the peer closes too: one that goes on talking is not waited for.
      if (late === LATE_FRAMES) client.terminate();
      return false;
    },
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, options: ServerOptions): Promise<void> {
  const held = options.bodies.open();
  const body = await bodyOf(request, options.maxBodyBytes, held);
  const result = await resultOf(request, body, options).finally(() => held.release());
  if (result === undefined || response.destroyed) return;
  // By what node:http does with a socket that stands still; once all is taken it sets its own limit.
  request.socket.setTimeout(options.stalledMs ?? STALLED_MS);
  send(request, response, result, options.answers);
  // What is left of a body nobody wants is not waited for.
  if (typeof body === 'string') response.on('finish', () => request.destroy());
}

function send(request: IncomingMessage, response: ServerResponse, answer: HttpAnswer, budget: ResponseBudget): void {
  const { status, headers } = answer;
  const { method = 'GET' } = request;
  const bytes = bytesOf(answer);
  const length = isBodiless(status, 'GET') ? {} : { 'content-length': bytes.length };
  if (isBodiless(status, method)) {
    response.writeHead(status, { ...headers, ...length }).end();
    return;
  }
  const held = budget.open(bytes, () => request.socket.destroy());
  if (held === undefined) {
    send(request, response, responsesFull(), budget);
    return;
  }
  // Of a socket that was cut off the answer finishes too.
  response.on('finish', () => held.release(request.socket.destroyed ? 'given up' : 'taken'));
  response.on('close', () => held.release('given up'));
  response.writeHead(status, { ...headers, ...length }).end(bytes);
}

type Body = Uint8Array | 'too large' | 'no budget' | 'aborted';

/** undefined: nobody waits for an answer. */
async function resultOf(request: IncomingMessage, body: Body, options: ServerOptions): Promise<HttpAnswer | undefined> {
  if (body === 'aborted') return undefined;
  if (body === 'too large') return tooLarge(options.maxBodyBytes);
  if (body === 'no budget') return bodiesFull();
  return options.handlers.request(requestOf(request, body));
}

async function bodyOf(request: IncomingMessage, limit: number, held: HeldBody): Promise<Body> {
  if (Number(request.headers['content-length'] ?? 0) > limit) return 'too large';
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      const isTooLarge = length > limit;
      if (!isTooLarge && held.take(chunk.length)) {
        chunks.push(chunk);
      } else {
        // No more is read; the answer goes out before the connection is cut.
        request.pause();
        chunks.length = 0;
        resolve(isTooLarge ? 'too large' : 'no budget');
      }
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    // The peer left during its own request: nobody waits for an answer.
    request.on('error', () => resolve('aborted'));
    request.on('close', () => resolve('aborted'));
  });
}

function requestOf(request: IncomingMessage, body: Uint8Array): HttpRequest {
  const target = request.url ?? '/';
  const mark = target.indexOf('?');
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return {
    method: request.method ?? 'GET',
    path: mark < 0 ? target : target.slice(0, mark),
    query: mark < 0 ? '' : target.slice(mark + 1),
    headers,
    remote: request.socket.remoteAddress ?? '',
    body,
  };
}

function refuse(socket: Duplex, answer: HttpAnswer): void {
  const bytes = bytesOf(answer);
  const head = Object.entries({ ...answer.headers, connection: 'close', 'content-length': String(bytes.length) });
  const lines = head.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const status = `HTTP/1.1 ${answer.status} ${STATUS_TEXT[answer.status] ?? 'Refused'}\r\n`;
  lastWords(socket, Buffer.concat([Buffer.from(`${status}${lines}\r\n`), bytes]));
}

/** node:http looks no more after such a connection: one whose peer stays would be there for ever. */
function lastWords(socket: Duplex, words: string | Uint8Array): void {
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.on('close', () => clearTimeout(timer));
  if (socket.writable) socket.end(words);
}
