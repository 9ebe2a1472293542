/**
 * The head of a request as uWebSockets.js hands it over, held to RFC 9112. Its parser goes by the first of two lengths, takes
 * an empty one for none, any Transfer-Encoding for chunked and lets control bytes, odd names and any method through: whatever it
 * may read otherwise than another reader is refused before a byte of the body counts.
 */
import { METHODS } from 'node:http';
import type * as Uws from 'uWebSockets.js';
import { errorAnswer } from '../../http/responses.ts';
import { bad, checkedHead, headTooLarge, MAX_HEAD_BYTES } from '../request-head.ts';
import type { Refused, RequestHead, SentHead } from '../request-head.ts';

const KNOWN: ReadonlySet<string> = new Set(METHODS);
const TOKEN = /^[!#$%&'*+.^_`|~\w-]+$/;
/** What a field may not hold (RFC 9110 §5.5). */
const CONTROL = /[\0-\x08\x0a-\x1f\x7f]/;
const VISIBLE = /^[!-~]+$/;
/** So many digits a number holds exactly. */
const LENGTH = /^\d{1,15}$/;
const SINGLE = ['content-length', 'transfer-encoding'] as const;

/** Read at once: the request lives on the stack of the call. */
export function sentHead(request: Uws.HttpRequest): SentHead {
  const rawHeaders: string[] = [];
  const headers = new Map<string, string>();
  request.forEach((name, value) => {
    rawHeaders.push(name, value);
    const known = headers.get(name);
    headers.set(name, known === undefined ? value : `${known}${name === 'cookie' ? '; ' : ', '}${value}`);
  });
  // Undefined where there is none, whatever its type declarations say.
  const query = request.getQuery() as string | undefined;
  return {
    method: request.getCaseSensitiveMethod(),
    url: query === undefined ? request.getUrl() : `${request.getUrl()}?${query}`,
    // The only one that it hands over.
    httpVersion: '1.1',
    rawHeaders,
    headers: Object.fromEntries(headers),
  };
}

/** The answer goes out as the last one of its connection. */
export function strictHead(sent: SentHead, remote: string): RequestHead | Refused {
  const { method = '', url = '', rawHeaders } = sent;
  const size = rawHeaders.reduce((sum, text) => sum + text.length + 2, method.length + url.length);
  if (size > MAX_HEAD_BYTES) return { refused: headTooLarge() };
  if (method === 'CONNECT') {
    const allow = { allow: 'GET, HEAD, POST, DELETE', connection: 'close' };
    return { refused: errorAnswer('method_not_allowed', 'this is no proxy', {}, allow) };
  }
  if (!KNOWN.has(method)) return bad('the method is none that is known');
  if (!VISIBLE.test(url)) return bad('the target holds bytes that are to be percent-encoded');
  for (const [i, text] of rawHeaders.entries()) {
    const fits = i % 2 === 0 ? TOKEN.test(text) : !CONTROL.test(text);
    if (!fits) return bad('a header has a name that is no token, or a control byte in its value');
  }
  return lengthFault(sent) ?? checkedHead(sent, { remote, secure: false });
}

function lengthFault({ headers, rawHeaders }: SentHead): Refused | undefined {
  const names = rawHeaders.filter((_, i) => i % 2 === 0);
  for (const field of SINGLE) {
    if (names.filter((name) => name === field).length > 1) return bad(`the header ${field} is given more than once`);
  }
  const length = headers['content-length'];
  if (length === undefined) return undefined;
  if (!LENGTH.test(length)) return bad('the header content-length is no number of bytes');
  return headers['transfer-encoding'] === undefined
    ? undefined
    : bad('a length and a transfer-encoding are both given');
}
