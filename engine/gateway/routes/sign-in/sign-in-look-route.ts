import { rightsOf } from '../../access/principal.ts';
import { object, ok, ref, text, texts } from '../../documents/schema-forms.ts';
import { jsonAnswer, refusedAccess } from '../../http/responses.ts';
import type { RouteSpec } from '../route.ts';

export const signInLookRoute = {
  method: 'GET',
  path: '/v1/sign-in',
  permission: null,
  operation: {
    summary: 'Who is asking, and how one signs in here: with a token, or at a provider (OpenID Connect).',
    answers: {
      200: ok(
        '`who` is null for somebody who is not signed in; `session`: they can sign out',
        object({
          token: { type: 'boolean' },
          sso: { oneOf: [object({ title: { type: ['string', 'null'] } }), { type: 'null' }] },
          who: {
            oneOf: [
              object({ name: text, role: text, scope: ref('Scope'), rights: texts, session: { type: 'boolean' } }, [
                'scope',
              ]),
              { type: 'null' },
            ],
          },
        }),
      ),
    },
  },
  async handle({ access, audit }, { request }) {
    const known = await access.authenticate(request);
    // Nobody tries tokens here without a trace; a cookie that has ended is what browsers bring every day.
    const isTried = 'status' in known && request.headers['authorization'] !== undefined;
    const code = isTried ? refusedAccess(known) : undefined;
    if (code !== undefined) audit.refused({ code, route: '/v1/sign-in', address: request.remote });
    const who =
      'status' in known
        ? null
        : {
            name: known.name,
            role: known.role,
            ...(known.scope === null ? {} : { scope: known.scope }),
            rights: rightsOf(known),
            session: known.session !== undefined,
          };
    const sso = access.signOn === null ? null : { title: access.signOn.config.title };
    return jsonAnswer(200, { token: access.takesTokens, sso, who });
  },
} as const satisfies RouteSpec;
