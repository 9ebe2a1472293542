import type { AlertMessage } from '../../../core/wire.ts';
import { type Filter, passes, visibleAlert } from '../../../live/filter.ts';
import { list, object, ok, ref } from '../../documents/schema-forms.ts';
import { jsonAnswer } from '../../http/responses.ts';
import { listed } from '../../http/shared-list.ts';
import { recovering, type RouteContext, visibleTo } from '../route-context.ts';
import type { RouteSpec } from '../route.ts';

export const alertsRoute = {
  method: 'GET',
  path: '/v1/alerts',
  permission: 'read',
  needsEngine: true,
  operation: {
    summary: 'Open alerts and the last resolved ones, newest first.',
    answers: { 200: ok('Within the scope', object({ open: list(ref('Alert')), recent: list(ref('Alert')) })) },
  },
  async handle(context, { principal }) {
    const waits = recovering(context);
    if (waits !== undefined) return waits;
    const filter = visibleTo(context, principal, ['alerts']);
    const body = await context.lists.of(`alerts ${filter.id}`, () => openAndRecent(context, filter));
    return { ...jsonAnswer(200, null), body };
  },
} as const satisfies RouteSpec;

function* openAndRecent({ hub }: RouteContext, filter: Filter): Generator<string> {
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
