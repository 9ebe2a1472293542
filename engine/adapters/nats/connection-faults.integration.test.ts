/** The network between us and a healthy broker: cut without a word, refused, encrypted. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { TLSSocket } from 'node:tls';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BrokerFixture, recordingLogger, startBroker, until } from '../testing/broker.fixture.ts';
import { jetstreamCommits } from '../commits/jetstream-commits.ts';
import { jetstreamSource } from '../streams/jetstream-source.ts';
import { findNatsServer } from '../embedded-server/nats-binary.ts';
import { connectNats, connectionState } from './nats-connection.ts';
import { Publisher } from './publisher.ts';
import { readToEnd } from '../streams/stream-reader.ts';
import { onThisMachine } from '../../testing/rig/busy-machine.ts';

const signal = new AbortController().signal;

/** Made for this test and trusted by nobody else: CN=localhost, good for a hundred years. */
const TEST_KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgvoJvpKSRVpMyYZry
TJIV33pqZQEDxQL4UTX7Y4Ah12ihRANCAAQHrZPdzd+TT/RCh7Vy0QNU816xeDMZ
Sr8I+eub3Id7TaAZHompCkbfbzvGJunxItLW20J2pCMft19vgZC45aBJ
-----END PRIVATE KEY-----
`;
const TEST_CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIUSLd+5v8WHTGeGgrxm0YRkCYTYbUwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMzA3NTExMFoYDzIxMjYxMDMw
MDc1MTEwWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQHrZPdzd+TT/RCh7Vy0QNU816xeDMZSr8I+eub3Id7TaAZHompCkbf
bzvGJunxItLW20J2pCMft19vgZC45aBJo28wbTAdBgNVHQ4EFgQUgl21TdJhREqT
YUvJScievO6WHekwHwYDVR0jBBgwFoAUgl21TdJhREqTYUvJScievO6WHekwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARhwR/AAABgglsb2NhbGhvc3QwCgYIKoZI
zj0EAwIDSAAwRQIhAJBLJs+AgK2/u0tfdKrv30GtnTrOCn+BSjhoHa5IXBWoAiAs
T/pT76jtsKTjoZms7cVSOM+p+oKsyuZADM6ZtSAROQ==
-----END CERTIFICATE-----
`;

