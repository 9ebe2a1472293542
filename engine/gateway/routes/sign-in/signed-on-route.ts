import { cookieOf } from '../../access/access.ts';
import { errorAnswer } from '../../http/responses.ts';
import type { RouteSpec } from '../route.ts';
import { BEGUN_COOKIE, MAX_COOKIE, noBegunCookie } from './sign-in-cookies.ts';
import { signInPage } from './failed-sign-in.ts';

export const signedOnRoute = {
  method: 'GET',
  path: '/v1/sign-in/callback',
  permission: null,
  // The browser comes from the provider, with what providers append; the cookie of the sign-in that was begun proves it.
  hasOwnProof: true,
  operation: {
    summary: 'Where the provider sends the browser back to: `http.public_url` and this path is the redirect URI there.',
    answers: { 303: { description: 'Signed in, or to the page that says why not' } },
  },
  async handle(context, { request }) {
    const { access, audit, ports } = context;
    const { signOn } = access;
    if (signOn === null) return errorAnswer('not_found', 'no provider is configured (http.auth.oidc)');
    const signedOn = await signOn.end(request.query, cookieOf(request.headers['cookie'], BEGUN_COOKIE));
    const address = request.remote;
    if ('failure' in signedOn) {
      const { failure, because, returnTo } = signedOn;
      ports.log.warn('a sign-in at the provider failed', { failure, because });
      if (failure !== 'upstream') {
        const code = failure === 'no_role' ? 'forbidden' : 'unauthorized';
        audit.refused({ code, route: '/v1/sign-in/callback', address });
      }
      return signInPage(request, failure, returnTo, { 'set-cookie': noBegunCookie(request) });
    }
    const principal = access.signedOn(signedOn.identity, context.now() + signOn.config.sessionMs);
    const cookie = await access.sessionCookie(principal, request);
    if (cookie.length > MAX_COOKIE) {
      access.sessions.revoke(principal.session);
      return errorAnswer('invalid', 'the limits of this person are too long for a cookie: see http.auth.oidc.limits');
    }
    signOn.keep(principal.session, signedOn.idToken);
    audit.done('session.start', principal.name, { session: principal.session, how: 'oidc', address });
    // The cookie of what was begun stays until it ends: a code counts once.
    const headers = { location: signedOn.returnTo, 'cache-control': 'no-store', 'set-cookie': cookie };
    return { status: 303, headers, body: '' };
  },
} as const satisfies RouteSpec;
