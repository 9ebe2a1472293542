/** `http`: the gateway, and what must hold there. */
import { isHost, isLoopbackHost, isOrigin, isSafeKeyAddress, isWebAddress } from '../../core/text/addresses.ts';
import { isAddressRange, isBasePath } from '../../gateway/http/proxies.ts';
import { SERVER_KINDS, type ServerKind } from '../../gateway/server/server.ts';
import type { JsonObject } from '../../core/types.ts';
import type { SingleSignOnConfig } from '../../gateway/access/single-sign-on.ts';
import { readSignOn, SIGN_ON_SCHEMA } from './sign-on-config.ts';
import { HTTP_LIMITS_SCHEMA, type HttpLimitsConfig, readHttpLimits } from './http-limits-config.ts';
import { SCOPED_DIMENSIONS, type ScopeOf } from '../../live/filter.ts';
import {
  bytes,
  count,
  flag,
  names,
  object,
  path,
  secret,
  text,
} from '../../../operators/config/config-schema-forms.ts';
import type { ConfigPart, Report } from '../../../operators/config/config-part.ts';
import type { Section } from '../../../operators/config/config-values.ts';

const MIB = 1024 ** 2;
/** HS256 with a shorter secret can be guessed off line (RFC 7518 §3.2 asks for 256 bits). */
const MIN_SECRET = 32;

export interface HttpConfig {
  readonly host: string;
  readonly port: number;
  readonly server: ServerKind;
  /** null: no keys, loopback only. */
  readonly auth: {
    readonly secret: string | null;
    readonly jwks: string | null;
    readonly issuer: string | null;
    readonly audience: string | null;
    /** null: nobody signs in at a provider. */
    readonly oidc: SingleSignOnConfig | null;
    /** Whose the values of other dimensions are. */
    readonly scopeOf: readonly ScopeOf[];
  } | null;
  readonly tls: { readonly cert: string; readonly key: string } | null;
  readonly origins: readonly string[];
  /** Where people reach the board, without a slash at its end; null: nobody said so. */
  readonly publicUrl: string | null;
  readonly trustedProxies: readonly string[];
  /** Begins with a slash and ends without; empty: none. */
  readonly basePath: string;
  readonly maxBufferBytes: number;
  readonly maxConnections: number;
  readonly compression: boolean;
  readonly limits: HttpLimitsConfig;
}

const SCOPE_OF: JsonObject = {
  type: 'array',
  description: 'whose the values of a dimension are that no scope names: without it limited tokens do not see its keys',
  maxItems: 16,
  default: [],
  items: object(
    'a dimension',
    {
      dimension: { type: 'string', minLength: 1, description: 'e.g. `store`' },
      within: { type: 'string', enum: [...SCOPED_DIMENSIONS], description: 'what its values lie in' },
      values: {
        type: 'object',
        additionalProperties: { type: 'string' },
        description: 'each value and where it lies: `{s1: east, s2: west}`',
      },
    },
    ['dimension', 'within', 'values'],
  ),
};

export const HTTP_PART: ConfigPart<HttpConfig> = {
  fields: {
    http: object('wall-board and API', {
      host: {
        type: 'string',
        minLength: 1,
        description: 'address to listen on; beyond loopback only with `auth`',
        default: '127.0.0.1',
      },
      port: count('port; 0: a free one', 8080, 0, 65535),
      server: {
        type: 'string',
        enum: [...SERVER_KINDS],
        description:
          '`uws`: uWebSockets.js, for thousands of screens that connect directly, not through a proxy; it packs nothing. With TLS, behind proxies and where no binary loads `ws` serves all the same',
        default: 'ws',
      },
      auth: object('access keys; none: loopback only', {
        secret: secret('shared secret of HS256 tokens, at least 32 characters'),
        jwks: text('https URL, or file, of the keys of RS256, ES256 or EdDSA tokens'),
        issuer: text('demanded `iss`'),
        audience: text('demanded `aud`'),
        oidc: SIGN_ON_SCHEMA,
        scope_of: SCOPE_OF,
      }),
      tls: object('HTTPS', { cert: path('PEM file of the certificate'), key: path('PEM file of its key') }, [
        'cert',
        'key',
      ]),
      origins: names(
        'web origins whose pages may ask and connect besides our own',
        { type: 'string', minLength: 1 },
        64,
      ),
      base_path: text('path under which a proxy shows the board: `/earshot`'),
      trusted_proxies: names(
        'addresses and ranges of proxies whose X-Forwarded-For, -Proto, -Host and -Prefix count: `10.0.0.0/8`',
        { type: 'string', minLength: 1 },
        64,
      ),
      public_url: text(
        'the address at which people reach Earshot, for links in notices: `https://earshot.example.com`',
      ),
      max_buffer: bytes('unsent bytes a wall-board may owe before it gets a fresh snapshot', '1MiB'),
      max_connections: count('live connections', 5000, 1, 100_000),
      compression: flag('live messages are packed for wall-boards that take it (permessage-deflate)', true),
      limits: HTTP_LIMITS_SCHEMA,
    }),
  },
  read: (root, { report }) => readHttp(root.section('http'), report),
};

