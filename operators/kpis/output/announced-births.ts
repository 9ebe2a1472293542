/** What the next operator must know of KPIs that joined a running store, before any value of theirs. */
import { START_OF_TIME, type Millis } from '../../../engine/core/types.ts';
import type { KpiBirth } from '../../shared/messages.ts';
import { JOINING } from '../birth.ts';
import type { SessionView } from '../sessions/session-view.ts';
import type { WindowedTable } from '../windows/windowed-table.ts';
import type { Report } from './report.ts';

/** Those of which partial windows are still to be reported at this watermark; `seen`: the highest event time until now. */
export function announcedBirths(
  tables: readonly WindowedTable[],
  sessions: readonly SessionView[],
  { watermark, seen }: { readonly watermark: Millis; readonly seen: Millis },
): readonly KpiBirth[] {
  const until = new Map<string, Millis>();
  const note = ({ birth, kpi }: Report, endOf: (ts: Millis) => Millis): void => {
    const maxTs = birth.maxTs === JOINING ? seen : birth.maxTs;
    if (maxTs === START_OF_TIME) return;
    const end = endOf(maxTs);
    if (end > watermark) until.set(kpi.id, end);
  };
  for (const { views } of tables) for (const { report, windows } of views) note(report, (ts) => windows.lastEnd(ts));
  for (const view of sessions) note(view.report, (ts) => lastEndOf(view, ts));
  return Array.from(until, ([born, end]) => ({ born, until: end }));
}

/** Of sessions that may hold an event of that time: some are open yet, however long ago they began. */
function lastEndOf({ sessions, gapMs }: SessionView, ts: Millis): Millis {
  let end = ts + gapMs;
  for (const ofKey of sessions.values())
    for (const session of ofKey) if (session.start - gapMs <= ts) end = Math.max(end, session.end);
  return end;
}
