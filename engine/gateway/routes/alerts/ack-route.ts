import { object, ok, parameter, text } from '../../documents/schema-forms.ts';
import { objectBody, textField } from '../../http/body.ts';
import { errorAnswer } from '../../http/responses.ts';
import type { RouteSpec } from '../route.ts';
import { decidableAlert } from './decidable-alert.ts';
import { byOf, decide, MAX_NAME, MAX_NOTE } from './decide.ts';

export const ackRoute = {
  method: 'POST',
  path: '/v1/alerts/{id}/ack',
  permission: 'ack',
  needsEngine: true,
  operation: {
    summary: 'Takes an alert on. It comes back as an alert change.',
    parameters: [parameter('id', 'path', 'Alert')],
    body: object({ note: text, name: text }, ['note', 'name']),
    answers: { 202: ok('Taken', object({ accepted: { type: 'boolean' } })) },
  },
  handle(context, call) {
    const read = objectBody(call.request);
    if ('refused' in read) return read.refused;
    const note = textField(read.body, 'note', MAX_NOTE);
    if (note === undefined) return errorAnswer('invalid', `note is a text of at most ${MAX_NOTE} characters`);
    const name = textField(read.body, 'name', MAX_NAME);
    if (name === undefined) return errorAnswer('invalid', `name is a text of at most ${MAX_NAME} characters`);
    const decidable = decidableAlert(context, call);
    if ('refused' in decidable) return decidable.refused;
    const { alert } = decidable;
    const at = new Date(context.now()).toISOString();
    return decide(context, {
      type: 'earshot.alert.acked',
      data: {
        alert: alert.alert,
        rule: alert.rule,
        by: byOf(context, call.principal.name, name),
        at,
        note: note === null ? null : context.mask(note),
      },
    });
  },
} as const satisfies RouteSpec;
