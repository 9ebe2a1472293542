/** A provider of OpenID Connect under a test's hand: it says in its tokens what a test wants, right or wrong. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { must } from '../../core/must.ts';

interface SigningKey {
  readonly kid: string;
  readonly key: Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];
  readonly jwk: JWK;
}

export interface TokenAnswer {
  /** Of the token; what is undefined is left out. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** Seconds by which its clock is ahead. */
  readonly ahead?: number;
  /** In place of the provider's key. */
  readonly signedBy?: SigningKey;
}

export class SignOnProvider {
  /** What it says next. */
  answer: TokenAnswer = {};
  /** Answers of `/userinfo`; null: none is offered. */
  more: Readonly<Record<string, unknown>> | null = null;
  isDown = false;
  /** Whether it can end its own sessions. */
  endsSessions = false;
  readonly asked: URLSearchParams[] = [];
  #keys: SigningKey[] = [];
  readonly #used = new Set<string>();
  #server: Server | undefined;
  #port = 0;

  get issuer(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async start(): Promise<this> {
    await this.rotate();
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        void this.#answer(request.url ?? '/', Buffer.concat(chunks).toString()).then(([status, body]) => {
          response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
        });
      });
    });
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as { port: number }).port;
    return this;
  }

  async stop(): Promise<void> {
    const server = must(this.#server, 'start() comes first');
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }

  /** A new key; the old one is forgotten. */
  async rotate(): Promise<void> {
    this.#keys = [await newKey(`k${Date.now()}-${this.#keys.length}`)];
  }

  async #answer(url: string, body: string): Promise<[number, unknown]> {
    if (this.isDown) return [503, {}];
    const { issuer } = this;
    if (url === '/.well-known/openid-configuration') {
      return [
        200,
        {
          issuer,
          authorization_endpoint: `${issuer}/auth`,
          token_endpoint: `${issuer}/token`,
          jwks_uri: `${issuer}/jwks`,
          ...(this.endsSessions ? { end_session_endpoint: `${issuer}/end` } : {}),
          ...(this.more === null ? {} : { userinfo_endpoint: `${issuer}/userinfo` }),
          response_types_supported: ['code'],
          subject_types_supported: ['public'],
          id_token_signing_alg_values_supported: ['ES256'],
          code_challenge_methods_supported: ['S256'],
        },
      ];
    }
    if (url === '/jwks') return [200, { keys: this.#keys.map(({ jwk }) => jwk) }];
    if (url === '/userinfo') return [200, this.more];
    if (url !== '/token') return [404, {}];
    const asked = new URLSearchParams(body);
    this.asked.push(asked);
    const code = asked.get('code') ?? 'none';
    if (this.#used.has(code)) return [400, { error: 'invalid_grant' }];
    this.#used.add(code);
    return [200, { access_token: 'at', token_type: 'Bearer', id_token: await this.#token() }];
  }

  async #token(): Promise<string> {
    const { claims = {}, ahead = 0, signedBy = must(this.#keys[0]) } = this.answer;
    const now = Math.floor(Date.now() / 1_000) + ahead;
    const given = { iss: this.issuer, aud: 'earshot', sub: 'u-1', iat: now, exp: now + 300, ...claims };
    return new SignJWT(JSON.parse(JSON.stringify(given)) as Record<string, unknown>)
      .setProtectedHeader({ alg: 'ES256', kid: signedBy.kid })
      .sign(signedBy.key);
  }
}

export async function newKey(kid: string): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  return { kid, key: privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' } };
}
