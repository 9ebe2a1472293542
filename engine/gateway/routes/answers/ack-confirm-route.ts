import { must } from '../../../core/must.ts';
import { parameter, text } from '../../documents/schema-forms.ts';
import { errorAnswer } from '../../http/responses.ts';
import type { RouteSpec } from '../route.ts';
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
      200: { description: 'Taken, or how the alert or action stands', content: { 'text/html': {} } },
      404: { description: 'No valid link' },
      410: { description: 'Expired' },
      422: { description: 'No name' },
    },
  },
  async handle(context, call) {
    const { body, secure } = call.request;
    if (body.length > MAX_BODY_BYTES)
      return errorAnswer('too_large', `this takes a name, at most ${MAX_BODY_BYTES} bytes`);
    const visit = ackVisit(context, call);
    if ('status' in visit) return visit;
    const { page, token, stands } = visit;
    const form = new URLSearchParams(new TextDecoder().decode(body));
    const name = cleanName(form.get('by') ?? '');
    if (name === '') return page('noName');
    const by = context.mask(name);
    const answers = must(context.ports.answers, 'the visit has asked for it');
    const outcome = await answers.acknowledge(token, by);
    switch (outcome) {
      case 'done': {
        const cookie = { 'set-cookie': nameCookie(name, secure) };
        return page(stands === 'resolved' ? 'resolved' : 'done', cookie, name);
      }
      case 'used':
        return page(stands === 'ask' ? 'used' : stands, {}, name);
      case 'expired':
      case 'unknown':
        return page(outcome, {}, name);
      case 'full':
      case 'late':
        return page('later', {}, name);
    }
  },
} as const satisfies RouteSpec;
