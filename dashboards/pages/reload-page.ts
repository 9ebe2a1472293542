/** A new version of the engine is served: the page is loaded again, once (reload-guard.ts). */
import { parseMark, shouldReload, writeMark } from '../line/reload-guard.ts';

const RELOAD_MARK = 'earshot.reloaded';

/** @param first the version that this page heard first. */
export function reloadIfNew(first: string | null, version: string | null): void {
  if (version === null) return;
  const mark = parseMark(sessionStorage.getItem(RELOAD_MARK));
  if (!shouldReload(first, version, mark, Date.now())) return;
  sessionStorage.setItem(RELOAD_MARK, writeMark({ version, at: Date.now() }));
  location.reload();
}
