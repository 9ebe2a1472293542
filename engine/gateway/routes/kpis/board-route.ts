import { rightsOf } from '../../access/principal.ts';
import { ok, texts } from '../../documents/schema-forms.ts';
import { jsonAnswer } from '../../http/responses.ts';
import type { RouteSpec } from '../route.ts';

/** `rights`: so that a screen shows no button that would be refused. */
export const boardRoute = {
  method: 'GET',
  path: '/v1/board',
  permission: 'read',
  operation: {
    summary: 'Title, tiles and zone of the wall-board, and what the asking role may do.',
    answers: { 200: ok('As configured', { type: 'object', properties: { rights: texts } }) },
  },
  handle: ({ ports }, { principal }) => jsonAnswer(200, { ...ports.board?.(), rights: rightsOf(principal) }),
} as const satisfies RouteSpec;
