/**
 * Pages of other origins over HTTP (CORS): those that `http.origins` lists may ask and read what comes back; a page of any other
 * gets no such header, and its browser keeps the answer from it. Cookies stay out of it: such a page brings a bearer token.
 */
const ASKED_FOR = 'authorization, content-type, content-encoding, if-none-match';
const READABLE = 'retry-after, etag, www-authenticate, webhook-allowed-origin, webhook-allowed-rate';
/** Browsers keep a preflight's answer for so long; Chromium no longer than that. */
const KEPT_S = '7200';

export class Cors {
  readonly #origins: ReadonlySet<string>;

  constructor(origins: readonly string[]) {
    this.#origins = new Set(origins);
  }

  /** Of every answer. */
  headers(origin: string | undefined): Readonly<Record<string, string>> {
    if (this.#origins.size === 0) return {};
    if (origin === undefined || !this.#origins.has(origin)) return { vary: 'origin' };
    return {
      vary: 'origin',
      'access-control-allow-origin': origin,
      'access-control-expose-headers': READABLE,
    };
  }

  /** Of the answer to a preflight, besides those. `ce-…`: the attributes of an event in binary mode. */
  preflight(asked: Readonly<Record<string, string>>, methods: string): Readonly<Record<string, string>> {
    const origin = asked['origin'];
    if (origin === undefined || !this.#origins.has(origin) || asked['access-control-request-method'] === undefined) {
      return {};
    }
    const wanted = asked['access-control-request-headers']?.toLowerCase().split(',') ?? [];
    const attributes = wanted.map((name) => name.trim()).filter((name) => /^ce-[a-z0-9]{1,60}$/.test(name));
    return {
      'access-control-allow-methods': methods,
      'access-control-allow-headers': [ASKED_FOR, ...attributes].join(', '),
      'access-control-max-age': KEPT_S,
    };
  }
}
