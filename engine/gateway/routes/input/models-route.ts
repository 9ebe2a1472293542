/** A change of model while events flow: who asked for it, and what came of it, is on record. */
import { EngineError, reasonOf } from '../../../core/errors.ts';
import type { JsonObject } from '../../../core/types.ts';
import { ok, ref } from '../../documents/schema-forms.ts';
import { errorAnswer, jsonAnswer } from '../../http/responses.ts';
import type { Call } from '../../http/router.ts';
import type { HttpAnswer } from '../../server/http-message.ts';
import type { RouteContext } from '../route-context.ts';
import type { RouteSpec } from '../route.ts';

export const modelsRoute = {
  method: 'POST',
  path: '/v1/models/reload',
  permission: 'models',
  needsEngine: true,
  operation: {
    summary: 'Goes over to what the configured model folders hold now, without an event lost or waiting. Role admin.',
    answers: {
      200: ok('The models before and after', {
        type: 'object',
        properties: { from: { type: ['object', 'null'] }, to: { type: ['object', 'null'] } },
      }),
      409: ok('A model is being loaded', ref('Error')),
      422: ok('Refused, the present model goes on; `error.reason` is the code', ref('Error')),
    },
  },
  async handle(context, call) {
    const { modelChange } = context;
    if (modelChange.isRunning) return errorAnswer('conflict', 'a model is being loaded: wait until that is done');
    modelChange.isRunning = true;
    try {
      return await reload(context, call);
    } finally {
      modelChange.isRunning = false;
    }
  },
} as const satisfies RouteSpec;

async function reload({ ports }: RouteContext, { principal }: Call): Promise<HttpAnswer> {
  if (ports.reloadModels === undefined) return errorAnswer('not_ready', 'this engine scores nothing');
  const record = async (data: JsonObject): Promise<void> => {
    const outcome = await ports.command?.({ type: 'earshot.model.switched', data: { by: principal.name, ...data } });
    if (outcome === 'full' || outcome === 'late') ports.log.error('a change of model is not on record', { outcome });
  };
  try {
    const { from, to } = await ports.reloadModels();
    const done = { from: from && { ...from }, to: to && { ...to } };
    await record({ outcome: 'done', ...done });
    return jsonAnswer(200, done);
  } catch (thrown) {
    if (!(thrown instanceof EngineError) || thrown.kind === 'bug') throw thrown;
    const because = reasonOf(thrown).slice(0, 2000);
    await record({ outcome: 'refused', because });
    return errorAnswer('invalid', because, { reason: thrown.code, help: thrown.help });
  }
}
