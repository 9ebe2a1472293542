/** `/openapi.json`: put together from what each route says of itself (held by a test both ways). */
import type { Json, JsonObject } from '../../core/types.ts';
import { ERROR_CODES } from '../http/responses.ts';
import type { Operation, RouteSpec } from '../routes/route.ts';
import { CASE_SCHEMAS } from './case-schemas.ts';
import { CLOCK_SCHEMAS } from './clock-schemas.ts';
import { JOURNEY_SCHEMAS } from './journey-schemas.ts';
import { MESSAGE_SCHEMAS } from './message-schemas.ts';
import { SCREEN_SCHEMAS } from './screen-schemas.ts';
import { instant, list, object, ok, ref, text, texts } from './schema-forms.ts';

const number = { type: 'number' } as const;
const textOrNull = { type: ['string', 'null'] } as const;
/** What is encrypted at rest: by which cipher, under the key of which name, in which streams. */
const encrypted = (states: readonly string[]): JsonObject =>
  object({ state: { type: 'string', enum: [...states] }, cipher: textOrNull, key: textOrNull, streams: texts });

const SCHEMAS: JsonObject = {
  ...MESSAGE_SCHEMAS,
  ...CASE_SCHEMAS,
  ...CLOCK_SCHEMAS,
  ...JOURNEY_SCHEMAS,
  ...SCREEN_SCHEMAS,
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
  Action: {
    ...object(
      {
        ...{
          id: text,
          kind: text,
          action: text,
          name: text,
          state: { enum: ['due'] },
          key: text,
          reason: text,
          reason_zh: text,
        },
        ...{ case: textOrNull, owner: textOrNull, due: { anyOf: [instant, { type: 'null' }] }, sent: instant },
        event: object({ type: text, time: instant }),
        ...{ overdue: { type: 'boolean' }, escalated: { type: 'boolean' }, priority: { type: 'number' } },
        ...{ customer: object({ id: text }), title: object({ 'zh-CN': text, en: text }), data: { type: 'object' } },
      },
      ['escalated', 'priority', 'customer', 'title', 'data'],
    ),
    description: 'Besides, the fields of its event that it carries: channel, region, product, store, team, …',
  },
  Condition: object({ ok: { type: 'boolean' }, reasons: texts }),
  Readiness: object(
    { ok: { type: 'boolean' }, reasons: texts, degraded: list(ref('Degradation')), encryption: ref('Encryption') },
    ['degraded', 'encryption'],
  ),
  Encryption: object({ store: encrypted(['on', 'unknown']), dead_letters: encrypted(['on', 'off']) }),
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
  Hook: object({
    id: text,
    kind: text,
    state: { enum: ['ok', 'failing', 'standby'] },
    delivered: { type: 'integer' },
    retried: { type: 'integer' },
    failed: { type: 'integer' },
    waiting: { type: 'integer' },
    accepted: {
      anyOf: [object({ n: { type: 'integer' }, half_ms: number, most_ms: number }), { type: 'null' }],
      description: 'From when a notice could be said until it was accepted: half took at most, 95 of 100 at most',
    },
    alerts: { type: 'integer' },
    left_out: { type: 'integer' },
    given_up: { type: 'integer' },
    failures: list(
      object({
        notice: text,
        kind: text,
        at: instant,
        rules: texts,
        alerts: { type: 'integer' },
        attempts: { type: 'integer' },
        reason: text,
        hint: text,
      }),
    ),
    trouble: { anyOf: [object({ reason: text, hint: text }), { type: 'null' }] },
  }),
  Session: object({
    session: text,
    name: text,
    role: text,
    scope: { anyOf: [ref('Scope'), { type: 'null' }] },
    since: instant,
    seen: instant,
    expires: instant,
    connections: { type: 'integer' },
  }),
  Scope: object({ channels: texts, regions: texts, teams: texts, totals: { type: 'boolean' } }, [
    'channels',
    'regions',
    'teams',
    'totals',
  ]),
};

/** The page itself: served from files, with no route of its own. */
export const WALL_BOARD: Operation & { readonly method: 'GET'; readonly path: '/' } = {
  method: 'GET',
  path: '/',
  summary: 'The wall-board. `?ticket=` lets a display in: its ticket becomes a session cookie.',
  answers: {
    200: { description: 'HTML', content: { 'text/html': { schema: text } } },
    303: { description: 'Let in by a ticket; go on without it' },
  },
};

const FAULT: JsonObject = ok('A fault: {"error":{"code","message"}}', ref('Error'));

export function openapi(version: string, routes: readonly Omit<RouteSpec, 'handle'>[]): JsonObject {
  const paths: Record<string, Record<string, Json>> = {};
  const page = { ...WALL_BOARD, permission: null, operation: WALL_BOARD };
  for (const { method, path, permission, operation } of [page, ...routes]) {
    const { summary, answers, parameters, body, bodyType = 'application/json' } = operation;
    (paths[path] ??= {})[method.toLowerCase()] = {
      summary,
      operationId: operationId(method, path),
      ...(parameters ? { parameters } : {}),
      ...(body
        ? { requestBody: { required: body['required'] !== undefined, content: { [bodyType]: { schema: body } } } }
        : {}),
      ...(permission === null ? { security: [] } : {}),
      responses: { ...answers, '4XX': FAULT, default: FAULT },
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
    // Where this document was read from, whatever stands between.
    servers: [{ url: '.', description: 'The gateway that serves this document' }],
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
