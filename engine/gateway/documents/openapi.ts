/** `/openapi.json`: every route, as the router has it (held by a test both ways). */
import type { Json, JsonObject } from '../../core/types.ts';
import { ERROR_CODES } from '../http/responses.ts';
import { MESSAGE_SCHEMAS, object, ref } from './message-schemas.ts';

const text = { type: 'string' } as const;
const instant = { type: 'string', format: 'date-time' } as const;
const texts = { type: 'array', items: text } as const;
const list = (items: JsonObject): JsonObject => ({ type: 'array', items });

const SCHEMAS: JsonObject = {
  ...MESSAGE_SCHEMAS,
  Error: object({
    error: {
      type: 'object',
      properties: {
        code: { type: 'string', enum: Object.keys(ERROR_CODES) },
        message: text,
        faults: list(object({ index: { type: 'integer' }, id: text, reason: text, at: text, error: text }, ['id'])),
      },
      required: ['code', 'message'],
      additionalProperties: true,
    },
  }),
  Condition: object({ ok: { type: 'boolean' }, reasons: texts }),
  KpiDescription: object({
    id: text,
    title: object({ 'zh-CN': text, en: text }),
    unit: text,
    decimals: { type: 'integer' },
    better: { type: 'string', enum: ['higher', 'lower'] },
    target: { type: ['number', 'null'] },
    by: list(texts),
    window: {},
    values: list(ref('Kpi')),
  }),
  KpiHistory: object({
    kpi: text,
    from: instant,
    to: instant,
    complete: { type: 'boolean', description: 'false: windows before the first value may be missing' },
    values: list(ref('Kpi')),
  }),
  Match: object({ rule: text, kpi: text, severity: text, key: { type: 'object', additionalProperties: text } }, [
    'rule',
    'kpi',
    'severity',
    'key',
  ]),
  Silence: object({ silence: text, match: ref('Match'), until: instant, by: text, at: instant, reason: text }),
  Scope: object({ channels: texts, regions: texts, teams: texts, totals: { type: 'boolean' } }, [
    'channels',
    'regions',
    'teams',
    'totals',
  ]),
};

const json = (schema: JsonObject): JsonObject => ({ 'application/json': { schema } });
const ok = (description: string, schema: JsonObject): JsonObject => ({ description, content: json(schema) });
const parameter = (
  name: string,
  place: 'path' | 'query',
  description: string,
  schema: JsonObject = text,
): JsonObject => ({
  name,
  in: place,
  required: place === 'path',
  description,
  schema,
});

interface Operation {
  readonly summary: string;
  readonly answers: JsonObject;
  readonly parameters?: readonly JsonObject[];
  readonly body?: JsonObject;
  /** Anybody may ask. */
  readonly open?: boolean;
}

