import type { RouteSpec } from '../route.ts';
import { noSessionCookie } from './sign-in-cookies.ts';

export const signOutRoute = {
  method: 'POST',
  path: '/v1/sign-out',
  permission: null,
  operation: {
    summary:
      'Ends the session that the cookie stands for, its live connections too. Nothing happens where there is none.',
    answers: { 204: { description: 'Signed out' } },
  },
  async handle({ access, live, audit }, { request }) {
    const known = await access.authenticate(request);
    if (!('status' in known) && known.session !== undefined) {
      access.sessions.revoke(known.session);
      const connections = live.endSession(known.session);
      audit.done('session.end', known.name, { session: known.session, connections, address: request.remote });
    }
    return { status: 204, headers: { 'set-cookie': noSessionCookie(request), 'cache-control': 'no-store' }, body: '' };
  },
} as const satisfies RouteSpec;
