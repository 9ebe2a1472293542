/** When the server runs another version than the one this page came from, the page reloads itself: once, not for ever. Pure. */
export interface ReloadMark {
  readonly version: string;
  /** Wall-clock ms. */
  readonly at: number;
}
/** Two gateways of different versions behind one address must not keep a screen reloading. */
export const QUIET_MS = 10 * 60_000;

/**
 * @param first the version of the first `hello` this page saw.
 * @param mark the last reload of this kind, kept over reloads.
 */
export function shouldReload(first: string | null, now: string, mark: ReloadMark | null, at: number): boolean {
  if (first === null || first === now) return false;
  if (mark === null) return true;
  return mark.version !== now && at - mark.at > QUIET_MS;
}

export function parseMark(text: string | null): ReloadMark | null {
  const parts = /^(\d+) (.+)$/.exec(text ?? ''); // nothing was kept yet
  const [, at, version] = parts ?? []; // not our own writing
  return at === undefined || version === undefined ? null : { at: Number(at), version };
}
export function writeMark(mark: ReloadMark): string {
  return `${mark.at} ${mark.version}`;
}
