/** Reads what a screen says of itself and which board it is to show, bounded in every direction. Never throws. */
import { BOARD_SETTINGS, SCREEN_PAGES, type ScreenAbout, type ScreenBoard, type ScreenPage } from '../core/wire.ts';

export const SCREEN_FORM = `{"id", "name", "wall", "page": one of ${SCREEN_PAGES.join(', ')}, "query", "lang", "theme", "size", "version"}`;
const ID = /^[\w-]{8,64}$/;
const SIZE = /^\d{1,5}x\d{1,5}$/;
const MAX_NAME = 60;
const MAX_WORD = 40;
const MAX_QUERY = 1_000;

/** undefined: it is of another form. */
export function readScreen(value: unknown): ScreenAbout | undefined {
  const board = readBoard(value);
  if (board === undefined) return undefined;
  const { id, name, wall, lang, theme, size, version } = value as Record<string, unknown>;
  if (!isText(id) || !ID.test(id) || !isText(name, MAX_NAME) || typeof wall !== 'boolean') return undefined;
  if (!isText(lang) || !isText(theme) || !isText(version) || !isText(size) || !SIZE.test(size)) return undefined;
  return { ...board, id, name, wall, lang, theme, size, version };
}

/** undefined: there is no such page, or its settings are none of a page. */
export function readBoard(value: unknown): ScreenBoard | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { page, query = '' } = value as Record<string, unknown>; // as the page comes
  if (!SCREEN_PAGES.includes(page as ScreenPage) || !isText(query, MAX_QUERY)) return undefined;
  const settings = new URLSearchParams(query);
  if (![...settings.keys()].every((name) => BOARD_SETTINGS.includes(name))) return undefined;
  return { page: page as ScreenPage, query: settings.toString() };
}

function isText(value: unknown, most = MAX_WORD): value is string {
  return typeof value === 'string' && value.length <= most;
}
