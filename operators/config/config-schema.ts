/**
 * The form of a configuration file as a JSON Schema: names, types, bounds, defaults and what each key is for. What one
 * place cannot see alone (a rule's KPI exists, a slide fits its size) is held by config-parse.ts.
 */
import type { JsonObject } from '../../engine/core/types.ts';
import {
  object,
  duration,
  bytes,
  count,
  text,
  secret,
  path,
  choice,
  flag,
  names,
  expression,
  titles,
  number,
  tagged,
  FORMS,
  ID_PATTERN,
} from './config-schema-forms.ts';
import { SCORING_FIELDS } from './config-schema-scoring.ts';

export { BYTES_PATTERN, DURATION_PATTERN, ID_PATTERN } from './config-schema-forms.ts';

export const MAX_TILES = 6;

const value = expression('the number taken from an event, e.g. `data.score`');
const bounds = { min: number('values below are left out'), max: number('values above are left out') };
const scaled = { fields: { value, ...bounds }, required: ['value'] };

const measure = tagged('what is computed over the events of a window', {
  count: { fields: {}, required: [] },
  sum: scaled,
  mean: scaled,
  min: scaled,
  max: scaled,
  nps: scaled,
  csat: scaled,
  mean100: scaled,
  ces: {
    fields: {
      value,
      as: choice('the mean, percent of 5–7, or percent of 6–7 less percent of 1–3 (−100 to 100)', 'mean', [
        'mean',
        'top',
        'index',
      ]),
    },
    required: ['value'],
  },
  ratio: {
    fields: {
      of: expression('which events are counted, e.g. `data.complaint == true`'),
      per: {
        ...expression(
          'against how many of which; counted by themselves, so that answers can be set against invitations: more `of` than `per` is above 100 %, without an interval (`share` never is)',
        ),
        default: 'true',
      },
    },
    required: ['of'],
  },
  quantile: {
    fields: { value, q: { ...number('which quantile, e.g. 0.95'), exclusiveMinimum: 0, exclusiveMaximum: 1 } },
    required: ['value', 'q'],
  },
  distinct: { fields: { value: expression('what is told apart, e.g. `data.customer.id`') }, required: ['value'] },
  top: {
    fields: { value: expression('what is ranked, e.g. `data.product`'), k: count('how many', 10, 1, 1000) },
    required: ['value'],
  },
  share: { fields: { of: expression('which events count, in percent of all') }, required: ['of'] },
  rate: { fields: { per: duration('events per how long', '1m') }, required: [] },
  psi: {
    fields: {
      value: expression('the number whose distribution is watched, e.g. `enrichment.sentiment.score`'),
      min: { ...number('where the first bin begins'), default: -1 },
      max: { ...number('where the last one ends'), default: 1 },
      reference: {
        type: 'array',
        description: "counts in equal bins when all was well; the sentiment model's, in ten, unless given",
        items: { type: 'number', minimum: 0 },
        minItems: 2,
        maxItems: 100,
      },
    },
    required: ['value'],
  },
});

const window = tagged('which stretch of event time a value covers', {
  tumbling: { fields: { size: duration('length', '1m') }, required: ['size'] },
  sliding: {
    fields: { size: duration('length', '15m'), slide: duration('how often a new one begins', '5s') },
    required: ['size', 'slide'],
  },
  session: { fields: { gap: duration('silence that ends one', '30m') }, required: ['gap'] },
  cumulative: {
    fields: {
      period: choice('from which midnight on', 'day', ['day', 'week', 'month']),
      every: duration('how often a value is made', '1m'),
    },
    required: ['period', 'every'],
  },
});

const dimensions: JsonObject = {
  type: 'array',
  items: { type: 'string', pattern: '^[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*){0,3}$' },
  maxItems: 6,
};

const kpi = object(
  'one figure',
  {
    id: { $ref: '#/$defs/id', description: 'its name in subjects, rules and the board' },
    title: titles('what people read; its id unless given'),
    from: {
      description: 'event types it is computed from: one or a list',
      type: ['string', 'array'],
      items: { type: 'string' },
      minItems: 1,
      maxItems: 64,
    },
    where: { ...expression('which of these events; all unless given'), default: null },
    measure,
    window,
    by: {
      type: 'array',
      description: 'one set of keys each; `[]` is the whole company',
      default: [[]],
      items: dimensions,
      minItems: 1,
      maxItems: 16,
    },
    max_keys: count('further keys fold into `~other`', 100_000, 1, 10_000_000),
    live_to_stream: flag('also write live values to CX_KPI', false),
    allowed_lateness: duration('how late an event may still revise a final window', '`time.allowed_lateness`'),
    better: choice('which way is good', 'higher', ['higher', 'lower']),
    target: { type: ['number', 'null'], description: 'what to reach, shown beside the value', default: null },
    unit: choice('what the number is', 'by measure', [
      'percent',
      'points',
      'count',
      'seconds',
      'milliseconds',
      'score',
      'none',
    ]),
    decimals: count('places shown', 1, 0, 6),
  },
  ['id', 'from', 'measure', 'window'],
);

