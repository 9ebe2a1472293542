/** `/asyncapi.json`: what flows over NATS in and out, and the live protocol (AsyncAPI 3.0). */
import { must } from '../../core/must.ts';
import type { Json, JsonObject } from '../../core/types.ts';
import { CLOSE, PROTOCOLS } from '../../core/wire.ts';
import { CLOUD_EVENT, CLOUD_EVENT_HEADERS } from './cloud-event-schemas.ts';
import { COMPACT_VALUES, compactFrames } from './compact-frames.ts';
import { MESSAGE_SCHEMAS } from './message-schemas.ts';
import { SCREEN_ABOUT, SCREEN_BOARD } from './screen-schemas.ts';
import { instant, list, object, ref, text, texts } from './schema-forms.ts';

const integer = { type: 'integer' } as const;
const op = (value: string): JsonObject => ({ const: value });
const nullable = (type: string): JsonObject => ({ type: [type, 'null'] });

/** The live protocol's frames, by name: what the client sends, what the server sends. */
export const CLIENT_FRAMES: Readonly<Record<string, JsonObject>> = {
  sub: object(
    {
      op: op('sub'),
      id: { type: 'integer', minimum: 0, maximum: 2_147_483_647 },
      topics: {
        type: 'array',
        items: { type: 'string', pattern: '^(kpi/(\\*|[a-z][a-z0-9_]{0,63})|alerts|actions|health)$' },
        minItems: 1,
        maxItems: 64,
      },
      where: { type: 'object', additionalProperties: list(text), description: 'A key that lacks the dimension passes' },
      max_hz: { type: 'number', exclusiveMinimum: 0 },
      resume: object({ epoch: text, seq: integer }),
      screen: SCREEN_ABOUT,
    },
    ['where', 'max_hz', 'resume', 'screen'],
  ),
  unsub: object({ op: op('unsub'), id: integer }),
  ping: object({ op: op('ping') }),
};

const HEALTH: JsonObject = {
  ...object({
    ready: object({ ok: { type: 'boolean' }, reasons: texts, degraded: list(ref('Degradation')) }, ['degraded']),
  }),
  description:
    'What /readyz answers. In a snapshot as it is, in a delta when it or a reason has changed: the latest only',
};

/** What live frames hold. */
const { Kpi, Alert, Degradation } = MESSAGE_SCHEMAS;
const LIVE_SCHEMAS: JsonObject = {
  ...{ Kpi: must(Kpi), Alert: must(Alert), Degradation: must(Degradation), Health: HEALTH },
  CompactValues: COMPACT_VALUES,
};

const actions = list(object({ id: text, kind: text, type: text, time: instant, data: ref('action') }));
const changes = { kpis: list(ref('Kpi')), alerts: list(ref('Alert')), actions, health: ref('Health') };
export const SERVER_FRAMES: Readonly<Record<string, JsonObject>> = {
  hello: object({
    op: op('hello'),
    proto: { enum: [1, 2] },
    epoch: text,
    seq: integer,
    time: instant,
    ping_ms: integer,
    version: text,
  }),
  snapshot: object(
    {
      ...{ op: op('snapshot'), id: integer, seq: integer, as_of: instant, watermark: nullable('string'), ...changes },
      recovering: {
        const: true,
        description: 'Alerts are not all known yet, and as they were last known; a snapshot follows when they are',
      },
    },
    ['actions', 'health', 'recovering'],
  ),
  resumed: object({ op: op('resumed'), id: integer, from: integer, to: integer }),
  delta: object({ op: op('delta'), id: integer, seq: integer, prev: integer, ...changes }, ['actions', 'health']),
  tick: object(
    {
      op: op('tick'),
      time: instant,
      watermark: nullable('string'),
      lag_ms: { type: 'number' },
      age_ms: nullable('number'),
      configuration: { ...text, description: 'A mark of what /v1/board and /v1/kpis describe' },
    },
    ['age_ms', 'configuration'],
  ),
  unsubscribed: object({ op: op('unsubscribed'), id: integer }),
  show: object({ op: op('show'), id: integer, board: { anyOf: [SCREEN_BOARD, { type: 'null' }] } }),
  error: object({
    op: op('error'),
    id: nullable('integer'),
    code: { enum: ['bad_frame', 'bad_topic', 'too_large', 'forbidden', 'unknown_topic', 'rate_limited'] },
    temporary: { type: 'boolean' },
    message: text,
  }),
};

