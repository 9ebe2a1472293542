import { must } from '../../../core/must.ts';
import type { Millis } from '../../../core/types.ts';
import type { KpiHistory, KpiMessage } from '../../../core/wire.ts';
import { passes } from '../../../live/filter.ts';
import { instant, ok, parameter, ref, texts } from '../../documents/schema-forms.ts';
import { errorAnswer, jsonAnswer } from '../../http/responses.ts';
import type { Call } from '../../http/router.ts';
import type { HttpAnswer } from '../../server/http-message.ts';
import { type RouteContext, visibleTo } from '../route-context.ts';
import type { RouteSpec } from '../route.ts';
import { FAR, kpiValues, type Range, rangeOf } from './values-in-range.ts';

const MAX_DIMENSIONS = 8;

export const historyRoute = {
  method: 'GET',
  path: '/v1/kpis/{id}/history',
  permission: 'read',
  needsEngine: true,
  query: { from: 'once', to: 'once', every: 'once', key: 'many' },
  operation: {
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
      parameter(
        'every',
        'query',
        'Of each such span (`30s`, `15m`, `1h`) the window that ends last; default: every window',
      ),
      parameter('key', 'query', '`dimension:value`, repeated; none: the whole company; `*`: every key', texts),
    ],
    answers: { 200: ok('Oldest first; 10,000 values at most', ref('KpiHistory')) },
  },
  handle: history,
} as const satisfies RouteSpec;

async function history(context: RouteContext, call: Call): Promise<HttpAnswer> {
  const { ports } = context;
  const { params, query, principal } = call;
  const kpi = must(params['id']);
  if (!ports.kpis().some(({ id }) => id === kpi))
    return errorAnswer('not_found', 'there is no such KPI: GET /v1/kpis lists them');
  const range = rangeOf(query);
  if ('status' in range) return range;
  const every = everyOf(query.get('every'));
  if (every === undefined) return errorAnswer('invalid', 'every is a duration, e.g. 30s, 15m, 1h');
  const asked = every === null ? range : { ...range, every };
  const key = keyOf(query.getAll('key'));
  if (key === undefined) return errorAnswer('invalid', 'key is <dimension>:<value>, repeated, or * for every key');
  const filter = visibleTo(context, principal, ['kpi/*']);
  if (key !== null && !passes(filter, key)) return errorAnswer('forbidden', 'this key is outside your scope');

  const found = await kpiValues(context, kpi, key, asked, filter);
  if ('status' in found) return found;
  const { values, complete } = found;
  // Every key at once takes the data elsewhere: that is on record.
  if (key === null) {
    context.audit.read({ action: 'kpi.export', principal, address: call.request.remote, of: { kpi } });
  }
  return jsonAnswer(200, answerOf(kpi, asked, values, complete));
}

/** Of an empty answer whose range was left open both ends are 1970. */
function answerOf(kpi: string, asked: Range, values: readonly KpiMessage[], complete: boolean): KpiHistory {
  const first = values[0]?.window.end ?? iso(0);
  const last = values.at(-1)?.window.end ?? iso(0);
  return {
    kpi,
    from: asked.from === undefined ? first : iso(asked.from),
    to: asked.to === FAR ? last : iso(asked.to),
    complete,
    values,
  };
}

const UNITS: Readonly<Record<string, Millis>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
/** null: not given; undefined: no duration. */
function everyOf(text: string | null): Millis | null | undefined {
  if (text === null || text === '') return null;
  const [, digits, unit] = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text) ?? []; // no duration
  if (digits === undefined || unit === undefined) return undefined;
  const every = Number(digits) * must(UNITS[unit]);
  return every > 0 ? every : undefined;
}

/** null: every key; undefined: unreadable. */
function keyOf(parts: readonly string[]): Record<string, string> | null | undefined {
  if (parts.length === 1 && parts[0] === '*') return null;
  if (parts.length > MAX_DIMENSIONS) return undefined;
  const key = new Map<string, string>();
  for (const part of parts) {
    const colon = part.indexOf(':');
    const dimension = part.slice(0, Math.max(0, colon));
    if (dimension === '' || key.has(dimension)) return undefined;
    key.set(dimension, part.slice(colon + 1));
  }
  return Object.fromEntries(key); // an assignment to `__proto__` would name nothing
}

function iso(time: Millis): string {
  return new Date(time).toISOString();
}
