import { object, ok, parameter } from '../../documents/schema-forms.ts';
import type { RouteSpec } from '../route.ts';
import { decidableAlert } from './decidable-alert.ts';
import { decide } from './decide.ts';

export const unackRoute = {
  method: 'DELETE',
  path: '/v1/alerts/{id}/ack',
  permission: 'ack',
  needsEngine: true,
  operation: {
    summary: 'Gives an alert back: nobody is in charge of it any more. It comes back as an alert change.',
    parameters: [parameter('id', 'path', 'Alert')],
    answers: { 202: ok('Taken', object({ accepted: { type: 'boolean' } })) },
  },
  handle(context, call) {
    const decidable = decidableAlert(context, call);
    if ('refused' in decidable) return decidable.refused;
    const { alert, rule } = decidable.alert;
    const at = new Date(context.now()).toISOString();
    return decide(context, { type: 'earshot.alert.unacked', data: { alert, rule, by: call.principal.name, at } });
  },
} as const satisfies RouteSpec;