/** What of them `earshot.v2.msgpack` says in another form. */
export const COMPACT_FRAMES = compactFrames(must(SERVER_FRAMES['snapshot']), changes);

/** JSON Schemas of data by `<name>/<version>`, as they are served under `/schemas`. */
export type PublishedSchemas = Readonly<Record<string, JsonObject>>;

interface Subject {
  readonly address: string;
  readonly stream: string;
  readonly summary: string;
  readonly parameters: readonly string[];
  /** Of the data, a published schema by name. */
  readonly payload: string;
  readonly direction: 'receive' | 'send';
}
const SUBJECTS: Readonly<Record<string, Subject>> = {
  events: {
    address: 'cx.events.{channel}.{family}.{key}',
    stream: 'CX_EVENTS_<partition>',
    summary: 'Channel events in: CloudEvents 1.0, structured, binary or batch; JSON or MessagePack.',
    parameters: ['channel', 'family', 'key'],
    payload: 'event',
    direction: 'receive',
  },
  enriched: {
    address: 'cx.enriched.{channel}.{family}.{key}',
    stream: 'CX_ENRICHED',
    summary:
      'The event, masked, with its enrichment. With `outputs.enriched.batch`, events that came in one message are CloudEvents batches on cx.enriched.batch.<partition>.',
    parameters: ['channel', 'family', 'key'],
    payload: 'enriched',
    direction: 'send',
  },
  kpi: {
    address: 'cx.kpi.{kpi}',
    stream: 'CX_KPI',
    summary: 'Final values of windows, and their revisions.',
    parameters: ['kpi'],
    payload: 'kpi',
    direction: 'send',
  },
  alerts: {
    address: 'cx.alerts.{severity}.{rule}',
    stream: 'CX_ALERTS',
    summary: 'One message a change of state.',
    parameters: ['severity', 'rule'],
    payload: 'alert',
    direction: 'send',
  },
  actions: {
    address: 'cx.actions.{kind}',
    stream: 'CX_ACTIONS',
    summary: 'Survey triggers, dispatches, SLA warnings and breaches, follow-ups due.',
    parameters: ['kind'],
    payload: 'action',
    direction: 'send',
  },
  clocks: {
    address: 'cx.clocks.{clock}',
    stream: 'CX_CLOCKS',
    summary: 'Every breach and ending of a clock; revised, or withdrawn, where a late event changes it.',
    parameters: ['clock'],
    payload: 'clock',
    direction: 'send',
  },
  dlq: {
    address: 'cx.dlq.{reason}',
    stream: 'CX_DLQ',
    summary: 'Bad input: its bytes, and what was wrong.',
    parameters: ['reason'],
    payload: 'dlq',
    direction: 'send',
  },
  late: {
    address: 'cx.late.{about}',
    stream: 'CX_LATE',
    summary:
      'Events later than allowed, and how late; by the KPI, clock, journey or action that they came too late for.',
    parameters: ['about'],
    payload: 'late',
    direction: 'send',
  },
  audit: {
    address: 'cx.audit',
    stream: 'CX_AUDIT',
    summary: 'Who did what: append-only.',
    parameters: [],
    payload: 'audit',
    direction: 'send',
  },
};

