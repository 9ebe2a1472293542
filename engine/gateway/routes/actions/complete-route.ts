import { must } from '../../../core/must.ts';
import { passesAction } from '../../../live/filter.ts';
import { object, ok, parameter, text } from '../../documents/schema-forms.ts';
import { objectBody, textField } from '../../http/body.ts';
import { errorAnswer } from '../../http/responses.ts';
import { decide, MAX_NOTE } from '../alerts/decide.ts';
import { recovering, visibleTo } from '../route-context.ts';
import type { RouteSpec } from '../route.ts';

export const completeRoute = {
  method: 'POST',
  path: '/v1/actions/{id}/complete',
  permission: 'actions',
  needsEngine: true,
  operation: {
    summary: 'Says that an action is done. It comes back as a change of the action, and is in the audit.',
    parameters: [parameter('id', 'path', 'Action')],
    body: object({ note: text }, ['note']),
    answers: { 202: ok('Taken', object({ accepted: { type: 'boolean' } })) },
  },
  handle(context, { request, params, principal }) {
    const read = objectBody(request);
    if ('refused' in read) return read.refused;
    const note = textField(read.body, 'note', MAX_NOTE);
    if (note === undefined) return errorAnswer('invalid', `note is a text of at most ${MAX_NOTE} characters`);
    const action = context.hub.board.actions.get(must(params['id']));
    // Outside the scope there is no such action: its very existence is news.
    if (action === undefined || !passesAction(visibleTo(context, principal, ['actions']), action.item))
      return (
        recovering(context) ?? errorAnswer('not_found', 'there is no such open action: GET /v1/actions lists them')
      );
    return decide(context, {
      type: 'earshot.action.completed',
      data: {
        action: action.id,
        by: principal.name,
        at: new Date(context.now()).toISOString(),
        note: note === null ? null : context.mask(note),
      },
    });
  },
} as const satisfies RouteSpec;
