/** Against real sockets: what arrived, what may have arrived, what did not, and that errors hold no secret. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer as createTcpServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { OutgoingHttp, type HttpResult } from './outgoing-http.ts';
import { onThisMachine } from '../../testing/rig/busy-machine.ts';

const ALLOW = ['127.0.0.0/8', '::1'];
const servers: Server[] = [];
let folder: string;

async function listening(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function post(
  url: string,
  options: { readonly totalMs?: number; readonly ca?: string } = {},
): Promise<HttpResult> {
  const http = new OutgoingHttp({ allow: ALLOW, ca: options.ca ?? null, totalMs: options.totalMs ?? 5000 });
  try {
    return await http.post(url, { 'content-type': 'application/json' }, '{"secret":"BODYSECRET"}');
  } finally {
    http.close();
  }
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'earshot-tls-'));
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', ...subject, ...files], {
    stdio: 'ignore',
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(async () => {
  for (const server of servers.splice(0)) {
    if ('closeAllConnections' in server) (server as unknown as { closeAllConnections(): void }).closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

const http = (listener: RequestListener): Promise<number> => listening(createHttpServer(listener));

describe('one POST', () => {
  it('gives the answer with its headers, and no more than 64 KiB of it', async () => {
    const port = await http((request, response) => {
      request.resume().on('end', () => response.writeHead(429, { 'Retry-After': '7' }).end('x'.repeat(1_000_000)));
    });
    const result = await post(`http://127.0.0.1:${port}/`);
    if (result.kind !== 'answer') throw new Error(JSON.stringify(result));
    expect(result.answer.status).toBe(429);
    expect(result.answer.header('retry-after')).toBe('7');
    expect(result.answer.body).toHaveLength(65_536);
  });

  it.each([302, 307, 308])('23: follows no redirect: %i to another server, which sees nothing', async (status) => {
    const paths: (string | undefined)[] = [];
    const other = await http((request, response) => {
      paths.push(`other ${request.url}`);
      response.end();
    });
    const port = await http((request, response) => {
      paths.push(request.url);
      response.writeHead(status, { location: `http://127.0.0.1:${other}/elsewhere` }).end();
    });
    expect(await post(`http://127.0.0.1:${port}/in`)).toMatchObject({ kind: 'answer', answer: { status } });
    expect(paths).toEqual(['/in']);
  });

  it('24: a receiver that drips is left after the whole time, and may have it', async () => {
    const port = await http((_, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write('.'), 20);
      response.on('close', () => clearInterval(timer));
    });
    const began = Date.now();
    const result = await post(`http://127.0.0.1:${port}/`, { totalMs: 300 });
    expect(result).toMatchObject({ kind: 'unknown', reason: 'timeout' });
    expect(Date.now() - began).toBeLessThan(onThisMachine(3000));
  });

  it('24: a receiver that drips the head of its answer is left as well', async () => {
    const port = await listening(
      createTcpServer((socket) => {
        socket.on('error', () => undefined);
        const head = 'HTTP/1.1 200 OK\r\nx-slow: '.split('');
        const timer = setInterval(() => socket.write(head.shift() ?? 'x'), 20);
        socket.on('close', () => clearInterval(timer)).resume();
      }),
    );
    const result = await post(`http://127.0.0.1:${port}/`, { totalMs: 300 });
    expect(result).toMatchObject({ kind: 'unknown', reason: 'timeout' });
  });

  it('25: reset after the body: it may have arrived', async () => {
    const port = await listening(createTcpServer((socket) => socket.on('data', () => socket.resetAndDestroy())));
    expect(await post(`http://127.0.0.1:${port}/`)).toMatchObject({ kind: 'unknown', reason: 'network' });
  });

  it('nobody listens: it has not arrived', async () => {
    const port = await http(() => undefined);
    for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
    expect(await post(`http://127.0.0.1:${port}/`)).toMatchObject({ kind: 'refused', reason: 'network' });
  });

  it('46: nothing is sent to a server whose certificate is not trusted; with its own it is', async () => {
    const bodies: string[] = [];
    const files = { key: readFileSync(join(folder, 'key.pem')), cert: readFileSync(join(folder, 'cert.pem')) };
    const server = createHttpsServer(files, (request, response) => {
      request.on('data', (chunk: Buffer) => bodies.push(chunk.toString())).on('end', () => response.end('ok'));
    });
    const port = await listening(server);
    const url = `https://localhost:${port}/path?token=URLSECRET`;
    const refused = await post(url);
    expect(refused).toMatchObject({
      kind: 'refused',
      reason: 'tls',
      hint: expect.stringContaining('SELF_SIGNED') as string,
    });
    expect(bodies).toEqual([]);
    expect(JSON.stringify(refused)).not.toMatch(/URLSECRET|BODYSECRET/);
    expect(await post(url, { ca: files.cert.toString() })).toMatchObject({ kind: 'answer', answer: { status: 200 } });
    expect(bodies.join('')).toContain('BODYSECRET');
  });

  it('46: a certificate of another name, or of another time, is refused though it is trusted, and the reason names which', async () => {
    const bodies: string[] = [];
    const made = (name: string, days: string): { readonly key: string; readonly cert: string } => {
      const [key, csr, cert] = ['key', 'csr', 'cert'].map((part) => join(folder, `${name}-${part}.pem`));
      const subject = ['-subj', '/CN=x', '-addext', `subjectAltName=DNS:${name}`];
      const quiet = { stdio: 'ignore' } as const;
      execFileSync(
        'openssl',
        ['req', '-new', '-newkey', 'rsa:2048', '-nodes', ...subject, '-keyout', key ?? '', '-out', csr ?? ''],
        quiet,
      );
      execFileSync(
        'openssl',
        [
          'x509',
          '-req',
          '-in',
          csr ?? '',
          '-key',
          key ?? '',
          '-copy_extensions',
          'copy',
          '-days',
          days,
          '-out',
          cert ?? '',
        ],
        quiet,
      );
      return { key: readFileSync(key ?? '', 'utf8'), cert: readFileSync(cert ?? '', 'utf8') };
    };
    for (const [name, days, reason] of [
      ['other.example', '1', 'ERR_TLS_CERT_ALTNAME_INVALID'],
      ['localhost', '-1', 'CERT_HAS_EXPIRED'],
    ] as const) {
      const files = made(name, days);
      const server = createHttpsServer(files, (request) =>
        request.on('data', (chunk: Buffer) => bodies.push(String(chunk))),
      );
      const result = await post(`https://localhost:${await listening(server)}/`, { ca: files.cert });
      expect(result).toMatchObject({ kind: 'refused', reason: 'tls', hint: expect.stringContaining(reason) as string });
    }
    expect(bodies).toEqual([]);
  });

  it('46: a server that knows TLS 1.1 alone is refused', async () => {
    const files = { key: readFileSync(join(folder, 'key.pem')), cert: readFileSync(join(folder, 'cert.pem')) };
    const old = {
      ...files,
      minVersion: 'TLSv1' as const,
      maxVersion: 'TLSv1.1' as const,
      ciphers: 'DEFAULT@SECLEVEL=0',
    };
    let asked = 0;
    const port = await listening(createHttpsServer(old, (_, response) => (asked++, response.end('ok'))));
    const result = await post(`https://localhost:${port}/`, { ca: files.cert.toString() });
    expect(result).toMatchObject({
      kind: 'refused',
      reason: 'tls',
      hint: expect.stringMatching(/TLS.*PROTOCOL/) as string,
    });
    expect(asked).toBe(0);
  });
});
