import { LEAST_BEFORE, LEAST_PERSONS } from '../../../core/voices/least-heard.ts';
import { risingWords } from '../../../core/voices/rising-words.ts';
import { instant, integer, list, object, ok, parameter, text, texts } from '../../documents/schema-forms.ts';
import { errorAnswer, jsonAnswer } from '../../http/responses.ts';
import type { Call } from '../../http/router.ts';
import type { HttpAnswer } from '../../server/http-message.ts';
import type { RouteContext } from '../route-context.ts';
import type { RouteSpec } from '../route.ts';
import { NO_PAIR, readVoices, wantedVoices } from './wanted-voices.ts';

const DEFAULT_LIMIT = 8;
const MOST = 30;

const SPAN = object({ from: instant, to: instant, n: { ...integer, description: 'voices that were compared' } });
const ENOUGH = { type: 'boolean', description: 'false: too few voices before to compare with' } as const;
const WORD = object({
  word: text,
  n: { ...integer, description: 'voices with it now' },
  before: { ...integer, description: 'voices with it before' },
  times: { type: ['number', 'null'], description: 'its share now over that before; null: nobody used it' },
});

export const wordsRoute = {
  method: 'GET',
  path: '/v1/voices/words',
  permission: 'read',
  needsEngine: true,
  query: { issue: 'once', key: 'many', limit: 'once' },
  operation: {
    summary: 'Words and phrases that customers use more than in the hour before, the most telling first.',
    parameters: [
      parameter('issue', 'query', 'Only in what is about this issue'),
      parameter('key', 'query', '`dimension:value`, repeated', texts),
      parameter('limit', 'query', `How many at most: ${DEFAULT_LIMIT} unless given, up to ${MOST}`, integer),
    ],
    answers: {
      200: ok(
        `Of events that lie wholly in the scope: the newest of a quarter of an hour against a sample of the hour before. A word that fewer than ${LEAST_PERSONS} persons said is left out.`,
        object({ now: SPAN, before: SPAN, is_enough: ENOUGH, words: list(WORD) }),
      ),
    },
  },
  handle: words,
} as const satisfies RouteSpec;

async function words(context: RouteContext, call: Call): Promise<HttpAnswer> {
  const limit = Number(call.query.get('limit') ?? DEFAULT_LIMIT);
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST) return errorAnswer('invalid', `limit is 1 to ${MOST}`);
  const isWanted = wantedVoices(context, call);
  if (isWanted === null) return errorAnswer('invalid', NO_PAIR);
  const at = context.now();
  const nothing = { now: [], since: at, before: [], beforeFrom: at, beforeTo: at, terms: () => [] };
  const found = await readVoices(context, async (signal) => {
    const sample = (await context.ports.voiceSample?.(at, signal)) ?? nothing; // an engine without a broker has none
    const [now, before] = [sample.now.filter(isWanted), sample.before.filter(isWanted)];
    const rising = await context.lists.inSteps(risingWords(now, before, limit, sample.terms));
    return { ...sample, n: now.length, nBefore: before.length, rising };
  });
  if (!('voices' in found)) return found;
  const { since, beforeFrom, beforeTo, n, nBefore, rising } = found.voices;
  return jsonAnswer(200, {
    now: { from: iso(since), to: iso(at), n },
    before: { from: iso(beforeFrom), to: iso(beforeTo), n: nBefore },
    is_enough: nBefore >= LEAST_BEFORE,
    words: rising,
  });
}
function iso(at: number): string {
  return new Date(at).toISOString();
}
