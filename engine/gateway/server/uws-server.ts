/** The gateway's server on uWebSockets.js: 30 % less CPU a client, where its native binary loads. No TLS, no compression. */
import { createRequire } from 'node:module';
import type * as Uws from 'uWebSockets.js';
import { EngineError } from '../../core/errors.ts';
import { type ResponseBudget, type HeldResponse, responsesFull } from '../http/response-budget.ts';
import { bodiesFull } from '../http/request-body-budget.ts';
import { bytesOf, type HttpAnswer, type HttpRequest, isBodiless } from './http-message.ts';
import {
  type LiveSocket,
  type ServerOptions,
  type SocketEvents,
  STATUS_TEXT,
  tooLarge,
  type UpgradeAccepted,
  type WebServer,
} from './server.ts';

const SHUTDOWN_MS = 1_000;
/** Seconds without any frame after which the socket is cut; its pings come from the gateway. A close that is not
 *  answered hangs for half as long: what comes meanwhile is dropped before it is looked at. */
const IDLE_S = 32;

const LISTEN_EXCLUSIVE_PORT = 1;

/** What its type declarations leave out. */
interface App extends Omit<Uws.TemplatedApp, 'listen'> {
  listen(host: string, port: number, options: number, done: (token: Uws.us_listen_socket | false) => void): void;
  close(): void;
}

/** Who asked, as long as it is there. */
interface Peer {
  gone: boolean;
  /** What it has not taken yet. */
  answer: HeldResponse | undefined;
}

interface Connection {
  readonly accepted: UpgradeAccepted;
  socket: UwsSocket | undefined;
  events: SocketEvents | undefined;
}

/**
 * Undefined where the optional package or its binary for this platform is missing. The binary is asked for by name: the
 * package's own entry would fall back to an imitation in JavaScript, and print.
 */
export function loadUws(): typeof Uws | undefined {
  const binary = `uws_${process.platform}_${process.arch}_${process.versions.modules}.node`;
  try {
    return createRequire(import.meta.url)(`uWebSockets.js/binaries/${binary}`) as typeof Uws;
  } catch {
    // Absent, or built for another platform: ws-server.ts does the same work.
    return undefined;
  }
}

export async function openUwsServer(uws: typeof Uws, options: ServerOptions): Promise<WebServer> {
  const app = uws.App() as unknown as App;
  const open = new Set<UwsSocket>();

  app.ws<Connection>('/*', {
    compression: uws.DISABLED,
    maxPayloadLength: options.maxMessageBytes,
    // The hub decides what a slow client gets: dropping a frame here would break its chain.
    maxBackpressure: 1 << 30,
    idleTimeout: IDLE_S,
    sendPingsAutomatically: false,
    upgrade: (response, request, context) => {
      void upgrade(response, request, context, options);
    },
    open(ws) {
      const connection = ws.getUserData();
      connection.socket = new UwsSocket(ws);
      open.add(connection.socket);
      connection.events = connection.accepted.open(connection.socket);
    },
    message: (ws, data, binary) => ws.getUserData().events?.message(new Uint8Array(data), binary),
    drain: (ws) => ws.getUserData().events?.drain(),
    pong: (ws) => ws.getUserData().events?.pong(),
    ping: (ws) => ws.getUserData().events?.pong(),
    close(ws) {
      const { socket, events } = ws.getUserData();
      if (socket !== undefined) {
        socket.gone();
        open.delete(socket);
      }
      events?.closed();
    },
  });
  app.any('/*', (response, request) => {
    serve(response, request, options);
  });

  const token = await new Promise<Uws.us_listen_socket>((resolve, reject) => {
    // Without the exclusive option a second server would silently share the port.
    app.listen(options.host, options.port, LISTEN_EXCLUSIVE_PORT, (listening) => {
      if (listening === false) {
        reject(new EngineError('LISTEN_FAILED', [`${options.host}:${options.port}`, 'the port is taken or not ours']));
      } else {
        resolve(listening);
      }
    });
  });
  const port = uws.us_socket_local_port(token);
  const close = async (): Promise<void> => {
    uws.us_listen_socket_close(token);
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), SHUTDOWN_MS);
    while (open.size > 0 && !patience.signal.aborted) await new Promise((resolve) => setTimeout(resolve, 10));
    clearTimeout(timer);
    app.close();
  };
  let closing: Promise<void> | undefined;
  // Once only: the listen socket is freed by its close.
  return { kind: 'uws', port, close: () => (closing ??= close()) };
}

/** A uWebSockets.js socket may not be touched after its close: this one may. */
class UwsSocket implements LiveSocket {
  #ws: Uws.WebSocket<Connection> | undefined;

  constructor(ws: Uws.WebSocket<Connection>) {
    this.#ws = ws;
  }

  send(data: Uint8Array, binary: boolean): void {
    this.#ws?.send(data, binary, false);
  }

  buffered(): number {
    return this.#ws?.getBufferedAmount() ?? 0;
  }

  ping(): void {
    this.#ws?.ping();
  }

  close(code: number, reason: string): void {
    this.#ws?.end(code, reason);
  }

  gone(): void {
    this.#ws = undefined;
  }
}

