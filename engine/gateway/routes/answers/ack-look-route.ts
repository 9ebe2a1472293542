import { parameter } from '../../documents/schema-forms.ts';
import type { RouteSpec } from '../route.ts';
import { ackPage } from './ack-page.ts';
import { ackVisit } from './ack-visit.ts';

export const ackLookRoute = {
  method: 'GET',
  path: '/a/{token}',
  permission: null,
  hasOwnProof: true,
  operation: {
    summary: 'The page behind the link of a notice: it asks for a name, and does nothing by being opened.',
    parameters: [parameter('token', 'path', 'What the notice carries: names one alert and one hook, and expires')],
    answers: {
      200: { description: 'A page to confirm on, or how the alert stands', content: { 'text/html': {} } },
      404: { description: 'No valid link' },
      410: { description: 'Expired' },
    },
  },
  handle(context, call) {
    const visit = ackVisit(context, call);
    if ('status' in visit) return visit;
    const { alert } = visit.page;
    const state = alert?.state === 'resolved' ? 'resolved' : alert !== null && alert.acked !== null ? 'acked' : 'ask';
    return ackPage({ ...visit.page, state });
  },
} as const satisfies RouteSpec;
