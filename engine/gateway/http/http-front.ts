/** The way of each HTTP request: address and origin, rate, route, rights, answer; then headers, metrics, and a log line on faults. */
import { EngineError } from '../../core/errors.ts';
import { placeOf } from '../../core/text/place-of.ts';
import type { LogFields, Logger, Millis } from '../../core/types.ts';
import type { Access } from '../access/access.ts';
import type { AccessAudit } from '../access/access-audit.ts';
import { errorAnswer, HSTS, notStarted, refusedAccess, SECURITY_HEADERS } from './responses.ts';
import type { Cors } from './cors.ts';
import { errorPage, isRead } from './error-page.ts';
import type { Metrics } from '../metrics/prometheus.ts';
import { METHODS } from '../metrics/request-metrics.ts';
import { may, type Principal } from '../access/principal.ts';
import { refusedQuery } from './query.ts';
import type { Queue } from '../../core/metrics.ts';
import type { Rate } from './rate-limit.ts';
import { isPercentUtf8 } from './content/target-text.ts';
import { type UnpackLimits, withUnpacked } from './content/unpack.ts';
import { webhookAnswer } from './content/webhook-handshake.ts';
import { RequestRate } from './limits/request-rates.ts';
import type { FairStart } from './fair-start.ts';
import type { Found, Router } from './router.ts';
import type { HttpAnswer, HttpRequest } from '../server/http-message.ts';
import type { StaticFiles } from '../server/static-files.ts';

export interface HttpFrontOptions {
  readonly router: Router;
  readonly access: Access;
  readonly metrics: Metrics;
  readonly files: StaticFiles;
  readonly starts: FairStart;
  readonly audit: AccessAudit;
  readonly cors: Cors;
  /** Served over TLS. */
  readonly secure: boolean;
  readonly log: Logger;
  readonly rates: { readonly api: Rate; readonly events: Rate };
  /** Requests that are being answered at once. */
  readonly maxConcurrent: number;
  readonly unpacking: UnpackLimits;
  /** See GatewayPorts. */
  starting(): readonly string[];
  now(): Millis;
  readonly elapsed: () => Millis;
}

const EVENTS = '/v1/events';
/** Routes by which events come in. */
const INPUT: ReadonlySet<string> = new Set([EVENTS, '/v1/in/{id}']);
const ANY_METHOD = ['GET', 'HEAD', 'POST', 'DELETE'];
const FILE_METHODS = ['GET', 'HEAD'];
const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
/** Probes come from elsewhere and always get their answer, whatever they append. */
const PROBES: ReadonlySet<string> = new Set(['/healthz', '/readyz']);
/** Whoever watches us must not be shut out by the very crowd that it should see. */
const ALWAYS: ReadonlySet<string> = new Set([...PROBES, '/metrics']);

export class HttpFront {
  readonly #options: HttpFrontOptions;
  readonly #api: RequestRate;
  readonly #events: RequestRate;
  readonly #headers: Readonly<Record<string, string>>;
  #inFlight = 0;
  #refused = 0;

  constructor(options: HttpFrontOptions) {
    this.#options = options;
    this.#headers = options.secure ? { ...SECURITY_HEADERS, ...HSTS } : SECURITY_HEADERS;
    this.#api = new RequestRate('requests', options.rates.api, () => options.now());
    this.#events = new RequestRate('events', options.rates.events, () => options.now());
  }

  queues(): readonly Queue[] {
    return [
      {
        queue: 'http_requests',
        depth: this.#inFlight,
        limit: this.#options.maxConcurrent,
        refused: this.#refused,
      },
      this.#api.queue('api_callers'),
      this.#events.queue('events_callers'),
    ];
  }

  async answer(request: HttpRequest): Promise<HttpAnswer> {
    const { metrics, audit, elapsed } = this.#options;
    const started = elapsed();
    const asked: Asked = { route: 'none', by: undefined };
    let answer: HttpAnswer;
    this.#inFlight += 1;
    const isOver = this.#inFlight > this.#options.maxConcurrent && !ALWAYS.has(request.path);
    try {
      const start = this.#options.starts.next();
      if (start !== undefined) await start;
      if (isOver) {
        this.#refused += 1;
        answer = tooManyAtOnce(this.#options.maxConcurrent);
      } else {
        answer = await this.#answer(request, asked);
      }
    } catch (error) {
      this.#options.log.error('request failed', {
        route: asked.route,
        method: METHODS.has(request.method) ? request.method : 'other',
        ...failure(error),
      });
      answer = errorAnswer('internal', 'something went wrong here');
    } finally {
      this.#inFlight -= 1;
    }
    const code = refusedAccess(answer);
    if (code !== undefined) {
      audit.refused({
        code,
        route: asked.route,
        address: request.remote,
        ...(asked.by === undefined ? {} : { by: asked.by }),
      });
    }
    metrics.requests.answered(request.method, asked.route, answer.status, (elapsed() - started) / 1_000);
    const cors = this.#options.cors.headers(request.headers['origin']);
    return { ...answer, headers: { ...this.#headers, ...cors, ...answer.headers } };
  }

  async #answer(request: HttpRequest, asked: Asked): Promise<HttpAnswer> {
    const { router, access, files } = this.#options;
    const { method, path, query } = request;
    if (!isPercentUtf8(path) || !isPercentUtf8(query)) {
      return errorAnswer('bad_request', 'the target is not percent-encoded UTF-8');
    }
    const found = router.find(method, path, query);
    if (PROBES.has(path) && found !== undefined && 'route' in found) {
      asked.route = path;
      return found.route.handle({ request, principal: NOBODY, params: {}, query: new URLSearchParams() });
    }
    const isProved = found !== undefined && 'route' in found && found.route.hasOwnProof === true;
    const refused = isProved ? undefined : access.refuses(request, !SAFE.has(method));
    if (refused !== undefined) return refused;
    if (method === 'OPTIONS') return this.#optionsOf(request);
    if (found === undefined) {
      asked.route = 'static';
      // The base path alone, or a page's folder: what a page asks for is relative to what ends in a slash.
      if (path === '' || files.isFolder(path)) {
        return { status: 308, headers: { location: locationOf(request, `${path}/`) }, body: '' };
      }
      if (path === '/' && method === 'GET') {
        const entered = await this.#enter(request);
        if (entered !== undefined) return entered;
      }
      return files.answer(method, path, request.headers['if-none-match']) ?? this.#nothingAt(request);
    }
    if ('status' in found) return found;
    asked.route = found.route.path;
    return this.#handle(request, found, asked);
  }