const rule = object(
  'one condition on a KPI that raises alerts, one a key',
  {
    id: { $ref: '#/$defs/id', description: 'its name in subjects and alerts' },
    title: titles('what people read; its id unless given'),
    kpi: { type: 'string', description: 'the KPI it judges', maxLength: 64 },
    by: {
      ...dimensions,
      type: ['array', 'null'],
      description: 'only keys with exactly these dimensions; all keys unless given',
      default: null,
    },
    fire: expression('what is a breach: over `value`, `n`, `low`, `high` (the interval), `key`'),
    recover: { ...expression('what ends it; as soon as `fire` no longer holds unless given'), default: null },
    for: duration('how long a breach must last before the alert fires', '0s'),
    keep_firing_for: duration('how long `recover` must hold before the alert is resolved', '0s'),
    min_n: count('fewer observations are no evidence; a firing alert keeps being judged down to half of it', 1, 1, 1e9),
    on: choice('judge final windows, or the filling one for alerts within the second', 'final', ['final', 'live']),
    on_no_data: choice('what silence means: all is well, no change, or a breach', 'ok', ['ok', 'keep', 'fire']),
    severity: choice('how bad', 'major', ['critical', 'major', 'minor', 'info']),
    owner: text('who looks after it'),
    runbook: text('where it is written what to do'),
  },
  ['id', 'kpi', 'fire'],
);

const stream = object('limits of one stream', {
  max_bytes: bytes('size', 'by stream'),
  max_age: duration('how long messages are kept', 'by stream'),
});

export const CONFIG_SCHEMA: JsonObject = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'Earshot configuration',
  ...object('', {
    nats: object('the broker', {
      servers: names(
        'URLs; none: an embedded nats-server is started',
        { type: 'string', minLength: 1, writeOnly: true },
        32,
      ),
      credentials: path('a `.creds` file'),
      user: text('user name'),
      password: secret('its password'),
      token: secret('an access token'),
      tls: object('encryption to the broker', {
        ca: path('PEM file of the authority'),
        cert: path('PEM file of our certificate'),
        key: path('PEM file of its key'),
      }),
      embedded: object('the nats-server started with the engine', {
        store: { type: 'string', minLength: 1, description: 'folder of its data', default: '.earshot/nats' },
        port: count('loopback port; 0: a free one', 0, 0, 65535),
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
    http: object('wall-board and API', {
      host: {
        type: 'string',
        minLength: 1,
        description: 'address to listen on; beyond loopback only with `auth`',
        default: '127.0.0.1',
      },
      port: count('port; 0: a free one', 8080, 0, 65535),
      auth: object('access keys; none: loopback only', {
        secret: secret('shared secret of HS256 tokens, at least 32 characters'),
        jwks: text('URL, or file, of the keys of RS256, ES256 or EdDSA tokens'),
        issuer: text('demanded `iss`'),
        audience: text('demanded `aud`'),
      }),
      tls: object('HTTPS', { cert: path('PEM file of the certificate'), key: path('PEM file of its key') }, [
        'cert',
        'key',
      ]),
      origins: names('web origins that may connect besides our own', { type: 'string', minLength: 1 }, 64),
      max_buffer: bytes('unsent bytes a wall-board may owe before it gets a fresh snapshot', '1MiB'),
      max_connections: count('live connections', 5000, 1, 100_000),
    }),
    time: object('event time', {
      zone: { type: 'string', description: 'IANA zone that days and weeks align to', default: 'Asia/Shanghai' },
      out_of_orderness: duration('how far the watermark stays behind the highest time seen', '2s'),
      allowed_lateness: duration('how late an event may still revise a final window', '1m'),
      idle_after: duration('silence after which a partition stops holding time back', '10s'),
      max_future: duration('further ahead of the clock is bad input', '5m'),
    }),
    partitions: count(
      'independent parts of the input, told apart by the key of the subject; fixed once a store is made',
      1,
      1,
      256,
    ),
    live_every: duration('at most one live value a KPI and key in this time', '250ms'),
    commit: object('how often state is made durable', {
      every: duration('at the latest after this time', '100ms'),
      max_events: count('or after so many events', 5000, 1, 1_000_000),
    }),
    dedupe: object('events seen twice', {
      horizon: duration('how long an event id is remembered, in event time', '1h'),
      max_ids: count('how many ids at most', 1_000_000, 1, 50_000_000),
    }),
    channels: names('channels beyond the built-in ones', { type: 'string', pattern: ID_PATTERN }, 256),
    limits: object('bounds on input', { max_event: bytes('size of one event', '256KiB') }),
    ...SCORING_FIELDS,
    kpis: { type: ['array', 'null'], description: 'figures', default: [], items: kpi, maxItems: 1000 },
    rules: { type: ['array', 'null'], description: 'alerts', default: [], items: rule, maxItems: 1000 },
    board: object('the wall-board', {
      title: titles('its heading'),
      tiles: {
        ...names('KPI ids, at most six; the first six unless given', { type: 'string' }, MAX_TILES),
        uniqueItems: true,
      },
    }),
  }),
  $defs: FORMS,
};
