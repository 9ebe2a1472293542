/** What a route is: everything about one path and method, in one file, gathered in `routes.ts`. */
import type { JsonObject } from '../../core/types.ts';
import type { Permission } from '../access/principal.ts';
import type { QueryForm } from '../http/query.ts';
import type { Call } from '../http/router.ts';
import type { HttpAnswer } from '../server/http-message.ts';
import type { RouteContext } from './route-context.ts';

/** What `/openapi.json` says of it; its path, method, and whether anybody may ask, come from the route. */
export interface Operation {
  readonly summary: string;
  /** By status. */
  readonly answers: JsonObject;
  readonly parameters?: readonly JsonObject[];
  readonly body?: JsonObject;
  /** Of the body; JSON by default. */
  readonly bodyType?: string;
}

export interface RouteSpec {
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
  readonly operation: Operation;
  handle(context: RouteContext, call: Call): HttpAnswer | Promise<HttpAnswer>;
}
