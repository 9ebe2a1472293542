/** `nats`: the broker, and what must hold there. */
import { isNatsAddress } from '../../core/text/addresses.ts';
import { didYouMean } from '../../core/text/spelling.ts';
import type { JsonObject, Millis } from '../../core/types.ts';
import {
  bytes,
  count,
  duration,
  names,
  object,
  path,
  secret,
  text,
} from '../../../operators/config/config-schema-forms.ts';
import type { ConfigPart, Report } from '../../../operators/config/config-part.ts';
import type { Section } from '../../../operators/config/config-values.ts';

export interface NatsConfig {
  /** Empty: the embedded server. */
  readonly servers: readonly string[];
  readonly credentials: string | null;
  readonly nkey: string | null;
  readonly user: string | null;
  readonly password: string | null;
  readonly token: string | null;
  readonly tls: { readonly ca: string | null; readonly cert: string | null; readonly key: string | null } | null;
  /** Where JetStream is; both null: in the account of the user. */
  readonly jetstream: { readonly domain: string | null; readonly apiPrefix: string | null };
  readonly embedded: {
    readonly store: string;
    /** 0: a free one. */
    readonly port: number;
    /** Of the store; null: EARSHOT_STORE_KEY, else made once and kept beside the store. */
    readonly key: string | null;
  };
  /** Retention of the streams we make. */
  readonly streams: { readonly [stream: string]: { readonly maxBytes: number; readonly maxAgeMs: Millis } };
  readonly replicas: number;
}

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
  CX_CLOCKS: { maxBytes: 256 * MIB, maxAgeMs: 90 * DAY_MS },
  CX_DLQ: { maxBytes: 512 * MIB, maxAgeMs: 30 * DAY_MS },
  CX_LATE: { maxBytes: 256 * MIB, maxAgeMs: 7 * DAY_MS },
  CX_AUDIT: { maxBytes: 512 * MIB, maxAgeMs: 1100 * DAY_MS },
  CX_STATE: { maxBytes: 4096 * MIB, maxAgeMs: 0 },
};
/** What must not go sooner, 0 being never: who did what is kept three years, and state as long as it is state. */
const LEAST_AGES: Readonly<Record<string, { readonly ms: number; readonly why: string }>> = {
  CX_AUDIT: { ms: 1096 * DAY_MS, why: 'the audit trail is kept for three years, 1096d, or longer (0s: for ever)' },
  CX_STATE: { ms: Infinity, why: 'state that is still needed would go, however old: leave it at 0s, for ever' },
};

const PREFIX = '^[A-Za-z0-9_$-]{1,64}(\\.[A-Za-z0-9_$-]{1,64}){0,7}$';
const token = (description: string): JsonObject => ({ ...text(description), pattern: '^[A-Za-z0-9_-]{1,64}$' });

const SERVER =
  'found no address of a nats-server, expected e.g. nats://10.0.0.5:4222, tls://nats.example.com or host:port (of several, each is an item of the list)';

const stream = object('limits of one stream', {
  max_bytes: bytes('size', 'by stream'),
  max_age: duration('how long messages are kept', 'by stream'),
});

export const NATS_PART: ConfigPart<NatsConfig> = {
  fields: {
    nats: object('the broker', {
      servers: names(
        'URLs; none: an embedded nats-server is started',
        { type: 'string', minLength: 1, writeOnly: true },
        32,
      ),
      credentials: path('a `.creds` file'),
      nkey: path('a file that holds the seed of an nkey'),
      user: text('user name'),
      password: secret('its password'),
      token: secret('an access token'),
      tls: object('encryption to the broker', {
        ca: path('PEM file of the authority'),
        cert: path('PEM file of our certificate'),
        key: path('PEM file of its key'),
      }),
      jetstream: object('where JetStream is, if not in the account of the user', {
        domain: token('its domain, such as that of the hub behind a leaf node'),
        api_prefix: {
          ...token('what the subjects of its API begin with, as another account exports it'),
          pattern: PREFIX,
        },
      }),
      embedded: object('the nats-server started with the engine', {
        store: { type: 'string', minLength: 1, description: 'folder of its data', default: '.earshot/nats' },
        port: count('loopback port; 0: a free one', 0, 0, 65535),
        key: secret(
          'encrypts what is stored; 32 characters and more (or EARSHOT_STORE_KEY; else made once, in the file `<store>.keys/store.key`)',
        ),
      }),
      streams: {
        type: ['object', 'null'],
        description: 'limits by stream name',
        default: {},
        propertyNames: { pattern: '^CX_[A-Z_]{1,60}$' },
        additionalProperties: stream,
      },
      replicas: count('copies of each stream in a cluster', 1, 1, 5),
    }),
  },
  read: (root, { report }) => readNats(root.section('nats'), report),
};

function readNats(section: Section, report: Report): NatsConfig {
  const tls = section.section('tls');
  const jetstream = section.section('jetstream');
  if (jetstream.has('domain') && jetstream.has('api_prefix'))
    report(jetstream.path('api_prefix'), 'a domain has its own prefix: expected `domain` or `api_prefix`, not both');
  if (section.has('nkey') && section.has('credentials'))
    report(section.path('nkey'), 'credentials hold a key of their own: expected `credentials` or `nkey`, not both');
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
    nkey: section.text('nkey', null),
    user: section.text('user', null),
    password: section.text('password', null),
    token: section.text('token', null),
    tls: section.has('tls')
      ? { ca: tls.text('ca', null), cert: tls.text('cert', null), key: tls.text('key', null) }
      : null,
    jetstream: { domain: jetstream.text('domain', null), apiPrefix: jetstream.text('api_prefix', null) },
    embedded: {
      store: section.section('embedded').text('store', '.earshot/nats'),
      port: section.section('embedded').number('port', 0),
      key: section.section('embedded').text('key', null),
    },
    streams,
    replicas,
  };
}
