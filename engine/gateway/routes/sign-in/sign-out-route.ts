import { placeOf } from '../../../core/text/place-of.ts';
import { object, ok, text } from '../../documents/schema-forms.ts';
import { jsonAnswer } from '../../http/responses.ts';
import type { RouteContext } from '../route-context.ts';
import type { RouteSpec } from '../route.ts';
import { noSessionCookie } from './sign-in-cookies.ts';

export const signOutRoute = {
  method: 'POST',
  path: '/v1/sign-out',
  permission: null,
  operation: {
    summary:
      'Ends the session that the cookie stands for, its live connections too. Nothing happens where there is none. One that began at a provider which can end its own is sent there.',
    answers: {
      200: ok(
        'Signed out here; the browser goes on to `location`, which ends the provider’s session',
        object({ location: text }),
      ),
      204: { description: 'Signed out' },
    },
  },
  async handle(context, { request }) {
    const { access, live, audit } = context;
    const known = await access.authenticate(request);
    const headers = { 'set-cookie': noSessionCookie(request), 'cache-control': 'no-store' };
    if ('status' in known || known.session === undefined) return { status: 204, headers, body: '' };
    const { session, name } = known;
    access.sessions.revoke(session);
    const connections = live.endSession(session);
    audit.done('session.end', name, { session, connections, address: request.remote });
    const location = known.isOfProvider === true ? await placeToLeave(context, session) : null;
    return location === null ? { status: 204, headers, body: '' } : jsonAnswer(200, { location }, headers);
  },
} as const satisfies RouteSpec;

/** null: the provider has none, or does not answer. Here the session has ended all the same. */
async function placeToLeave({ access: { signOn }, ports }: RouteContext, session: string): Promise<string | null> {
  try {
    return (await signOn?.leave(session)) ?? null; // no provider any more
  } catch (error) {
    ports.log.warn('the session at the sign-in provider was not ended', { at: placeOf(error) });
    return null;
  }
}
