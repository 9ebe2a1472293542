/** Who gets in at a broker that asks: `.creds` files of an operator's accounts, and certificates of clients. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nkeys } from '@nats-io/transport-node';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { recordingLogger, serveNats, until } from '../testing/broker.fixture.ts';
import type { BrokerAddress } from './connection-options.ts';
import { connectNats } from './nats-connection.ts';

const { createAccount, createOperator, createUser } = nkeys;
type KeyPair = ReturnType<typeof createUser>;

const folder = mkdtempSync(join(tmpdir(), 'earshot-access-'));
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function serve(config: string): Promise<string> {
  const { url, stop } = await serveNats(config);
  stops.push(stop);
  return url;
}

/** A message goes out and comes back. */
async function works(address: BrokerAddress): Promise<string> {
  const nc = await connectNats(address, recordingLogger());
  const heard = nc.subscribe('cx.test', { max: 1 });
  nc.publish('cx.test', 'here');
  let said = '';
  for await (const message of heard) said = message.string();
  await nc.close();
  return said;
}

/** What is logged while nobody is let in. */
async function refused(address: BrokerAddress): Promise<string> {
  const logger = recordingLogger();
  const control = new AbortController();
  const waiting = connectNats(address, logger, { signal: control.signal });
  await until(() => logger.lines.length > 0);
  control.abort(new Error('stopped'));
  await expect(waiting).rejects.toThrow('stopped');
  return JSON.stringify(logger.lines);
}

describe('credentials files', () => {
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const jwt = (issuer: KeyPair, subject: KeyPair, name: string, nats: object, claims: object = {}): string => {
    const body = { jti: name, iat: 1, iss: issuer.getPublicKey(), sub: subject.getPublicKey(), name, nats, ...claims };
    const signed = `${encode({ typ: 'JWT', alg: 'ed25519-nkey' })}.${encode(body)}`;
    return `${signed}.${Buffer.from(issuer.sign(Buffer.from(signed))).toString('base64url')}`;
  };
  const anything = -1;
  const limits = { subs: anything, data: anything, payload: anything };
  const userJwt = (account: KeyPair, user: KeyPair, claims: object = {}): string =>
    jwt(account, user, 'earshot', { type: 'user', version: 2, pub: {}, sub: {}, ...limits }, claims);
  const credsFile = (name: string, token: string, seed: string): string => {
    const file = join(folder, name);
    writeFileSync(
      file,
      `-----BEGIN NATS USER JWT-----\n${token}\n------END NATS USER JWT------\n\n-----BEGIN USER NKEY SEED-----\n${seed}\n------END USER NKEY SEED------\n`,
    );
    return file;
  };

  it('let in who the account has signed, and nobody else; no seed and no token reaches the log', async () => {
    const [operator, account, user, stranger] = [createOperator(), createAccount(), createUser(), createAccount()];
    const accountLimits = {
      ...limits,
      imports: anything,
      exports: anything,
      wildcards: true,
      conn: anything,
      leaf: anything,
    };
    const server = await serve(
      `operator: ${jwt(operator, operator, 'op', { type: 'operator', version: 2 })}\nresolver: MEMORY\nresolver_preload: { ${account.getPublicKey()}: ${jwt(operator, account, 'cx', { type: 'account', version: 2, limits: accountLimits })} }\n`,
    );
    const seed = new TextDecoder().decode(user.getSeed());
    const good = userJwt(account, user);
    expect(await works({ servers: [server], credentials: credsFile('good.creds', good, seed) })).toBe('here');

    for (const [name, token, ownSeed] of [
      ['stranger', userJwt(stranger, user), seed],
      ['expired', userJwt(account, user, { exp: 2 }), seed],
      ['wrong-seed', good, new TextDecoder().decode(createUser().getSeed())],
    ] as const) {
      const log = await refused({ servers: [server], credentials: credsFile(`${name}.creds`, token, ownSeed) });
      expect(log, name).toMatch(/BROKER_UNAVAILABLE/);
      expect(log, name).toMatch(/authorization|authentication/i);
      expect([log.includes(ownSeed), log.includes(token)], name).toEqual([false, false]);
    }
    expect(await refused({ servers: [server] })).toMatch(/authorization|authentication/i);
  });

  it('that cannot be read are a fault of the configuration', async () => {
    const missing = { servers: ['nats://127.0.0.1:1'], credentials: join(folder, 'none.creds') };
    await expect(connectNats(missing, recordingLogger())).rejects.toMatchObject({ code: 'CONFIG_NOT_FOUND' });
  });
});

