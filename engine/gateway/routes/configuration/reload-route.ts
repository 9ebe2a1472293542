/** A changed configuration file, taken up while the engine runs. */
import { errorAnswer } from '../../http/responses.ts';
import type { RouteSpec } from '../route.ts';
import { RELOAD_ANSWERS, reloadAnswer } from './reload-answer.ts';

export const reloadRoute = {
  method: 'POST',
  path: '/v1/reload',
  permission: 'configuration',
  needsEngine: true,
  operation: {
    summary:
      'Reads the configuration file again and takes up what can be without a restart; refused as a whole before anything changes. Role admin.',
    answers: RELOAD_ANSWERS,
  },
  handle({ ports }, { principal }) {
    if (ports.reload === undefined) return errorAnswer('not_implemented', 'this engine has no configuration file');
    const reload = ports.reload.bind(ports);
    return reloadAnswer(() => reload(principal.name));
  },
} as const satisfies RouteSpec;
