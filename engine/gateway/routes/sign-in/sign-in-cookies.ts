/** Cookies of the sign-in, beside the session's own. */
import { SESSION_COOKIE } from '../../access/access.ts';
import { SIGN_ON_MS } from '../../access/single-sign-on.ts';
import type { HttpRequest } from '../../server/http-message.ts';

export const BEGUN_COOKIE = 'earshot_sign_in';
/** Browsers drop longer ones without a word. */
export const MAX_COOKIE = 4_000;

type Asked = Pick<HttpRequest, 'secure' | 'base'>;

/** Lax: the provider sends the browser back from another site. */
export function begunCookie(value: string, asked: Asked): string {
  return `${BEGUN_COOKIE}=${value}; Path=${asked.base}/v1/sign-in; Max-Age=${SIGN_ON_MS / 1_000}; HttpOnly; SameSite=Lax${secure(asked)}`;
}

export function noBegunCookie(asked: Asked): string {
  return `${BEGUN_COOKIE}=; Path=${asked.base}/v1/sign-in; Max-Age=0; HttpOnly; SameSite=Lax${secure(asked)}`;
}

export function noSessionCookie(asked: Asked): string {
  return `${SESSION_COOKIE}=; Path=${asked.base}/; Max-Age=0; HttpOnly; SameSite=Strict${secure(asked)}`;
}

function secure({ secure: isSecure }: Asked): string {
  return isSecure ? '; Secure' : '';
}
