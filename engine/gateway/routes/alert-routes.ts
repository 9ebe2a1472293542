/** Alerts, acknowledgements and silences. What people decide goes into the input stream as a command and comes back as a change. */
import { randomUUID } from 'node:crypto';
import type { Json, JsonObject, Millis } from '../../core/types.ts';
import type { AlertMessage } from '../../core/wire.ts';
import { type Filter, filterOf, passes, visibleAlert } from '../../live/filter.ts';
import type { Hub } from '../../live/hub.ts';
import { errorAnswer, jsonAnswer, notStored } from '../http/responses.ts';
import { objectBody, textField } from '../http/body.ts';
import type { GatewayPorts } from '../gateway-ports.ts';
import type { Principal } from '../access/principal.ts';
import type { Call, Route } from '../http/router.ts';
import type { HttpAnswer } from '../server/server.ts';
import { listed, type SharedLists } from '../http/shared-list.ts';
import { Silences } from './pending-silences.ts';

const MAX_SILENCE_MS: Millis = 30 * 86_400_000;
const MATCHES = ['rule', 'kpi', 'severity'] as const;
const MAX_TEXT = 200;
const MAX_NOTE = 1_000;

export function alertRoutes(hub: Hub, ports: GatewayPorts, lists: SharedLists, now: () => Millis): Route[] {
  const silences = new Silences(now, () => hub.board.silences());
  return [
    {
      method: 'GET',
      path: '/v1/alerts',
      permission: 'read',
      needsEngine: true,
      handle: (call) => recovering(hub, ports) ?? alerts(hub, lists, call),
    },
    {
      method: 'POST',
      path: '/v1/alerts/{id}/ack',
      permission: 'ack',
      needsEngine: true,
      handle: (call) => acknowledge(hub, ports, now, call),
    },
    {
      method: 'GET',
      path: '/v1/silences',
      permission: 'read',
      needsEngine: true,
      handle: ({ principal }) => {
        const waits = recovering(hub, ports);
        if (waits !== undefined) return waits;
        const filter = filterOf([], {}, principal.scope);
        return jsonAnswer(200, { silences: silences.list().filter((silence) => passes(filter, keyOf(silence))) });
      },
    },
    {
      method: 'POST',
      path: '/v1/silences',
      permission: 'silence',
      needsEngine: true,
      handle: (call) => silence(silences, ports, now, call),
    },
    {
      method: 'DELETE',
      path: '/v1/silences',
      permission: 'silence',
      needsEngine: true,
      query: { id: 'once' },
      handle: (call) => unsilence(silences, ports, call),
    },
  ];
}

/** While the engine reads its state, or another instance runs it, an empty list would be taken for "nothing is wrong". */
function recovering(hub: Hub, ports: GatewayPorts): HttpAnswer | undefined {
  if (hub.board.alerts.areAll) return undefined;
  const notReady = ports.ready?.().reasons ?? [];
  const elsewhere = (ports.partitions?.() ?? []).flatMap(({ health: { state, reasons } }) =>
    state === 'standby' ? reasons : [],
  );
  const reasons = notReady.length > 0 ? notReady : elsewhere;
  const message = `what is open is not known yet: ${reasons.join('; ') || 'the engine reads its state'}`;
  return errorAnswer('not_ready', message, { reasons }, { 'retry-after': '1' });
}

async function alerts(hub: Hub, lists: SharedLists, { principal }: Call): Promise<HttpAnswer> {
  const filter = filterOf(['alerts'], {}, principal.scope);
  const body = await lists.of(`alerts ${filter.id}`, () => openAndRecent(hub, filter));
  return { ...jsonAnswer(200, null), body };
}

function* openAndRecent(hub: Hub, filter: Filter): Generator<string> {
  const seen = [...hub.board.alerts.values()].filter((alert) => passes(filter, alert.key)).reverse();
  const encode = (alert: AlertMessage): string => JSON.stringify(visibleAlert(filter, alert));
  const isRecent = ({ state }: AlertMessage): boolean => state === 'resolved';
  yield '{"open":[';
  yield* listed(
    seen.filter((alert) => !isRecent(alert)),
    encode,
  );
  yield '],"recent":[';
  yield* listed(seen.filter(isRecent), encode);
  yield ']}';
}

