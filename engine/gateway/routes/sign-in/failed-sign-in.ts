/** Back to the page of the sign-in, which says what was wrong in the reader's language. */
import type { SignOnFailure } from '../../access/single-sign-on.ts';
import type { HttpAnswer, HttpRequest } from '../../server/http-message.ts';

export function signInPage(
  { base }: HttpRequest,
  failure: SignOnFailure,
  returnTo: string | null,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer {
  const query = new URLSearchParams({ failure, ...(returnTo === null ? {} : { return: returnTo }) });
  const location = `${base}/sign-in/?${query.toString()}`;
  return { status: 303, headers: { location, 'cache-control': 'no-store', ...headers }, body: '' };
}
