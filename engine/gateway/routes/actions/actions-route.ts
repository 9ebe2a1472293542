import type { Json, JsonObject } from '../../../core/types.ts';
import { byDue, byPriority, type OpenAction } from '../../../live/board-actions.ts';
import { passesAction } from '../../../live/filter.ts';
import { instant, integer, list, object, ok, parameter, ref, text } from '../../documents/schema-forms.ts';
import { errorAnswer, jsonAnswer } from '../../http/responses.ts';
import type { Call } from '../../http/router.ts';
import type { HttpAnswer } from '../../server/http-message.ts';
import { recovering, type RouteContext, visibleTo } from '../route-context.ts';
import type { RouteSpec } from '../route.ts';

const STATES = ['overdue', 'due'] as const;
const SORTS = { due: byDue, priority: byPriority } as const;
const DEFAULT_LIMIT = 100;
const MOST = 1000;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/;

export const actionsRoute = {
  method: 'GET',
  path: '/v1/actions',
  permission: 'actions',
  needsEngine: true,
  query: { state: 'once', kind: 'once', owner: 'once', due_before: 'once', sort: 'once', limit: 'once', after: 'once' },
  operation: {
    summary: 'Open actions, what is due first before the rest.',
    parameters: [
      parameter('state', 'query', 'Those that are past their due time, or those that are not; both unless given', {
        enum: [...STATES],
      }),
      parameter('kind', 'query', 'survey, follow_up, dispatch, …'),
      parameter('owner', 'query', 'Who is to do it'),
      parameter('due_before', 'query', 'Due before', instant),
      parameter('sort', 'query', 'By due time, or by the priority that `dispatch.priority` gives; due unless given', {
        enum: Object.keys(SORTS),
      }),
      parameter('limit', 'query', `How many at most: ${DEFAULT_LIMIT} unless given, up to ${MOST}`, integer),
      parameter('after', 'query', 'What `next` of the page before says'),
    ],
    answers: {
      200: ok(
        'Within the scope; `total` counts all that match, `next` is there where more follow',
        object({ actions: list(ref('Action')), total: integer, next: text }, ['next']),
      ),
    },
  },
  handle: openActions,
} as const satisfies RouteSpec;

interface Asked {
  readonly state: string | null;
  readonly kind: string | null;
  readonly owner: string | null;
  readonly dueBefore: number | null;
  readonly sort: keyof typeof SORTS;
  readonly limit: number;
  readonly after: OpenAction | null;
}

function openActions(context: RouteContext, { query, principal, request }: Call): HttpAnswer {
  const asked = askedOf(query);
  if ('status' in asked) return asked;
  const waits = recovering(context);
  if (waits !== undefined) return waits;
  const filter = visibleTo(context, principal, ['actions']);
  const now = context.now();
  const order = SORTS[asked.sort];
  const { after } = asked;
  const matching = context.hub.board.actions
    .all()
    .filter((action) => passesAction(filter, action.item) && isAsked(action, asked, now))
    .sort(order);
  const rest = after === null ? matching : matching.filter((action) => order(action, after) > 0);
  const page = rest.slice(0, asked.limit);
  const last = page.at(-1);
  context.audit.read({ action: 'actions.read', principal, address: request.remote });
  return jsonAnswer(200, {
    actions: page.map((action) => shown(action, now)),
    total: matching.length,
    ...(last === undefined || rest.length <= page.length ? null : { next: placeOf(last) }),
  });
}

function isAsked({ kind, owner, due }: OpenAction, asked: Asked, now: number): boolean {
  const at = due === null ? Infinity : Date.parse(due);
  if (asked.state !== null && (asked.state === 'overdue') !== at < now) return false;
  if (asked.dueBefore !== null && at >= asked.dueBefore) return false;
  return (asked.kind ?? kind) === kind && (asked.owner ?? owner) === owner;
}

export function shown({ item, due, kind }: OpenAction, now: number): Json {
  const { data } = item as { readonly data: JsonObject };
  const { open: _, late_by_s: __, ...rest } = data;
  return { ...rest, kind, overdue: due !== null && Date.parse(due) < now };
}

function askedOf(query: URLSearchParams): Asked | HttpAnswer {
  const state = query.get('state');
  if (state !== null && !STATES.some((one) => one === state))
    return errorAnswer('invalid', `state is one of ${STATES.join(', ')}`);
  const sort = query.get('sort') ?? 'due'; // as it is documented
  if (sort !== 'due' && sort !== 'priority') return errorAnswer('invalid', 'sort is due or priority');
  const limit = query.get('limit');
  if (limit !== null && !(/^\d{1,4}$/.test(limit) && Number(limit) >= 1 && Number(limit) <= MOST))
    return errorAnswer('invalid', `limit is a number from 1 to ${MOST}`);
  const dueBefore = query.get('due_before');
  if (dueBefore !== null && !(INSTANT.test(dueBefore) && !Number.isNaN(Date.parse(dueBefore))))
    return errorAnswer('invalid', 'due_before is an RFC 3339 instant, e.g. 2026-03-02T09:15:00Z');
  const place = query.get('after');
  const after = place === null ? null : readPlace(place);
  if (after === undefined) return errorAnswer('invalid', 'after is what `next` of the page before says');
  return {
    ...{ state, kind: query.get('kind'), owner: query.get('owner'), sort, after },
    dueBefore: dueBefore === null ? null : Date.parse(dueBefore),
    limit: limit === null ? DEFAULT_LIMIT : Number(limit),
  };
}

/** Where a page ends: what the order looks at, so that the next one goes on there whatever is done by then. */
function placeOf({ due, priority, id }: OpenAction): string {
  return Buffer.from(JSON.stringify([due, priority, id])).toString('base64url');
}
function readPlace(place: string): OpenAction | undefined {
  try {
    const [due, priority, id] = JSON.parse(Buffer.from(place, 'base64url').toString()) as readonly unknown[];
    if (typeof id !== 'string' || !(due === null || typeof due === 'string')) return undefined;
    if (!(priority === null || typeof priority === 'number')) return undefined;
    return { id, due, priority, kind: '', owner: null, item: null };
  } catch {
    return undefined;
  }
}