describe('certificates of clients', () => {
  const path = (name: string): string => join(folder, name);
  const openssl = (...args: string[]): void => void execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const authority = (name: string): void =>
    openssl(
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '2',
      '-subj',
      `/CN=${name}`,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.pem`,
    );
  const certificate = (name: string, by: string, of = 'IP:127.0.0.1,DNS:localhost'): void => {
    openssl(
      'req',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-subj',
      `/CN=${name}`,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.csr`,
    );
    writeFileSync(path(`${name}.ext`), `subjectAltName=${of}\n`);
    openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      '-CA',
      `${by}.pem`,
      '-CAkey',
      `${by}.key`,
      '-CAcreateserial',
      '-days',
      '2',
      '-extfile',
      `${name}.ext`,
      '-out',
      `${name}.pem`,
    );
  };

  it('let in who has one of the right authority; without one, or with another, the log says so', async () => {
    authority('ca');
    authority('other');
    certificate('server', 'ca');
    certificate('client', 'ca');
    certificate('foreign', 'other');
    const server = await serve(
      `tls { cert_file: "${path('server.pem')}", key_file: "${path('server.key')}", ca_file: "${path('ca.pem')}", verify: true }\n`,
    );
    const as = (cert: string | null): BrokerAddress => ({
      servers: [server],
      tls: { ca: path('ca.pem'), cert: cert && path(`${cert}.pem`), key: cert && path(`${cert}.key`) },
    });
    expect(await works(as('client'))).toBe('here');
    expect(await refused(as(null))).toMatch(/BROKER_UNAVAILABLE/);
    expect(await refused(as('foreign'))).toMatch(/BROKER_UNAVAILABLE/);
    expect(
      await refused({
        ...as('client'),
        tls: { ca: path('other.pem'), cert: path('client.pem'), key: path('client.key') },
      }),
    ).toMatch(/certificate/);
  });

  it('a server reached by its IP address shows a certificate for that address: one for a name, localhost too, is refused', async () => {
    authority('ca-by-ip');
    const serving = (name: string): Promise<string> => {
      certificate(name, 'ca-by-ip', name === 'by-ip' ? 'IP:127.0.0.1' : 'DNS:localhost');
      return serve(`tls { cert_file: "${path(`${name}.pem`)}", key_file: "${path(`${name}.key`)}" }\n`);
    };
    const tls = { ca: path('ca-by-ip.pem'), cert: null, key: null };
    const byIp = await serving('by-ip');
    expect(await works({ servers: [byIp], tls })).toBe('here');
    expect(await works({ servers: [byIp.replace('nats:', 'tls:')], tls })).toBe('here');
    expect(await refused({ servers: [byIp.replace('127.0.0.1', 'localhost')], tls })).toMatch(
      /its certificate is for another name or address/,
    );
    const byName = await serving('by-name');
    expect(await refused({ servers: [byName], tls })).toMatch(/its certificate is for another name or address/);
    expect(await works({ servers: [byName.replace('127.0.0.1', 'localhost')], tls })).toBe('here');
  });
});

describe('nkeys', () => {
  it('let in who holds the seed, and nobody else; a file that holds none is a fault of the configuration', async () => {
    const user = createUser();
    const file = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    const seedOf = (key: KeyPair): string => new TextDecoder().decode(key.getSeed());
    const server = await serve(`authorization { users: [ { nkey: ${user.getPublicKey()} } ] }\n`);
    expect(await works({ servers: [server], nkey: file('user.nk', `${seedOf(user)}\n`) })).toBe('here');
    const stranger = seedOf(createUser());
    const log = await refused({ servers: [server], nkey: file('stranger.nk', stranger) });
    expect(log).toMatch(/authorization|authentication/i);
    expect(log).not.toContain(stranger);
    const publicOnly = { servers: [server], nkey: file('public.nk', user.getPublicKey()) };
    await expect(connectNats(publicOnly, recordingLogger())).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });
});
