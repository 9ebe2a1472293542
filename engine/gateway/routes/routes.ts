/** Every route, one file each. A new one is a file and a line here; the access matrix asks for its row (../access/access-matrix.integration.test.ts). */
import { healthzRoute } from './health/healthz-route.ts';
import { readyzRoute } from './health/readyz-route.ts';
import { metricsRoute } from './health/metrics-route.ts';
import { statusRoute } from './health/status-route.ts';
import { boardRoute } from './kpis/board-route.ts';
import { kpisRoute } from './kpis/kpis-route.ts';
import { historyRoute } from './kpis/history-route.ts';
import { alertsRoute } from './alerts/alerts-route.ts';
import { alertHistoryRoute } from './alerts/alert-history-route.ts';
import { rulesRoute } from './rules/rules-route.ts';
import { voicesRoute } from './voices/voices-route.ts';
import { wordsRoute } from './voices/words-route.ts';
import { clocksRoute } from './clocks/clocks-route.ts';
import { journeysRoute } from './journeys/journeys-route.ts';
import { journeyRoute } from './journeys/journey-route.ts';
import { caseRoute } from './cases/case-route.ts';
import { ackRoute } from './alerts/ack-route.ts';
import { unackRoute } from './alerts/unack-route.ts';
import { silencesRoute } from './alerts/silences-route.ts';
import { silenceRoute } from './alerts/silence-route.ts';
import { unsilenceRoute } from './alerts/unsilence-route.ts';
import { actionsRoute } from './actions/actions-route.ts';
import { completeRoute } from './actions/complete-route.ts';
import { eventsRoute } from './input/events-route.ts';
import { sourceLookRoute } from './input/source-look-route.ts';
import { sourceRoute } from './input/source-route.ts';
import { modelsRoute } from './input/models-route.ts';
import { reloadRoute } from './configuration/reload-route.ts';
import { reloadCheckRoute } from './configuration/reload-check-route.ts';
import { hooksRoute } from './hooks/hooks-route.ts';
import { hookTestRoute } from './hooks/hook-test-route.ts';
import { ackLookRoute } from './answers/ack-look-route.ts';
import { ackConfirmRoute } from './answers/ack-confirm-route.ts';
import { callbackRoute } from './answers/callback-route.ts';
import { ticketsRoute } from './displays/tickets-route.ts';
import { sessionsRoute } from './displays/sessions-route.ts';
import { revokeSessionRoute } from './displays/revoke-session-route.ts';
import { signInLookRoute } from './sign-in/sign-in-look-route.ts';
import { signInRoute } from './sign-in/sign-in-route.ts';
import { signOnRoute } from './sign-in/sign-on-route.ts';
import { signedOnRoute } from './sign-in/signed-on-route.ts';
import { signOutRoute } from './sign-in/sign-out-route.ts';
import { screensRoute } from './screens/screens-route.ts';
import { screenBoardRoute } from './screens/screen-board-route.ts';
import { liveRoute } from './displays/live-route.ts';
import { openapiRoute } from './documents/openapi-route.ts';
import { asyncapiRoute } from './documents/asyncapi-route.ts';
import { schemasRoute } from './documents/schemas-route.ts';
import { schemaRoute } from './documents/schema-route.ts';
import type { RouteSpec } from './route.ts';

export const ROUTES = [
  healthzRoute,
  readyzRoute,
  metricsRoute,
  statusRoute,
  boardRoute,
  kpisRoute,
  historyRoute,
  alertsRoute,
  alertHistoryRoute,
  rulesRoute,
  caseRoute,
  voicesRoute,
  wordsRoute,
  clocksRoute,
  journeysRoute,
  journeyRoute,
  ackRoute,
  unackRoute,
  silencesRoute,
  silenceRoute,
  unsilenceRoute,
  actionsRoute,
  completeRoute,
  eventsRoute,
  sourceRoute,
  sourceLookRoute,
  modelsRoute,
  reloadRoute,
  reloadCheckRoute,
  hooksRoute,
  hookTestRoute,
  ackLookRoute,
  ackConfirmRoute,
  callbackRoute,
  ticketsRoute,
  sessionsRoute,
  revokeSessionRoute,
  screensRoute,
  screenBoardRoute,
  signInLookRoute,
  signInRoute,
  signOnRoute,
  signedOnRoute,
  signOutRoute,
  liveRoute,
  openapiRoute,
  asyncapiRoute,
  schemasRoute,
  schemaRoute,
] as const satisfies readonly RouteSpec[];

/** E.g. `GET /v1/kpis`. */
export type RouteName = (typeof ROUTES)[number] extends infer R
  ? R extends { readonly method: infer M extends string; readonly path: infer P extends string }
    ? `${M} ${P}`
    : never
  : never;
