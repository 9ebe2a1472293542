/**
 * The gateway's server on uWebSockets.js, where `http.server: uws` asks for it: a third less CPU a client, no TLS, no packing.
 * What its parser hides (HTTP/1.0, absolute targets, bare line feeds) is closed without an answer; the rest is strict-head.ts'.
 */
import { createRequire } from 'node:module';
import type * as Uws from 'uWebSockets.js';
import { EngineError } from '../../../core/errors.ts';
import { must } from '../../../core/must.ts';
import { errorAnswer } from '../../http/responses.ts';
import type { RequestHead } from '../request-head.ts';
import type { ServerOptions, WebServer } from '../server.ts';
import { upgradeFault } from '../upgrade-request.ts';
import { sentHead, strictHead } from './strict-head.ts';
import { exchange, last, peerOf } from './uws-exchange.ts';
import { type Connection, UwsSocket } from './uws-socket.ts';

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

/**
 * Undefined where the optional package or its binary for this platform is missing. The binary is asked for by name: the
 * package's own entry would fall back to an imitation in JavaScript, and print.
 */
export function loadUws(): typeof Uws | undefined {
  const binary = `uws_${process.platform}_${process.arch}_${process.versions.modules}.node`;
  try {
    return createRequire(import.meta.url)(`uWebSockets.js/binaries/${binary}`) as typeof Uws;
  } catch {
    // Absent, or built for another platform: open-server.ts says so.
    return undefined;
  }
}

/** Throws EngineError LISTEN_FAILED. */
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
    upgrade: (response, request, context) => receive(response, request, options, context),
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
  app.any('/*', (response, request) => receive(response, request, options));

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
    const patience = AbortSignal.timeout(SHUTDOWN_MS);
    while (open.size > 0 && !patience.aborted) await new Promise((resolve) => setTimeout(resolve, 10));
    app.close();
  };
  let closing: Promise<void> | undefined;
  // Once only: the listen socket is freed by its close.
  return { kind: 'uws', port, close: () => (closing ??= close()) };
}

/** `context`: uWebSockets.js could make a WebSocket of it, which it sees by the key alone. */
function receive(
  response: Uws.HttpResponse,
  request: Uws.HttpRequest,
  options: ServerOptions,
  context?: Uws.us_socket_context_t,
): void {
  const sent = sentHead(request);
  const head = strictHead(sent, Buffer.from(response.getRemoteAddressAsText()).toString());
  if ('refused' in head) {
    last(response, peerOf(response), head.refused, 'GET');
    return;
  }
  const asks = /(?:^|,)\s*upgrade\s*(?:,|$)/i.test(head.headers['connection'] ?? ''); // it asks for nothing
  const fault = asks ? upgradeFault(sent) : 'other';
  if (fault === 'other') {
    exchange(response, head, options);
  } else if (fault !== undefined) {
    last(response, peerOf(response), fault, 'GET');
  } else if (context === undefined || Number(head.headers['content-length'] ?? 0 /* no body */) > 0 || isCoded(head)) {
    const answer = errorAnswer('bad_request', 'a request with a body asks for an upgrade: send it without');
    last(response, peerOf(response), answer, 'GET');
  } else {
    void upgrade(response, head, context, options);
  }
}

function isCoded({ headers }: RequestHead): boolean {
  return headers['transfer-encoding'] !== undefined;
}

async function upgrade(
  response: Uws.HttpResponse,
  head: RequestHead,
  context: Uws.us_socket_context_t,
  options: ServerOptions,
): Promise<void> {
  const peer = peerOf(response);
  const result = await options.handlers.upgrade({ ...head, body: new Uint8Array() });
  if (!('open' in result)) {
    last(response, peer, result, 'GET');
    return;
  }
  if (peer.gone) return;
  response.cork(() => {
    const connection: Connection = { accepted: result, socket: undefined, events: undefined };
    const key = must(head.headers['sec-websocket-key'], 'the key that upgradeFault() has seen');
    // No extension is agreed on.
    response.upgrade(connection, key, result.protocol, '', context);
  });
}
