/** Health, metrics, events in, tickets, and the documents that describe all of this. */
import type { Json, JsonObject, Millis } from '../../core/types.ts';
import type { Scope } from '../../live/filter.ts';
import type { Hub } from '../../live/hub.ts';
import type { Access } from '../access/access.ts';
import { errorAnswer, JSON_TYPE, jsonAnswer, notStored } from '../http/responses.ts';
import { objectBody } from '../http/body.ts';
import { LIVE_QUERY } from '../live/live-endpoint.ts';
import type { Metrics } from '../metrics/prometheus.ts';
import type { Condition, GatewayPorts } from '../gateway-ports.ts';
import type { Call, Route } from '../http/router.ts';
import type { HttpAnswer } from '../server/server.ts';

/** A display's rights end then, unless its ticket's scope is revoked by a change of the secret first. */
export const DISPLAY_MS: Millis = 30 * 86_400_000;
/** Values a dimension in the scope of a ticket. */
const MAX_LIMITS = 1_000;
const EVENT_TYPES =
  /^application\/(?:json|cloudevents(?:-batch)?\+json|msgpack|x-msgpack|vnd\.msgpack|cloudevents(?:-batch)?\+msgpack)\s*(?:;|$)/i;

export interface Documents {
  readonly openapi: JsonObject;
  readonly asyncapi: JsonObject;
}

export function systemRoutes(
  hub: Hub,
  ports: GatewayPorts,
  access: Access,
  metrics: Metrics,
  documents: () => Documents,
  now: () => Millis,
): Route[] {
  return [
    { method: 'GET', path: '/healthz', permission: null, handle: () => condition(ports.healthy?.()) },
    { method: 'GET', path: '/readyz', permission: null, handle: () => condition(ports.ready?.()) },
    { method: 'GET', path: '/v1/status', permission: 'read', handle: () => status(hub, ports) },
    {
      method: 'GET',
      path: '/metrics',
      permission: 'metrics',
      handle: async () => ({
        status: 200,
        headers: { 'content-type': metrics.contentType, 'cache-control': 'no-store' },
        body: await metrics.text(),
      }),
    },
    {
      method: 'POST',
      path: '/v1/events',
      permission: 'ingest',
      needsEngine: true,
      handle: (call) => ingest(ports, call),
    },
    { method: 'POST', path: '/v1/tickets', permission: 'tickets', handle: (call) => ticket(access, now, call) },
    { method: 'GET', path: '/openapi.json', permission: null, handle: () => document(documents().openapi) },
    { method: 'GET', path: '/asyncapi.json', permission: null, handle: () => document(documents().asyncapi) },
    { method: 'GET', path: '/schemas/{name}/{version}.json', permission: null, handle: (call) => schema(ports, call) },
    {
      method: 'GET',
      path: '/v1/live',
      permission: null,
      query: LIVE_QUERY,
      handle: () =>
        errorAnswer(
          'upgrade_required',
          'this is a WebSocket: earshot.v1.json or earshot.v1.msgpack',
          {},
          {
            upgrade: 'websocket',
          },
        ),
    },
  ];
}

function condition(state: Condition | undefined): HttpAnswer {
  const { ok, reasons } = state ?? { ok: true, reasons: [] };
  return jsonAnswer(ok ? 200 : 503, { ok, reasons });
}

function status(hub: Hub, ports: GatewayPorts): HttpAnswer {
  const { watermark, lagMs, ageMs } = hub.progress();
  return jsonAnswer(200, {
    version: ports.version,
    epoch: hub.options.epoch,
    healthy: ports.healthy?.() ?? { ok: true, reasons: [] },
    ready: ports.ready?.() ?? { ok: true, reasons: [] },
    watermark,
    lag_ms: lagMs,
    age_ms: ageMs,
    gateway: hub.stats(),
    partitions: ports.partitions?.() ?? [],
  });
}

async function ingest(ports: GatewayPorts, { request }: Call): Promise<HttpAnswer> {
  if (ports.ingest === undefined) return errorAnswer('not_ready', 'this gateway takes no events');
  const type = request.headers['content-type'] ?? '';
  if (!EVENT_TYPES.test(type)) {
    return errorAnswer(
      'unsupported_media_type',
      'set content-type to application/cloudevents+json, application/cloudevents-batch+json or application/msgpack',
    );
  }
  if (request.body.length === 0) return errorAnswer('bad_request', 'the body holds one event or a batch');
  const result = await ports.ingest(request.headers, request.body);
  return typeof result === 'string' ? notStored(result) : jsonAnswer(result.status, result.body);
}

function ticket(access: Access, now: () => Millis, { request, principal }: Call): HttpAnswer {
  const read = objectBody(request);
  if ('refused' in read) return read.refused;
  const scope = narrowed(principal.scope, read.body['scope']);
  if (scope === undefined) {
    return errorAnswer(
      'invalid',
      'scope is {channels?, regions?, teams?: [texts], totals?: true|false} within your own',
    );
  }
  const issued = access.tickets.issue({
    name: `display of ${principal.name}`,
    role: 'display',
    scope,
    expires: now() + DISPLAY_MS,
  });
  if (issued === undefined) return errorAnswer('overloaded', 'too many tickets are open', {}, { 'retry-after': '30' });
  return jsonAnswer(200, {
    ticket: issued.ticket,
    expires: new Date(issued.expires).toISOString(),
    url: `/?ticket=${issued.ticket}`,
  });
}

/** Never wider than `own`: values outside it are refused, limits not asked for are kept. */
function narrowed(own: Scope | null, asked: unknown): Scope | null | undefined {
  if (asked === undefined || asked === null) return own;
  if (typeof asked !== 'object' || Array.isArray(asked)) return undefined;
  const scope: { -readonly [K in keyof Scope]: Scope[K] } = { ...own };
  for (const [name, value] of Object.entries(asked) as [string, unknown][]) {
    if (name === 'totals') {
      if (typeof value !== 'boolean' || (value && own?.totals === false)) return undefined;
      scope.totals = value;
    } else if (name === 'channels' || name === 'regions' || name === 'teams') {
      const limit = own?.[name];
      if (!Array.isArray(value) || value.length > MAX_LIMITS || !value.every(isLabel)) return undefined;
      if (limit !== undefined && !value.every((item) => limit.includes(item))) return undefined;
      scope[name] = value;
    } else {
      return undefined;
    }
  }
  return scope;
}

/** A channel, region or team: what a ticket says is kept, and goes into a cookie. */
function isLabel(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 200;
}

function schema(ports: GatewayPorts, { params }: Call): HttpAnswer {
  const known = ports.schemas?.[`${params['name'] ?? ''}/${params['version'] ?? ''}`];
  if (known === undefined) return errorAnswer('not_found', 'there is no such schema');
  return document(known, { 'content-type': 'application/schema+json; charset=utf-8' });
}

function document(value: Json, headers: Readonly<Record<string, string>> = {}): HttpAnswer {
  return {
    status: 200,
    headers: { 'content-type': JSON_TYPE, 'cache-control': 'no-cache', ...headers },
    body: JSON.stringify(value),
  };
}
