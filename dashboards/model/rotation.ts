/** Which page of tiles is on the screen. A breach holds its page; no more than six tiles a page. Pure. */
export const TILES_A_PAGE = 6;

export interface Rotation {
  readonly page: number;
  /** Screen time when the page came up, ms. */
  readonly since: number;
}

export function pagesOf<T>(tiles: readonly T[]): readonly (readonly T[])[] {
  const pages: T[][] = [];
  for (let from = 0; from < tiles.length; from += TILES_A_PAGE) pages.push(tiles.slice(from, from + TILES_A_PAGE));
  return pages;
}

/**
 * @param everyMs null: only by hand.
 * @param breached pages with a tile in breach.
 */
export function rotated(
  rotation: Rotation,
  pages: number,
  everyMs: number | null,
  breached: ReadonlySet<number>,
  now: number,
): Rotation {
  if (pages < 2 || everyMs === null || now - rotation.since < everyMs) return rotation;
  if (breached.size === 1 && breached.has(rotation.page)) return { page: rotation.page, since: now };
  for (let step = 1; step <= pages; step += 1) {
    const page = (rotation.page + step) % pages;
    if (breached.size === 0 || breached.has(page)) return { page, since: now };
  }
  return rotation;
}
