/** What pages ask the gateway about who is signed in. */

export const ROLES = ['admin', 'operator', 'frontline', 'display'] as const;
export type Role = (typeof ROLES)[number];

export interface Who {
  readonly name: string;
  readonly role: Role;
  /** By a cookie: they can sign out. */
  readonly session: boolean;
}
/** `GET /v1/sign-in`. */
export interface SignInWays {
  readonly token: boolean;
  /** null: no provider is configured. */
  readonly sso: { readonly title: string | null } | null;
  readonly who: Who | null;
}
export type SignInOutcome = 'done' | 'wrong' | 'tooMany' | 'failed' | 'unreachable';

export interface SignInClient {
  /** null: the gateway does not answer. */
  ways(): Promise<SignInWays | null>;
  signIn(token: string): Promise<SignInOutcome>;
  /** @returns where the provider ends its own session; null: nowhere, all is done */
  signOut(): Promise<string | null>;
}

/** @param base the folder that the board lies in: `https://board.example.com/earshot/` */
export function signInClient(base: string, request = fetch): SignInClient {
  const post = (path: string, body: unknown): Promise<Response> =>
    request(new URL(path, base), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  return {
    async ways() {
      try {
        const response = await request(new URL('v1/sign-in', base));
        return response.ok ? waysOf(await response.json()) : null;
      } catch {
        return null; // asked again by whoever needs it
      }
    },
    async signIn(token) {
      try {
        const { ok, status } = await post('v1/sign-in', { token });
        if (ok) return 'done';
        if (status === 429) return 'tooMany';
        return status === 401 || status === 403 || status === 422 ? 'wrong' : 'failed';
      } catch {
        return 'unreachable';
      }
    },
    async signOut() {
      const response = await post('v1/sign-out', {});
      if (response.status !== 200) return null;
      const said: unknown = await response.json();
      const location = isFields(said) ? said['location'] : undefined;
      return typeof location === 'string' && /^https?:\/\//i.test(location) ? location : null;
    },
  };
}

/**
 * Where the sign-in page leads to: a page below `base`, whatever the address asks for. The gateway judges what goes through the
 * provider; what is asked for here never leaves the browser.
 */
export function pageAfter(asked: string | null, base: string): string {
  if (asked === null || !asked.startsWith('/') || /[\\\p{Cc}]/u.test(asked)) return base;
  try {
    const place = new URL(asked, base);
    return place.href.startsWith(base) ? place.href : base;
  } catch {
    return base;
  }
}

function waysOf(value: unknown): SignInWays | null {
  if (!isFields(value)) return null;
  const { token, sso, who } = value;
  return {
    token: token === true,
    sso: isFields(sso) ? { title: typeof sso['title'] === 'string' ? sso['title'] : null } : null,
    who: whoOf(who),
  };
}
function whoOf(value: unknown): Who | null {
  if (!isFields(value)) return null;
  const { name, session } = value;
  const role = ROLES.find((known) => known === value['role']);
  return typeof name === 'string' && role !== undefined ? { name, role, session: session === true } : null;
}
function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
