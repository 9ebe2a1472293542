/**
 * What the head of a request says, or why it is refused: what two readers on the way may take for two different requests (RFC
 * 9112 §2.2, §3.2, §6) is answered with 400 and a closed connection. Most of that node:http's parser refuses by itself: what
 * it lets through is looked at here. For uWebSockets.js, whose parser refuses little, uws/strict-head.ts looks first.
 */
import type { IncomingMessage } from 'node:http';
import { errorAnswer } from '../http/responses.ts';
import type { HttpAnswer, HttpRequest } from './http-message.ts';

export type RequestHead = Omit<HttpRequest, 'body'>;
/** As a parser gives it. */
export type SentHead = Pick<IncomingMessage, 'method' | 'url' | 'httpVersion' | 'rawHeaders' | 'headers'>;
export interface Refused {
  readonly refused: HttpAnswer;
}

export const MAX_HEAD_BYTES = 16_384;
/** A name or an address, with or without a port (RFC 3986 §3.2); may be empty. */
const AUTHORITY = /^(?:\[[0-9a-f:.]+\]|(?:[\w.~!$&'()*+,;=-]|%[0-9a-f]{2})*)(?::\d{0,5})?$/i;
const ABSOLUTE = /^https?:\/\/([^/?]+)(.*)$/i;
/** Of these node:http keeps the first and drops the rest, which is what a proxy before us may have gone by. */
const ONCE: ReadonlySet<string> = new Set(['host', 'authorization', 'content-type', 'content-encoding', 'origin']);

/** The answer goes out as the last one of its connection. */
export function headOf(request: IncomingMessage): RequestHead | Refused {
  // Undefined once the peer has left: nobody reads the answer then.
  const remote = request.socket.remoteAddress ?? '';
  return checkedHead(request, { remote, secure: 'encrypted' in request.socket });
}

export function checkedHead(
  request: SentHead,
  { remote, secure }: Pick<HttpRequest, 'remote' | 'secure'>,
): RequestHead | Refused {
  const { httpVersion, rawHeaders } = request;
  const version = versionFault(httpVersion);
  if (version !== undefined) return version;
  const repeated = repeatedField(rawHeaders);
  if (repeated !== undefined) return bad(`the header ${repeated} is given more than once`);
  const coding = codingFault(request);
  if (coding !== undefined) return coding;
  const target = targetOf(request);
  if (typeof target === 'string') return bad(target);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  if (target.host !== undefined) headers['host'] = target.host;
  return {
    method: request.method ?? 'GET',
    path: target.path,
    query: target.query,
    headers,
    remote,
    secure,
    base: '',
  };
}

export function bad(message: string): Refused {
  return { refused: errorAnswer('bad_request', message, {}, { connection: 'close' }) };
}

export function headTooLarge(): HttpAnswer {
  const message = `the head of a request holds at most ${MAX_HEAD_BYTES} bytes, its target included`;
  return errorAnswer('head_too_large', message, {}, { connection: 'close' });
}

function versionFault(version: string): Refused | undefined {
  if (version === '1.1' || version === '1.0') return undefined;
  return bad(`this speaks HTTP/1.1 and HTTP/1.0, not HTTP/${version}`);
}

function repeatedField(rawHeaders: readonly string[]): string | undefined {
  const seen = new Set<string>();
  for (const [i, name] of rawHeaders.entries()) {
    if (i % 2 === 1) continue;
    const field = name.toLowerCase();
    if (!ONCE.has(field)) continue;
    if (seen.has(field)) return field;
    seen.add(field);
  }
  return undefined;
}

/** A body whose end is not plain. That the length and a coding are both given, node:http refuses. */
function codingFault({ headers, httpVersion }: SentHead): Refused | undefined {
  const coding = headers['transfer-encoding'];
  if (coding === undefined) return undefined;
  if (httpVersion === '1.0') return bad('HTTP/1.0 has no transfer-encoding: give the length');
  const codings = coding.split(',').map((name) => name.trim().toLowerCase());
  if (codings.at(-1) !== 'chunked') return bad('the last transfer-encoding is chunked, or there is none');
  if (codings.length === 1) return undefined;
  return {
    refused: errorAnswer('not_implemented', 'the only transfer-encoding taken is chunked', {}, { connection: 'close' }),
  };
}

interface Target {
  readonly path: string;
  readonly query: string;
  /** Set where the target itself names it: that counts, whatever the header says (RFC 9112 §3.2.2). */
  readonly host?: string;
}

function targetOf(request: SentHead): Target | string {
  const { url = '/', method, httpVersion } = request;
  const { host } = request.headers;
  if (host === undefined && httpVersion !== '1.0') return 'the header host is missing';
  if (host !== undefined && !AUTHORITY.test(host)) return 'the header host is no name or address with an optional port';
  if (url.includes('#')) return 'the target holds a #: fragments stay with the client';
  if (url === '*') return method === 'OPTIONS' ? { path: '*', query: '' } : 'the target * is for OPTIONS alone';
  if (url.startsWith('/')) return split(url);
  const [, authority, rest] = ABSOLUTE.exec(url) ?? [];
  if (authority === undefined || rest === undefined || !AUTHORITY.test(authority)) {
    return 'the target is no path, and no http or https address without a user';
  }
  return { ...split(rest.startsWith('/') ? rest : `/${rest}`), host: authority };
}

function split(target: string): Target {
  const mark = target.indexOf('?');
  return mark < 0 ? { path: target, query: '' } : { path: target.slice(0, mark), query: target.slice(mark + 1) };
}
