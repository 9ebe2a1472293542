/** What a configuration says of the broker and of the gateway, normalised, and what must hold there. */
import { isHost, isLoopbackHost, isNatsAddress, isOrigin } from '../../engine/core/addresses.ts';
import { didYouMean } from '../../engine/core/spelling.ts';
import type { Report } from './config-kpis.ts';
import type { Section } from './config-values.ts';
import type { HttpConfig, NatsConfig } from './config.ts';

const MIB = 1024 ** 2;
const DAY_MS = 86_400_000;

/** The half of a stream's limits that was not given. `CX_EVENTS` stands for each partition's; none given: not listed. */
const STREAM_LIMITS: NatsConfig['streams'] = {
  CX_EVENTS: { maxBytes: 2048 * MIB, maxAgeMs: 3 * DAY_MS },
  CX_PARTIALS: { maxBytes: 512 * MIB, maxAgeMs: 3 * DAY_MS },
  CX_ENRICHED: { maxBytes: 2048 * MIB, maxAgeMs: 7 * DAY_MS },
  CX_KPI: { maxBytes: 1024 * MIB, maxAgeMs: 30 * DAY_MS },
  CX_ALERTS: { maxBytes: 256 * MIB, maxAgeMs: 400 * DAY_MS },
  CX_ACTIONS: { maxBytes: 256 * MIB, maxAgeMs: 90 * DAY_MS },
  CX_DLQ: { maxBytes: 512 * MIB, maxAgeMs: 30 * DAY_MS },
  CX_LATE: { maxBytes: 256 * MIB, maxAgeMs: 7 * DAY_MS },
  CX_AUDIT: { maxBytes: 512 * MIB, maxAgeMs: 1100 * DAY_MS },
  CX_STATE: { maxBytes: 4096 * MIB, maxAgeMs: 0 },
};
/** What must not go sooner, 0 being never: who did what is kept three years (CONTRACT §4), and state as long as it is state. */
const LEAST_AGES: Readonly<Record<string, { readonly ms: number; readonly why: string }>> = {
  CX_AUDIT: { ms: 1096 * DAY_MS, why: 'the audit trail is kept for three years, 1096d, or longer (0s: for ever)' },
  CX_STATE: { ms: Infinity, why: 'state that is still needed would go, however old: leave it at 0s, for ever' },
};

const SERVER =
  'found no address of a nats-server, expected e.g. nats://10.0.0.5:4222, tls://nats.example.com or host:port (of several, each is an item of the list)';

export function readNats(section: Section, report: Report): NatsConfig {
  const tls = section.section('tls');
  const streams: Record<string, { maxBytes: number; maxAgeMs: number }> = {};
  const given = section.section('streams');
  for (const name of given.names()) {
    const initial = STREAM_LIMITS[name];
    if (initial === undefined) {
      const known = Object.keys(STREAM_LIMITS);
      report(
        given.path(name),
        `there is no stream "${name}"${didYouMean(name, known)} (expected: ${known.join(', ')})`,
      );
      continue;
    }
    const limits = given.section(name);
    const maxAgeMs = limits.durationMs('max_age', initial.maxAgeMs);
    streams[name] = { maxBytes: limits.bytes('max_bytes', initial.maxBytes), maxAgeMs };
    const least = LEAST_AGES[name];
    if (least !== undefined && maxAgeMs !== 0 && maxAgeMs < least.ms) report(limits.path('max_age'), least.why);
  }
  if (section.has('password') && !section.has('user'))
    report(section.path('password'), 'a password was given without a user');
  section.list('servers').forEach((server, i) => {
    // It may hold a password: what was found is not quoted.
    if (typeof server === 'string' && server !== '' && !isNatsAddress(server))
      report(section.path('servers', i), SERVER);
  });
  const replicas = section.number('replicas', 1);
  if (replicas > 1 && section.list('servers').length === 0) {
    report(
      section.path('replicas'),
      `found ${replicas}, expected 1: the embedded nats-server is a single one; a cluster is named in nats.servers`,
    );
  }
  if (tls.has('cert') !== tls.has('key')) {
    report(section.path('tls'), 'a certificate and its key go together: expected both `cert` and `key`, or neither');
  }
  return {
    servers: section.strings('servers'),
    credentials: section.text('credentials', null),
    user: section.text('user', null),
    password: section.text('password', null),
    token: section.text('token', null),
    tls: section.has('tls')
      ? { ca: tls.text('ca', null), cert: tls.text('cert', null), key: tls.text('key', null) }
      : null,
    embedded: {
      store: section.section('embedded').text('store', '.earshot/nats'),
      port: section.section('embedded').number('port', 0),
    },
    streams,
    replicas,
  };
}

/** HS256 with a shorter secret can be guessed off line (RFC 7518 §3.2 asks for 256 bits). */
const MIN_SECRET = 32;

export function readHttp(section: Section, report: Report): HttpConfig {
  const auth = section.section('auth');
  const secret = auth.text('secret', null);
  if (secret !== null && secret.length < MIN_SECRET) {
    report(auth.path('secret'), `the secret has ${secret.length} characters: at least ${MIN_SECRET} are needed`);
  }
  if (section.has('auth') && secret === null && !auth.has('jwks')) {
    report(section.path('auth'), 'no keys were given: expected `secret` or `jwks`');
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
  const tls = section.section('tls');
  return {
    host,
    port: section.number('port', 8080),
    auth: section.has('auth')
      ? {
          secret,
          jwks: auth.text('jwks', null),
          issuer: auth.text('issuer', null),
          audience: auth.text('audience', null),
        }
      : null,
    tls: section.has('tls') ? { cert: tls.text('cert', ''), key: tls.text('key', '') } : null,
    origins: section.strings('origins'),
    maxBufferBytes: section.bytes('max_buffer', MIB),
    maxConnections: section.number('max_connections', 5000),
  };
}

/** A URL, or the path of a file, which is looked at where it is used. */
function checkJwks(auth: Section, report: Report): void {
  const jwks = auth.text('jwks', null);
  if (jwks === null) return;
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(jwks)?.[1]?.toLowerCase();
  if (jwks === '' || (scheme !== undefined && !(['http', 'https'].includes(scheme) && URL.canParse(jwks)))) {
    report(
      auth.path('jwks'),
      `found "${jwks}", expected the URL of a JWKS (https://id.example.com/.well-known/jwks.json) or the path of a file that holds one`,
    );
  }
}
