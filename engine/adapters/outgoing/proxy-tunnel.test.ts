/** 47: through a real proxy on loopback: by CONNECT, verified through the tunnel, its faults named, its password nowhere. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server as HttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { connect, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { OutgoingHttp, type HttpResult } from './outgoing-http.ts';

let folder: string;
let proxy: HttpServer;
let asked: { target: string; credentials: string }[];
let refuses: number | null;
const servers: (HttpServer | Server)[] = [];

async function listening(server: HttpServer | Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

function connectProxy(): HttpServer {
  return createServer().on('connect', (request, client, head) => {
    asked.push({ target: request.url ?? '', credentials: request.headers['proxy-authorization'] ?? '' });
    if (refuses !== null) {
      client.end(`HTTP/1.1 ${String(refuses)} No\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    const port = Number((request.url ?? '').split(':').at(-1));
    const onwards = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onwards.write(head);
      onwards.pipe(client).pipe(onwards);
    });
    onwards.on('error', () => client.destroy());
    client.on('error', () => onwards.destroy());
  });
}

async function post(url: string, port: number, options: { ca?: string; allow?: string[] } = {}): Promise<HttpResult> {
  const http = new OutgoingHttp({
    allow: options.allow ?? ['127.0.0.0/8', '::1'],
    ca: options.ca ?? null,
    proxy: `http://us%40er:PR0XYPASS@127.0.0.1:${port}`,
    totalMs: 5000,
  });
  try {
    return await http.post(url, {}, '{}');
  } finally {
    http.close();
  }
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'earshot-proxy-'));
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', ...subject, ...files], {
    stdio: 'ignore',
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => {
  asked = [];
  refuses = null;
  proxy = connectProxy();
});
afterEach(async () => {
  for (const server of servers.splice(0)) {
    if ('closeAllConnections' in server) server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

describe('47: a proxy of the configuration', () => {
  it('is asked for the host by its name, with its user, and carries request and answer', async () => {
    const target = await listening(
      createServer((request, response) => void request.resume().on('end', () => response.end('taken'))),
    );
    const result = await post(`http://localhost:${target}/x`, await listening(proxy));
    expect(result.kind === 'answer' && result.answer.body).toBe('taken');
    const credentials = `Basic ${Buffer.from('us@er:PR0XYPASS').toString('base64')}`;
    expect(asked).toEqual([{ target: `localhost:${target}`, credentials }]);
  });

  it('sees nothing of TLS: the certificate is that of the receiver, and is verified', async () => {
    const cert = readFileSync(join(folder, 'cert.pem'), 'utf8');
    const server = createHttpsServer({ key: readFileSync(join(folder, 'key.pem')), cert }, (request, response) => {
      request.resume().on('end', () => response.end('secure'));
    });
    const target = await listening(server);
    const port = await listening(proxy);
    const refused = await post(`https://localhost:${target}/`, port);
    expect(refused).toMatchObject({ kind: 'refused', reason: 'tls' });
    const trusted = await post(`https://localhost:${target}/`, port, { ca: cert });
    expect(trusted.kind === 'answer' && trusted.answer.body).toBe('secure');
  });

  it('that refuses is named with what to mend; its password is nowhere, and nothing was sent', async () => {
    const port = await listening(proxy);
    refuses = 407;
    const result = await post('http://localhost:9/', port);
    expect(result).toEqual({
      kind: 'refused',
      reason: 'proxy',
      hint: `the proxy 127.0.0.1:${port} asks for its user and password (407)`,
    });
    refuses = 502;
    expect(JSON.stringify(await post('http://localhost:9/', port))).not.toMatch(/PR0XYPASS|us@er/);
  });

  it('does not reach what may not be called, and the environment names no other', async () => {
    const port = await listening(proxy);
    process.env['HTTPS_PROXY'] = `http://127.0.0.1:${port}`;
    try {
      for (const url of ['http://10.0.0.1/', 'http://localhost:9/', 'https://[::ffff:10.0.0.1]/']) {
        expect(await post(url, port, { allow: [] })).toMatchObject({ kind: 'refused', reason: 'private_address' });
      }
      const direct = new OutgoingHttp({ allow: ['127.0.0.0/8', '::1'], ca: null, totalMs: 5000 });
      expect(await direct.post('https://localhost:9/', {}, '{}')).toMatchObject({ kind: 'refused', reason: 'network' });
      direct.close();
    } finally {
      delete process.env['HTTPS_PROXY'];
    }
    expect(asked).toEqual([]);
  });
});
