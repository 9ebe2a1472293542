/** What routes work with: made once, handed to each of them with each request. */
import type { JsonObject, Millis } from '../../core/types.ts';
import { type Filter, filterOf, isOwn, type Key, type ScopeOf } from '../../live/filter.ts';
import type { Hub } from '../../live/hub.ts';
import type { Access } from '../access/access.ts';
import type { AccessAudit } from '../access/access-audit.ts';
import type { Principal } from '../access/principal.ts';
import type { GatewayPorts } from '../gateway-ports.ts';
import type { ConcurrencyLimit } from '../http/concurrency-limit.ts';
import { errorAnswer } from '../http/responses.ts';
import type { SharedLists } from '../http/shared-list.ts';
import type { LiveEndpoint } from '../live/live-endpoint.ts';
import type { HttpAnswer } from '../server/http-message.ts';
import type { AnswerRates } from './answers/answer-rates.ts';
import type { PendingSilences } from './alerts/pending-silences.ts';

export interface RouteContext {
  readonly hub: Hub;
  readonly ports: GatewayPorts;
  readonly access: Access;
  readonly audit: AccessAudit;
  readonly live: LiveEndpoint;
  readonly lists: SharedLists;
  /** How many histories may be read from the stream at once. */
  readonly histories: ConcurrencyLimit;
  readonly silences: PendingSilences;
  /** Of what anybody may send. */
  readonly answerRates: AnswerRates;
  /** One change of models at a time: two would race for the same folder. */
  readonly modelChange: { isRunning: boolean };
  /** One test of a hook at a time: it sends something to people. */
  readonly hookTest: { isRunning: boolean };
  readonly metrics: { readonly contentType: string; text(): Promise<string> };
  readonly scopeOf: readonly ScopeOf[];
  readonly documents: { readonly openapi: JsonObject; readonly asyncapi: JsonObject };
  /** Personal data in what somebody wrote is masked before it goes anywhere. */
  mask(text: string): string;
  now(): Millis;
}

/** What this principal may see of these topics. */
export function visibleTo(context: RouteContext, principal: Principal, topics: readonly string[] = []): Filter {
  return filterOf(topics, {}, principal.scope, context.scopeOf);
}

/** With a scope, one may only decide about what lies wholly inside it. */
export function mayTouch(context: RouteContext, principal: Principal, key: Key): boolean {
  return principal.scope === null || isOwn(visibleTo(context, principal), key);
}

/** While the engine reads its state, or another instance runs it, an empty list would be taken for "nothing is wrong". */
export function recovering({ hub, ports }: RouteContext): HttpAnswer | undefined {
  if (hub.board.alerts.isComplete) return undefined;
  const notReady = ports.ready?.().reasons ?? [];
  const elsewhere = (ports.partitions?.() ?? []).flatMap(({ health: { state, reasons } }) =>
    state === 'standby' ? reasons : [],
  );
  const reasons = notReady.length > 0 ? notReady : elsewhere;
  const message = `what is open is not known yet: ${reasons.join('; ') || 'the engine reads its state'}`;
  return errorAnswer('not_ready', message, { reasons }, { 'retry-after': '1' });
}