/** A way to the server that can be cut as a cable is: what is sent vanishes, and nobody notices. */
class Cable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isCut = false;

  constructor(target: number) {
    this.#server = createServer((near) => {
      const far = createConnection(target, '127.0.0.1');
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(from);
        from.on('data', (bytes) => {
          if (!this.#isCut) to.write(bytes);
        });
        from.on('error', () => to.destroy());
        from.on('close', () => {
          this.#sockets.delete(from);
          if (!this.#isCut) to.destroy();
        });
      }
    });
  }

  async open(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return (this.#server.address() as { port: number }).port;
  }
  cut(): void {
    this.#isCut = true;
  }
  mend(): void {
    this.#isCut = false;
    // What was connected through the cut has lost bytes: only new connections are of use.
    for (const socket of this.#sockets) socket.destroy();
  }
  close(): void {
    this.mend();
    this.#server.close();
  }
}

describe('a connection cut without a word', () => {
  let broker: BrokerFixture;
  beforeAll(async () => {
    broker = await startBroker();
  });
  afterAll(() => broker.close());

  it('is noticed; reading, publishing and commits go on within three seconds of its mending, nothing lost or twice', async () => {
    const logger = recordingLogger();
    const cable = new Cable(broker.server.port);
    const nc = await connectNats({ servers: [`nats://127.0.0.1:${String(await cable.open())}`] }, logger);
    const stop = new AbortController();
    const source = jetstreamSource(nc, { stream: 'CX_EVENTS_0', partition: 0, logger });
    const seqs: number[] = [];
    const reading = (async () => {
      for await (const batch of source.batches(0, stop.signal)) seqs.push(...batch.map(({ seq }) => seq));
    })();
    const publisher = new Publisher(nc, { logger });
    const publish = (from: number, count: number): Promise<void> => {
      const messages = Array.from({ length: count }, (_, i) => ({
        subject: 'cx.events.app.page.k',
        headers: { 'Nats-Msg-Id': `c-${String(from + i)}` },
        data: new Uint8Array(100),
      }));
      return publisher.publish(messages, signal);
    };
    const commits = jetstreamCommits(nc, { logger });
    const log = await commits.open(0, signal);
    const commit = (number: number): Promise<void> => {
      const time = { maxTs: 0, watermark: 0, lastArrival: 0 };
      const rest = { counters: {}, marks: {}, deltas: {}, fingerprints: {}, outbox: [] };
      return log.append({ format: 1, epoch: 1, number, position: 0, time, ...rest }, signal);
    };
    await publish(0, 500);
    await commit(1);
    await until(() => seqs.length === 500 && source.caughtUp());

    cable.cut();
    const published = publish(500, 5000);
    const committed = commit(2);
    await until(() => !connectionState(nc).connected(), 12_000);
    expect(source.caughtUp()).toBe(false);
    expect(publisher.blocked()).toBe('not connected to NATS');
    cable.mend();
    const mended = performance.now();
    await Promise.all([published, committed]);
    await until(() => seqs.length >= 5500);
    expect(performance.now() - mended).toBeLessThan(onThisMachine(3000));
    expect(seqs).toEqual(Array.from({ length: 5500 }, (_, i) => i + 1));
    const ids: (string | undefined)[] = [];
    await readToEnd(broker.nc, { stream: 'CX_EVENTS_0', after: 0, logger }, signal, (batch) => {
      ids.push(...batch.map(({ headers }) => headers['nats-msg-id']));
      return undefined;
    });
    expect(ids).toEqual(Array.from({ length: 5500 }, (_, i) => `c-${String(i)}`));
    expect((await commits.open(0, signal)).last?.number).toBe(2);

    stop.abort();
    await reading;
    publisher.close();
    commits.close();
    await nc.close();
    cable.close();
  });
});

describe('access to the broker', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'earshot-access-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function serve(port: number, text: string): Promise<() => Promise<void>> {
    const config = join(folder, `${String(port)}.conf`);
    writeFileSync(config, `host: "127.0.0.1"\nport: ${String(port)}\n${text}`);
    const child = spawn(findNatsServer(), ['-c', config], { stdio: 'ignore' });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    await until(
      () =>
        new Promise((resolve) => {
          const socket = createConnection(port, '127.0.0.1', () => {
            socket.destroy();
            resolve(true);
          });
          socket.on('error', () => resolve(false));
        }),
    );
    return async () => {
      child.kill('SIGKILL');
      await ended;
    };
  }
  async function freePort(): Promise<number> {
    const cable = new Cable(1);
    const port = await cable.open();
    cable.close();
    return port;
  }

  it('goes by user and password, and waits red while they are refused', async () => {
    const port = await freePort();
    const stop = await serve(port, 'authorization { user: earshot, password: right }\n');
    const servers = [`nats://127.0.0.1:${String(port)}`];
    const logger = recordingLogger();
    const nc = await connectNats({ servers, user: 'earshot', password: 'right' }, logger);
    await nc.close();
    const control = new AbortController();
    const refused = connectNats({ servers, user: 'earshot', password: 'wrong' }, logger, { signal: control.signal });
    await until(() => logger.lines.length > 1);
    control.abort(new Error('stopped'));
    await expect(refused).rejects.toThrow('stopped');
    expect(logger.lines[0]?.message).toMatch(/not reachable at .*Authorization/i);
    expect(JSON.stringify(logger.lines)).not.toContain('wrong');
    await stop();
  });

  it('is encrypted when TLS is asked for, by a server whose certificate is trusted, in version 1.3 or not at all', async () => {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    writeFileSync(key, TEST_KEY);
    writeFileSync(cert, TEST_CERTIFICATE);
    const port = await freePort();
    const stop = await serve(port, `tls { cert_file: "${cert}", key_file: "${key}" }\n`);
    const servers = [`nats://127.0.0.1:${String(port)}`];
    const logger = recordingLogger();
    const nc = await connectNats({ servers, tls: { ca: cert, cert: null, key: null } }, logger);
    await nc.flush();
    await nc.close();
    const refused = async (address: Parameters<typeof connectNats>[0]): Promise<string> => {
      const logger = recordingLogger();
      const control = new AbortController();
      const waiting = connectNats(address, logger, { signal: control.signal });
      await until(() => logger.lines.length > 0);
      control.abort(new Error('stopped'));
      await expect(waiting).rejects.toThrow('stopped');
      return logger.lines[0]?.message ?? '';
    };
    expect(await refused({ servers, tls: { ca: null, cert: null, key: null } })).toMatch(/self.signed/i);
    await stop();

    const plainPort = await freePort();
    const stopPlain = await serve(plainPort, '');
    const plain = [`nats://127.0.0.1:${String(plainPort)}`];
    expect(await refused({ servers: plain, tls: { ca: cert, cert: null, key: null } })).toMatch(
      /does not support 'tls'/,
    );
    await stopPlain();

    // Speaks this version of TLS and nothing newer, and NATS as far as a connection needs it.
    const limitedTo = (version: 'TLSv1.1' | 'TLSv1.2') =>
      createServer((socket) => {
        socket.on('error', () => undefined);
        const greeting = {
          server_id: 'x',
          version: '2.9.10',
          proto: 1,
          headers: true,
          max_payload: 1,
          tls_required: true,
        };
        socket.write(`INFO ${JSON.stringify(greeting)}\r\n`);
        const options = {
          isServer: true,
          minVersion: 'TLSv1',
          maxVersion: version,
          ciphers: 'DEFAULT@SECLEVEL=0',
          key: readFileSync(key),
          cert: readFileSync(cert),
        } as const;
        const secured = new TLSSocket(socket, options).on('error', () => undefined);
        secured.on('data', (sent: Buffer) => {
          if (sent.includes('PING')) secured.write('PONG\r\n');
        });
      });
    const listening = async (server: ReturnType<typeof createServer>): Promise<string[]> => {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return [`nats://127.0.0.1:${String((server.address() as { port: number }).port)}`];
    };
    const former = limitedTo('TLSv1.2');
    const known = await connectNats(
      { servers: await listening(former), tls: { ca: cert, cert: null, key: null } },
      recordingLogger(),
    );
    await known.flush();
    await known.close();
    former.close();
    const old = limitedTo('TLSv1.1');
    expect(await refused({ servers: await listening(old), tls: { ca: cert, cert: null, key: null } })).toMatch(
      /protocol version|unsupported protocol/,
    );
    old.close();
  });
});