async function acknowledge(hub: Hub, ports: GatewayPorts, now: () => Millis, call: Call): Promise<HttpAnswer> {
  const { params, principal, request } = call;
  const read = objectBody(request);
  if ('refused' in read) return read.refused;
  const note = textField(read.body, 'note', MAX_NOTE);
  if (note === undefined) return errorAnswer('invalid', `note is a text of at most ${MAX_NOTE} characters`);
  const alert = hub.board.alerts.get(params['id'] ?? '');
  // Outside the scope there is no such alert: its very existence is news.
  if (alert === undefined || !passes(filterOf(['alerts'], {}, principal.scope), alert.key)) {
    return recovering(hub, ports) ?? errorAnswer('not_found', 'there is no such alert: GET /v1/alerts lists them');
  }
  // A total concerns others too: it may be seen, not taken on for everybody.
  if (!mayTouch(principal, { key: { ...alert.key } })) {
    return errorAnswer('forbidden', 'this alert reaches beyond your scope');
  }
  if (alert.state === 'resolved') return errorAnswer('conflict', 'this alert is resolved');
  return send(ports, {
    type: 'earshot.alert.acked',
    data: { alert: alert.alert, rule: alert.rule, by: principal.name, at: iso(now()), note },
  });
}

async function silence(silences: Silences, ports: GatewayPorts, now: () => Millis, call: Call): Promise<HttpAnswer> {
  const { principal, request } = call;
  const read = objectBody(request);
  if ('refused' in read) return read.refused;
  const { body } = read;
  const match = matchOf(body['match']);
  if (match === undefined) {
    return errorAnswer('invalid', 'match is {rule?, kpi?, severity?, key?: {dimension: value}}, at least one of them');
  }
  if (!mayTouch(principal, match)) return errorAnswer('forbidden', 'the key must name your scope');
  const reason = textField(body, 'reason', MAX_NOTE);
  if (reason == null) return errorAnswer('invalid', `reason is a text of at most ${MAX_NOTE} characters`);
  const until = typeof body['until'] === 'string' ? Date.parse(body['until']) : Number.NaN;
  const from = now();
  if (!(until > from && until <= from + MAX_SILENCE_MS)) {
    return errorAnswer('invalid', 'until is an RFC 3339 instant within the next 30 days');
  }
  const id = randomUUID();
  const data = { silence: id, match, until: iso(until), by: principal.name, at: iso(from), reason };
  if (silences.full) return errorAnswer('conflict', 'too many silences are in force: remove some first');
  const sent = await send(ports, { type: 'earshot.silence.created', data });
  if (sent.status < 400) silences.add(id, until, data);
  return sent.status >= 400 ? sent : jsonAnswer(202, data);
}

async function unsilence(silences: Silences, ports: GatewayPorts, { query, principal }: Call): Promise<HttpAnswer> {
  const id = query.get('id') ?? '';
  const known = silences.get(id);
  if (known === undefined || !mayTouch(principal, fieldOf(known, 'match'))) {
    return errorAnswer('not_found', 'there is no such silence: DELETE /v1/silences?id=<silence>');
  }
  const sent = await send(ports, { type: 'earshot.silence.deleted', data: { silence: id, by: principal.name } });
  if (sent.status < 400) silences.remove(id);
  return sent;
}

async function send(
  ports: GatewayPorts,
  command: Parameters<NonNullable<GatewayPorts['command']>>[0],
): Promise<HttpAnswer> {
  if (ports.command === undefined) return errorAnswer('not_ready', 'this gateway takes no commands');
  const outcome = await ports.command(command);
  if (outcome !== 'stored') return notStored(outcome);
  return jsonAnswer(202, { accepted: true });
}

/** With a scope, one may only silence what lies wholly inside it. */
function mayTouch(principal: Principal, match: Json | undefined): boolean {
  if (principal.scope === null) return true;
  const strict: Filter = filterOf([], {}, { ...principal.scope, totals: false });
  return passes(strict, keyOf({ match: match ?? null }));
}

function keyOf(silence: Json): Record<string, string> {
  const key = fieldOf(fieldOf(silence, 'match') ?? null, 'key');
  const texts: Record<string, string> = {};
  if (typeof key === 'object' && key !== null && !Array.isArray(key)) {
    for (const [name, value] of Object.entries(key)) if (typeof value === 'string') texts[name] = value;
  }
  return texts;
}

function matchOf(value: unknown): JsonObject | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const match: Record<string, Json> = {};
  for (const [name, wanted] of Object.entries(value)) {
    if ((MATCHES as readonly string[]).includes(name)) {
      if (typeof wanted !== 'string' || wanted === '' || wanted.length > MAX_TEXT) return undefined;
      match[name] = wanted;
    } else if (name === 'key') {
      const entries = typeof wanted === 'object' && wanted !== null ? Object.entries(wanted as object) : undefined;
      const plain = entries?.every(([, item]) => typeof item === 'string' && item.length <= MAX_TEXT);
      if (entries === undefined || entries.length === 0 || entries.length > 8 || plain !== true) return undefined;
      match['key'] = Object.fromEntries(entries as [string, string][]);
    } else {
      return undefined;
    }
  }
  return Object.keys(match).length === 0 ? undefined : match;
}

function fieldOf(value: Json, name: string): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject)[name] : undefined;
}

function iso(time: Millis): string {
  return new Date(time).toISOString();
}
