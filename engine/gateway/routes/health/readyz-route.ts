import { ok, ref } from '../../documents/schema-forms.ts';
import { condition } from '../../http/responses.ts';
import type { RouteSpec } from '../route.ts';

export const readyzRoute = {
  method: 'GET',
  path: '/readyz',
  permission: null,
  operation: {
    summary: 'Readiness: is the engine processing? The topic `health` of /v1/live says the same as it changes.',
    answers: { 200: ok('Yes', ref('Condition')), 503: ok('No, and why', ref('Condition')) },
  },
  handle: ({ ports }) => condition(ports.ready?.()),
} as const satisfies RouteSpec;
