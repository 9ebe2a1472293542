import { ok, ref } from '../../documents/schema-forms.ts';
import { condition } from '../../http/responses.ts';
import type { RouteSpec } from '../route.ts';

export const healthzRoute = {
  method: 'GET',
  path: '/healthz',
  permission: null,
  operation: {
    summary:
      'Liveness: is there anything that only a new process mends? A broker that is away, a full stream, a start or a standby is ' +
      'no reason: that is /readyz.',
    answers: { 200: ok('No: let it run', ref('Condition')), 503: ok('Yes, and what: restart it', ref('Condition')) },
  },
  handle: ({ ports }) => condition(ports.healthy?.()),
} as const satisfies RouteSpec;
