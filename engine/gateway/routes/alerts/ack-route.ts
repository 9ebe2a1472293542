import { must } from '../../../core/must.ts';
import { passes } from '../../../live/filter.ts';
import { object, ok, parameter, text } from '../../documents/schema-forms.ts';
import { objectBody, textField } from '../../http/body.ts';
import { errorAnswer } from '../../http/responses.ts';
import { mayTouch, recovering, visibleTo } from '../route-context.ts';
import type { RouteSpec } from '../route.ts';
import { decide, MAX_NOTE } from './decide.ts';

export const ackRoute = {
  method: 'POST',
  path: '/v1/alerts/{id}/ack',
  permission: 'ack',
  needsEngine: true,
  operation: {
    summary: 'Takes an alert on. It comes back as an alert change.',
    parameters: [parameter('id', 'path', 'Alert')],
    body: object({ note: text }, ['note']),
    answers: { 202: ok('Taken', object({ accepted: { type: 'boolean' } })) },
  },
  handle(context, { params, principal, request }) {
    const read = objectBody(request);
    if ('refused' in read) return read.refused;
    const note = textField(read.body, 'note', MAX_NOTE);
    if (note === undefined) return errorAnswer('invalid', `note is a text of at most ${MAX_NOTE} characters`);
    const alert = context.hub.board.alerts.get(must(params['id']));
    // Outside the scope there is no such alert: its very existence is news.
    if (alert === undefined || !passes(visibleTo(context, principal, ['alerts']), alert.key)) {
      return recovering(context) ?? errorAnswer('not_found', 'there is no such alert: GET /v1/alerts lists them');
    }
    // A total concerns others too: it may be seen, not taken on for everybody.
    if (!mayTouch(context, principal, alert.key)) {
      return errorAnswer('forbidden', 'this alert reaches beyond your scope');
    }
    if (alert.state === 'resolved') return errorAnswer('conflict', 'this alert is resolved');
    const at = new Date(context.now()).toISOString();
    return decide(context, {
      type: 'earshot.alert.acked',
      data: {
        alert: alert.alert,
        rule: alert.rule,
        by: principal.name,
        at,
        note: note === null ? null : context.mask(note),
      },
    });
  },
} as const satisfies RouteSpec;
