import type { Millis } from '../../../core/types.ts';
import type { AlertMessage, NoticeNote } from '../../../core/wire.ts';
import { passes, visibleAlert } from '../../../live/filter.ts';
import { instant, list, object, ok, parameter, ref } from '../../documents/schema-forms.ts';
import { errorAnswer, jsonAnswer } from '../../http/responses.ts';
import type { Call } from '../../http/router.ts';
import type { HttpAnswer } from '../../server/http-message.ts';
import { may } from '../../access/principal.ts';
import { rangeOf } from '../kpis/values-in-range.ts';
import { type RouteContext, visibleTo } from '../route-context.ts';
import type { RouteSpec } from '../route.ts';

const MAX_CHANGES = 5_000;
const DEFAULT_RANGE_MS: Millis = 86_400_000;
const TIMEOUT_MS: Millis = 5_000;
/** What a rule's id may look like: it becomes part of a subject. */
const RULE = /^[A-Za-z0-9_-]{1,64}$/;

/** Of one alert, with what hooks made of it while it is open. */
export const alertHistoryRoute = {
  method: 'GET',
  path: '/v1/alerts/history',
  permission: 'read',
  needsEngine: true,
  query: { from: 'once', to: 'once', rule: 'once', alert: 'once' },
  operation: {
    summary: 'What became of alerts: each change of state, oldest first, as far back as the stream holds them.',
    parameters: [
      parameter('from', 'query', 'Changes that took place at or after; default: a day before `to`', instant),
      parameter('to', 'query', 'Changes that took place before; default: now', instant),
      parameter('rule', 'query', 'Only of this rule'),
      parameter('alert', 'query', 'Only of this alert; with the notices of it while it is open'),
    ],
    answers: {
      200: ok(
        `Within the scope; the latest ${MAX_CHANGES} at most`,
        object({ complete: { type: 'boolean' }, changes: list(ref('Alert')), notices: list(ref('NoticeNote')) }),
      ),
    },
  },
  handle: alertHistory,
} as const satisfies RouteSpec;

async function alertHistory(context: RouteContext, { query, principal, request }: Call): Promise<HttpAnswer> {
  const { ports } = context;
  const asked = rangeOf(query);
  if ('status' in asked) return asked;
  const rule = query.get('rule');
  if (rule !== null && !RULE.test(rule)) return errorAnswer('invalid', 'rule is the id of a rule');
  const to = Math.min(asked.to, context.now() + DEFAULT_RANGE_MS);
  const from = asked.from ?? Math.min(to, context.now()) - DEFAULT_RANGE_MS; // as the document says
  const alert = query.get('alert');
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  let found: Awaited<ReturnType<NonNullable<typeof ports.alertHistory>>> | string | undefined;
  try {
    found = await context.histories.pass(async () => {
      signal.throwIfAborted();
      return ports.alertHistory?.({ from, to, rule, alert, limit: MAX_CHANGES }, signal);
    });
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
    return errorAnswer('not_ready', 'the stream of alerts cannot be read in time', {}, { 'retry-after': '5' });
  }
  if (typeof found === 'string') {
    const limit = 'http.limits.histories';
    return errorAnswer(
      'overloaded',
      `too many histories are asked for at once (${limit})`,
      { limit },
      { 'retry-after': '2' },
    );
  }
  if (found === undefined) return errorAnswer('not_ready', 'this gateway has no stream of alerts');
  const filter = visibleTo(context, principal, ['alerts']);
  const changes = found.changes
    .filter(({ key }) => passes(filter, key))
    .map((message) => visibleAlert(filter, message));
  // Which destinations there are is for those who look after hooks.
  const notices = may(principal, 'hooks') ? await noticesOf(context, alert, changes) : [];
  // With what customers said, as causes and samples of them.
  context.audit.read({ action: 'alerts.read', principal, address: request.remote });
  return jsonAnswer(200, { complete: found.isComplete, changes, notices });
}

/** Of an alert that whoever asks may see. */
async function noticesOf(
  { ports }: RouteContext,
  alert: string | null,
  changes: readonly AlertMessage[],
): Promise<readonly NoticeNote[]> {
  if (alert === null || changes.length === 0) return [];
  return (await ports.notices?.(alert)) ?? []; // no hook is configured
}
