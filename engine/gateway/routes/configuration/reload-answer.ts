/** What a reload, or a look at one, is answered with. */
import { EngineError, reasonOf } from '../../../core/errors.ts';
import type { ReloadReport } from '../../../core/reload-report.ts';
import type { JsonObject } from '../../../core/types.ts';
import { ok, ref } from '../../documents/schema-forms.ts';
import { errorAnswer, jsonAnswer } from '../../http/responses.ts';
import type { HttpAnswer } from '../../server/http-message.ts';

const changes: JsonObject = {
  type: 'array',
  items: {
    type: 'object',
    required: ['path', 'what'],
    properties: { path: { type: 'string' }, what: { enum: ['added', 'removed', 'changed'] } },
  },
};

export const RELOAD_ANSWERS: JsonObject = {
  200: ok('What was taken up (`applied`), what needs a restart (`restart`), or why nothing was (`refused`)', {
    type: 'object',
    required: ['outcome', 'applied', 'restart', 'refused'],
    properties: {
      outcome: { enum: ['applied', 'unchanged', 'refused'] },
      applied: changes,
      restart: changes,
      refused: { type: 'array', items: { type: 'string' } },
    },
  }),
  422: ok('The configuration is not usable: nothing was changed; `error.reason` is the code', ref('Error')),
};

export async function reloadAnswer(report: () => ReloadReport | Promise<ReloadReport>): Promise<HttpAnswer> {
  try {
    return jsonAnswer(200, await report());
  } catch (thrown) {
    if (!(thrown instanceof EngineError) || thrown.kind === 'bug') throw thrown;
    return errorAnswer('invalid', reasonOf(thrown), { reason: thrown.code, help: thrown.help });
  }
}
