import { must } from '../../../core/must.ts';
import { object, ok, parameter, text } from '../../documents/schema-forms.ts';
import { errorAnswer, jsonAnswer } from '../../http/responses.ts';
import type { RouteSpec } from '../route.ts';

export const revokeSessionRoute = {
  method: 'DELETE',
  path: '/v1/sessions/{id}',
  permission: 'sessions',
  operation: {
    summary: 'Ends the session of a display at once, its live connections too; it needs a new ticket. Role admin.',
    parameters: [parameter('id', 'path', 'Session')],
    answers: {
      200: ok(
        'Ended. `kept`: whether that outlives a restart (false: the file of sessions cannot be written)',
        object({ revoked: text, connections: { type: 'integer' }, kept: { type: 'boolean' } }),
      ),
    },
  },
  handle({ access, live, audit }, { params, principal, request }) {
    const id = must(params['id']);
    const kept = access.sessions.revoke(id);
    if (kept === undefined) return errorAnswer('not_found', 'there is no such session: GET /v1/sessions lists them');
    const connections = live.endSession(id);
    audit.done('session.revoke', principal.name, { session: id, connections, address: request.remote });
    return jsonAnswer(200, { revoked: id, connections, kept });
  },
} as const satisfies RouteSpec;
