/** Which voices an asker may see and wants, and how they are read: one question at a time of those that read the stream. */
import type { Millis } from '../../../core/types.ts';
import type { Voice } from '../../../core/voices/voice.ts';
import { filterOf, isOwn, passes } from '../../../live/filter.ts';
import { errorAnswer } from '../../http/responses.ts';
import type { Call } from '../../http/router.ts';
import type { HttpAnswer } from '../../server/http-message.ts';
import { type RouteContext, visibleTo } from '../route-context.ts';

const TIMEOUT_MS: Millis = 10_000;
const KEY = /^([a-z][a-z_]{0,31}):(.{1,120})$/;
export const NO_PAIR = 'key is <dimension>:<value>';

/** By scope, `key` and `issue`; null: a key is no pair. */
export function wantedVoices(
  context: RouteContext,
  { query, principal }: Pick<Call, 'query' | 'principal'>,
): ((voice: Voice) => boolean) | null {
  // A map: `constructor` names a dimension like any other.
  const wishes = new Map<string, string[]>();
  for (const part of query.getAll('key')) {
    const [, name, value] = KEY.exec(part) ?? []; // it is no pair
    if (name === undefined || value === undefined) return null;
    wishes.set(name, [...(wishes.get(name) ?? []), value]); // the first of its dimension
  }
  const where = Object.fromEntries(wishes);
  const scope = visibleTo(context, principal);
  const wanted = filterOf([], where);
  const issue = query.get('issue');
  return ({ key, issues }) =>
    (scope.scope.length === 0 || isOwn(scope, key)) &&
    Object.keys(where).every((name) => Object.hasOwn(key, name)) &&
    passes(wanted, key) &&
    (issue === null || issues.includes(issue));
}

export async function readVoices<T>(
  { histories }: RouteContext,
  read: (signal: AbortSignal) => Promise<T>,
): Promise<{ readonly voices: T } | HttpAnswer> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const found = await histories.pass(async () => {
      signal.throwIfAborted();
      return { voices: await read(signal) };
    });
    if (found !== 'full') return found;
    const limit = 'http.limits.histories';
    return errorAnswer('overloaded', `too much is read at once (${limit})`, { limit }, { 'retry-after': '2' });
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
    return errorAnswer('not_ready', 'the stream of events cannot be read in time', {}, { 'retry-after': '5' });
  }
}
