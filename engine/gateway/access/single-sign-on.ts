/**
 * Sign-in at a provider by OpenID Connect: code flow with PKCE, state and nonce. What begins here is kept in an encrypted cookie of
 * the browser that began it, so that nobody else can end it; a code counts once, by the provider. The token's signature is looked at
 * too, by keys that are fetched again when one is unknown. Nothing of a token, code or cookie reaches a log or an answer.
 */
import {
  createRemoteJWKSet,
  EncryptJWT,
  errors,
  jwtDecrypt,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose';
import type * as Oidc from 'openid-client';
import { must } from '../../core/must.ts';
import type { Millis } from '../../core/types.ts';
import { PUBLIC_KEY_ALGORITHMS } from './key-set.ts';
import { claimAt, type Identity, identityOf, type SignOnClaims } from './sign-on-claims.ts';

export interface SingleSignOnConfig extends SignOnClaims {
  /** As the provider's discovery document names it; https, or this machine. */
  readonly issuer: string;
  readonly clientId: string;
  /** null: a public client. */
  readonly clientSecret: string | null;
  readonly scopes: readonly string[];
  /** How long somebody stays signed in. */
  readonly sessionMs: Millis;
  /** On the button. */
  readonly title: string | null;
  /** Where the gateway is reached, without a slash at its end. */
  readonly publicUrl: string;
}

/** `expired`: begun elsewhere, or too long ago. `upstream`: the provider does not answer. */
export type SignOnFailure = 'expired' | 'refused' | 'no_role' | 'upstream';
export type SignedOn =
  | { readonly identity: Identity; readonly returnTo: string; readonly idToken: string }
  | { readonly failure: SignOnFailure; readonly because: string; readonly returnTo: string | null };

interface Begun {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly returnTo: string;
}

export const SIGN_ON_MS: Millis = 10 * 60_000;
const DISCOVERED_MS: Millis = 3_600_000;
const TIMEOUT_S = 5;
const CLOCK_TOLERANCE_S = 30;
const MAX_HINTS = 2_000;
/** Of a token; what is longer makes no address that everybody takes. */
const MAX_HINT = 4_000;

/** Loaded where somebody signs in: a start seldom needs it. */
const openidClient = (): Promise<typeof Oidc> => import('openid-client');

export class SingleSignOn {
  readonly config: SingleSignOnConfig;
  readonly #key: Uint8Array;
  readonly #now: () => Millis;
  /** By session, in memory alone. */
  readonly #hints = new Map<string, string>();
  #found: { readonly provider: Provider; readonly until: Millis } | undefined;

  /** @param key of 32 bytes, for the cookie */
  constructor(config: SingleSignOnConfig, key: Uint8Array, now: () => Millis) {
    this.config = config;
    this.#key = key;
    this.#now = now;
  }

  /** Where to send the browser, and the cookie's value that it needs to come back with. Rejects where the provider does not answer. */
  async begin(returnTo: string): Promise<{ readonly location: string; readonly cookie: string }> {
    const { client } = await this.#provider();
    const oidc = await openidClient();
    const begun: Begun = {
      state: oidc.randomState(),
      nonce: oidc.randomNonce(),
      verifier: oidc.randomPKCECodeVerifier(),
      returnTo,
    };
    const location = oidc.buildAuthorizationUrl(client, {
      redirect_uri: this.#callback(),
      scope: this.config.scopes.join(' '),
      state: begun.state,
      nonce: begun.nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(begun.verifier),
      code_challenge_method: 'S256',
    });
    const cookie = await new EncryptJWT({ ...begun })
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
      .setExpirationTime(new Date(this.#now() + SIGN_ON_MS))
      .encrypt(this.#key);
    return { location: location.href, cookie };
  }

  /** @param query of the callback, as it came */
  async end(query: string, cookie: string | undefined): Promise<SignedOn> {
    const begun = await this.#begun(cookie);
    if (begun === undefined) {
      return { failure: 'expired', because: 'no sign-in was begun in this browser', returnTo: null };
    }
    const { returnTo } = begun;
    try {
      const { claims, idToken } = await this.#claims(new URL(`${this.#callback()}?${query}`), begun);
      const identity = identityOf(claims, this.config);
      return 'refused' in identity
        ? { failure: 'no_role', because: identity.refused, returnTo }
        : { identity, returnTo, idToken };
    } catch (error) {
      return { ...(await failureOf(error)), returnTo };
    }
  }

  async #claims(callback: URL, { state, nonce, verifier }: Begun): Promise<Proven> {
    const { client, keys } = await this.#provider();
    const oidc = await openidClient();
    const tokens = await oidc.authorizationCodeGrant(client, callback, {
      expectedState: state,
      expectedNonce: nonce,
      pkceCodeVerifier: verifier,
      idTokenExpected: true,
    });
    const idToken = must(tokens.id_token, 'the token that is expected');
    const { payload } = await jwtVerify(idToken, keys, {
      issuer: client.serverMetadata().issuer,
      audience: this.config.clientId,
      algorithms: PUBLIC_KEY_ALGORITHMS,
      clockTolerance: CLOCK_TOLERANCE_S,
      requiredClaims: ['sub', 'exp', 'iat'],
    });
    const hasAll = claimAt(payload, this.config.role) !== undefined;
    if (hasAll || client.serverMetadata().userinfo_endpoint === undefined) {
      return { claims: payload, idToken };
    }
    // Some providers say who somebody is, but not what, in the token.
    const more = await oidc.fetchUserInfo(
      client,
      tokens.access_token,
      must(payload.sub, 'the subject that is demanded'),
    );
    return { claims: { ...more, ...payload }, idToken };
  }

  /** Of a session that began here: its token tells the provider, without a question, whose session is to end. */
  keep(session: string, idToken: string): void {
    if (idToken.length > MAX_HINT) return;
    this.#hints.set(session, idToken);
    if (this.#hints.size > MAX_HINTS) for (const oldest of this.#hints.keys()) return void this.#hints.delete(oldest);
  }

  /** Where the browser ends its session at the provider, and comes back to the sign-in from; null: it has no such place. Rejects where the provider does not answer. */
  async leave(session: string): Promise<string | null> {
    const hint = this.#hints.get(session);
    this.#hints.delete(session);
    const { client } = await this.#provider();
    if (client.serverMetadata().end_session_endpoint === undefined) return null;
    const oidc = await openidClient();
    return oidc.buildEndSessionUrl(client, {
      post_logout_redirect_uri: `${this.config.publicUrl}/sign-in/`,
      ...(hint === undefined ? {} : { id_token_hint: hint }),
    }).href;
  }

  async #begun(cookie: string | undefined): Promise<Begun | undefined> {
    if (cookie === undefined) return undefined;
    try {
      const options = { currentDate: new Date(this.#now()), requiredClaims: ['exp'] };
      const { payload } = await jwtDecrypt(cookie, this.#key, options);
      return payload as unknown as Begun; // nobody else has the key
    } catch {
      // Expired, or of an earlier key: as good as none.
      return undefined;
    }
  }

  #callback(): string {
    return `${this.config.publicUrl}/v1/sign-in/callback`;
  }

  /** Asked for again once an hour; one that did not answer, at the next attempt. */
  async #provider(): Promise<Provider> {
    if (this.#found !== undefined && this.#found.until > this.#now()) return this.#found.provider;
    const provider = await discover(this.config);
    this.#found = { provider, until: this.#now() + DISCOVERED_MS };
    return provider;
  }
}

interface Proven {
  readonly claims: JWTPayload;
  readonly idToken: string;
}

interface Provider {
  readonly client: Oidc.Configuration;
  readonly keys: JWTVerifyGetKey;
}

async function discover({ issuer, clientId, clientSecret }: SingleSignOnConfig): Promise<Provider> {
  const isPlain = issuer.startsWith('http:'); // of this machine: nobody sits on that line
  const oidc = await openidClient();
  const client = await oidc.discovery(
    new URL(issuer),
    clientId,
    { [oidc.clockTolerance]: CLOCK_TOLERANCE_S },
    clientSecret === null ? oidc.None() : oidc.ClientSecretPost(clientSecret),
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- deprecated to stand out, its authors say: for this machine alone
    { timeout: TIMEOUT_S, ...(isPlain ? { execute: [oidc.allowInsecureRequests] } : {}) },
  );
  const open = openEndpoint(client.serverMetadata());
  if (!isPlain && open !== undefined) throw new InsecureProvider(open);
  const place = must(client.serverMetadata().jwks_uri, 'the keys that OpenID Connect Discovery demands');
  // Whoever gets as far as a token had it from the provider itself: no stranger makes us ask.
  return {
    client,
    keys: createRemoteJWKSet(new URL(place), { timeoutDuration: TIMEOUT_S * 1_000, cooldownDuration: 0 }),
  };
}

const ENDPOINTS = [
  ...(['authorization_endpoint', 'token_endpoint', 'jwks_uri'] as const),
  ...(['userinfo_endpoint', 'end_session_endpoint'] as const),
];

/** Which endpoint is not https: whoever sits on that line would sign everybody in, or out. */
export function openEndpoint(
  metadata: Readonly<Partial<Record<(typeof ENDPOINTS)[number], string>>>,
): string | undefined {
  return ENDPOINTS.find((name) => {
    const place = metadata[name];
    return place !== undefined && !/^https:\/\//i.test(place);
  });
}

/** Its issuer is https, and not all that it names. */
export class InsecureProvider extends Error {
  readonly code: string;

  constructor(endpoint: string) {
    super(`the provider's issuer is https and its ${endpoint} is not: mend that at the provider`);
    this.code = `insecure_${endpoint}`;
  }
}

/** Codes of the libraries alone: their words may quote what was sent. */
async function failureOf(error: unknown): Promise<{ readonly failure: SignOnFailure; readonly because: string }> {
  const oidc = await openidClient();
  if (error instanceof oidc.AuthorizationResponseError || error instanceof oidc.ResponseBodyError) {
    return { failure: 'refused', because: `the provider says ${plain(error.error)}` };
  }
  if (error instanceof errors.JWKSTimeout || isUnreachable(error)) {
    return { failure: 'upstream', because: 'the provider does not answer' };
  }
  const code =
    error instanceof Error && 'code' in error ? plain(String(error.code)) : 'an answer that is not as it must be';
  return { failure: 'refused', because: code };
}

function isUnreachable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (
    error.name === 'TimeoutError' ||
    error.name === 'AbortError' ||
    (error instanceof TypeError && error.cause !== undefined && !('code' in error))
  );
}

function plain(word: string): string {
  return /^[A-Za-z0-9_]{1,64}$/.test(word) ? word : 'something else';
}
