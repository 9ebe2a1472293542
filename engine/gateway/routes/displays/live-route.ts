import { ok, parameter, ref } from '../../documents/schema-forms.ts';
import { errorAnswer } from '../../http/responses.ts';
import { LIVE_QUERY } from '../../live/live-query.ts';
import type { RouteSpec } from '../route.ts';

/** What comes here is no upgrade: that one goes to live/live-endpoint.ts. */
export const liveRoute = {
  method: 'GET',
  path: '/v1/live',
  permission: null,
  query: LIVE_QUERY,
  operation: {
    summary:
      'WebSocket: subprotocol earshot.v1.json or earshot.v1.msgpack, see /asyncapi.json. `?ticket=` instead of a token.',
    parameters: [parameter('ticket', 'query', 'A single-use ticket')],
    answers: { 101: { description: 'Upgraded' }, 426: ok('Not a WebSocket request', ref('Error')) },
  },
  handle: () =>
    errorAnswer(
      'upgrade_required',
      'this is a WebSocket: earshot.v1.json or earshot.v1.msgpack',
      {},
      { upgrade: 'websocket' },
    ),
} as const satisfies RouteSpec;
