/**
 * Sessions: runs of events with less than a gap of silence between them. One event alone is the session `[ts, ts + gap)`;
 * sessions that overlap or touch (the end of one is the start of the other) are one.
 */
import type { Millis } from '../../engine/core/types.ts';

export interface Span {
  readonly start: Millis;
  readonly end: Millis;
}

/** The sessions, sorted by start and apart from each other, that merge with `span`: indices [from, to). */
export function touching(sessions: readonly Span[], span: Span): { readonly from: number; readonly to: number } {
  let to = sessions.length;
  // New events belong to the newest sessions, as a rule.
  while (to > 0 && (sessions[to - 1]?.start ?? 0) > span.end) to--;
  let from = to;
  while (from > 0 && (sessions[from - 1]?.end ?? 0) >= span.start) from--;
  return { from, to };
}
