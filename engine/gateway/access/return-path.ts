/** Where somebody goes after the sign-in: a page of this host, whatever the address asked for. */

const MAX_PATH = 1_024;
const HOST = 'http://earshot.invalid';

/** `fallback` where `asked` would lead elsewhere: another host, a scheme, what browsers take for one (`//`, `/\`, a tab in between). */
export function returnPath(asked: string | null, fallback: string): string {
  if (asked === null || asked.length > MAX_PATH || !asked.startsWith('/') || /[\\\p{Cc}]/u.test(asked)) return fallback;
  try {
    const { origin, pathname, search, hash } = new URL(asked, HOST);
    // A path such as `/.//elsewhere` becomes one that begins with two slashes.
    return origin === HOST && !pathname.startsWith('//') ? `${pathname}${search}${hash}` : fallback;
  } catch {
    return fallback;
  }
}
