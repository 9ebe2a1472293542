/**
 * Who may come in. With keys: a bearer token (JWT, HS256 by shared secret or by a JWKS), a single-use ticket, or the session a
 * display got for its ticket, or a person for a token or at the provider (a cookie). Without keys: loopback names only, which
 * stops pages that rebind their DNS name to us. Tokens and tickets never reach a log or an error.
 */
import { createHash, randomBytes } from 'node:crypto';
import { errors, type JWTVerifyGetKey, jwtVerify, SignJWT } from 'jose';
import { isLoopbackHost } from '../../core/text/addresses.ts';
import { EngineError } from '../../core/errors.ts';
import type { Millis } from '../../core/types.ts';
import { errorAnswer } from '../http/responses.ts';
import { foreignPage, hostName, isOfForeignPage, originAllowed } from '../http/origin.ts';
import { isForwardedForOthers } from '../http/proxies.ts';
import { RateLimit } from '../http/rate-limit.ts';
import type { AccessKeys } from './access-keys.ts';
import { principalOf } from './claims.ts';
import { keySet, PUBLIC_KEY_ALGORITHMS } from './key-set.ts';
import { LOCAL, type Principal } from './principal.ts';
import type { DisplaySessions } from './display-sessions.ts';
import type { HttpAnswer, HttpRequest } from '../server/http-message.ts';
import { SingleSignOn } from './single-sign-on.ts';
import type { Identity } from './sign-on-claims.ts';
import { Tickets } from './tickets.ts';

export interface AccessOptions {
  /** null: no keys, loopback only. */
  readonly keys: AccessKeys | null;
  readonly origins: readonly string[];
  readonly sessions: DisplaySessions;
  /** Of a token's subject, before it names anybody anywhere: an address or a number is masked. */
  readonly maskSubject?: (subject: string) => string;
  /** A page was refused: what must be set for it to work, at most once a minute. */
  readonly onForeignPage?: (why: string) => void;
  /** Tickets that are out at once. */
  readonly maxTickets?: number;
  now(): Millis;
}

const KEYLESS = 'without access keys this server is for its own machine only, and';
export const SESSION_COOKIE = 'earshot_session';
const SESSION_MS: Millis = 30 * 86_400_000;
const SESSION_AUDIENCE = 'earshot-display';
const CLOCK_TOLERANCE_S = 5;
export class Access {
  readonly tickets: Tickets;
  readonly sessions: DisplaySessions;
  /** null: none is configured. */
  readonly signOn: SingleSignOn | null;
  readonly #options: AccessOptions;
  readonly #secret: Uint8Array | undefined;
  readonly #jwks: JWTVerifyGetKey | undefined;
  readonly #sessionKey: Uint8Array;
  readonly #warnings: RateLimit;

  /** Whether everybody who reaches the gateway may see everything. */
  get isOpen(): boolean {
    return this.#options.keys === null;
  }