/** `published`: what `/schemas` has of data; where it has none, any object does. */
export function asyncapi(version: string, published: PublishedSchemas): JsonObject {
  const schemas = dataSchemas(published);
  const channels: Record<string, Json> = {};
  const operations: Record<string, Json> = {};
  const messages: Record<string, Json> = {};
  for (const [name, subject] of Object.entries(SUBJECTS)) {
    const message = (schema: string): JsonObject => ({
      contentType: 'application/json',
      headers: ref('CloudEventHeaders'),
      payload: ref(schema),
    });
    messages[name] = { summary: subject.summary, ...message(subject.payload) };
    const names = [name];
    if (subject.direction === 'receive') {
      for (const type of Object.keys(schemas).filter((one) => one.startsWith('cx.'))) {
        messages[type] = message(type);
        names.push(type);
      }
    }
    channels[name] = subjectChannel(names, subject);
    operations[`${subject.direction}_${name}`] = operation(subject.direction, name, names);
  }

  const frames = { client: CLIENT_FRAMES, server: SERVER_FRAMES };
  for (const [side, known] of Object.entries(frames)) {
    for (const [name, payload] of Object.entries(known)) {
      messages[`${side}_${name}`] = { contentType: 'application/json', payload };
    }
  }
  for (const [name, payload] of Object.entries(COMPACT_FRAMES)) {
    messages[`server_${name}`] = { contentType: 'application/msgpack', payload };
  }
  const clientNames = Object.keys(CLIENT_FRAMES).map((name) => `client_${name}`);
  const serverNames = Object.keys({ ...SERVER_FRAMES, ...COMPACT_FRAMES }).map((name) => `server_${name}`);
  channels['live'] = {
    address: '/v1/live',
    servers: [{ $ref: '#/servers/gateway' }],
    description:
      'Everything since `seq`, or a new snapshot: never a part. `delta.prev` is the sequence the client has, else it ' +
      'subscribes again. KPI values are conflated to the latest a key, alerts never are. ' +
      'earshot.v2.msgpack says the same in fewer bytes: only changed fields of changed keys (v2_snapshot, v2_delta; all other ' +
      'frames are those of v1); its clients speak MessagePack or JSON text.',
    messages: Object.fromEntries([...clientNames, ...serverNames].map((name) => [name, messageRef(name)])),
    'x-subprotocols': [...PROTOCOLS],
    'x-close-codes': { ...CLOSE },
  };
  operations['receive_live'] = operation('receive', 'live', clientNames);
  operations['send_live'] = operation('send', 'live', serverNames);

  return {
    asyncapi: '3.0.0',
    info: { title: 'Earshot', version, license: { name: 'Apache-2.0' } },
    defaultContentType: 'application/json',
    servers: {
      nats: { host: '127.0.0.1:4222', protocol: 'nats', description: 'JetStream; the address is configured' },
      gateway: { host: '127.0.0.1:8080', protocol: 'ws', description: 'The address is configured' },
    },
    channels,
    operations,
    components: {
      messages,
      schemas: { ...schemas, ...LIVE_SCHEMAS, CloudEventHeaders: CLOUD_EVENT_HEADERS },
    },
  };
}

/** By name alone, as parts of one document; of a name that is not published, any object. */
function dataSchemas(published: PublishedSchemas): Record<string, JsonObject> {
  const schemas: Record<string, JsonObject> = { event: CLOUD_EVENT };
  for (const { payload } of Object.values(SUBJECTS)) schemas[payload] ??= { type: 'object' };
  for (const [id, { $schema: _, $id: __, ...schema }] of Object.entries(published)) {
    schemas[id.slice(0, id.lastIndexOf('/'))] = schema;
  }
  return schemas;
}

function messageRef(name: string): JsonObject {
  return { $ref: `#/components/messages/${name}` };
}

function subjectChannel(names: readonly string[], { address, parameters, stream }: Subject): JsonObject {
  return {
    address,
    servers: [{ $ref: '#/servers/nats' }],
    messages: Object.fromEntries(names.map((name) => [name, messageRef(name)])),
    ...(parameters.length === 0
      ? {}
      : { parameters: Object.fromEntries(parameters.map((parameter) => [parameter, {}])) }),
    'x-nats-jetstream': { stream, dedupe: 'Nats-Msg-Id' },
  };
}

function operation(action: 'receive' | 'send', channel: string, names: readonly string[]): JsonObject {
  return {
    action,
    channel: { $ref: `#/channels/${channel}` },
    messages: names.map((name) => ({ $ref: `#/channels/${channel}/messages/${name}` })),
  };
}
