/** What the outcome of an attempt says of the alerts that its notice tells. */
import type { Millis } from '../core/types.ts';
import type { AlertRecords } from './alert-records.ts';
import { alertsOf, type AlertRecord, type PendingNotice } from './records.ts';

/** `posted`: what the tool calls the message. */
export function markAccepted(alerts: AlertRecords, notice: PendingNotice, now: Millis, posted?: string): void {
  const said = new Map(notice.alerts.map((message) => [message.alert, message]));
  const isEnd = notice.kind === 'resolved' || notice.kind === 'brief';
  each(alerts, notice, (record, alert) => {
    const message = said.get(alert);
    if (message === undefined ? isEnd : message.state === 'resolved') {
      alerts.forget(record);
      return;
    }
    record.told = 'firing';
    if (record.thread === null && posted !== undefined && alertsOf(notice).length === 1) record.posted = posted;
    record.thread ??= notice.id;
    record.toldAt ??= now;
    record.lastToldAt = now;
    record.wasMuted = false;
    record.ackTold = (message ?? record.message).acked !== null; // what is only counted is told as it stands
    record.want = null;
  });
}

/** The attempt may have been accepted: its alerts are told to their end. */
export function markUnknown(alerts: AlertRecords, notice: PendingNotice): void {
  each(alerts, notice, (record) => {
    if (record.told === 'never') record.told = 'unknown';
  });
}

export function markGivenUp(alerts: AlertRecords, notice: PendingNotice, now: Millis): void {
  each(alerts, notice, (record) => {
    if (record.told === 'never') record.told = 'given_up';
    record.lastToldAt = now;
    record.ackTold = record.message.acked !== null;
    record.want = null;
    if (record.message.state === 'resolved') alerts.forget(record);
  });
}

function each(alerts: AlertRecords, notice: PendingNotice, mark: (record: AlertRecord, alert: string) => void): void {
  for (const alert of alertsOf(notice)) {
    const record = alerts.get(alert);
    if (record === undefined) continue;
    mark(record, alert);
    alerts.touch(record);
  }
}
