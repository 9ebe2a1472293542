/** Who may be asking by way of a browser: the Host it believes to talk to, and the page that makes it ask. */
import { isOrigin } from '../../core/text/addresses.ts';

/** `Host` without its port. */
export function hostName(hostHeader: string): string {
  const match = /^(\[[^\]]*\]|[^:]*)(?::\d+)?$/.exec(hostHeader.trim());
  return match?.[1] ?? ''; // what is no origin equals none
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

/** Whether a page of another place asks without saying which: as an image, a script, a link. Browsers say that much. */
export function isOfForeignPage({ origin, 'sec-fetch-site': site }: Readonly<Record<string, string>>): boolean {
  return origin === undefined && (site === 'cross-site' || site === 'same-site');
}

/** Why a page may not act here, and what to set for it to. What is no plain origin or host is not repeated. */
export function foreignPage(headers: Readonly<Record<string, string>>, peer: string): string {
  const { origin = '', host = '', 'x-forwarded-host': forwarded } = headers;
  const page = isOrigin(origin) ? ` of ${origin}` : '';
  const named = hostName(host) === '' ? 'no Host' : `Host ${host}`;
  const start = `a page${page} is not allowed to act here: the request names ${named}.`;
  if (forwarded !== undefined && forwarded !== host) {
    return `${start} A proxy at ${peer} names another in X-Forwarded-Host, but is not trusted: list ${peer} in http.trusted_proxies, or the page's origin in http.origins`;
  }
  return `${start} If a proxy stands between, let it pass the Host on (nginx: proxy_set_header Host $http_host;), or list the page's origin in http.origins`;
}
