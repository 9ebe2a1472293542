/** This screen among the walls: says what it is, goes where it is sent, and remembers that over a reload, as far as the browser keeps anything. */
import type { ScreenAbout, ScreenBoard } from '../../engine/core/wire.ts';
import { addressOfBoard, boardAt, keptScreen, opened, relativeAddress, sent } from '../model/screens/sent-board.ts';
import type { Settings } from '../model/settings.ts';

export interface ScreenLink {
  /** @param version that the page was loaded from; null: of what it connects to */
  about(version: string | null): ScreenAbout;
  show(board: ScreenBoard | null): void;
}

/**
 * @param base the folder that the overview lies in.
 * @returns null: this page is none of a wall's. `elsewhere`: it is on its way to where it was sent.
 */
export function screenLink(page: string, settings: Settings, base: string): ScreenLink | 'elsewhere' | null {
  const board = boardAt(page, location.search);
  if (board === null) return null;
  const here = relativeAddress(board.page, location.search);
  const store = storage(settings.screen);
  const first = opened(here, keptScreen(store.read()) ?? { id: randomId(), sent: null }); // its first time
  let kept = first.kept;
  const keep = (next: typeof kept): void => store.write(JSON.stringify((kept = next)));
  keep(kept);
  if (first.to !== null) {
    location.replace(new URL(first.to, base));
    return 'elsewhere';
  }
  // Who follows a link here has chosen: the screen is at home there.
  document.addEventListener('click', ({ target }) => {
    if (target instanceof Element && target.closest('a[href]') !== null) keep({ ...kept, sent: null });
  });
  return {
    about: (version) => ({
      ...board,
      id: kept.id,
      name: settings.screen,
      wall: board.page === 'overview' || settings.kiosk || settings.screen !== '' || kept.sent !== null,
      lang: settings.lang,
      theme: settings.theme,
      size: `${Math.round(innerWidth)}x${Math.round(innerHeight)}`,
      version: version ?? '', // what it was loaded from
    }),
    show(next) {
      const way = sent(next === null ? null : addressOfBoard(next, location.search), here, kept);
      keep(way.kept);
      if (way.to !== here) location.assign(new URL(way.to, base));
    },
  };
}

/** Two windows of one browser are two screens: without a name each keeps its own, and a name outlives the browser's end. */
function storage(name: string): { read(): string | null; write(text: string): void } {
  const key = name === '' ? 'earshot.screen' : `earshot.screen:${name}`;
  const place = (): Storage => (name === '' ? sessionStorage : localStorage);
  return {
    read() {
      try {
        return place().getItem(key);
      } catch {
        return null; // the browser keeps nothing
      }
    },
    write(text) {
      try {
        place().setItem(key, text);
      } catch {
        // As long as the page is open it is known all the same.
      }
    },
  };
}

/** Of the page that did not come over HTTPS too, where browsers make no UUIDs. */
function randomId(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
