import { object, ok, parameter, ref, text, texts } from '../../documents/schema-forms.ts';
import { errorAnswer, jsonAnswer, notStarted, notStored } from '../../http/responses.ts';
import type { HttpAnswer } from '../../server/http-message.ts';
import type { SourceOutcome } from '../../sources-port.ts';
import type { RouteSpec } from '../route.ts';

export const sourceRoute = {
  method: 'POST',
  path: '/v1/in/{id}',
  permission: null,
  hasOwnProof: true,
  operation: {
    summary: "Where others' webhooks come in (`sources` in the configuration), each proved by what its tool signs.",
    parameters: [parameter('id', 'path', 'Source')],
    body: { description: 'Whatever the tool sends: JSON or a form' },
    answers: {
      200: ok(
        'Stored: the ids of its events; what became no event is in `cx.dlq.unmapped`; what cannot be read at all is in `cx.dlq.malformed`, and `fault` says why',
        object({ accepted: texts, unmapped: { type: 'integer' }, fault: text }, ['fault']),
      ),
      401: ok('The proof is missing, wrong or too old', ref('Error')),
      404: ok('There is no such source', ref('Error')),
      413: ok('Larger than the source takes (sources[].max_body)', ref('Error')),
    },
  },
  async handle({ ports }, { request, params, query }) {
    const starting = ports.starting?.() ?? [];
    if (starting.length > 0) return notStarted(starting);
    const id = params['id'] ?? ''; // the path has it
    const { headers, body } = request;
    const outcome = await ports.sources?.receive(id, { headers, query: Object.fromEntries(query), body });
    return outcome === undefined ? answerTo(id, { kind: 'unknown' }) : answerTo(id, outcome);
  },
} as const satisfies RouteSpec;

function answerTo(id: string, outcome: SourceOutcome): HttpAnswer {
  switch (outcome.kind) {
    case 'taken':
      return jsonAnswer(200, { accepted: outcome.accepted, unmapped: outcome.unmapped });
    case 'unknown':
      return errorAnswer('not_found', `there is no source of this name: \`sources\` in the configuration has none`);
    case 'refused':
      return errorAnswer('unauthorized', 'not proved: see `verify` of this source, and its secret on both sides');
    case 'too_large':
      return errorAnswer('too_large', `this source takes ${outcome.limit} bytes (sources[${id}].max_body)`, {
        limit: `sources[${id}].max_body`,
      });
    case 'unreadable':
      // It is kept as it came. Refused, a bridge would send the same bytes for ever, and nothing of what waits behind them.
      return jsonAnswer(200, { accepted: [], unmapped: 1, fault: outcome.fault });
    case 'not_stored':
      return notStored(outcome.why);
  }
}
