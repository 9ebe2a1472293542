/** Requests on the wire, byte by byte: what the standards allow is answered, what they forbid gets 400 and a closed connection. */

export interface DialectCase {
  readonly name: string;
  readonly send: string;
  /** Statuses of all answers, in their order. */
  readonly answers: readonly number[];
  /** The connection is closed with the last. */
  readonly closes: boolean;
  /** What the handler is given of each that it gets; left out: not looked at. */
  readonly seen?: readonly Seen[];
}

export interface Seen {
  readonly method?: string;
  readonly path?: string;
  readonly query?: string;
  readonly host?: string | undefined;
  readonly body?: string;
}

const HOST = 'Host: x\r\n';
const H2C = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__';

function forbidden(name: string, send: string, status = 400): DialectCase {
  return { name, send, answers: [status], closes: true, seen: [] };
}

function allowed(name: string, send: string, seen: Seen = {}, closes = false): DialectCase {
  return { name, send, answers: [200], closes, seen: [seen] };
}

const post = (headers: string, body: string): string => `POST /a HTTP/1.1\r\n${HOST}${headers}\r\n\r\n${body}`;
const get = (headers: string): string => `GET /a HTTP/1.1\r\n${headers}\r\n`;

const LENGTHS: readonly DialectCase[] = [
  forbidden('two lengths that differ', post('Content-Length: 3\r\nContent-Length: 5', 'abcde')),
  forbidden('two lengths alike', post('Content-Length: 3\r\nContent-Length: 3', 'abc')),
  forbidden('a list of lengths', post('Content-Length: 3, 3', 'abc')),
  forbidden('a length with a sign', post('Content-Length: +3', 'abc')),
  forbidden('a negative length', post('Content-Length: -1', 'abc')),
  forbidden('a hexadecimal length', post('Content-Length: 0x3', 'abc')),
  forbidden('an empty length', post('Content-Length:', 'abc')),
  forbidden('a length beyond all numbers', post(`Content-Length: ${'9'.repeat(20)}`, 'abc')),
  forbidden('a length and a coding', post('Content-Length: 3\r\nTransfer-Encoding: chunked', '0\r\n\r\n')),
  allowed('a length of nothing', post('Content-Length: 0', ''), { method: 'POST', body: '' }),
  allowed('a length with zeros before it', post('Content-Length: 003', 'abc'), { body: 'abc' }),
];

const CODINGS: readonly DialectCase[] = [
  forbidden('an unknown transfer coding', post('Transfer-Encoding: xchunked', '0\r\n\r\n')),
  forbidden('a coding after chunked', post('Transfer-Encoding: chunked, gzip', '0\r\n\r\n')),
  forbidden('a coding before chunked that is not taken', post('Transfer-Encoding: gzip, chunked', '0\r\n\r\n'), 501),
  forbidden('chunked twice', post('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked', '0\r\n\r\n')),
  forbidden('an empty transfer coding', post('Transfer-Encoding:', '0\r\n\r\n')),
  forbidden('a space before the colon', post('Transfer-Encoding : chunked', '0\r\n\r\n')),
  forbidden('a chunk without a size', post('Transfer-Encoding: chunked', 'zz\r\nabc\r\n0\r\n\r\n')),
  forbidden('a chunk size that is negative', post('Transfer-Encoding: chunked', '-1\r\nabc\r\n0\r\n\r\n')),
  forbidden('a chunk longer than it says', post('Transfer-Encoding: chunked', '3\r\nabcd\r\n0\r\n\r\n')),
  forbidden('chunks ended by bare line feeds', post('Transfer-Encoding: chunked', '3\nabc\n0\n\n')),
  forbidden('a transfer coding in HTTP/1.0', `POST /a HTTP/1.0\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`),
  allowed('chunked in capitals', post('Transfer-Encoding: CHUNKED', '3\r\nabc\r\n0\r\n\r\n'), { body: 'abc' }),
  allowed('chunk extensions', post('Transfer-Encoding: chunked', '3;a=b\r\nabc\r\n0\r\n\r\n'), { body: 'abc' }),
  allowed('trailers', post('Transfer-Encoding: chunked', '3\r\nabc\r\n0\r\nX-T: 1\r\n\r\n'), { body: 'abc' }),
];

