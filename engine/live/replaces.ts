/** Of two values of one KPI and key, the one that stands. */
import type { KpiMessage } from '../core/wire.ts';

/**
 * Which value a wall-board shows: that of the newest window. A final value follows its live ones by the disorder bound and a
 * commit, when the next window already fills; it belongs to history, not on the tile. Of one window, the final value stands
 * over live ones and a higher revision over a lower. What was retracted stands for nothing and yields to anything.
 */
export function replaces(next: KpiMessage, shown: KpiMessage): boolean {
  if (next.retracted === true) return sameWindow(next, shown) && shown.retracted !== true;
  if (shown.retracted === true) return true;
  // RFC 3339 UTC with milliseconds: the order of the texts is that of the instants.
  if (next.window.end !== shown.window.end) return next.window.end > shown.window.end;
  if (next.window.start !== shown.window.start) return true;
  if (next.final !== shown.final) return next.final;
  return next.revision >= shown.revision;
}

function sameWindow(a: KpiMessage, b: KpiMessage): boolean {
  return a.window.start === b.window.start && a.window.end === b.window.end;
}
