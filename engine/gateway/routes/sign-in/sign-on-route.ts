import { placeOf } from '../../../core/text/place-of.ts';
import { InsecureProvider } from '../../access/single-sign-on.ts';
import { returnPath } from '../../access/return-path.ts';
import { parameter } from '../../documents/schema-forms.ts';
import { errorAnswer } from '../../http/responses.ts';
import type { RouteSpec } from '../route.ts';
import { begunCookie, MAX_COOKIE } from './sign-in-cookies.ts';
import { signInPage } from './failed-sign-in.ts';

export const signOnRoute = {
  method: 'GET',
  path: '/v1/sign-in/start',
  permission: null,
  query: { return: 'once' },
  operation: {
    summary: 'Sends the browser to the provider (OpenID Connect), and afterwards back to a page of this host.',
    parameters: [parameter('return', 'query', 'Path of that page: `/alerts/`')],
    answers: { 303: { description: 'To the provider' } },
  },
  async handle({ access: { signOn }, ports }, { request, query }) {
    if (signOn === null) return errorAnswer('not_found', 'no provider is configured (http.auth.oidc)');
    const returnTo = returnPath(query.get('return'), `${request.base}/`);
    try {
      const { location, cookie } = await signOn.begin(returnTo);
      const begun = begunCookie(cookie, request);
      if (begun.length > MAX_COOKIE) return errorAnswer('uri_too_long', 'the path to return to is too long');
      return { status: 303, headers: { location, 'cache-control': 'no-store', 'set-cookie': begun }, body: '' };
    } catch (error) {
      const hint = error instanceof InsecureProvider ? error.message : 'see http.auth.oidc.issuer';
      ports.log.warn('the sign-in provider cannot be asked', { at: placeOf(error), hint });
      return signInPage(request, 'upstream', returnTo);
    }
  },
} as const satisfies RouteSpec;
