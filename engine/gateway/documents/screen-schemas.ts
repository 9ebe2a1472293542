/** Screens in the API and in live frames, as JSON Schema. */
import type { JsonObject } from '../../core/types.ts';
import { SCREEN_PAGES } from '../../core/wire.ts';
import { instant, object, ref, text } from './schema-forms.ts';

const board = {
  page: { enum: [...SCREEN_PAGES] },
  query: { ...text, description: 'Settings of the page as its address has them: `where=channel:app`' },
};
const looks = { lang: text, theme: text, size: { ...text, description: '`1920x1080`' }, version: text };

export const SCREEN_BOARD: JsonObject = object(board, ['query']);

/** What a screen says of itself when it subscribes. */
export const SCREEN_ABOUT: JsonObject = object(
  {
    id: { type: 'string', pattern: '^[\\w-]{8,64}$' },
    ...{ name: text, wall: { type: 'boolean', description: 'false: somebody’s desk' }, ...board, ...looks },
  },
  ['query'],
);

export const SCREEN_SCHEMAS: JsonObject = {
  ScreenBoard: SCREEN_BOARD,
  Screen: object({
    ...{ screen: text, name: text, board: ref('ScreenBoard'), ...looks },
    state: { enum: ['live', 'stale', 'gone'], description: 'stale: connected, but it does not answer or keep up' },
    ...{ since: instant, seen: instant, frames_per_s: { type: 'number' } },
  }),
};
