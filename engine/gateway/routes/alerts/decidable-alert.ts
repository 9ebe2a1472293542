/** The alert that somebody wants to decide about, if they may. */
import { must } from '../../../core/must.ts';
import type { AlertMessage } from '../../../core/wire.ts';
import { passes } from '../../../live/filter.ts';
import type { Call } from '../../http/router.ts';
import { errorAnswer } from '../../http/responses.ts';
import type { HttpAnswer } from '../../server/http-message.ts';
import { mayTouch, recovering, visibleTo, type RouteContext } from '../route-context.ts';

export function decidableAlert(
  context: RouteContext,
  { params, principal }: Pick<Call, 'params' | 'principal'>,
): { readonly alert: AlertMessage } | { readonly refused: HttpAnswer } {
  const alert = context.hub.board.alerts.get(must(params['id']));
  // Outside the scope there is no such alert: its very existence is news.
  if (alert === undefined || !passes(visibleTo(context, principal, ['alerts']), alert.key)) {
    const refused =
      recovering(context) ?? errorAnswer('not_found', 'there is no such alert: GET /v1/alerts lists them');
    return { refused };
  }
  // A total concerns others too: it may be seen, not taken on for everybody.
  if (!mayTouch(context, principal, alert.key)) {
    return { refused: errorAnswer('forbidden', 'this alert reaches beyond your scope') };
  }
  if (alert.state === 'resolved') return { refused: errorAnswer('conflict', 'this alert is resolved') };
  return { alert };
}