const HOSTS: readonly DialectCase[] = [
  forbidden('no Host', get('')),
  forbidden('no Host beside other headers', get('X-A: 1\r\n')),
  forbidden('two Hosts', get('Host: x\r\nHost: y\r\n')),
  forbidden('two Hosts alike', get('Host: x\r\nHost: x\r\n')),
  forbidden('a Host with a path and a user', get('Host: a/b@c\r\n')),
  forbidden('a Host with a user', get('Host: a@c\r\n')),
  forbidden('a Host with a space', get('Host: a c\r\n')),
  forbidden('a Host with a port that is none', get('Host: a:b\r\n')),
  allowed('an empty Host', get('Host:\r\n'), { host: '' }),
  allowed('a Host with a port', get('Host: x.example:8080\r\n'), { host: 'x.example:8080' }),
  allowed('an IPv6 Host', get('Host: [::1]:80\r\n'), { host: '[::1]:80' }),
  forbidden('two Authorizations', get(`${HOST}Authorization: Bearer a\r\nAuthorization: Bearer b\r\n`)),
  forbidden('two content types', post('Content-Type: text/plain\r\nContent-Type: application/json', '')),
];

const LINES: readonly DialectCase[] = [
  forbidden('bare line feeds', 'GET /a HTTP/1.1\nHost: x\n\n'),
  forbidden('a bare line feed after a header', get('Host: x\nX-A: y\r\n')),
  forbidden('a bare carriage return', get('Host: x\rX-A: y\r\n')),
  forbidden('a folded header', get(`${HOST}X-A: 1\r\n folded\r\n`)),
  forbidden('a header without a name', get(`${HOST}: y\r\n`)),
  forbidden('a header without a colon', get(`${HOST}abc\r\n`)),
  forbidden('a zero byte in a header', get(`${HOST}X-A: a\0b\r\n`)),
  forbidden('a head of 20 kB', get(`${HOST}X-A: ${'y'.repeat(20_000)}\r\n`), 431),
  forbidden('a target of 30 kB', `GET /${'y'.repeat(30_000)} HTTP/1.1\r\n${HOST}\r\n`, 431),
  allowed('a hundred headers', get(HOST + Array.from({ length: 100 }, (_, i) => `X${i}: y\r\n`).join('')), {}),
  allowed('an empty line before the request', `\r\nGET /a HTTP/1.1\r\n${HOST}\r\n`, { path: '/a' }),
];

