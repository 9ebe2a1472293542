/**
 * Where uWebSockets.js parts from http-dialect.fixture.ts: its parser closes these connections by itself, at once or once nothing
 * more came for 10 s, and nobody is asked. What is let through instead (an answer here) is the last thing on its connection.
 */
import type { Seen } from './http-dialect.fixture.ts';

export interface UwsException {
  readonly answers: readonly number[];
  /** What the handler is given. */
  readonly seen: readonly Seen[];
  /** Sent with nothing behind it, since the answer closes the connection. */
  readonly isAlone?: true;
}

const UNANSWERED: readonly string[] = [
  // Legal, and not taken.
  'HTTP/1.0',
  'HTTP/1.0 with a Host',
  'HTTP/1.0 that stays',
  'HTTP/1.0 with a body',
  'an upgrade in HTTP/1.0: the request is answered',
  'an absolute target',
  'an absolute target without a path',
  '* for OPTIONS',
  'an empty line before the request',
  'a hundred headers',
  'chunk extensions',
  // Wrong, and not said so.
  'an upgrade to HTTP/2 whose framing is forbidden: refused as it would be without',
  'a list of lengths',
  'a length with a sign',
  'a negative length',
  'a hexadecimal length',
  'a length beyond all numbers',
  'a length and a coding',
  'a space before the colon',
  'a chunk without a size',
  'a chunk size that is negative',
  'a transfer coding in HTTP/1.0',
  'a request hidden behind a body that broke off is never seen',
  'no Host',
  'no Host beside other headers',
  'bare line feeds',
  'a bare line feed after a header',
  'a bare carriage return',
  'a folded header',
  'a header without a colon',
  'a zero byte in a header',
  'HTTP/0.9',
  'HTTP/1.2',
  'HTTP/2.0',
  'HTTP in small letters',
  'the preface of HTTP/2',
  'no HTTP at all',
  'an absolute target with a user',
  'an absolute target without a host',
  'an absolute target of another scheme',
  '* for GET',
  'a target without a slash',
  'a control byte in the target',
  'CONNECT',
  'an unknown method',
  'a method that is no token',
  // The connection goes before the 400 for the first does.
  'what follows a forbidden request is never seen',
];

const BODY: readonly Seen[] = [{ method: 'POST', path: '/a', body: 'abc' }];

export const UWS_EXCEPTIONS: ReadonlyMap<string, UwsException> = new Map<string, UwsException>([
  ...UNANSWERED.map((name): [string, UwsException] => [name, { answers: [], seen: [] }]),
  // Chunks are read loosely, so that the answer to them is the last.
  ['chunked in capitals', { answers: [200], seen: BODY, isAlone: true }],
  [
    'an upgrade to HTTP/2 with a body in chunks: the request is answered',
    { answers: [200], seen: [{ path: '/a', body: 'first' }], isAlone: true },
  ],
  ['trailers', { answers: [200], seen: BODY, isAlone: true }],
  ['a chunk longer than it says', { answers: [200], seen: BODY }],
  ['chunks ended by bare line feeds', { answers: [200], seen: BODY }],
  // The fields end there, for the handler and for the parser alike. Proxies drop or refuse it.
  ['a header without a name', { answers: [200], seen: [{ path: '/a' }] }],
  ['nonsense after a request: the request is answered first', { answers: [200], seen: [{ path: '/a' }] }],
  ['a broken body after a request', { answers: [], seen: [{ path: '/a' }] }],
]);
