import { list, object, ok, ref } from '../../documents/schema-forms.ts';
import { jsonAnswer } from '../../http/responses.ts';
import type { RouteSpec } from '../route.ts';

export const hooksRoute = {
  method: 'GET',
  path: '/v1/hooks',
  permission: 'metrics',
  operation: {
    summary: 'How each hook does: what was delivered, what waits, what failed and why. No address, no key.',
    answers: { 200: ok('In the order of the configuration', object({ hooks: list(ref('Hook')) })) },
  },
  handle: ({ ports }) => jsonAnswer(200, { hooks: (ports.hooks?.() ?? []).map((hook) => ({ ...hook })) }),
} as const satisfies RouteSpec;
