/** What a reload would say of another configuration; nothing changes. */
import { errorAnswer } from '../../http/responses.ts';
import type { RouteSpec } from '../route.ts';
import { RELOAD_ANSWERS, reloadAnswer } from './reload-answer.ts';

export const reloadCheckRoute = {
  method: 'POST',
  path: '/v1/reload/check',
  permission: 'configuration',
  needsEngine: true,
  operation: {
    summary:
      'What a reload would say of the configuration in the body (YAML). Variables and files that it names are those of the engine. Role admin.',
    body: { type: 'string' },
    bodyType: 'application/yaml',
    answers: RELOAD_ANSWERS,
  },
  handle({ ports }, { request }) {
    if (ports.reloadWould === undefined) return errorAnswer('not_implemented', 'this engine has no configuration file');
    const would = ports.reloadWould.bind(ports);
    return reloadAnswer(() => would(Buffer.from(request.body).toString()));
  },
} as const satisfies RouteSpec;
