import { list, object, ok, ref } from '../../documents/schema-forms.ts';
import { jsonAnswer } from '../../http/responses.ts';
import type { RouteSpec } from '../route.ts';

/** Their names alone, as of KPIs and rules: what was counted of whom is in the funnel of each, within the scope. */
export const journeysRoute = {
  method: 'GET',
  path: '/v1/journeys',
  permission: 'read',
  needsEngine: true,
  operation: {
    summary: 'The configured journeys, and whether each has a funnel.',
    answers: { 200: ok('In the order of the configuration', object({ journeys: list(ref('Journey')) })) },
  },
  handle({ ports }) {
    const all = ports.journeys?.() ?? []; // an engine without any
    const journeys = all.map(({ id, title, dimensions, kpis }) => ({
      id,
      title,
      dimensions,
      hasFunnel: kpis.length > 0,
    }));
    return jsonAnswer(200, { journeys });
  },
} as const satisfies RouteSpec;
