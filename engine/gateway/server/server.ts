/**
 * What the gateway needs of a web server: bounded requests in, whole answers out, WebSockets with back-pressure.
 * web-server.ts is it, on node:http and ws; uws/uws-server.ts on request (open-server.ts chooses). One suite of conformance
 * and one of bytes hold both.
 */
import type { Millis } from '../../core/types.ts';
import type { ResponseBudget } from '../http/response-budget.ts';
import type { RequestBodyBudget } from '../http/request-body-budget.ts';
import { errorAnswer } from '../http/responses.ts';
import type { HttpAnswer, HttpRequest } from './http-message.ts';
import type { ServedCertificate } from './served-certificate.ts';

export interface LiveSocket {
  /** One whole message. Never throws; after the close it does nothing. */
  send(data: Uint8Array, binary: boolean): void;
  /** Bytes sent that the kernel has not taken. */
  buffered(): number;
  ping(): void;
  /** Sends a close frame; nothing is passed on of what the peer says then, and one that does not answer is cut off within seconds. */
  close(code: number, reason: string): void;
}

export interface SocketEvents {
  /** `data` is valid during the call only. */
  message(data: Uint8Array, binary: boolean): void;
  /** What was sent has left, all or most of it. */
  drain(): void;
  /** Any sign of life that is no message. */
  pong(): void;
  /** Once, last. */
  closed(): void;
}

export interface UpgradeAccepted {
  /** The subprotocol chosen. */
  readonly protocol: string;
  open(socket: LiveSocket): SocketEvents;
}

export interface ServerHandlers {
  /** Never rejects. */
  request(request: HttpRequest): Promise<HttpAnswer>;
  /** An answer refuses the upgrade. Never rejects. */
  upgrade(request: HttpRequest): Promise<UpgradeAccepted | HttpAnswer>;
}

export interface ServerOptions {
  readonly host: string;
  /** 0: a free one. */
  readonly port: number;
  readonly handlers: ServerHandlers;
  /** A longer body is answered with 413, unread. */
  readonly maxBodyBytes: number;
  /** Of all bodies together; what does not fit is answered with 503, unread. */
  readonly bodies: RequestBodyBudget;
  /** Of all answers together that their clients have not taken; what does not fit is 503 instead. */
  readonly answers: ResponseBudget;
  /** A longer message closes the socket. */
  readonly maxMessageBytes: number;
  /** Messages of the live push may be packed (permessage-deflate); left out, or on uWebSockets.js: they are not. */
  readonly packing?: { readonly elapsed: () => Millis };
  /** For tests. The first two are uWebSockets.js' own there. */
  readonly stalledMs?: Millis;
  readonly farewellMs?: Millis;
  readonly requestMs?: Millis;
  readonly tls?: Pick<ServedCertificate, 'current' | 'onRenewed'> | null;
}

export const SERVER_KINDS = ['ws', 'uws'] as const;
export type ServerKind = (typeof SERVER_KINDS)[number];

export interface WebServer {
  readonly kind: ServerKind;
  readonly port: number;
  /** Takes nothing new, lets sockets closed before say good-bye, then cuts off what is left. Again: nothing more. */
  close(): Promise<void>;
}

/** Opens a server; throws EngineError LISTEN_FAILED. */
export type OpenServer = (options: ServerOptions) => Promise<WebServer>;

/** From the first byte of a request to its last: a slow body holds a connection and its bytes for no longer. */
export const REQUEST_MS: Millis = 15_000;

export function tookTooLong(): HttpAnswer {
  return errorAnswer('request_timeout', 'the request took too long to come', {}, { connection: 'close' });
}

export function tooLarge(maxBodyBytes: number): HttpAnswer {
  return {
    status: 413,
    headers: { 'content-type': 'application/json; charset=utf-8', connection: 'close' },
    body: `{"error":{"code":"too_large","message":"the body is larger than the ${maxBodyBytes} bytes this server takes (http.limits.body)","limit":"http.limits.body"}}`,
  };
}

export const STATUS_TEXT: Readonly<Record<number, string>> = {
  200: 'OK',
  202: 'Accepted',
  204: 'No Content',
  303: 'See Other',
  304: 'Not Modified',
  308: 'Permanent Redirect',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  409: 'Conflict',
  413: 'Content Too Large',
  414: 'URI Too Long',
  415: 'Unsupported Media Type',
  421: 'Misdirected Request',
  422: 'Unprocessable Content',
  426: 'Upgrade Required',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
};
