import { must } from '../../../core/must.ts';
import { SCREEN_PAGES } from '../../../core/wire.ts';
import { readBoard } from '../../../live/screen-about.ts';
import { object, ok, parameter, ref, text } from '../../documents/schema-forms.ts';
import { objectBody } from '../../http/body.ts';
import { errorAnswer, jsonAnswer } from '../../http/responses.ts';
import type { RouteSpec } from '../route.ts';

export const screenBoardRoute = {
  method: 'POST',
  path: '/v1/screens/{id}/board',
  permission: 'screens',
  operation: {
    summary:
      'Sends a connected wall another board, over its live connection: it goes there, stays there over a reload, and keeps its language, theme and rights. `board: null`: the one of its own address again.',
    parameters: [parameter('id', 'path', 'Screen')],
    body: object({ board: { anyOf: [ref('ScreenBoard'), { type: 'null' }] } }),
    answers: {
      202: ok('Sent; `GET /v1/screens` says what it shows', object({ screen: text, sent: { type: 'boolean' } })),
      409: { description: 'The wall is not connected now, or it is somebody’s desk' },
    },
  },
  handle(context, { request, params, principal }) {
    const { live, audit } = context;
    const read = objectBody(request);
    if ('refused' in read) return read.refused;
    const id = must(params['id']);
    const asked = read.body['board'];
    const board = asked === null ? null : readBoard(asked);
    if (board === undefined) {
      return errorAnswer(
        'invalid',
        `board is {"page": one of ${SCREEN_PAGES.join(', ')}, "query": settings of that page}, or null`,
      );
    }
    const outcome = live.screens.show(id, principal.scope, board);
    if (outcome === 'unknown') return errorAnswer('not_found', 'there is no such screen: GET /v1/screens lists them');
    if (outcome === 'gone') return errorAnswer('conflict', 'the wall is not connected now');
    if (outcome === 'desk') return errorAnswer('conflict', 'this is somebody’s desk: boards are sent to walls only');
    audit.done('screen.board', principal.name, {
      screen: id,
      board: board === null ? null : { page: board.page, query: context.mask(board.query) },
      address: request.remote,
    });
    return jsonAnswer(202, { screen: id, sent: true });
  },
} as const satisfies RouteSpec;
