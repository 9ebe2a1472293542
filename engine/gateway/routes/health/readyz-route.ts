import { ok, ref } from '../../documents/schema-forms.ts';
import { condition } from '../../http/responses.ts';
import type { RouteSpec } from '../route.ts';

export const readyzRoute = {
  method: 'GET',
  path: '/readyz',
  permission: null,
  operation: {
    summary:
      'Readiness: is the engine processing? With what is encrypted at rest. The topic `health` of /v1/live says the same as it changes.',
    answers: { 200: ok('Yes', ref('Readiness')), 503: ok('No, and why', ref('Readiness')) },
  },
  handle({ ports }) {
    const encryption = ports.encryption?.();
    return condition(ports.ready?.(), encryption === undefined ? {} : { encryption });
  },
} as const satisfies RouteSpec;