function readHttp(section: Section, report: Report): HttpConfig {
  const auth = section.section('auth');
  const secret = auth.text('secret', null);
  if (secret !== null && secret.length < MIN_SECRET) {
    report(auth.path('secret'), `the secret has ${secret.length} characters: at least ${MIN_SECRET} are needed`);
  }
  if (section.has('auth') && secret === null && !auth.has('jwks') && !auth.has('oidc')) {
    report(section.path('auth'), 'no keys were given: expected `secret`, `jwks` or `oidc`');
  }
  checkJwks(auth, report);
  const host = section.text('host', '127.0.0.1');
  if (!isHost(host)) {
    report(
      section.path('host'),
      `found "${host}", expected an IP address or a host name alone (the port is http.port)`,
    );
  } else if (!section.has('auth') && !isLoopbackHost(host)) {
    report(
      section.path('host'),
      `found "${host}", expected 127.0.0.1: beyond loopback Earshot listens only with access keys (set http.auth.secret or http.auth.jwks)`,
    );
  }
  section.list('origins').forEach((origin, i) => {
    if (typeof origin !== 'string' || origin === '' || isOrigin(origin)) return;
    report(
      section.path('origins', i),
      `found "${origin}", expected an origin as browsers send it: https://board.example.com, in small letters, without a path`,
    );
  });
  const basePath = section.text('base_path', null) ?? ''; // served at the root
  if (basePath !== '' && !isBasePath(basePath)) {
    report(
      section.path('base_path'),
      `found "${basePath}", expected a path such as /earshot, without a slash at its end`,
    );
  }
  section.list('trusted_proxies').forEach((range, i) => {
    if (typeof range !== 'string' || range === '' || isAddressRange(range)) return;
    report(
      section.path('trusted_proxies', i),
      `found "${range}", expected the IP address of a proxy, or a range such as 10.0.0.0/8`,
    );
  });
  const tls = section.section('tls');
  const publicUrl = publicUrlOf(section, report);
  return {
    host,
    port: section.number('port', 8080),
    server: section.choice('server', SERVER_KINDS, 'ws'),
    auth: section.has('auth')
      ? {
          secret,
          jwks: auth.text('jwks', null),
          issuer: auth.text('issuer', null),
          audience: auth.text('audience', null),
          oidc: auth.has('oidc') ? readSignOn(auth.section('oidc'), publicUrl, report) : null,
          scopeOf: auth.sections('scope_of').map((one) => scopeOf(one, report)),
        }
      : null,
    tls: section.has('tls') ? { cert: tls.text('cert', ''), key: tls.text('key', '') } : null,
    origins: section.strings('origins'),
    publicUrl,
    trustedProxies: section.strings('trusted_proxies'),
    basePath,
    maxBufferBytes: section.bytes('max_buffer', MIB),
    maxConnections: section.number('max_connections', 5000),
    compression: section.flag('compression', true),
    limits: readHttpLimits(section.section('limits')),
  };
}

/** It is what links in notices begin with. */
function publicUrlOf(section: Section, report: Report): string | null {
  const given = section.text('public_url', null);
  if (given === null) return null;
  const url = isWebAddress(given) ? new URL(given) : null;
  if (url === null || url.username !== '' || url.password !== '' || /[?#]/.test(given)) {
    // A password in it is not repeated.
    const found = given.includes('@') ? 'found something else' : `found "${given}"`;
    report(
      section.path('public_url'),
      `${found}, expected the address that people open, as https://earshot.example.com or https://example.com/earshot`,
    );
    return null;
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

function scopeOf(section: Section, report: Report): ScopeOf {
  const dimension = section.text('dimension', '');
  if (dimension === section.raw('within')) {
    report(section.path('dimension'), `${dimension} lies in itself: expected another dimension, such as store`);
  }
  const values = section.section('values');
  return {
    dimension,
    within: section.choice('within', SCOPED_DIMENSIONS, 'region'),
    values: Object.fromEntries(values.names().map((name) => [name, values.text(name, '')])),
  };
}

/** A URL, or the path of a file, which is looked at where it is used. */
function checkJwks(auth: Section, report: Report): void {
  const jwks = auth.text('jwks', null);
  if (jwks === null) return;
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(jwks)?.[1]?.toLowerCase();
  const isUsable = scheme === undefined ? jwks !== '' && !/[\r\n{]|-----/.test(jwks) : isSafeKeyAddress(jwks);
  if (isUsable) return;
  // Keys given in place of their address, or a password in it, are not repeated.
  const found = /[\r\n{@]|-----/.test(jwks) ? 'found something else' : `found "${jwks}"`;
  report(
    auth.path('jwks'),
    `${found}, expected the https URL of a JWKS (https://id.example.com/.well-known/jwks.json) or the path of a file that holds one`,
  );
}
