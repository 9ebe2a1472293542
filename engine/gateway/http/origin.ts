/** Who may be asking by way of a browser: the Host it believes to talk to, and the page that makes it ask. */

/** `Host` without its port. */
export function hostName(hostHeader: string): string {
  const match = /^(\[[^\]]*\]|[^:]*)(?::\d+)?$/.exec(hostHeader.trim());
  return match?.[1] ?? '';
}

/**
 * A page may act on this server if it comes from it, or from an origin the configuration lists. No Origin at all means no
 * browser page: programs send none, and browsers always do with WebSockets and with requests that change something. Over TLS a
 * page of the same host that came without it is another: whoever sits on the line may have written it.
 */
export function originAllowed(
  origin: string | undefined,
  hostHeader: string | undefined,
  allowed: readonly string[],
  secure = false,
): boolean {
  if (origin === undefined || origin === '') return true;
  if (allowed.includes(origin)) return true;
  try {
    const { protocol, host } = new URL(origin);
    const isOurs = protocol === 'https:' || (protocol === 'http:' && !secure);
    return isOurs && host.toLowerCase() === hostHeader?.trim().toLowerCase();
  } catch {
    // `null` of sandboxed pages and anything else that is no origin.
    return false;
  }
}