const VERSIONS: readonly DialectCase[] = [
  allowed('HTTP/1.0', 'GET /a HTTP/1.0\r\n\r\n', { path: '/a', host: undefined }, true),
  allowed('HTTP/1.0 with a Host', `GET /a?b HTTP/1.0\r\n${HOST}\r\n`, { query: 'b', host: 'x' }, true),
  allowed('HTTP/1.0 that stays', `GET /a HTTP/1.0\r\n${HOST}Connection: keep-alive\r\n\r\n`),
  allowed('HTTP/1.0 with a body', 'POST /a HTTP/1.0\r\nContent-Length: 3\r\n\r\nabc', { body: 'abc' }, true),
  forbidden('HTTP/0.9', 'GET /a\r\n\r\n'),
  forbidden('HTTP/1.2', `GET /a HTTP/1.2\r\n${HOST}\r\n`),
  forbidden('HTTP/2.0', `GET /a HTTP/2.0\r\n${HOST}\r\n`),
  forbidden('HTTP in small letters', `GET /a http/1.1\r\n${HOST}\r\n`),
  forbidden('the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  forbidden('no HTTP at all', 'hello\r\n\r\n'),
];

const TARGETS: readonly DialectCase[] = [
  allowed('an absolute target', 'GET http://y:81/a?b=1 HTTP/1.1\r\nHost: x\r\n\r\n', {
    path: '/a',
    query: 'b=1',
    host: 'y:81',
  }),
  allowed('an absolute target without a path', 'GET http://y?b HTTP/1.1\r\nHost: x\r\n\r\n', { path: '/', query: 'b' }),
  allowed('* for OPTIONS', `OPTIONS * HTTP/1.1\r\n${HOST}\r\n`, { method: 'OPTIONS', path: '*' }),
  allowed('an unknown path', `TRACE /none HTTP/1.1\r\n${HOST}\r\n`, { method: 'TRACE' }),
  forbidden('an absolute target with a user', 'GET http://u@y/a HTTP/1.1\r\nHost: x\r\n\r\n'),
  forbidden('an absolute target without a host', 'GET http:///a HTTP/1.1\r\nHost: x\r\n\r\n'),
  forbidden('an absolute target of another scheme', 'GET ftp://y/a HTTP/1.1\r\nHost: x\r\n\r\n'),
  forbidden('* for GET', `GET * HTTP/1.1\r\n${HOST}\r\n`),
  forbidden('a target without a slash', `GET a HTTP/1.1\r\n${HOST}\r\n`),
  forbidden('a fragment', `GET /a#b HTTP/1.1\r\n${HOST}\r\n`),
  forbidden('a control byte in the target', `GET /a\x01b HTTP/1.1\r\n${HOST}\r\n`),
  forbidden('raw bytes beyond ASCII in the target', `GET /\xe6\xbb\xa1 HTTP/1.1\r\n${HOST}\r\n`),
  forbidden('CONNECT', 'CONNECT x:80 HTTP/1.1\r\nHost: x:80\r\n\r\n', 405),
  forbidden('an unknown method', `FOO /a HTTP/1.1\r\n${HOST}\r\n`),
  forbidden('a method that is no token', `G@T /a HTTP/1.1\r\n${HOST}\r\n`),
];

const FOLLOWED: readonly DialectCase[] = [
  {
    name: 'nonsense after a request: the request is answered first',
    send: `${get(HOST)}nonsense\r\n\r\n`,
    answers: [200, 400],
    closes: true,
    seen: [{ path: '/a' }],
  },
  {
    name: 'a request hidden behind a body that broke off is never seen',
    send: post('Transfer-Encoding: chunked', 'zz\r\n') + `GET /hidden HTTP/1.1\r\n${HOST}\r\n`,
    answers: [400],
    closes: true,
    seen: [],
  },
  {
    name: 'a broken body after a request',
    send: get(HOST) + post('Transfer-Encoding: chunked', 'zz\r\n'),
    answers: [200, 400],
    closes: true,
    seen: [{ path: '/a' }],
  },
  {
    name: 'what follows a forbidden request is never seen',
    send: get('Host: x\r\nHost: y\r\n') + `GET /hidden HTTP/1.1\r\n${HOST}\r\n`,
    answers: [400],
    closes: true,
    seen: [],
  },
  {
    name: 'an upgrade to something else: the request is answered',
    send: get(`${HOST}${H2C}\r\n`),
    answers: [200],
    closes: false,
    seen: [{ path: '/a' }],
  },
  {
    name: 'an upgrade to HTTP/2 with a body, as Java asks for first: the request is answered, and the one behind it',
    send: post(`${H2C}\r\nContent-Length: 5`, 'first') + get(HOST),
    answers: [200, 200],
    closes: false,
    seen: [
      { path: '/a', body: 'first' },
      { path: '/a', body: '' },
    ],
  },
  {
    name: 'an upgrade to HTTP/2 with a body in chunks: the request is answered',
    send: post(`${H2C}\r\nTransfer-Encoding: chunked`, '5\r\nfirst\r\n0\r\n\r\n'),
    answers: [200],
    closes: false,
    seen: [{ path: '/a', body: 'first' }],
  },
  {
    name: 'an upgrade to HTTP/2 whose framing is forbidden: refused as it would be without',
    send: post(`${H2C}\r\nContent-Length: 5\r\nTransfer-Encoding: chunked`, '0\r\n\r\n') + get(HOST),
    answers: [400],
    closes: true,
    seen: [],
  },
  {
    name: 'an upgrade in HTTP/1.0: the request is answered',
    send: `GET /a HTTP/1.0\r\n${HOST}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
    answers: [200],
    closes: true,
    seen: [{ path: '/a' }],
  },
];

const KEY = 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n';
const websocket = (headers: string): string =>
  `GET /a HTTP/1.1\r\n${HOST}Connection: Upgrade\r\nUpgrade: websocket\r\n${headers}\r\n`;
const UPGRADES: readonly DialectCase[] = [
  forbidden('a WebSocket of version 8', websocket(`Sec-WebSocket-Version: 8\r\n${KEY}`), 426),
  forbidden('a WebSocket of version 14', websocket(`Sec-WebSocket-Version: 14\r\n${KEY}`), 426),
  forbidden('a WebSocket without a version', websocket(KEY), 426),
  forbidden('a WebSocket without a key', websocket('Sec-WebSocket-Version: 13\r\n')),
  forbidden('a WebSocket with half a key', websocket('Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAA\r\n')),
  forbidden('a WebSocket for two Hosts', websocket(`Host: y\r\nSec-WebSocket-Version: 13\r\n${KEY}`)),
];

export const DIALECT: readonly DialectCase[] = [
  ...LENGTHS,
  ...CODINGS,
  ...HOSTS,
  ...LINES,
  ...VERSIONS,
  ...TARGETS,
  ...FOLLOWED,
  ...UPGRADES,
];
