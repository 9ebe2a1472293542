/** The gateway's server, on node:http(s) and `ws`. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { EngineError, reasonOf } from '../../core/errors.ts';
import type { Millis } from '../../core/types.ts';
import { errorAnswer } from '../http/responses.ts';
import type { Certificate } from './certificate.ts';
import { exchange } from './http-exchange.ts';
import type { HttpAnswer } from './http-message.ts';
import { lastWords } from './last-words.ts';
import { carry } from './websocket-peer.ts';
import { answerPlain } from './plain-on-tls.ts';
import { headOf, headTooLarge, MAX_HEAD_BYTES, type RequestHead } from './request-head.ts';
import { RequestLine } from './request-line.ts';
import { REQUEST_MS, type ServerOptions, tookTooLong, type WebServer } from './server.ts';
import { SharedFrames } from './shared-frames.ts';
import { headWithoutUpgrade, upgradeFault } from './upgrade-request.ts';

const SHUTDOWN_MS: Millis = 1_000;
const HEAD_MS: Millis = 10_000;
/** Each message by itself, in both directions: packed messages are shared, and no connection keeps a window. */
const PACKING = { serverNoContextTakeover: true, clientNoContextTakeover: true };
const HANDSHAKE_MS: Millis = 10_000;

/** Throws EngineError LISTEN_FAILED. */
export async function openWebServer(options: ServerOptions): Promise<WebServer> {
  const http = listenerOf(options);
  // A client that says no more still gets its answer.
  Object.assign(http, { httpAllowHalfOpen: true });
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: options.maxMessageBytes,
    perMessageDeflate: options.packing === undefined ? false : PACKING,
    clientTracking: true,
    // The gateway chose already; ws asks once more.
    handleProtocols: (offered, request) => chosen.get(request) ?? offered.values().next().value ?? false,
  });
  const chosen = new WeakMap<IncomingMessage, string>();
  const lines = answerInOrder(http, options);
  const frames = new SharedFrames(options.packing?.elapsed);

  http.on('upgrade', (request, socket, head) => {
    socket.on('error', destroyed);
    // What was asked before on this connection is answered first.
    void (lines.get(socket)?.over ?? Promise.resolve()).then(() => upgrade(request, socket, head));
  });

  async function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const asked = headOf(request);
    if ('refused' in asked) {
      lastWords(socket, asked.refused);
      return;
    }
    const fault = upgradeFault(request);
    if (fault === 'other') {
      // Not made: what is left is a plain request, which the parser reads as if nothing had been asked, its body with it.
      socket.off('error', destroyed).unshift(Buffer.concat([headWithoutUpgrade(request), head]));
      http.emit('encrypted' in socket ? 'secureConnection' : 'connection', socket);
      return;
    }
    if (fault !== undefined || hasBody(asked)) {
      const answer = fault ?? errorAnswer('bad_request', 'a WebSocket is opened by a request without a body');
      lastWords(socket, answer);
      return;
    }
    const result = await options.handlers.upgrade({ ...asked, body: new Uint8Array() });
    if (socket.destroyed) return;
    if (!('open' in result)) {
      lastWords(socket, result);
      return;
    }
    chosen.set(request, result.protocol);
    sockets.handleUpgrade(request, socket, head, (client) => {
      const mayPack = takesPacked(client, request);
      carry(client, { socket, frames, mayPack, farewellMs: options.farewellMs }, (live) => result.open(live));
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

/** A client that asks for a smaller window gets what it can read with any: messages as they are. */
function takesPacked({ extensions }: WebSocket, { headers }: IncomingMessage): boolean {
  const asked = headers['sec-websocket-extensions'] ?? ''; // it asks for none
  return extensions.includes('permessage-deflate') && !asked.includes('server_max_window_bits');
}

function destroyed(this: Duplex): void {
  this.destroy();
}

function hasBody({ headers }: RequestHead): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0 /* none */) > 0;
}

function answerInOrder(http: Server, options: ServerOptions): WeakMap<Duplex, RequestLine> {
  const lines = new WeakMap<Duplex, RequestLine>();
  http.on('request', (request, response) => {
    const { socket } = request;
    const line = lines.get(socket) ?? new RequestLine();
    lines.set(socket, line);
    if (line.isFull) {
      socket.destroy();
      return;
    }
    const over = new Promise<void>((resolve) => response.on('close', resolve));
    line.add(async () => {
      if (socket.destroyed) return;
      await exchange(request, response, line, options);
      await over;
    });
  });
  http.on('clientError', (error, socket) => {
    const line = lines.get(socket) ?? new RequestLine();
    lines.set(socket, line);
    line.fail(malformed(error), (last) => lastWords(socket, last));
  });
  // We are no tunnel; node:http would close without a word.
  http.on('connect', (_request, socket) => {
    lastWords(socket, errorAnswer('method_not_allowed', 'this is no proxy', {}, { allow: 'GET, HEAD, POST, DELETE' }));
  });
  return lines;
}

/** Only the parser knows what it stumbled over, and quotes it: the answer says which kind it was. */
function malformed(error: NodeJS.ErrnoException): HttpAnswer {
  const last = { connection: 'close' };
  if (error.code === 'HPE_HEADER_OVERFLOW') {
    return headTooLarge();
  }
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return tookTooLong();
  }
  return errorAnswer('bad_request', 'this is not HTTP/1.1 as RFC 9112 has it', {}, last);
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
    requestTimeout: options.requestMs ?? REQUEST_MS,
    headersTimeout: Math.min(HEAD_MS, options.requestMs ?? HEAD_MS),
    keepAliveTimeout: 10_000,
    maxHeaderSize: MAX_HEAD_BYTES,
    // request-head.ts looks for it, and says so.
    requireHostHeader: false,
    // How often those are looked at.
    connectionsCheckingInterval: Math.min(2_000, options.requestMs ?? REQUEST_MS),
  };
  const { tls } = options;
  if (tls === null || tls === undefined) return createServer(limits);
  const server = createTlsServer({ ...limits, ...secured(tls.current), handshakeTimeout: HANDSHAKE_MS });
  answerPlain(server, HANDSHAKE_MS);
  // Connections that are open keep what they were opened with.
  tls.onRenewed((certificate) => server.setSecureContext(secured(certificate)));
  return server;
}

function secured({ cert, key }: Certificate): { cert: string; key: string; minVersion: 'TLSv1.3' } {
  return { cert, key, minVersion: 'TLSv1.3' };
}
