import { rightsOf } from '../../access/principal.ts';
import { ok, text, texts } from '../../documents/schema-forms.ts';
import { configurationMark } from '../../live/configuration-mark.ts';
import { jsonAnswer } from '../../http/responses.ts';
import type { RouteSpec } from '../route.ts';

const configuration = {
  ...text,
  description: 'A mark of it: ticks that have another say that it is to be asked for again',
};

/** `rights`: so that a screen shows no button that would be refused. */
export const boardRoute = {
  method: 'GET',
  path: '/v1/board',
  permission: 'read',
  operation: {
    summary: 'Title, tiles and zone of the wall-board, and what the asking role may do.',
    answers: { 200: ok('As configured', { type: 'object', properties: { rights: texts, configuration } }) },
  },
  handle: ({ ports }, { principal }) =>
    jsonAnswer(200, { ...ports.board?.(), rights: rightsOf(principal), configuration: configurationMark(ports) }),
} as const satisfies RouteSpec;
