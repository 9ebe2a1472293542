/**
 * A screen among the walls: what it shows as others name it, and where it goes when it is sent another board. It keeps that over
 * a reload: opened again by the address it was sent away from, it goes on to where it was sent. Pure.
 */
import { BOARD_SETTINGS, SCREEN_PAGES, type ScreenBoard, type ScreenPage } from '../../../engine/core/wire.ts';

/** What a screen keeps. Addresses are relative to the overview's folder. */
export interface KeptScreen {
  readonly id: string;
  /** Where it was sent away from, and to; null: it shows its own. */
  readonly sent: { readonly from: string; readonly to: string } | null;
}

/** null: nothing is kept, or none that can be read. */
export function keptScreen(text: string | null): KeptScreen | null {
  if (text === null) return null;
  try {
    const { id, sent } = JSON.parse(text) as Record<string, unknown>;
    if (typeof id !== 'string') return null;
    const { from, to } = (sent ?? {}) as Record<string, unknown>; // it was sent nowhere
    return { id, sent: typeof from === 'string' && typeof to === 'string' ? { from, to } : null };
  } catch {
    return null; // written by something else
  }
}

/** How the screen looks and who it is, whatever it shows; a slice only where the board names none. */
const OF_SCREEN = ['lang', 'theme', 'zone', 'kiosk', 'sound', 'screen', 'where'];

/** What this address shows; null: no page of the walls. */
export function boardAt(page: string, search: string): ScreenBoard | null {
  const known = SCREEN_PAGES.find((one) => one === page);
  if (known === undefined) return null;
  const query = new URLSearchParams(search);
  for (const name of [...query.keys()]) if (!BOARD_SETTINGS.includes(name)) query.delete(name);
  return { page: known, query: query.toString() };
}

/** The address of a board on this screen, relative to the overview's folder. */
export function addressOfBoard({ page, query }: ScreenBoard, search: string): string {
  const address = new URLSearchParams(query);
  for (const [name, value] of new URLSearchParams(search)) {
    if (OF_SCREEN.includes(name) && !new URLSearchParams(query).has(name)) address.append(name, value);
  }
  for (const name of [...address.keys()]) {
    if (!OF_SCREEN.includes(name) && !BOARD_SETTINGS.includes(name)) address.delete(name);
  }
  return relativeAddress(page, address.toString());
}

/** In one form, so that two of one page compare equal. A ticket lets in once and is no part of it. */
export function relativeAddress(page: ScreenPage, search: string): string {
  const query = new URLSearchParams(search);
  query.delete('ticket');
  const text = query.toString();
  return `${page === 'overview' ? './' : `${page}/`}${text === '' ? '' : `?${text}`}`;
}

/** Where a screen that is opened here goes on to at once, and what it keeps. */
export function opened(here: string, kept: KeptScreen): { readonly to: string | null; readonly kept: KeptScreen } {
  if (kept.sent === null || kept.sent.to === here) return { to: null, kept };
  // By its own address: after a restart. Any other one was chosen here.
  return kept.sent.from === here ? { to: kept.sent.to, kept } : { to: null, kept: { ...kept, sent: null } };
}

/** It is sent there; null: back to its own address. */
export function sent(
  to: string | null,
  here: string,
  kept: KeptScreen,
): { readonly to: string; readonly kept: KeptScreen } {
  const from = kept.sent?.from ?? here; // it is at home
  if (to === null || to === from) return { to: from, kept: { ...kept, sent: null } };
  return { to, kept: { ...kept, sent: { from, to } } };
}
