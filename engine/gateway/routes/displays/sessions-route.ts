import { list, object, ok, ref } from '../../documents/schema-forms.ts';
import { jsonAnswer } from '../../http/responses.ts';
import type { RouteSpec } from '../route.ts';

export const sessionsRoute = {
  method: 'GET',
  path: '/v1/sessions',
  permission: 'sessions',
  operation: {
    summary:
      'Displays that were let in by a ticket and may come back: who gave it, what it sees, since when. Role admin.',
    answers: { 200: ok('The latest first', object({ sessions: list(ref('Session')) })) },
  },
  handle({ access, live }) {
    const open = live.openSessions();
    return jsonAnswer(200, {
      sessions: access.sessions.list().map(({ id, name, role, scope, since, seen, expires }) => ({
        session: id,
        name,
        role,
        scope,
        since: new Date(since).toISOString(),
        seen: new Date(seen).toISOString(),
        expires: new Date(expires).toISOString(),
        connections: open.get(id) ?? 0, // none is open
      })),
    });
  },
} as const satisfies RouteSpec;
