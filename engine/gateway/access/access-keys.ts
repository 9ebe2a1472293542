import type { ScopeOf } from '../../live/filter.ts';
import type { SingleSignOnConfig } from './single-sign-on.ts';

/** What tokens are verified by, and what their scopes mean. */
export interface AccessKeys {
  /** Shared secret of HS256 tokens, at least 32 bytes. */
  readonly secret: string | null;
  /** https URL or file of a JWKS. */
  readonly jwks: string | null;
  readonly issuer: string | null;
  readonly audience: string | null;
  /** Whose the values of other dimensions are; none: keys of other dimensions are for those without limits. */
  /** A provider at which people sign in; null or left out: none. */
  readonly oidc?: SingleSignOnConfig | null;
  readonly scopeOf?: readonly ScopeOf[];
}
