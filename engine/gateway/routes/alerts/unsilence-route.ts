import { object, ok, parameter } from '../../documents/schema-forms.ts';
import { errorAnswer } from '../../http/responses.ts';
import type { RouteSpec } from '../route.ts';
import { decide } from './decide.ts';
import { maySilence } from './silence-match.ts';

export const unsilenceRoute = {
  method: 'DELETE',
  path: '/v1/silences',
  permission: 'silence',
  needsEngine: true,
  query: { id: 'once' },
  operation: {
    summary: 'Ends a silence.',
    parameters: [{ ...parameter('id', 'query', 'Silence'), required: true }],
    answers: { 202: ok('Taken', object({ accepted: { type: 'boolean' } })) },
  },
  async handle(context, { query, principal }) {
    const id = query.get('id');
    const known = id === null ? undefined : context.silences.get(id);
    if (id === null || known === undefined || !maySilence(context, principal, known)) {
      return errorAnswer('not_found', 'there is no such silence: DELETE /v1/silences?id=<silence>');
    }
    const sent = await decide(context, {
      type: 'earshot.silence.deleted',
      data: { silence: id, by: principal.name },
    });
    if (sent.status < 400) context.silences.remove(id);
    return sent;
  },
} as const satisfies RouteSpec;