  async #handle(request: HttpRequest, { route, params }: Found, asked: Asked): Promise<HttpAnswer> {
    const principal = await this.#callerOf(request, route, asked);
    if ('status' in principal) return principal;
    const query = new URLSearchParams(request.query);
    const refused = route.hasOwnProof === true ? undefined : refusedQuery(query, route.query ?? {}); // a route that takes none
    if (refused !== undefined) return refused;
    const waits = route.needsEngine === true ? this.#options.starting() : [];
    if (waits.length > 0) return notStarted(waits);
    return withUnpacked(request, this.#options.unpacking, (plain) =>
      route.handle({ request: plain, principal, params, query }),
    );
  }

  /** Who may ask this, and not too often. */
  async #callerOf(
    request: HttpRequest,
    { path, permission }: Found['route'],
    asked: Asked,
  ): Promise<Principal | HttpAnswer> {
    const { access } = this.#options;
    const rate = INPUT.has(path) ? this.#events : this.#api;
    if (permission === null) return rate.refuses(null, request.remote) ?? NOBODY;
    const known = await access.authenticate(request);
    if ('status' in known) return rate.refuses(null, request.remote) ?? known;
    asked.by = known.name;
    const limited = rate.refuses(access.open ? null : known, request.remote);
    if (limited !== undefined) return limited;
    return may(known, permission) ? known : errorAnswer('forbidden', 'your role and scope do not include this');
  }

  /**
   * `/?ticket=…`: a display comes in. The ticket becomes a session and leaves the address bar. A display that has this address
   * as its home page comes back with a used ticket, and is let in by the session it got for it.
   */
  async #enter(request: HttpRequest): Promise<HttpAnswer | undefined> {
    const { access, files, audit } = this.#options;
    const rest = new URLSearchParams(request.query);
    const ticket = rest.get('ticket');
    if (ticket === null) return undefined;
    rest.delete('ticket');
    const location = locationOf({ ...request, query: rest.toString() });
    const headers = { location, 'cache-control': 'no-store' };
    if (access.open) return { status: 303, headers, body: '' };
    const principal = access.redeem(ticket);
    if (!('status' in principal)) {
      audit.done('session.start', principal.name, { session: principal.session, address: request.remote });
      return {
        status: 303,
        headers: { ...headers, 'set-cookie': await access.sessionCookie(principal, request) },
        body: '',
      };
    }
    if (!('status' in (await access.authenticate(request)))) return { status: 303, headers, body: '' };
    if (!isRead(request)) return principal;
    // The board itself says what to do, in the screen's language.
    const board = files.answer('GET', '/', undefined);
    if (board?.status !== 200) return errorPage('badTicket', request.base);
    return { ...board, status: 401, headers: { ...board.headers, 'cache-control': 'no-store' } };
  }

  /** What may be asked here, and by which pages. */
  #optionsOf(request: HttpRequest): HttpAnswer {
    const { router, files, cors } = this.#options;
    const { path, headers } = request;
    const isFile = files.answer('HEAD', path, undefined) !== undefined;
    const methods = path === '*' ? ANY_METHOD : (router.methods(path) ?? (isFile ? FILE_METHODS : undefined));
    if (methods === undefined) return this.#nothingAt(request);
    const allow = [...methods, 'OPTIONS'].join(', ');
    const delivery = path === EVENTS ? webhookAnswer(headers, this.#options.rates.events) : {};
    const status = 'webhook-allowed-origin' in delivery ? 200 : 204;
    return { status, headers: { allow, ...cors.preflight(headers, allow), ...delivery }, body: '' };
  }

  #nothingAt(request: HttpRequest): HttpAnswer {
    const isBoard = request.path === '/';
    if (isRead(request)) return errorPage(isBoard ? 'notBuilt' : 'notFound', request.base);
    if (isBoard)
      return errorAnswer('not_found', 'the wall-board is not built: run npm run build, then start Earshot again');
    return errorAnswer('not_found', 'there is nothing here: the API is described in /openapi.json');
  }
}

/** The board's address, or that of a page. */
function locationOf({ base, query }: HttpRequest, path = '/'): string {
  return query === '' ? `${base}${path}` : `${base}${path}?${query}`;
}

function tooManyAtOnce(most: number): HttpAnswer {
  const message = `${most} requests are being answered (http.limits.concurrent)`;
  return errorAnswer('overloaded', message, { limit: 'http.limits.concurrent' }, { 'retry-after': '1' });
}

/** What is known of a request, for the log, the metrics and the audit. */
interface Asked {
  route: string;
  /** Who, once that is known. */
  by: string | undefined;
}

const NOBODY: Principal = { name: 'nobody', role: 'display', scope: null, expires: null };

/** An unexpected error's words may quote what was sent: the log gets the place. */
function failure(thrown: unknown): LogFields {
  return thrown instanceof EngineError ? { code: thrown.code } : { at: placeOf(thrown) };
}
