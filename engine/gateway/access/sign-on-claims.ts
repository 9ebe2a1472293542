/** What a provider's claims make of somebody: name, role, limits. What cannot be read is refused, never taken as "no limits". */
import type { JWTPayload } from 'jose';
import type { Scope } from '../../live/filter.ts';
import { type Role, ROLES } from './principal.ts';

/** Claims are named as they are, or by their path: `realm_access.roles`. */
export interface SignOnClaims {
  /** What a person is called; null: `sub`. */
  readonly name: string | null;
  /** Holds one text or several. */
  readonly role: string;
  /** What they mean; empty: they are the names of our roles. */
  readonly roles: Readonly<Record<string, Role>>;
  /** Claims that say what all but admins are limited to. */
  readonly limits: { readonly channels: string | null; readonly regions: string | null; readonly teams: string | null };
  /** Whether limited ones see totals; null: they do. */
  readonly totals: boolean | null;
}

export interface Identity {
  readonly name: string;
  readonly role: Role;
  readonly scope: Scope | null;
}

/** In a limit: no limit of this kind. */
const ALL = '*';
const DIMENSIONS = ['channels', 'regions', 'teams'] as const;

/** Or why not, in words for the log, which quote no claim. */
export function identityOf(claims: JWTPayload, asked: SignOnClaims): Identity | { readonly refused: string } {
  const granted = textsOf(claimAt(claims, asked.role));
  if (granted === undefined) return { refused: `the claim ${asked.role} is missing, or holds no texts` };
  const roles = granted.map((value) => roleOf(value, asked.roles));
  // The most powerful of those that somebody has.
  const role = ROLES.find((one) => roles.includes(one));
  if (role === undefined)
    return { refused: `no value of the claim ${asked.role} stands for a role (http.auth.oidc.roles)` };
  const name = nameOf(claims, asked.name);
  if (role === 'admin') return { name, role, scope: null };
  const scope: { -readonly [K in keyof Scope]: Scope[K] } = {};
  for (const dimension of DIMENSIONS) {
    const claim = asked.limits[dimension];
    if (claim === null) continue;
    const values = textsOf(claimAt(claims, claim));
    if (values === undefined) return { refused: `the claim ${claim} is missing, or holds no texts` };
    if (!values.includes(ALL)) scope[dimension] = values;
  }
  const isLimited = Object.keys(scope).length > 0;
  if (role === 'frontline' && !isLimited) {
    return { refused: 'frontline is limited always: name the claims in http.auth.oidc.limits' };
  }
  if (!isLimited) return { name, role, scope: null };
  return { name, role, scope: asked.totals === null ? scope : { ...scope, totals: asked.totals } };
}

export function claimAt(claims: JWTPayload, path: string): unknown {
  // A name with dots in it (`https://cx.example.com/roles`) goes before a path.
  if (Object.hasOwn(claims, path)) return claims[path];
  let value: unknown = claims;
  for (const step of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[step];
  }
  return value;
}

function roleOf(value: string, roles: Readonly<Record<string, Role>>): Role | undefined {
  if (Object.keys(roles).length === 0) return ROLES.find((role) => role === value);
  return Object.hasOwn(roles, value) ? roles[value] : undefined;
}

function textsOf(value: unknown): readonly string[] | undefined {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined;
}

function nameOf(claims: JWTPayload, claim: string | null): string {
  const given = claim === null ? undefined : claimAt(claims, claim);
  const name = typeof given === 'string' && given !== '' ? given : claims.sub;
  return name === undefined || name === '' ? 'somebody' : name.slice(0, 200); // a token without a subject is refused before
}
