import { spawn } from 'node:child_process';
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { connect as connectPlain } from 'node:net';
import { join } from 'node:path';
import { connect, type PeerCertificate, type TLSSocket } from 'node:tls';
import { SignJWT } from 'jose';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { authority, keyLines, PASSPHRASE, openssl } from '../testing/certificates.fixture.ts';
import { type Fixture, gatewayFixture, kpiValue } from '../testing/gateway.fixture.ts';
import { until } from '../testing/server.conformance.ts';

const SECRET = 'a secret of thirty-two bytes, or a few more';
const ca = authority();
const [first, second] = [ca.issue('first'), ca.issue('second')];
const files = { cert: join(ca.folder, 'served.pem'), key: join(ca.folder, 'served.key') };
const TLS_OPTIONS = { host: '127.0.0.1', servername: 'localhost', ca: ca.ca };

let fixture: Fixture;
beforeEach(async () => {
  install(first);
  fixture = await gatewayFixture({
    tls: files,
    certificateLookMs: 25,
    auth: { secret: SECRET, jwks: null, issuer: null, audience: null },
  });
});
afterEach(async () => {
  await fixture.gateway.close();
  const said = JSON.stringify(fixture.logs);
  for (const secret of [...keyLines(first.key, second.key), PASSPHRASE, 'PRIVATE KEY'])
    expect(said.includes(secret), 'a log line holds key material').toBe(false);
});
afterAll(() => rmSync(ca.folder, { recursive: true }));

function install({ cert, key }: { cert: string; key: string }): void {
  copyFileSync(cert, files.cert);
  copyFileSync(key, files.key);
}

const logged = (level: string): string[] =>
  fixture.logs
    .filter((line) => line.level === level)
    .map(({ message, fields }) => `${message} ${JSON.stringify(fields)}`);

async function bearer(): Promise<Record<string, string>> {
  const token = new SignJWT({ role: 'admin', sub: 'li' }).setProtectedHeader({ alg: 'HS256' }).setExpirationTime('5m');
  return { authorization: `Bearer ${await token.sign(new TextEncoder().encode(SECRET))}` };
}

async function ask(
  path: string,
  {
    method = 'GET',
    headers = {},
    body = '',
  }: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<{ status: number; headers: Record<string, string | string[] | undefined>; text: string }> {
  return new Promise((resolve, reject) => {
    const asked = request(
      { ...TLS_OPTIONS, port: fixture.gateway.port, path, method, headers, agent: false },
      (reply) => {
        let text = '';
        reply.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        reply.on('end', () => resolve({ status: reply.statusCode ?? 0, headers: reply.headers, text }));
      },
    );
    asked.on('error', reject).end(body);
  });
}

async function handshake(
  options: object = {},
): Promise<{ protocol: string | null; peer: PeerCertificate; socket: TLSSocket }> {
  return new Promise((resolve, reject) => {
    const socket = connect({ ...TLS_OPTIONS, port: fixture.gateway.port, ...options }, () =>
      resolve({ protocol: socket.getProtocol(), peer: socket.getPeerCertificate(), socket }),
    );
    socket.on('error', reject);
  });
}

async function program(command: string, args: readonly string[]): Promise<{ code: number | null; out: string }> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    let out = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (out += String(chunk)));
    child.on('close', (code) => resolve({ code, out }));
    child.stdin.end();
  });
}

async function served(): Promise<string> {
  const { peer, socket } = await handshake();
  socket.destroy();
  return String(peer.subject.CN);
}