/** By `METHOD path`. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  'GET /': {
    summary: 'The wall-board. `?ticket=` lets a display in: its ticket becomes a session cookie.',
    open: true,
    answers: {
      200: { description: 'HTML', content: { 'text/html': { schema: text } } },
      303: { description: 'Let in by a ticket; go on without it' },
    },
  },
  'GET /healthz': {
    summary:
      'Liveness: is there anything that only a new process mends? A broker that is away, a full stream, a start or a standby is ' +
      'no reason: that is /readyz.',
    open: true,
    answers: { 200: ok('No: let it run', ref('Condition')), 503: ok('Yes, and what: restart it', ref('Condition')) },
  },
  'GET /readyz': {
    summary: 'Readiness: is the engine processing? The topic `health` of /v1/live tells the same as it changes.',
    open: true,
    answers: { 200: ok('Yes', ref('Condition')), 503: ok('No, and why', ref('Condition')) },
  },
  'GET /metrics': {
    summary: 'Metrics for Prometheus.',
    answers: { 200: { description: 'Text format', content: { 'text/plain': { schema: text } } } },
  },
  'GET /v1/status': {
    summary: 'Health, time reached, lag and counters, for people.',
    answers: { 200: ok('Now', { type: 'object' }) },
  },
  'GET /v1/board': {
    summary: 'Title, tiles and zone of the wall-board, and what the asking role may do.',
    answers: { 200: ok('As configured', { type: 'object', properties: { rights: texts } }) },
  },
  'GET /v1/kpis': {
    summary: 'The KPIs and their values of the last quarter second, one a key.',
    answers: { 200: ok('All that the scope allows', list(ref('KpiDescription'))) },
  },
  'GET /v1/kpis/{id}/history': {
    summary: 'The values of a KPI by window.',
    parameters: [
      parameter('id', 'path', 'KPI'),
      parameter(
        'from',
        'query',
        'Windows that end at or after; default: as far back as is known, an hour at least',
        instant,
      ),
      parameter('to', 'query', 'Windows that end before; default: now', instant),
      parameter('key', 'query', '`dimension:value`, repeated; none: the whole company; `*`: every key', texts),
    ],
    answers: { 200: ok('Oldest first; 10,000 values at most', ref('KpiHistory')) },
  },
  'GET /v1/alerts': {
    summary: 'Open alerts and the last resolved ones, newest first.',
    answers: { 200: ok('Within the scope', object({ open: list(ref('Alert')), recent: list(ref('Alert')) })) },
  },
  'POST /v1/alerts/{id}/ack': {
    summary: 'Takes an alert on. It comes back as an alert change.',
    parameters: [parameter('id', 'path', 'Alert')],
    body: object({ note: text }, ['note']),
    answers: { 202: ok('Taken', object({ accepted: { type: 'boolean' } })) },
  },
  'GET /v1/silences': {
    summary: 'Silences in force.',
    answers: { 200: ok('Within the scope', object({ silences: list(ref('Silence')) })) },
  },
  'POST /v1/silences': {
    summary: 'Silences what matches, for 30 days at most.',
    body: object({ match: ref('Match'), until: instant, reason: text }),
    answers: { 202: ok('Taken', ref('Silence')) },
  },
  'DELETE /v1/silences': {
    summary: 'Ends a silence.',
    parameters: [{ ...parameter('id', 'query', 'Silence'), required: true }],
    answers: { 202: ok('Taken', object({ accepted: { type: 'boolean' } })) },
  },
  'POST /v1/events': {
    summary: 'Takes one CloudEvent or a batch; answers once they are stored. JSON or MessagePack.',
    body: {
      description:
        'A CloudEvents 1.0 event, structured, or an array of them; or the data of one, its attributes in ce-* headers',
    },
    answers: {
      202: ok('Stored: the ids', object({ accepted: texts })),
      ...Object.fromEntries(
        [400, 413, 422].map((status) => [status, ok('What is wrong, event by event', ref('Error'))]),
      ),
    },
  },
  'POST /v1/tickets': {
    summary: 'A single-use ticket, good for a minute, that lets a read-only display in.',
    body: object({ scope: ref('Scope') }, ['scope']),
    answers: { 200: ok('The ticket', object({ ticket: text, expires: instant, url: text })) },
  },
  'GET /v1/live': {
    summary:
      'WebSocket: subprotocol earshot.v1.json or earshot.v1.msgpack, see /asyncapi.json. `?ticket=` instead of a token.',
    open: true,
    parameters: [parameter('ticket', 'query', 'A single-use ticket')],
    answers: { 101: { description: 'Upgraded' }, 426: ok('Not a WebSocket request', ref('Error')) },
  },
  'POST /v1/models/reload': {
    summary: 'Goes over to what the configured model folders hold now, without an event lost or waiting. Role admin.',
    answers: {
      200: ok('The models before and after', {
        type: 'object',
        properties: { from: { type: ['object', 'null'] }, to: { type: ['object', 'null'] } },
      }),
      409: ok('A model is being loaded', ref('Error')),
      422: ok('Refused, the present model goes on; `error.reason` is the code', ref('Error')),
    },
  },
  'GET /openapi.json': {
    summary: 'This document.',
    open: true,
    answers: { 200: ok('OpenAPI 3.1', { type: 'object' }) },
  },
  'GET /asyncapi.json': {
    summary: 'What flows in and out as messages.',
    open: true,
    answers: { 200: ok('AsyncAPI 3', { type: 'object' }) },
  },
  'GET /schemas/{name}/{version}.json': {
    summary: 'A JSON Schema, as `ce-dataschema` names it.',
    open: true,
    parameters: [parameter('name', 'path', 'E.g. kpi'), parameter('version', 'path', 'E.g. 1')],
    answers: {
      200: { description: 'JSON Schema', content: { 'application/schema+json': { schema: { type: 'object' } } } },
    },
  },
};

export function openapi(version: string): JsonObject {
  const paths: Record<string, Record<string, Json>> = {};
  for (const [name, { summary, answers, parameters, body, open }] of Object.entries(OPERATIONS)) {
    const [method = '', path = ''] = name.split(' ');
    (paths[path] ??= {})[method.toLowerCase()] = {
      summary,
      operationId: operationId(method, path),
      ...(parameters ? { parameters } : {}),
      ...(body ? { requestBody: { required: body['required'] !== undefined, content: json(body) } } : {}),
      ...(open ? { security: [] } : {}),
      responses: { ...answers, default: ok('A fault: {"error":{"code","message"}}', ref('Error')) },
    };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Earshot',
      version,
      description: 'Hears, within a second, when the experience of your customers turns.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    security: [{ bearer: [] }, { session: [] }],
    paths,
    components: {
      schemas: SCHEMAS,
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description:
            'Claims: sub, exp, role (admin, operator, frontline, display), scope {channels, regions, teams, totals}',
        },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'earshot_session',
          description: 'What a display gets for its ticket',
        },
      },
    },
  };
}

function operationId(method: string, path: string): string {
  const words = path.split(/[^a-zA-Z0-9]+/).filter((word) => word !== '' && word !== 'v1');
  const name = words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join('');
  return `${method.toLowerCase()}${name === '' ? 'WallBoard' : name}`;
}
