/**
 * The gateway's servers and bytes on the wire: testing/http-dialect.fixture.ts holds what must come of each over TCP and over TLS,
 * testing/uws-dialect.fixture.ts where uWebSockets.js, on request, parts from it.
 */
import { readFileSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RequestBodyBudget } from '../http/request-body-budget.ts';
import { ResponseBudget } from '../http/response-budget.ts';
import { type Authority, authority } from '../testing/certificates.fixture.ts';
import { DIALECT, type DialectCase, type Seen } from '../testing/http-dialect.fixture.ts';
import { UWS_EXCEPTIONS } from '../testing/uws-dialect.fixture.ts';
import type { OpenServer, ServerOptions, WebServer } from './server.ts';
import { loadUws, openUwsServer } from './uws/uws-server.ts';
import { openWebServer } from './web-server.ts';

const PROBE = 'GET /probe HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
const BIG = 1 << 20;

const seen: Seen[] = [];
let ca: Authority;
let server: WebServer;
beforeAll(() => {
  ca = authority();
});
afterAll(() => rmSync(ca.folder, { recursive: true }));

async function open(server: OpenServer, seen: Seen[], tls: ServerOptions['tls'] = null): Promise<WebServer> {
  return server({
    host: '127.0.0.1',
    port: 0,
    maxBodyBytes: BIG,
    bodies: new RequestBodyBudget(BIG),
    answers: new ResponseBudget(),
    maxMessageBytes: BIG,
    tls,
    handlers: {
      request: async ({ method, path, query, headers, body }) => {
        if (path !== '/probe')
          seen.push({ method, path, query, host: headers['host'], body: Buffer.from(body).toString() });
        return { status: 200, headers: {}, body: path };
      },
      upgrade: async ({ path }) => {
        seen.push({ path: `upgrade ${path}` });
        return { status: 401, headers: {}, body: '' };
      },
    },
  });
}

/** What comes until the server closes. The pieces are sent one after the other. */
async function said(socket: Socket, pieces: readonly Buffer[], ms = 5_000): Promise<{ text: string; closed: boolean }> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.on('error', () => undefined);
  const closed = new Promise<boolean>((resolve) => {
    socket.on('close', () => resolve(true));
    setTimeout(() => resolve(false), ms).unref();
  });
  for (const piece of pieces) {
    if (!socket.writable) break;
    socket.write(piece);
    await new Promise((resolve) => setImmediate(resolve));
  }
  const isClosed = await closed;
  socket.destroy();
  return { text: Buffer.concat(chunks).toString('latin1'), closed: isClosed };
}

function statuses(text: string): number[] {
  const found: number[] = [];
  let rest = text;
  while (rest !== '') {
    const [whole, status] = /^HTTP\/1\.1 (\d{3}) [^]*?\r\n\r\n/.exec(rest) ?? [];
    if (whole === undefined || status === undefined)
      throw new Error(`no answer: ${JSON.stringify(rest.slice(0, 200))}`);
    found.push(Number(status));
    const length = Number(/content-length: (\d+)/i.exec(whole)?.[1] ?? 0);
    rest = rest.slice(whole.length + length);
  }
  return found;
}

const halves = (bytes: Buffer): Buffer[] => {
  const middle = bytes.length >> 1;
  return [bytes.subarray(0, middle), bytes.subarray(middle)];
};

describe.each(['TCP', 'TLS', 'TCP in pieces'] as const)('HTTP over %s', (way) => {
  beforeEach(async () => {
    seen.length = 0;
    const { cert, key } = ca.issue('dialect');
    const current = { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
    server = await open(
      openWebServer,
      seen,
      way === 'TLS' ? { current: current as never, onRenewed: () => undefined } : null,
    );
  });
  afterEach(() => server.close());

  const dial = (): Socket =>
    way === 'TLS'
      ? connectTls({ port: server.port, host: '127.0.0.1', ca: ca.ca, servername: 'localhost' })
      : connect(server.port, '127.0.0.1');

  it.each(DIALECT)('$name', async ({ send, answers, closes, seen: due }) => {
    const bytes = Buffer.from(closes ? send : send + PROBE, 'latin1');
    const { text, closed } = await said(dial(), way === 'TCP in pieces' ? halves(bytes) : [bytes]);
    expect({ answers: statuses(text), closed }).toEqual({
      answers: closes ? answers : [...answers, 200],
      closed: true,
    });
    if (due !== undefined) {
      expect(seen.length).toBe(due.length);
      expect(seen).toMatchObject(due);
    }
  });
});

interface Came {
  readonly answers: readonly number[];
  readonly closed: boolean;
  readonly seen: readonly Seen[];
}

const uws = loadUws();
/** For what its parser leaves without a word: 10 s of silence, looked at every four. */
const SILENT_MS = 20_000;

async function sendToUws({ send, closes, name }: DialectCase, inPieces: boolean): Promise<Came> {
  if (uws === undefined) throw new Error('no uWebSockets.js loads here');
  const seen: Seen[] = [];
  const server = await open((options) => openUwsServer(uws, options), seen);
  const isAlone = closes || UWS_EXCEPTIONS.get(name)?.isAlone === true;
  const bytes = Buffer.from(isAlone ? send : send + PROBE, 'latin1');
  const { text, closed } = await said(connect(server.port, '127.0.0.1'), inPieces ? halves(bytes) : [bytes], SILENT_MS);
  await server.close();
  return { answers: statuses(text), closed, seen };
}

describe.skipIf(uws === undefined).each(['whole', 'in pieces'] as const)('HTTP to uWebSockets.js, %s', (way) => {
  const came = new Map<string, Came>();
  // All at once: half of them take as long as its silence does.
  beforeAll(async () => {
    await Promise.all(DIALECT.map(async (one) => void came.set(one.name, await sendToUws(one, way === 'in pieces'))));
  });

  it.each(DIALECT)('$name', ({ name, answers, closes, seen: due }) => {
    const exception = UWS_EXCEPTIONS.get(name);
    const { seen, ...rest } = came.get(name) ?? { seen: [] };
    expect(rest).toEqual({ answers: exception?.answers ?? (closes ? answers : [...answers, 200]), closed: true });
    const expected = exception?.seen ?? due;
    if (expected === undefined) return;
    expect(seen.length).toBe(expected.length);
    expect(seen).toMatchObject(expected);
  });

  it('knows every exception by the name of its case', () => {
    expect([...UWS_EXCEPTIONS.keys()].filter((name) => !came.has(name))).toEqual([]);
  });
});
