import type { QueryForm } from '../http/query.ts';

/** The query parameters of `/v1/live` as a WebSocket, which subscribes by frames. */
export const LIVE_QUERY: QueryForm = { ticket: 'once' };

/** As server-sent events: the subscription itself. */
export const EVENTS_QUERY = {
  ticket: 'once',
  topic: 'many',
  where: 'many',
  max_hz: 'once',
  resume: 'once',
  screen: 'once',
} as const satisfies QueryForm;
