import { must } from '../../../core/must.ts';
import { object, parameter } from '../../documents/schema-forms.ts';
import { errorAnswer, jsonAnswer, notStarted } from '../../http/responses.ts';
import type { RouteSpec } from '../route.ts';

/** What PagerDuty sends at most. */
const MAX_BODY_BYTES = 256 << 10;

export const callbackRoute = {
  method: 'POST',
  path: '/v1/hooks/{id}/callback',
  permission: null,
  hasOwnProof: true,
  operation: {
    summary:
      'Where the tool of a hook says that somebody answered there: PagerDuty, Slack, Feishu, DingTalk. Signed by it.',
    parameters: [parameter('id', 'path', 'Hook')],
    body: object({}),
    answers: {
      200: { description: 'Taken, or taken before' },
      202: { description: 'The same, as PagerDuty expects it' },
      401: { description: 'The proof is missing, wrong or too old' },
      403: { description: 'What the answer is about is not proved' },
    },
  },
  async handle({ ports, answerRates }, { request, params }) {
    const { body, headers, remote } = request;
    const limited = answerRates.callbacks.refuses(null, remote);
    if (limited !== undefined) return limited;
    if (body.length > MAX_BODY_BYTES)
      return errorAnswer('too_large', `a callback has at most ${MAX_BODY_BYTES} bytes: no tool sends more`);
    const starting = ports.starting?.() ?? [];
    if (starting.length > 0) return notStarted(starting);
    const text = utf8(body);
    // Signatures are over bytes: what is no text was signed by none of the tools.
    if (text === null || ports.answers === undefined) return errorAnswer('unauthorized', 'not proved');
    const answer = await ports.answers.callback(must(params['id']), { headers, body: text });
    if (answer.status === 401) return errorAnswer('unauthorized', 'not proved');
    if (answer.status === 403) return errorAnswer('forbidden', 'not proved');
    if (answer.status === 400) return errorAnswer('bad_request', 'this is no callback that is known here');
    if (answer.status === 503) return errorAnswer('not_ready', 'come again', {}, { 'retry-after': '5' });
    return answer.body === null
      ? { status: answer.status, headers: { 'cache-control': 'no-store' }, body: '' }
      : jsonAnswer(answer.status, answer.body);
  },
} as const satisfies RouteSpec;

function utf8(body: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return null;
  }
}
