import { must } from '../../../core/must.ts';
import type { Millis } from '../../../core/types.ts';
import type { KpiMessage } from '../../../core/wire.ts';
import { instant, ok, parameter, ref, texts } from '../../documents/schema-forms.ts';
import type { JourneyDescription } from '../../gateway-ports.ts';
import { errorAnswer, jsonAnswer } from '../../http/responses.ts';
import type { Call } from '../../http/router.ts';
import type { HttpAnswer } from '../../server/http-message.ts';
import { kpiValues, rangeOf } from '../kpis/values-in-range.ts';
import { type RouteContext, visibleTo } from '../route-context.ts';
import type { RouteSpec } from '../route.ts';

const DAY_MS: Millis = 86_400_000;

export const journeyRoute = {
  method: 'GET',
  path: '/v1/journeys/{id}',
  permission: 'read',
  needsEngine: true,
  query: { from: 'once', to: 'once', key: 'many' },
  operation: {
    summary: 'The funnel of a journey: how many reached each step and left there, time, stalls, break points ranked.',
    parameters: [
      parameter('id', 'path', 'Journey'),
      parameter('from', 'query', 'Windows of its funnel that end at or after; default: a day before `to`', instant),
      parameter('to', 'query', 'Windows that end before; default: the one that is filling, too', instant),
      parameter(
        'key',
        'query',
        '`dimension:value` of channel, region, team as the journey keeps them, repeated',
        texts,
      ),
    ],
    answers: { 200: ok('Of journeys that ended in the range, within the scope', ref('JourneyFunnel')) },
  },
  handle: funnel,
} as const satisfies RouteSpec;

async function funnel(context: RouteContext, { params, query, principal }: Call): Promise<HttpAnswer> {
  const id = must(params['id']);
  const journey = (context.ports.journeys?.() ?? []).find((one) => one.id === id); // an engine without any
  if (journey === undefined) return errorAnswer('not_found', 'there is no such journey in the configuration');
  if (journey.kpis.length === 0)
    return errorAnswer(
      'not_found',
      `this journey has no funnel: give it one in the configuration (journeys[${id}].funnel: 1h)`,
    );
  const asked = rangeOf(query);
  if ('status' in asked) return asked;
  const key = keyOf(query.getAll('key'), journey);
  if (key === undefined)
    return errorAnswer(
      'invalid',
      `key is <dimension>:<value>, of ${journey.dimensions.join(', ') || 'none: the journey keeps none'}`,
    );
  const isLimited = principal.scope !== null;
  if (isLimited && journey.dimensions.length === 0)
    return errorAnswer('forbidden', 'this journey keeps neither channel, region nor team: whose it is cannot be known');
  const filter = visibleTo(context, principal, ['kpi/*']);
  const to = Math.min(asked.to, context.now() + DAY_MS);
  const range = { from: asked.from ?? Math.min(to, context.now()) - DAY_MS, to };
  // Those without limits who ask for all need no dimension; where there are several sets of keys, one is read.
  const isFine = isLimited || Object.keys(key).length > 0;
  const values: KpiMessage[] = [];
  let complete = true;
  for (const kpi of journey.kpis) {
    const found = await kpiValues(context, kpi, null, range, filter);
    if ('status' in found) return found;
    complete &&= found.complete;
    const size = isFine ? journey.dimensions.length + 1 : 1;
    values.push(...found.values.filter((value) => Object.keys(value.key).length === size && isOf(value.key, key)));
  }
  const { title } = journey;
  const [from, until] = [new Date(range.from).toISOString(), new Date(range.to).toISOString()];
  return jsonAnswer(200, { journey: id, title, from, to: until, key, complete, ...journey.funnel(values) });
}

/** undefined: it names what the journey does not keep, or one twice. */
function keyOf(parts: readonly string[], { dimensions }: JourneyDescription): Record<string, string> | undefined {
  const key = new Map<string, string>();
  for (const part of parts) {
    const colon = part.indexOf(':');
    const dimension = part.slice(0, Math.max(0, colon));
    if (!dimensions.includes(dimension) || key.has(dimension)) return undefined;
    key.set(dimension, part.slice(colon + 1));
  }
  return Object.fromEntries(key);
}
function isOf(key: Readonly<Record<string, string>>, wanted: Readonly<Record<string, string>>): boolean {
  return Object.entries(wanted).every(([dimension, value]) => key[dimension] === value);
}
