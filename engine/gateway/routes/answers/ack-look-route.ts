import { parameter } from '../../documents/schema-forms.ts';
import type { RouteSpec } from '../route.ts';
import { ackVisit } from './ack-visit.ts';

export const ackLookRoute = {
  method: 'GET',
  path: '/a/{token}',
  permission: null,
  hasOwnProof: true,
  operation: {
    summary: 'The page behind the link of a notice: it asks for a name, and does nothing by being opened.',
    parameters: [
      parameter('token', 'path', 'What the notice carries: names alerts or an action, and one hook, and expires'),
    ],
    answers: {
      200: { description: 'A page to confirm on, or how the alert or action stands', content: { 'text/html': {} } },
      404: { description: 'No valid link' },
      410: { description: 'Expired' },
    },
  },
  handle(context, call) {
    const visit = ackVisit(context, call);
    if ('status' in visit) return visit;
    return visit.page(visit.stands);
  },
} as const satisfies RouteSpec;
