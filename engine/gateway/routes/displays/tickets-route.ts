import type { JsonObject, Millis } from '../../../core/types.ts';
import type { Scope } from '../../../live/filter.ts';
import { instant, object, ok, ref, text } from '../../documents/schema-forms.ts';
import { objectBody } from '../../http/body.ts';
import { errorAnswer, jsonAnswer } from '../../http/responses.ts';
import type { RouteSpec } from '../route.ts';

/** A display's rights end then, unless its session is revoked before (DELETE /v1/sessions/{id}). */
const DISPLAY_MS: Millis = 30 * 86_400_000;
/** Values a dimension in the scope of a ticket. */
const MAX_LIMITS = 1_000;

export const ticketsRoute = {
  method: 'POST',
  path: '/v1/tickets',
  permission: 'tickets',
  operation: {
    summary: 'A single-use ticket, good for a minute, that lets a read-only display in.',
    body: object({ scope: ref('Scope') }, ['scope']),
    answers: { 200: ok('The ticket', object({ ticket: text, expires: instant, url: text })) },
  },
  handle(context, { request, principal }) {
    const { access, audit } = context;
    const read = objectBody(request);
    if ('refused' in read) return read.refused;
    const scope = narrowed(principal.scope, read.body['scope']);
    if (scope === undefined) {
      return errorAnswer(
        'invalid',
        'scope is {channels?, regions?, teams?: [texts], totals?: true|false} within your own',
      );
    }
    const name = `display of ${principal.name}`;
    const issued = access.tickets.issue({ name, role: 'display', scope, expires: context.now() + DISPLAY_MS });
    if (issued === undefined) {
      const limit = 'http.limits.tickets';
      const message = `${access.tickets.most} tickets are out and not used yet (${limit})`;
      return errorAnswer('overloaded', message, { limit }, { 'retry-after': '30' });
    }
    audit.done('ticket.issue', principal.name, {
      scope: scope === null ? null : plain(scope),
      address: request.remote,
    });
    return jsonAnswer(200, {
      ticket: issued.ticket,
      expires: new Date(issued.expires).toISOString(),
      url: `${request.base}/?ticket=${issued.ticket}`,
    });
  },
} as const satisfies RouteSpec;

function plain({ within, ...limits }: Scope): JsonObject {
  return within === undefined ? limits : { ...limits, within: plain(within) };
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
  // A further limit would show totals over more than the giver sees: of a team in all regions to who has one region.
  const isFurther = (['channels', 'regions', 'teams'] as const).some((name) => scope[name] && !own?.[name]);
  return own !== null && isFurther ? { ...scope, within: own } : scope;
}

/** A channel, region or team: what a ticket says is kept, and goes into a cookie. */
function isLabel(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 200;
}
