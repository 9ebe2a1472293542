import { isOwn } from '../../../live/filter.ts';
import { list, ok, ref } from '../../documents/schema-forms.ts';
import { jsonAnswer } from '../../http/responses.ts';
import { visibleTo } from '../route-context.ts';
import type { RouteSpec } from '../route.ts';

/** So that a page can draw where a KPI fires and recovers. */
export const rulesRoute = {
  method: 'GET',
  path: '/v1/rules',
  permission: 'read',
  operation: {
    summary: 'The rules on KPIs: what fires and ends them, how grave, whose.',
    answers: { 200: ok('As configured; expressions that name keys only without a scope', list(ref('Rule'))) },
  },
  handle(context, { principal }) {
    const filter = visibleTo(context, principal);
    const isFree = isOwn(filter, {});
    const rules = context.ports.rules?.() ?? []; // an engine without any
    // An expression may name the keys that it is for: `key.region == "west" && value < 80`.
    const shown = (expression: string | null): string | null =>
      isFree || expression === null || !/["']/.test(expression) ? expression : '';
    return jsonAnswer(
      200,
      rules.map((rule) => ({ ...rule, fire: shown(rule.fire), recover: shown(rule.recover) })),
    );
  },
} as const satisfies RouteSpec;