  /** Throws EngineError CONFIG_INVALID on keys that cannot be used. */
  constructor(options: AccessOptions) {
    this.#options = options;
    this.tickets = new Tickets(() => options.now(), options.maxTickets);
    this.#warnings = new RateLimit({ perSecond: 1 / 60, burst: 1 }, () => options.now(), 1);
    this.sessions = options.sessions;
    const { keys } = options;
    if (keys?.secret != null) {
      this.#secret = new TextEncoder().encode(keys.secret);
      if (this.#secret.length < 32)
        throw new EngineError('CONFIG_INVALID', ['http.auth.secret is shorter than 32 bytes']);
    }
    if (keys?.jwks != null) this.#jwks = keySet(keys.jwks);
    const oidc = keys?.oidc ?? null; // without keys, and with tokens alone, there is none
    if (keys !== null && this.#secret === undefined && this.#jwks === undefined && oidc === null) {
      throw new EngineError('CONFIG_INVALID', ['http.auth names neither a secret, nor a jwks, nor oidc']);
    }
    // From the secret, so that displays stay in over a restart; without one they need a new ticket then.
    this.#sessionKey =
      this.#secret === undefined
        ? randomBytes(32)
        : createHash('sha256').update('earshot display session\0').update(this.#secret).digest();
    const begun = createHash('sha256').update('earshot sign-in\0').update(this.#sessionKey).digest();
    this.signOn = oidc === null ? null : new SingleSignOn(oidc, begun, () => options.now());
  }

  get takesTokens(): boolean {
    return this.#secret !== undefined || this.#jwks !== undefined;
  }

  get open(): boolean {
    return this.#options.keys === null;
  }

  /** Before anything else: is this request addressed to us, and does its page have a right to make it? */
  refuses(request: HttpRequest, changes: boolean): HttpAnswer | undefined {
    const { headers, secure, remote } = request;
    // HTTP/1.0 need not name it: no browser, and no name of ours.
    const host = headers['host'] ?? ''; // HTTP/1.0 needs none
    if (this.open && !isLoopbackHost(hostName(host))) {
      return errorAnswer('host_forbidden', `${KEYLESS} it was asked for under another name: set http.auth`);
    }
    if (this.open && isForwardedForOthers(request)) {
      return errorAnswer('host_forbidden', `${KEYLESS} a proxy passes on requests of others: set http.auth`);
    }
    const isAllowed = originAllowed(headers['origin'], host, this.#options.origins, secure);
    if (changes && (!isAllowed || isOfForeignPage(headers))) {
      const why = foreignPage(headers, remote);
      if (this.#warnings.take('') === 0) this.#options.onForeignPage?.(why);
      return errorAnswer('origin_forbidden', why);
    }
    return undefined;
  }

  async authenticate(request: HttpRequest): Promise<Principal | HttpAnswer> {
    if (this.open) return LOCAL;
    const token = /^bearer +(\S+)$/i.exec(request.headers['authorization'] ?? '')?.[1]; // no token
    if (token !== undefined) return this.#bearer(token);
    const session = cookieOf(request.headers['cookie'], SESSION_COOKIE);
    if (session !== undefined) {
      const principal = await this.#session(session);
      if (principal !== undefined) return principal;
    }
    return unauthorized('a bearer token is needed');
  }

  /** For `?ticket=`: whom it stands for, once. A session begins. */
  redeem(ticket: string): (Principal & { readonly session: string }) | HttpAnswer {
    const principal = this.tickets.redeem(ticket);
    if (principal === undefined) {
      return unauthorized('the ticket is unknown, used or expired: ask for a new one');
    }
    return this.sessions.start(principal);
  }

  /** Somebody signs in with a token: whom it stands for. A session begins, and ends with the token at the latest. */
  async signIn(token: string): Promise<(Principal & { readonly session: string }) | HttpAnswer> {
    const principal = await this.#bearer(token);
    return 'status' in principal ? principal : this.sessions.start(principal);
  }

  /** Somebody comes from the provider. */
  signedOn(identity: Identity, until: Millis): Principal & { readonly session: string } {
    return this.sessions.start(this.#named({ ...identity, expires: until, isOfProvider: true }));
  }

  /** The Set-Cookie of who was let in by a ticket, a token or the provider. */
  async sessionCookie(
    principal: Principal & { readonly session: string },
    asked: Pick<HttpRequest, 'secure' | 'base'>,
  ): Promise<string> {
    const expires = Math.min(principal.expires ?? Number.POSITIVE_INFINITY, this.#options.now() + SESSION_MS);
    const token = await new SignJWT({
      role: principal.role,
      ...(principal.scope ? { scope: { ...principal.scope } } : {}),
      ...(principal.isOfProvider === true ? { provider: true } : {}),
    })
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject(principal.name)
      .setJti(principal.session)
      .setAudience(SESSION_AUDIENCE)
      .setIssuedAt(Math.floor(this.#options.now() / 1_000))
      .setExpirationTime(Math.floor(expires / 1_000))
      .sign(this.#sessionKey);
    const age = Math.floor((expires - this.#options.now()) / 1_000);
    const secure = asked.secure ? '; Secure' : '';
    return `${SESSION_COOKIE}=${token}; Path=${asked.base}/; Max-Age=${age}; HttpOnly; SameSite=Strict${secure}`;
  }

  async #bearer(token: string): Promise<Principal | HttpAnswer> {
    const { keys } = this.#options;
    if (token.length > 8_192) return unauthorized('the token is not valid');
    const checks = {
      ...(keys?.issuer == null ? {} : { issuer: keys.issuer }),
      ...(keys?.audience == null ? {} : { audience: keys.audience }),
      clockTolerance: CLOCK_TOLERANCE_S,
      currentDate: new Date(this.#options.now()),
      requiredClaims: ['exp'],
    };
    try {
      const { payload } =
        this.#secret !== undefined && (this.#jwks === undefined || isHs256(token))
          ? await jwtVerify(token, this.#secret, { ...checks, algorithms: ['HS256'] })
          : await jwtVerify(token, this.#publicKeys(), { ...checks, algorithms: PUBLIC_KEY_ALGORITHMS });
      return this.#named(principalOf(payload)) ?? unauthorized('the token names no usable role and scope');
    } catch (error) {
      if (error instanceof errors.JWTExpired) return unauthorized('the token has expired');
      if (!(error instanceof errors.JOSEError) || error instanceof errors.JWKSTimeout)
        return errorAnswer('upstream_failed', 'the key set cannot be fetched');
      // Its signature is good then: whoever holds it may know what else is asked for.
      if (error instanceof errors.JWTClaimValidationFailed)
        return unauthorized(
          `the token is not valid: its claim "${error.claim}" is not there, or not as is demanded here`,
        );
      return unauthorized('the token is not valid');
    }
  }

  #publicKeys(): JWTVerifyGetKey {
    if (this.#jwks === undefined) throw new errors.JWTInvalid('no key set');
    return this.#jwks;
  }

  async #session(token: string): Promise<Principal | undefined> {
    try {
      const { payload } = await jwtVerify(token, this.#sessionKey, {
        algorithms: ['HS256'],
        audience: SESSION_AUDIENCE,
        currentDate: new Date(this.#options.now()),
        requiredClaims: ['exp'],
      });
      const principal = this.#named(principalOf(payload));
      if (principal === undefined) return undefined;
      // Those that were given before sessions had ids are known by what they are.
      const session = payload.jti ?? createHash('sha256').update(token).digest('base64url').slice(0, 22);
      const of = payload['provider'] === true ? { isOfProvider: true as const } : {};
      const began = (payload.iat ?? 0) * 1_000; // given by an earlier version
      return this.sessions.isIn(session, principal, began) ? { ...principal, session, ...of } : undefined;
    } catch {
      // Expired, or signed by an earlier key: as good as none.
      return undefined;
    }
  }

  #named(principal: Principal): Principal;
  #named(principal: Principal | undefined): Principal | undefined;
  #named(principal: Principal | undefined): Principal | undefined {
    const { maskSubject } = this.#options;
    return principal === undefined || maskSubject === undefined
      ? principal
      : { ...principal, name: maskSubject(principal.name) };
  }
}

function unauthorized(message: string): HttpAnswer {
  return errorAnswer('unauthorized', message, {}, { 'www-authenticate': 'Bearer realm="earshot"' });
}

function isHs256(token: string): boolean {
  try {
    const header: unknown = JSON.parse(Buffer.from(token.slice(0, token.indexOf('.')), 'base64url').toString());
    return typeof header === 'object' && header !== null && 'alg' in header && header.alg === 'HS256';
  } catch {
    // No token at all: verification says so.
    return false;
  }
}

export function cookieOf(header: string | undefined, name: string): string | undefined {
  for (const pair of header?.split(';') ?? []) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return undefined;
}
