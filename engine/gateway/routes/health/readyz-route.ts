import { ok, ref } from '../../documents/schema-forms.ts';
import { allWell, condition, withoutNames } from '../../http/responses.ts';
import type { RouteSpec } from '../route.ts';

export const readyzRoute = {
  method: 'GET',
  path: '/readyz',
  permission: null,
  operation: {
    summary:
      'Readiness: is the engine processing? `degraded` says what is amiss though it is, such as a clock that runs ahead or a hook that ' +
      'fails, and whose it is (with keys: only to those who may see everything, in /v1/status). With what is encrypted at rest. ' +
      'The topic `health` of /v1/live says the same as it changes.',
    answers: { 200: ok('Yes', ref('Readiness')), 503: ok('No, and why', ref('Readiness')) },
  },
  handle({ ports, access }) {
    const encryption = ports.encryption?.();
    const state = ports.ready?.() ?? allWell;
    return condition(access.isOpen ? state : withoutNames(state), encryption === undefined ? {} : { encryption });
  },
} as const satisfies RouteSpec;
