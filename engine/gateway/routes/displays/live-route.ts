import { PROTOCOLS } from '../../../core/wire.ts';
import { ok, parameter, ref, text, texts } from '../../documents/schema-forms.ts';
import { errorAnswer } from '../../http/responses.ts';
import { asksForEvents } from '../../live/event-stream.ts';
import { EVENTS_QUERY } from '../../live/live-query.ts';
import type { RouteSpec } from '../route.ts';

/** What comes here is no upgrade: that one goes to live/live-endpoint.ts at once. */
export const liveRoute = {
  method: 'GET',
  path: '/v1/live',
  permission: null,
  query: EVENTS_QUERY,
  operation: {
    summary:
      'WebSocket: subprotocol earshot.v1.json, earshot.v1.msgpack or earshot.v2.msgpack, see /asyncapi.json. Where those are blocked, server-sent events (`Accept: text/event-stream`): the same JSON frames, resumed by `Last-Event-ID`. `?ticket=` instead of a token.',
    parameters: [
      parameter('ticket', 'query', 'A single-use ticket'),
      parameter(
        'topic',
        'query',
        'Server-sent events: `kpi/<id>`, `kpi/*`, `alerts`, `actions`, `health`, repeated',
        texts,
      ),
      parameter('where', 'query', 'Server-sent events: `dimension:value`, repeated', texts),
      parameter('max_hz', 'query', 'Server-sent events: how often a value may change, a second'),
      parameter('resume', 'query', 'Server-sent events: `<epoch>:<seq>`, where `Last-Event-ID` cannot be sent'),
      parameter('screen', 'query', 'Server-sent events: what a screen says of itself, as JSON'),
    ],
    answers: {
      101: { description: 'Upgraded' },
      200: { description: 'Server-sent events', content: { 'text/event-stream': { schema: text } } },
      426: ok('Not a WebSocket request', ref('Error')),
    },
  },
  handle({ live }, { request, query }) {
    if (asksForEvents(request, query)) return live.stream(request);
    return errorAnswer(
      'upgrade_required',
      `this is a WebSocket: ${PROTOCOLS.join(', ')}; or ask for text/event-stream`,
      {},
      { upgrade: 'websocket' },
    );
  },
} as const satisfies RouteSpec;