async function upgrade(
  response: Uws.HttpResponse,
  request: Uws.HttpRequest,
  context: Uws.us_socket_context_t,
  options: ServerOptions,
): Promise<void> {
  const peer = peerOf(response);
  // The request lives on the stack: everything is read before the first await.
  const key = request.getHeader('sec-websocket-key');
  const extensions = request.getHeader('sec-websocket-extensions');
  const plain = requestOf(response, request, new Uint8Array());
  const result = await options.handlers.upgrade(plain);
  if (peer.gone) return;
  response.cork(() => {
    if (!('open' in result)) {
      send(response, peer, result, 'GET', options.answers);
      return;
    }
    const connection: Connection = { accepted: result, socket: undefined, events: undefined };
    response.upgrade(connection, key, result.protocol, extensions, context);
  });
}

function peerOf(response: Uws.HttpResponse, left?: () => void): Peer {
  const peer: Peer = { gone: false, answer: undefined };
  response.onAborted(() => {
    peer.gone = true;
    peer.answer?.release('given up');
    left?.();
  });
  return peer;
}

function serve(response: Uws.HttpResponse, request: Uws.HttpRequest, options: ServerOptions): void {
  const held = options.bodies.open();
  let whole = false;
  const peer = peerOf(response, () => {
    if (!whole) held.release();
  });
  const head = requestOf(response, request, new Uint8Array());
  const reply = async (body: Uint8Array): Promise<void> => {
    whole = true;
    const answer = await options.handlers.request({ ...head, body }).finally(() => held.release());
    if (!peer.gone) response.cork(() => send(response, peer, answer, head.method, options.answers));
  };
  const declared = Number(head.headers['content-length'] ?? 0);
  if (declared > options.maxBodyBytes) {
    refuse(response, tooLarge(options.maxBodyBytes));
    return;
  }
  if (declared === 0 && head.headers['transfer-encoding'] === undefined) {
    void reply(new Uint8Array());
    return;
  }
  const chunks: Buffer[] = [];
  let length = 0;
  let refused = false;
  response.onData((chunk, last) => {
    if (refused) return;
    length += chunk.byteLength;
    const isTooLarge = length > options.maxBodyBytes;
    if (isTooLarge || !held.take(chunk.byteLength)) {
      refused = true;
      held.release();
      chunks.length = 0;
      const answer = isTooLarge ? tooLarge(options.maxBodyBytes) : bodiesFull();
      if (!peer.gone) response.cork(() => refuse(response, answer));
      return;
    }
    // The chunk is only lent.
    chunks.push(Buffer.from(new Uint8Array(chunk)));
    if (last) void reply(Buffer.concat(chunks));
  });
}

/** Hands over as much as the kernel takes, the rest as it takes more. One that takes nothing for 10 s is cut off by uWebSockets.js. */
function send(
  response: Uws.HttpResponse,
  peer: Peer,
  answer: HttpAnswer,
  method: string,
  budget: ResponseBudget,
): void {
  const body = bytesOf(answer);
  if (isBodiless(answer.status, method) || body.length === 0) {
    writeHead(response, answer);
    // Any argument of endWithoutBody(), undefined too, counts as a length that is waited for: the length goes as a header.
    if (method === 'HEAD' && !isBodiless(answer.status, 'GET')) {
      response.writeHeader('content-length', String(body.length));
    }
    if (isBodiless(answer.status, method)) response.endWithoutBody();
    else response.end('');
    return;
  }
  const held = budget.open(body, () => {
    if (!peer.gone) response.close();
  });
  if (held === undefined) {
    send(response, peer, responsesFull(), method, budget);
    return;
  }
  peer.answer = held;
  const more = (offset: number): boolean => {
    const [isTaken, isDone] = response.tryEnd(body.subarray(offset), body.length);
    if (isDone) held.release('taken');
    return isTaken;
  };
  writeHead(response, answer);
  if (!more(0)) response.onWritable(more);
}

/** A word before the connection is cut: the rest of the body is not waited for. */
function refuse(response: Uws.HttpResponse, answer: HttpAnswer): void {
  writeHead(response, answer);
  response.end(answer.body, true);
}

function writeHead(response: Uws.HttpResponse, answer: HttpAnswer): void {
  response.writeStatus(`${answer.status} ${STATUS_TEXT[answer.status] ?? 'Answer'}`);
  for (const [name, value] of Object.entries(answer.headers)) {
    if (name !== 'connection') response.writeHeader(name, value);
  }
}

function requestOf(response: Uws.HttpResponse, request: Uws.HttpRequest, body: Uint8Array): HttpRequest {
  const headers: Record<string, string> = {};
  request.forEach((name, value) => {
    const known = headers[name];
    headers[name] = known === undefined ? value : `${known}, ${value}`;
  });
  return {
    method: request.getCaseSensitiveMethod().toUpperCase(),
    path: request.getUrl(),
    query: given(request.getQuery()),
    headers,
    remote: Buffer.from(response.getRemoteAddressAsText()).toString(),
    body,
  };
}

/** Undefined where there is none, whatever its type declarations say. */
function given(text: string | undefined): string {
  return text ?? '';
}
