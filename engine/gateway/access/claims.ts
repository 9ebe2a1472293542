/** What a verified token says: who, in which role, within which limits. */
import type { JWTPayload } from 'jose';
import type { Scope } from '../../live/filter.ts';
import { type Principal, type Role, ROLES } from './principal.ts';

/**
 * Claims: `role`, `scope{channels?, regions?, teams?, totals?, within?}`, `sub`, `exp`; or role and scope under `earshot`, where the
 * issuer uses `scope` for something else. Whatever cannot be read is refused, never taken as "no limits".
 */
export function principalOf(payload: JWTPayload): Principal | undefined {
  const own = payload['earshot'];
  const claims = isRecord(own) ? own : payload;
  const role = ROLES.find((known) => known === claims['role']);
  const scope = scopeOf(claims['scope']);
  if (role === undefined || scope === undefined || payload.exp === undefined) return undefined;
  // Front-line staff see their own customers: a token that forgot to say which ones sees nothing.
  if (role === 'frontline' && (scope === null || !(scope.channels ?? scope.regions ?? scope.teams))) return undefined;
  const name = nameOf(payload.sub, role);
  return name === undefined ? undefined : { name, role, scope, expires: payload.exp * 1_000 };
}

/** Undefined: the subject is no text, which RFC 7519 has it be, and a signature does not make it. */
function nameOf(subject: unknown, role: Role): string | undefined {
  if (subject === undefined || subject === '') return role;
  return typeof subject === 'string' ? subject.slice(0, 200) : undefined;
}

function scopeOf(value: unknown): Scope | null | undefined {
  if (value === undefined || value === null) return null;
  if (!isRecord(value)) return undefined;
  const scope: { -readonly [K in keyof Scope]: Scope[K] } = {};
  for (const [name, limit] of Object.entries(value)) {
    if (name === 'totals') {
      if (typeof limit !== 'boolean') return undefined;
      scope.totals = limit;
    } else if (name === 'channels' || name === 'regions' || name === 'teams') {
      if (!Array.isArray(limit) || !limit.every((item) => typeof item === 'string')) return undefined;
      scope[name] = limit;
    } else if (name === 'within') {
      const outer = scopeOf(limit);
      if (outer == null) return undefined;
      scope.within = outer;
    } else {
      return undefined;
    }
  }
  return scope;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
