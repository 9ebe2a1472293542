/** Some tools look whether an address answers before they send anything there (HEAD or GET): it does, and says no more. */
import { object, ok, parameter, text } from '../../documents/schema-forms.ts';
import { jsonAnswer } from '../../http/responses.ts';
import type { RouteSpec } from '../route.ts';

export const sourceLookRoute = {
  method: 'GET',
  path: '/v1/in/{id}',
  permission: null,
  hasOwnProof: true,
  operation: {
    summary: 'For tools that look whether the address of a webhook answers; says nothing of which sources there are.',
    parameters: [parameter('id', 'path', 'Source')],
    answers: { 200: ok('It does', object({ send: text })) },
  },
  handle: () => jsonAnswer(200, { send: 'POST' }),
} as const satisfies RouteSpec;
