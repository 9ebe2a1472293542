import { instant, object, ok, text } from '../../documents/schema-forms.ts';
import { objectBody } from '../../http/body.ts';
import { errorAnswer, jsonAnswer } from '../../http/responses.ts';
import type { RouteSpec } from '../route.ts';
import { MAX_COOKIE } from './sign-in-cookies.ts';

export const signInRoute = {
  method: 'POST',
  path: '/v1/sign-in',
  permission: null,
  operation: {
    summary: 'Signs in with a token: a cookie takes its place, until the token ends or somebody signs out.',
    body: object({ token: text }),
    answers: { 200: ok('Signed in', object({ name: text, role: text, expires: instant })) },
  },
  async handle({ access, audit }, { request }) {
    const read = objectBody(request);
    if ('refused' in read) return read.refused;
    const token = read.body['token'];
    if (typeof token !== 'string' || token.trim() === '') return errorAnswer('invalid', 'token is the text of a token');
    if (access.open)
      return errorAnswer('conflict', 'no access keys are configured here: there is nothing to sign in to');
    const principal = await access.signIn(token.trim());
    if ('status' in principal) return principal;
    const cookie = await access.sessionCookie(principal, request);
    if (cookie.length > MAX_COOKIE) {
      access.sessions.revoke(principal.session);
      return errorAnswer('invalid', 'the scope of this token is too long for a cookie: send the token itself');
    }
    const { name, role, session, expires } = principal;
    audit.done('session.start', name, { session, how: 'token', address: request.remote });
    return jsonAnswer(
      200,
      { name, role, expires: new Date(expires ?? Number.MAX_SAFE_INTEGER).toISOString() }, // a token ends always
      { 'set-cookie': cookie },
    );
  },
} as const satisfies RouteSpec;
