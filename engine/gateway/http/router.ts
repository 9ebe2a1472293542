/** Finds the route of a request. Paths are literal but for `{name}` segments, whose values are percent-decoded. */
import { at } from '../../core/must.ts';
import { errorAnswer } from './responses.ts';
import type { Permission, Principal } from '../access/principal.ts';
import type { QueryForm } from './query.ts';
import type { HttpAnswer, HttpRequest } from '../server/http-message.ts';

export interface Call {
  readonly request: HttpRequest;
  readonly principal: Principal;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** E.g. `/v1/kpis/{id}/history`. */
  readonly path: string;
  /** null: for everybody. */
  readonly permission: Permission | null;
  /**
   * What is asked for carries its own proof (a signed link, a signature over the body): who asks, from which page and by which
   * name of this host is no matter, nor what others append to the address.
   */
  readonly hasOwnProof?: true;
  /** Answers 503 while the engine is starting. */
  readonly needsEngine?: true;
  /** The query parameters it takes; default: none. Others are refused. */
  readonly query?: QueryForm;
  handle(call: Call): HttpAnswer | Promise<HttpAnswer>;
}

export interface Found {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

const MAX_PATH = 1_024;
export const MAX_QUERY = 2_048;

export class Router {
  readonly #routes: readonly (Route & { readonly segments: readonly string[] })[];

  constructor(routes: readonly Route[]) {
    this.#routes = routes.map((route) => Object.assign(route, { segments: route.path.split('/') }));
  }

  get routes(): readonly Route[] {
    return this.#routes;
  }

  /** The route; an answer where there is none for this method, or the path is unusable; undefined where no route has the path. */
  find(method: string, path: string, query: string): Found | HttpAnswer | undefined {
    if (path.length > MAX_PATH || query.length > MAX_QUERY) {
      return errorAnswer('uri_too_long', `paths hold at most ${MAX_PATH} characters, queries ${MAX_QUERY}`);
    }
    const segments = path.split('/');
    for (const route of this.#routes) {
      const params = match(route.segments, segments);
      if (params === undefined) continue;
      if (params === 'undecodable') return errorAnswer('bad_request', 'the path is not valid percent-encoding');
      // HEAD is GET without its body.
      if (route.method === method || (route.method === 'GET' && method === 'HEAD')) return { route, params };
    }
    const names = this.methods(path)?.join(', ');
    if (names === undefined) return undefined;
    return errorAnswer('method_not_allowed', `this takes ${names}`, {}, { allow: names });
  }

  /** What may be asked of a path; undefined where no route has it. OPTIONS goes without saying. */
  methods(path: string): readonly string[] | undefined {
    const segments = path.split('/');
    const allowed = new Set<string>();
    for (const route of this.#routes) {
      if (match(route.segments, segments) === undefined) continue;
      allowed.add(route.method);
      if (route.method === 'GET') allowed.add('HEAD');
    }
    return allowed.size === 0 ? undefined : [...allowed];
  }
}

function match(
  pattern: readonly string[],
  segments: readonly string[],
): Record<string, string> | 'undecodable' | undefined {
  if (pattern.length !== segments.length) return undefined;
  const params: Record<string, string> = {};
  for (const [i, part] of pattern.entries()) {
    const segment = at(segments, i);
    const name = /^\{(\w+)\}(.*)$/.exec(part);
    if (name === null) {
      if (part !== segment) return undefined;
      continue;
    }
    const [, parameter = '', suffix = ''] = name;
    if (!segment.endsWith(suffix) || segment.length === suffix.length) return undefined;
    try {
      params[parameter] = decodeURIComponent(segment.slice(0, segment.length - suffix.length));
    } catch {
      return 'undecodable';
    }
  }
  return params;
}
