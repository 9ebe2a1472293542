/** `http.auth.oidc`: the provider at which people sign in, and what its claims mean. */
import { isSafeKeyAddress } from '../../core/text/addresses.ts';
import type { JsonObject, Millis } from '../../core/types.ts';
import { ROLES, type Role } from '../../gateway/access/principal.ts';
import type { SingleSignOnConfig } from '../../gateway/access/single-sign-on.ts';
import { duration, names, object, secret, text } from '../../../operators/config/config-schema-forms.ts';
import type { Report } from '../../../operators/config/config-part.ts';
import type { Section } from '../../../operators/config/config-values.ts';

const HOUR_MS: Millis = 3_600_000;
const WORD = { type: 'string', minLength: 1, maxLength: 200 } as const;

export const SIGN_ON_SCHEMA: JsonObject = object(
  'sign-in at a provider by OpenID Connect (Keycloak, Entra ID, Okta, Authing …), beside tokens; needs `public_url`',
  {
    issuer: { ...WORD, maxLength: 2_000, description: 'the provider, as in its `/.well-known/openid-configuration`' },
    client_id: {
      ...WORD,
      description: 'what Earshot is called there; its redirect URI is `public_url` + `/v1/sign-in/callback`',
    },
    client_secret: secret('left out: a public client'),
    scopes: names('what is asked for besides `openid`', WORD, 16),
    title: text('on the button of the sign-in page'),
    name: text(
      'claim that says what a person is called; default: `preferred_username`, else `sub`',
      'preferred_username',
    ),
    role: text('claim with the role, one text or several; a path such as `realm_access.roles` too', 'role'),
    roles: {
      type: 'object',
      description:
        'what its values stand for, e.g. `{cx-leads: operator}`; none: they are roles themselves. Of several the most powerful counts, of none nobody comes in',
      additionalProperties: { type: 'string', enum: [...ROLES] },
    },
    limits: object(
      'claims with what everybody but admins is limited to, one text or several, `*` for all; who lacks one is refused',
      {
        channels: text('claim with channels'),
        regions: text('claim with regions'),
        teams: text('claim with teams'),
      },
    ),
    totals: { type: 'boolean', description: 'whether the limited see totals', default: true },
    session: duration('how long somebody stays signed in', '8h'),
  },
  ['issuer', 'client_id'],
);

export function readSignOn(section: Section, publicUrl: string | null, report: Report): SingleSignOnConfig {
  const issuer = section.text('issuer', '');
  if (!isSafeKeyAddress(issuer)) {
    const found = issuer.includes('@') ? 'found something else' : `found "${issuer}"`;
    report(
      section.path('issuer'),
      `${found}, expected the https URL of a provider: https://login.example.com/realms/cx`,
    );
  }
  if (publicUrl === null) {
    report(section.path('issuer'), 'http.public_url is missing: it is where the provider sends browsers back to');
  }
  const roles = section.section('roles');
  const limits = section.section('limits');
  return {
    issuer,
    clientId: section.text('client_id', ''),
    clientSecret: section.text('client_secret', null),
    scopes: ['openid', ...section.strings('scopes').filter((scope) => scope !== 'openid')],
    title: section.text('title', null),
    name: section.text('name', 'preferred_username'),
    role: section.text('role', 'role'),
    roles: Object.fromEntries(
      roles.names().map((name): [string, Role] => [name, roles.choice(name, ROLES, 'display')]),
    ),
    limits: {
      channels: limits.text('channels', null),
      regions: limits.text('regions', null),
      teams: limits.text('teams', null),
    },
    totals: section.flag('totals', true) ? null : false,
    sessionMs: section.durationMs('session', 8 * HOUR_MS),
    publicUrl: publicUrl ?? '', // reported above
  };
}
