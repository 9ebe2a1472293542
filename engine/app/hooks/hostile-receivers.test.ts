/** Receivers that lie, leave, flood or send elsewhere, over real HTTP, as whole hooks meet them. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHttpsServer } from 'node:https';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { at as itemAt, must } from '../../core/must.ts';
import { webhookReceiver, type WebhookReceiver } from '../../testing/rig/webhook-receiver.ts';
import { failureOf, hookStatus } from './hook-status.ts';
import { HookRehearsal, type RehearsalOptions } from './testing/hook-rehearsal.ts';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const ALLOW = ['127.0.0.1', '::1'];
const HOUR = 3600;

let run: HookRehearsal | null;
let receiver: WebhookReceiver;
let servers: Server[];

beforeEach(async () => {
  [run, servers] = [null, []];
  receiver = await webhookReceiver(() => must(run).now);
});
afterEach(async () => {
  run?.kill();
  await receiver.close();
  for (const server of servers) await new Promise((resolve) => server.close(resolve));
});

function rehearse(more: object = {}, options: RehearsalOptions = {}): HookRehearsal {
  const hook = { id: 'r', kind: 'webhook', url: receiver.url, allow: ALLOW, language: 'en', ...more };
  run = new HookRehearsal({ hooks: [hook] }, options);
  return run;
}
const status = () => itemAt(hookStatus([{ id: 'r', kind: 'webhook' }], must(run).delivery), 0);
const seconds = (): readonly number[] => receiver.received.map(({ at }) => (at - must(run).began) / 1000);

async function listening(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

describe('a receiver that sends elsewhere', () => {
  it.each([302, 307, 308])(
    '23: by %i: nobody else sees anything, and who looks is told to mend the address',
    async (code) => {
      const elsewhere = await webhookReceiver();
      receiver.answers(code, { location: `${elsewhere.url}/new` });
      await rehearse({ secret: SECRET }).fires(0, 'A').until(60, 1);
      expect(elsewhere.received).toEqual([]);
      expect(receiver.received).toHaveLength(1);
      const { queue } = itemAt(must(run).delivery.hooks, 0);
      expect(queue.failed.map(failureOf)).toMatchObject([
        { reason: 'redirect', hint: expect.stringContaining('configure the new address') as string },
      ]);
      expect(status()).toMatchObject({ state: 'failing', given_up: 1 });
      await elsewhere.close();
    },
  );
});

describe('a receiver whose clock is another', () => {
  it('43: ten minutes off one that verifies: kept, tried again, by how much is said; told as soon as the clock is set right', async () => {
    const off = 600_000;
    receiver.replies(({ body, headers }) => {
      try {
        new Webhook(SECRET).verify(body, headers as Record<string, string>); // by the clock of this machine
        return { status: 204 };
      } catch {
        return { status: 401, headers: { date: new Date().toUTCString() } };
      }
    });
    const ahead = rehearse({ secret: SECRET }, { start: Date.now() + off }).fires(0, 'A');
    await ahead.until(10, 1);
    expect(seconds().slice(0, 3)).toEqual([0, 1, 3]);
    expect(receiver.received.length).toBeGreaterThan(2);
    expect(status()).toMatchObject({ given_up: 0, waiting: 1, delivered: 0 });
    const warned = ahead.logger.lines.find(({ message }) => message === 'a notice was not delivered');
    expect(warned?.fields).toMatchObject({ hook: 'r', outcome: 'refused', reason: 'clock' });
    expect(String(warned?.fields['hint'])).toMatch(/clock is (59\d|60\d|6[1-4]\d) s off the receiver's/);
    await ahead.until(40, 1);
    expect(status()).toMatchObject({ state: 'failing', trouble: { reason: 'clock' } });
    ahead.now -= off;
    await ahead.until(ahead.second + 31, 1);
    expect(status()).toMatchObject({ delivered: 1, waiting: 0, state: 'ok' });
  });

  it('asks to be left alone for a year: it is asked again within the hour', async () => {
    receiver.replies(() =>
      receiver.received.length < 2 ? { status: 429, headers: { 'Retry-After': '31536000' } } : { status: 204 },
    );
    await rehearse()
      .fires(0, 'A')
      .until(2 * HOUR, 60);
    expect(seconds()).toEqual([0, HOUR]);
    expect(status()).toMatchObject({ delivered: 1 });
  });
});

describe('46: a receiver whose certificate is not good', () => {
  it('46: is sent nothing and tried again, the status says why; with its own authority configured it is told', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'earshot-hook-tls-'));
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
    const made = [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '1',
      ...subject,
      '-keyout',
      key,
      '-out',
      cert,
    ];
    execFileSync('openssl', made, { stdio: 'ignore' });
    const bodies: string[] = [];
    const server = createHttpsServer({ key: readFileSync(key), cert: readFileSync(cert) }, (request, response) => {
      request.on('data', (chunk: Buffer) => bodies.push(chunk.toString())).on('end', () => response.end('ok'));
    });
    const url = `https://localhost:${await listening(server)}/TOKEN`;
    await rehearse({ url }).fires(0, 'A').until(40, 1);
    expect(bodies).toEqual([]);
    expect(status()).toMatchObject({ state: 'failing', waiting: 1, given_up: 0, trouble: { reason: 'tls' } });
    expect(status().trouble?.hint).toMatch(
      /^the certificate or TLS of localhost:\d+ is not accepted \(DEPTH_ZERO_SELF_SIGNED_CERT\)$/,
    );
    must(run).kill();
    await rehearse({ url, ca: cert }).fires(0, 'A').until(1, 1);
    expect(bodies).toHaveLength(1);
    expect(status()).toMatchObject({ delivered: 1, state: 'ok' });
    server.closeAllConnections();
    rmSync(folder, { recursive: true });
  });
});

describe('a receiver that answers what it should not', () => {
  /** What it writes once the request has begun to come. */
  const raw = async (write: (socket: Socket) => void): Promise<string> => {
    const sockets: Socket[] = [];
    const server = createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => undefined).once('data', () => write(socket));
    });
    const url = `http://127.0.0.1:${await listening(server)}/`;
    closing.push(() => sockets.forEach((socket) => socket.destroy()));
    return url;
  };
  const closing: (() => void)[] = [];
  afterEach(() => {
    for (const close of closing.splice(0)) close();
  });

  it.each([
    ['a protocol of its own', 'HELLO\r\n\r\n'],
    [
      'another protocol, to which it changes',
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n',
    ],
    ['a head that never ends', `HTTP/1.1 200 OK\r\n${'x-long: '.padEnd(1000, 'x')}\r\n`.repeat(100)],
    ['less than it promised', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nok'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 5\r\n\r\nok'],
    ['chunks that are none', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n'],
  ])('%s: it may have the notice, which is tried again under the same key', async (_, text) => {
    const url = await raw((socket) => socket.end(text));
    await rehearse({ url }).fires(0, 'A').until(10, 1);
    expect(status()).toMatchObject({ delivered: 0, given_up: 0, waiting: 1 });
    expect(status().retried).toBeGreaterThan(2);
    const lines = must(run).logger.lines.map(({ fields }) => [fields['outcome'], fields['reason']]);
    expect(new Set(lines.map(String))).toEqual(new Set(['unknown,network']));
    expect(new Set(must(run).logger.lines.map(({ fields }) => fields['notice'])).size).toBe(1);
  });

  it.each([
    ['20 MB after an answer that is good', 'webhook', 'x', 'delivered'],
    ['a page of a portal', 'wecom', '<html>Please sign in</html>', 'given_up'],
    ['JSON that is no object', 'feishu', '[{"code":0}]', 'given_up'],
    ['a code that is a text', 'wecom', '{"errcode":"0"}', 'given_up'],
    ['JSON that is cut', 'dingtalk', '{"errcode":0', 'given_up'],
    ['ok, and more', 'slack', 'ok <b>not really</b>', 'given_up'],
  ])('200 with %s (%s)', async (_, kind, body, outcome) => {
    receiver.answers(200, { 'content-type': 'text/html' }, body === 'x' ? body.repeat(20_000_000) : body);
    await rehearse({ kind }).fires(0, 'A').until(5, 1);
    expect(receiver.received).toHaveLength(1);
    expect(status()[outcome === 'delivered' ? 'delivered' : 'given_up']).toBe(1);
    expect(JSON.stringify([status(), must(run).logger.lines])).not.toMatch(/sign in|really/);
  });
});
