import { must } from '../../../core/must.ts';
import { parameter, text } from '../../documents/schema-forms.ts';
import { errorAnswer } from '../../http/responses.ts';
import type { RouteSpec } from '../route.ts';
import { ackPage, stateOf } from './ack-page.ts';
import { ackVisit, cleanName, nameCookie } from './ack-visit.ts';

const MAX_BODY_BYTES = 2_048;

export const ackConfirmRoute = {
  method: 'POST',
  path: '/a/{token}',
  permission: null,
  hasOwnProof: true,
  operation: {
    summary: 'Somebody confirms on the page behind the link of a notice, by name. Works once.',
    parameters: [parameter('token', 'path', 'What the notice carries')],
    body: { type: 'object', properties: { by: text }, required: ['by'] },
    answers: {
      200: { description: 'Taken, or how the alert stands', content: { 'text/html': {} } },
      404: { description: 'No valid link' },
      410: { description: 'Expired' },
      422: { description: 'No name' },
    },
  },
  async handle(context, call) {
    const { body, secure } = call.request;
    if (body.length > MAX_BODY_BYTES) return errorAnswer('too_large', 'a name is shorter than that');
    const visit = ackVisit(context, call);
    if ('status' in visit) return visit;
    const { page, token } = visit;
    const form = new URLSearchParams(new TextDecoder().decode(body));
    const name = cleanName(form.get('by') ?? '');
    if (name === '') return ackPage({ ...page, state: 'noName' });
    const by = context.mask(name);
    const answers = must(context.ports.answers, 'the visit has asked for it');
    const outcome = await answers.acknowledge(token, by);
    const cookie = { 'set-cookie': nameCookie(name, secure) };
    switch (outcome) {
      case 'done':
        return ackPage({ ...page, name, state: stateOf(page) === 'resolved' ? 'resolved' : 'done' }, cookie);
      case 'used':
        return ackPage({ ...page, name, state: stateOf(page) === 'ask' ? 'used' : stateOf(page) });
      case 'expired':
      case 'unknown':
        return ackPage({ ...page, name, state: outcome });
      case 'full':
      case 'late':
        return ackPage({ ...page, name, state: 'later' });
    }
  },
} as const satisfies RouteSpec;
