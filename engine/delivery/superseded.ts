/**
 * Before an attempt: what has ended or been muted meanwhile is left out of its notice, which is dropped when nothing is left. A
 * notice that may have arrived stays as it was, unless all of its alerts have ended: they are told as ended.
 */
import { must } from '../core/must.ts';
import type { AlertRecords } from './alert-records.ts';
import type { Mutes } from './mutes.ts';
import type { PendingNotices } from './pending-notices.ts';
import { alertsOf, type NoticeKind, type PendingNotice } from './records.ts';

/** Notices that stay true whatever follows. */
const LASTING: ReadonlySet<NoticeKind> = new Set(['resolved', 'brief', 'acknowledged', 'action', 'test']);

/** False: nothing is left of the notice, and it is no more. */
export function leaveOutOver(
  notice: PendingNotice,
  alerts: AlertRecords,
  pending: PendingNotices,
  mutes: Mutes,
): boolean {
  if (notice.isSending || LASTING.has(notice.kind)) return true;
  const isStanding = (alert: string): boolean => {
    const record = alerts.get(alert);
    if (record === undefined || record.message.state === 'resolved') return false;
    return notice.isUnknown || !mutes.isMuted(record.message);
  };
  const all = alertsOf(notice);
  const standing = new Set(all.filter(isStanding));
  if (standing.size === all.length || (notice.isUnknown && standing.size > 0)) return true;
  const listed = notice.alerts.filter(({ alert }) => standing.has(alert));
  const rest = all.slice(notice.alerts.length).filter((alert) => standing.has(alert));
  // What was only counted is listed where there is space now.
  const free = notice.alerts.length - listed.length;
  const further = rest.slice(0, free).map((alert) => must(alerts.get(alert), 'it stands').message);
  pending.narrow(notice, [...listed, ...further], rest.slice(free));
  for (const alert of all) {
    if (standing.has(alert)) continue;
    const record = alerts.get(alert);
    if (record?.told === 'never') {
      record.toldAt = null;
      alerts.touch(record);
    } else alerts.look(alert);
  }
  return standing.size > 0;
}

/** Whether nothing of what it says stands. */
export function noticeOver(notice: PendingNotice, alerts: AlertRecords): boolean {
  if (LASTING.has(notice.kind)) return false;
  return alertsOf(notice).every((alert) => (alerts.get(alert)?.message.state ?? 'resolved') === 'resolved'); // forgotten: it ended
}
