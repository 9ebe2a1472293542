import { randomUUID } from 'node:crypto';
import type { Millis } from '../../../core/types.ts';
import { instant, object, ok, ref, text } from '../../documents/schema-forms.ts';
import { objectBody, textField } from '../../http/body.ts';
import { errorAnswer, jsonAnswer } from '../../http/responses.ts';
import type { RouteSpec } from '../route.ts';
import { byOf, decide, MAX_NAME, MAX_NOTE } from './decide.ts';
import { maySilence, matchOf } from './silence-match.ts';

const MAX_SILENCE_MS: Millis = 30 * 86_400_000;

export const silenceRoute = {
  method: 'POST',
  path: '/v1/silences',
  permission: 'silence',
  needsEngine: true,
  operation: {
    summary: 'Silences what matches, for 30 days at most.',
    body: object({ match: ref('Match'), until: instant, reason: text, name: text }, ['name']),
    answers: { 202: ok('Taken', ref('Silence')) },
  },
  async handle(context, { principal, request }) {
    const read = objectBody(request);
    if ('refused' in read) return read.refused;
    const { body } = read;
    const match = matchOf(body['match'], (text) => context.mask(text));
    if (match === undefined) {
      return errorAnswer(
        'invalid',
        'match is {rule?, kpi?, severity?, key?: {dimension: value}}, at least one of them',
      );
    }
    if (!maySilence(context, principal, { match })) {
      return errorAnswer('forbidden', 'the key must name your scope');
    }
    const written = textField(body, 'reason', MAX_NOTE);
    if (written == null) return errorAnswer('invalid', `reason is a text of at most ${MAX_NOTE} characters`);
    const name = textField(body, 'name', MAX_NAME);
    if (name === undefined) return errorAnswer('invalid', `name is a text of at most ${MAX_NAME} characters`);
    const until = typeof body['until'] === 'string' ? Date.parse(body['until']) : Number.NaN;
    const from = context.now();
    if (!(until > from && until <= from + MAX_SILENCE_MS)) {
      return errorAnswer('invalid', 'until is an RFC 3339 instant within the next 30 days');
    }
    const id = randomUUID();
    const reason = context.mask(written);
    const data = {
      silence: id,
      match,
      until: iso(until),
      by: byOf(context, principal.name, name),
      at: iso(from),
      reason,
    };
    const { silences } = context;
    if (silences.full) return errorAnswer('conflict', 'too many silences are in force: remove some first');
    const sent = await decide(context, { type: 'earshot.silence.created', data });
    if (sent.status >= 400) return sent;
    silences.add(id, until, data);
    return jsonAnswer(202, data);
  },
} as const satisfies RouteSpec;

function iso(time: Millis): string {
  return new Date(time).toISOString();
}
