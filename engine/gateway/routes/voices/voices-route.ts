import type { Millis } from '../../../core/types.ts';
import type { Voice } from '../../../core/voices/voice.ts';
import { filterOf, isOwn, passes } from '../../../live/filter.ts';
import { instant, integer, list, object, ok, parameter, text, texts } from '../../documents/schema-forms.ts';
import { errorAnswer, jsonAnswer } from '../../http/responses.ts';
import type { Call } from '../../http/router.ts';
import type { HttpAnswer } from '../../server/http-message.ts';
import { type RouteContext, visibleTo } from '../route-context.ts';
import type { RouteSpec } from '../route.ts';

const TIMEOUT_MS: Millis = 10_000;
const DEFAULT_LIMIT = 10;
const MOST = 50;
const KEY = /^([a-z][a-z_]{0,31}):(.{1,120})$/;

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
  query: { issue: 'once', sentiment: 'once', key: 'many', limit: 'once' },
  operation: {
    summary: 'What customers said last, masked, the newest first.',
    parameters: [
      parameter('issue', 'query', 'Only what is about this issue'),
      parameter('sentiment', 'query', 'positive, neutral or negative'),
      parameter('key', 'query', '`dimension:value`, repeated', texts),
      parameter('limit', 'query', `How many at most: ${DEFAULT_LIMIT} unless given, up to ${MOST}`, integer),
    ],
    answers: { 200: ok('Of events that lie wholly in the scope', object({ voices: list(VOICE) })) },
  },
  handle: voices,
} as const satisfies RouteSpec;

async function voices(context: RouteContext, { query, principal, request }: Call): Promise<HttpAnswer> {
  const limit = Number(query.get('limit') ?? DEFAULT_LIMIT);
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST) return errorAnswer('invalid', `limit is 1 to ${MOST}`);
  // A map: `constructor` names a dimension like any other.
  const wishes = new Map<string, string[]>();
  for (const part of query.getAll('key')) {
    const [, name, value] = KEY.exec(part) ?? []; // it is no pair
    if (name === undefined || value === undefined) return errorAnswer('invalid', 'key is <dimension>:<value>');
    wishes.set(name, [...(wishes.get(name) ?? []), value]); // the first of its dimension
  }
  const where = Object.fromEntries(wishes);
  const found = await read(context);
  if (!Array.isArray(found)) return found as HttpAnswer;
  const scope = visibleTo(context, principal);
  const wanted = filterOf([], where);
  const [issue, sentiment] = [query.get('issue'), query.get('sentiment')];
  const seen = (found as readonly Voice[])
    .filter(({ key }) => scope.scope.length === 0 || isOwn(scope, key))
    .filter(({ key }) => Object.keys(where).every((name) => Object.hasOwn(key, name)) && passes(wanted, key))
    .filter((voice) => issue === null || voice.issues.includes(issue))
    .filter((voice) => sentiment === null || voice.sentiment === sentiment)
    .slice(0, limit);
  context.audit.read({ action: 'voices.read', principal, address: request.remote });
  return jsonAnswer(200, { voices: seen.map((voice) => ({ ...voice, at: new Date(voice.at).toISOString() })) });
}

async function read({ ports, histories }: RouteContext): Promise<readonly Voice[] | HttpAnswer> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const found = await histories.pass(async () => {
      signal.throwIfAborted();
      return (await ports.voices?.(signal)) ?? []; // an engine without a broker has none
    });
    if (found !== 'full') return found;
    const limit = 'http.limits.histories';
    return errorAnswer('overloaded', `too much is read at once (${limit})`, { limit }, { 'retry-after': '2' });
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
    return errorAnswer('not_ready', 'the stream of events cannot be read in time', {}, { 'retry-after': '5' });
  }
}
