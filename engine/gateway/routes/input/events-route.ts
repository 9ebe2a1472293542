import { object, ok, ref, texts } from '../../documents/schema-forms.ts';
import { errorAnswer, jsonAnswer, notStored } from '../../http/responses.ts';
import type { RouteSpec } from '../route.ts';

/** As over NATS, but for what pages elsewhere can post without asking: that names no type, or another. */
const EVENT_TYPES =
  /^(?:text\/json|application\/(?:json|(?:x-|vnd\.)?(?:msgpack|messagepack)|[\w.-]+\+(?:json|(?:x-)?(?:msgpack|messagepack))))\s*(?:;|$)/i;

export const eventsRoute = {
  method: 'POST',
  path: '/v1/events',
  permission: 'ingest',
  needsEngine: true,
  operation: {
    summary: 'Takes one CloudEvent or a batch; answers once they are stored. JSON or MessagePack.',
    body: {
      description:
        'A CloudEvents 1.0 event, structured, or an array of them; or the data of one, its attributes in ce-* headers',
    },
    answers: {
      202: ok('Stored: the ids', object({ accepted: texts })),
      ...Object.fromEntries(
        [400, 413, 422].map((status) => [status, ok('What is wrong, event by event', ref('Error'))]),
      ),
    },
  },
  async handle({ ports }, { request }) {
    if (ports.ingest === undefined) return errorAnswer('not_ready', 'this gateway takes no events');
    const type = request.headers['content-type'];
    if (type === undefined || !EVENT_TYPES.test(type)) {
      return errorAnswer(
        'unsupported_media_type',
        'set content-type to application/cloudevents+json, application/cloudevents-batch+json, application/json, another +json, or application/msgpack',
      );
    }
    if (request.body.length === 0) return errorAnswer('bad_request', 'the body holds one event or a batch');
    const result = await ports.ingest(request.headers, request.body);
    return typeof result === 'string' ? notStored(result) : jsonAnswer(result.status, result.body);
  },
} as const satisfies RouteSpec;
