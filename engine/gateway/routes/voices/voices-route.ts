import type { Voice } from '../../../core/voices/voice.ts';
import { termsOf } from '../../../core/voices/terms.ts';
import { instant, integer, list, object, ok, parameter, text, texts } from '../../documents/schema-forms.ts';
import { errorAnswer, jsonAnswer } from '../../http/responses.ts';
import type { Call } from '../../http/router.ts';
import type { HttpAnswer } from '../../server/http-message.ts';
import type { RouteContext } from '../route-context.ts';
import type { RouteSpec } from '../route.ts';
import { NO_PAIR, readVoices, wantedVoices } from './wanted-voices.ts';

const DEFAULT_LIMIT = 10;
const MOST = 50;

const textOrNull = { type: ['string', 'null'] } as const;
const VOICE = object({
  ...{
    at: instant,
    text: { ...text, description: 'masked' },
    issues: texts,
    sentiment: textOrNull,
    intensity: textOrNull,
  },
  key: { type: 'object', additionalProperties: text },
});

export const voicesRoute = {
  method: 'GET',
  path: '/v1/voices',
  permission: 'read',
  needsEngine: true,
  query: { issue: 'once', sentiment: 'once', word: 'once', key: 'many', limit: 'once' },
  operation: {
    summary: 'What customers said last, masked, the newest first.',
    parameters: [
      parameter('issue', 'query', 'Only what is about this issue'),
      parameter('sentiment', 'query', 'positive, neutral or negative'),
      parameter('word', 'query', 'Only what holds this word, as `/v1/voices/words` names it'),
      parameter('key', 'query', '`dimension:value`, repeated', texts),
      parameter('limit', 'query', `How many at most: ${DEFAULT_LIMIT} unless given, up to ${MOST}`, integer),
    ],
    answers: { 200: ok('Of events that lie wholly in the scope', object({ voices: list(VOICE) })) },
  },
  handle: voices,
} as const satisfies RouteSpec;

async function voices(context: RouteContext, call: Call): Promise<HttpAnswer> {
  const { query, principal, request } = call;
  const limit = Number(query.get('limit') ?? DEFAULT_LIMIT);
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST) return errorAnswer('invalid', `limit is 1 to ${MOST}`);
  const isWanted = wantedVoices(context, call);
  if (isWanted === null) return errorAnswer('invalid', NO_PAIR);
  const found = await readVoices<readonly Voice[]>(
    context,
    async (signal) => (await context.ports.voices?.(signal)) ?? [], // an engine without a broker has none
  );
  if (!('voices' in found)) return found;
  const [sentiment, word] = [query.get('sentiment'), query.get('word')?.toLowerCase()];
  const seen = found.voices
    .filter(isWanted)
    .filter((voice) => sentiment === null || voice.sentiment === sentiment)
    .filter((voice) => word === undefined || termsOf(voice.text).has(word))
    .slice(0, limit);
  context.audit.read({ action: 'voices.read', principal, address: request.remote });
  return jsonAnswer(200, { voices: seen.map(shown) });
}
/** Without whose it is. */
function shown({ at, text: said, key, issues, sentiment, intensity }: Voice): object {
  return { at: new Date(at).toISOString(), text: said, key, issues, sentiment, intensity };
}
