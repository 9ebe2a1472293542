/** A change of model while events flow: who asked for it, and what came of it, is on record. */
import { EngineError, reasonOf } from '../../core/errors.ts';
import type { JsonObject } from '../../core/types.ts';
import { errorAnswer, jsonAnswer } from '../http/responses.ts';
import type { GatewayPorts } from '../gateway-ports.ts';
import type { Call, Route } from '../http/router.ts';
import type { HttpAnswer } from '../server/server.ts';

export function modelRoutes(ports: GatewayPorts): Route[] {
  /** One at a time: two would race for the same folder. */
  const state = { isBusy: false };
  return [
    {
      method: 'POST',
      path: '/v1/models/reload',
      permission: 'models',
      needsEngine: true,
      handle: async (call) => {
        if (state.isBusy) return errorAnswer('conflict', 'a model is being loaded: wait until that is done');
        state.isBusy = true;
        try {
          return await reload(ports, call);
        } finally {
          state.isBusy = false;
        }
      },
    },
  ];
}

async function reload(ports: GatewayPorts, { principal }: Call): Promise<HttpAnswer> {
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