describe('HTTPS', () => {
  it('serves TLS 1.3, verified by its authority, and nothing older', async () => {
    const { protocol, socket } = await handshake();
    socket.destroy();
    expect(protocol).toBe('TLSv1.3');
    await expect(handshake({ maxVersion: 'TLSv1.2' })).rejects.toThrow(/protocol version/);
    await expect(handshake({ ca: [] })).rejects.toThrow(/self.signed|unable to (get|verify)/);
    expect(fixture.gateway.url).toMatch(/^https:/);
    const { port } = fixture.gateway;
    const line = ['s_client', '-connect', `127.0.0.1:${port}`, '-CAfile', ca.caFile, '-verify_return_error'];
    const opened = await program('openssl', [...line, '-verify_hostname', 'localhost', '-tls1_3']);
    expect(opened.out).toMatch(/TLSv1\.3[\s\S]*Verify return code: 0 \(ok\)/);
    expect((await program('openssl', [...line, '-tls1_2'])).code).not.toBe(0);
  });

  it('answers requests, large bodies and HEAD, with HSTS on every answer', async () => {
    const reply = await ask('/v1/kpis', { headers: await bearer() });
    expect([reply.status, reply.headers['strict-transport-security']]).toEqual([200, 'max-age=31536000']);
    expect((await ask('/v1/kpis')).headers['strict-transport-security']).toBe('max-age=31536000');
    const head = await ask('/openapi.json', { method: 'HEAD' });
    expect([head.status, head.text, Number(head.headers['content-length']) > 1000]).toEqual([200, '', true]);
    const large = { method: 'POST', headers: { ...(await bearer()), 'content-type': 'application/json' } };
    expect(
      (await ask('/v1/tickets', { ...large, body: JSON.stringify({ scope: { channels: ['app'] } }) })).status,
    ).toBe(200);
    expect((await ask('/v1/tickets', { ...large, body: 'x'.repeat(5 << 20) })).status).toBe(413);
    const curl = await program('curl', [
      ...['-sS', '--cacert', ca.caFile, '--tlsv1.3', '-o', '/dev/null', '-w', '%{http_code} %{ssl_verify_result}'],
      `https://127.0.0.1:${fixture.gateway.port}/healthz`,
    ]);
    expect(curl).toEqual({ code: 0, out: '200 0' });
  });

  it('carries live connections in both forms', async () => {
    fixture.show(kpiValue({ value: 42 }));
    for (const protocol of ['earshot.v1.json', 'earshot.v1.msgpack']) {
      const url = `wss://localhost:${fixture.gateway.port}/v1/live`;
      const socket = new WebSocket(url, [protocol], {
        ca: ca.ca,
        headers: await bearer(),
        lookup: (_h, _o, done) => done(null, [{ address: '127.0.0.1', family: 4 }]),
      });
      const message = new Promise<Buffer>((resolve, reject) => {
        socket.on('message', resolve);
        socket.on('error', reject);
      });
      expect((await message).toString('latin1')).toContain('hello');
      socket.terminate();
    }
  });

  it('gives cookies that are for https only, and lets no page that came without it act', async () => {
    const headers = { ...(await bearer()), 'content-type': 'application/json' };
    const { ticket } = JSON.parse((await ask('/v1/tickets', { method: 'POST', headers })).text) as { ticket: string };
    const entered = await ask(`/?ticket=${ticket}`);
    expect(String(entered.headers['set-cookie'])).toMatch(/; HttpOnly; SameSite=Strict; Secure$/);
    const host = `localhost:${fixture.gateway.port}`;
    const order = async (origin: string) =>
      (await ask('/v1/tickets', { method: 'POST', headers: { ...headers, host, origin } })).status;
    expect([await order(`https://${host}`), await order(`http://${host}`)]).toEqual([200, 403]);
  });

  it('tells those who speak plain HTTP to it, closes, and goes on', async () => {
    const plain = connectPlain(fixture.gateway.port, '127.0.0.1');
    const closed = new Promise((resolve) => plain.on('close', resolve));
    plain.on('error', () => undefined);
    plain.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    let said = '';
    plain.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await closed;
    expect(said).toMatch(/^HTTP\/1\.1 400 [^]*this port speaks HTTPS/);
    expect(await served()).toBe('first');
  });
});

describe('a renewed certificate', () => {
  it('is in use without a restart, for new connections; open ones stay open', async () => {
    const open = await handshake();
    install(second);
    await until(() => logged('info').some((line) => line.startsWith('the renewed certificate is in use')));
    expect(await served()).toBe('second');
    expect(open.socket.destroyed).toBe(false);
    open.socket.write('GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n');
    const text = await new Promise<string>((resolve) => open.socket.once('data', (data) => resolve(String(data))));
    expect(text).toContain('200 OK');
    await expect(handshake({ maxVersion: 'TLSv1.2' })).rejects.toThrow(/protocol version/);
  });

  it('that cannot be used changes nothing, and the log says why, once', async () => {
    const bad: [what: string, make: () => void, said: RegExp][] = [
      ['the key of another', () => copyFileSync(second.cert, files.cert), /does not belong to the certificate/],
      ['no file', () => (install(first), rmSync(files.key)), /cannot read .*served\.key/],
      [
        'half a file',
        () => (install(first), writeFileSync(files.cert, readFileSync(first.cert).subarray(0, 100))),
        /holds no certificate/,
      ],
      ['an expired one', () => install(ca.issue('old', -1)), /has expired/],
      [
        'an encrypted key',
        () => {
          install(second);
          openssl(['pkey', '-in', second.key, '-aes256', '-passout', `pass:${PASSPHRASE}`, '-out', files.key]);
        },
        /encrypted by a passphrase/,
      ],
    ];
    for (const [what, make, said] of bad) {
      const before = logged('error').length;
      make();
      await until(() =>
        logged('error')
          .slice(before)
          .some((line) => said.test(line)),
      );
      const lines = logged('error').length;
      await new Promise((resolve) => setTimeout(resolve, 80));
      expect([what, logged('error').length, await served()]).toEqual([what, lines, 'first']);
    }
    install(second);
    await until(() => logged('info').some((line) => line.startsWith('the renewed certificate is in use')));
    expect(await served()).toBe('second');
  });
});

it('says when the certificate ends: in a metric, and in the log two weeks before', async () => {
  const { text } = await ask('/metrics', { headers: await bearer() });
  const ends = Number(/^earshot_gateway_certificate_not_after_seconds (\S+)$/m.exec(text)?.[1]);
  expect(ends * 1_000 - Date.now()).toBeGreaterThan(3_600_000);
  expect(logged('warn')).toEqual([expect.stringContaining('the certificate ends soon')]);
});
