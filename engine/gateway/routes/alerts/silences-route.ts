import type { Json, JsonObject } from '../../../core/types.ts';
import { type Filter, isOwn, passes } from '../../../live/filter.ts';
import { list, object, ok, ref } from '../../documents/schema-forms.ts';
import { jsonAnswer } from '../../http/responses.ts';
import { recovering, visibleTo } from '../route-context.ts';
import type { RouteSpec } from '../route.ts';
import { keyOfSilence } from './silence-match.ts';

export const silencesRoute = {
  method: 'GET',
  path: '/v1/silences',
  permission: 'read',
  needsEngine: true,
  operation: {
    summary: 'Silences in force.',
    answers: { 200: ok('Within the scope', object({ silences: list(ref('Silence')) })) },
  },
  handle(context, { principal }) {
    const waits = recovering(context);
    if (waits !== undefined) return waits;
    const filter = visibleTo(context, principal);
    const seen = context.silences.list().filter((silence) => passes(filter, keyOfSilence(silence)));
    return jsonAnswer(200, { silences: seen.map((silence) => visible(filter, silence)) });
  },
} as const satisfies RouteSpec;

/** The reason of one that reaches beyond the scope is written for others, and may name them. */
function visible(filter: Filter, silence: Json): Json {
  return isOwn(filter, keyOfSilence(silence)) ? silence : { ...(silence as JsonObject), reason: '' };
}
