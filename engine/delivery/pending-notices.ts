/** Notices that were made and are not accepted yet, by id and by the alerts they are about. */
import { ensure, must } from '../core/must.ts';
import type { Millis } from '../core/types.ts';
import type { AlertMessage } from '../core/wire.ts';
import { isUrgent, noticeId } from './notice-id.ts';
import type { Made } from './batches/made.ts';
import { alertsOf, type ActionMessage, type PendingNotice } from './records.ts';
import { takeChanged } from './changed-keys.ts';

export class PendingNotices {
  readonly #hook: string;
  readonly #notices = new Map<string, PendingNotice>();
  /** Alert → the notice that it is in; an alert is in one at a time. */
  readonly #byAlert = new Map<string, string>();
  readonly #changed = new Set<string>();
  readonly #saved = new Set<string>();
  #sending = 0;

  constructor(hook: string) {
    this.#hook = hook;
  }

  get size(): number {
    return this.#notices.size;
  }

  /** Attempts under way. */
  get sending(): number {
    return this.#sending;
  }

  get(id: string): PendingNotice | undefined {
    return this.#notices.get(id);
  }

  /** The notice that the alert is in. */
  about(alert: string): PendingNotice | undefined {
    const id = this.#byAlert.get(alert);
    return id === undefined ? undefined : must(this.#notices.get(id), 'the index knows what is pending');
  }

  isAbout(alert: string): boolean {
    return this.#byAlert.has(alert);
  }

  /** `due`: since when the first of it could be said. */
  make({ kind, alerts, more, at, thread, group, standing, wasMuted, posted }: Made, due: Millis): void {
    ensure(alerts.length > 0, 'a notice is about an alert');
    const id = noticeId(this.#hook, kind, at, alerts);
    const state = { attempts: 0, notBefore: at, isUnknown: false, isSending: false };
    const rest = { ...(more.length > 0 ? { more } : {}), ...(posted === undefined ? {} : { posted }) };
    this.add({ id, kind, thread, made: at, due, group, alerts, ...rest, standing, wasMuted, ...state });
  }

  /** Under an id of its own: made twice, as after a crash, it is one. */
  makeAction(action: ActionMessage, at: Millis): void {
    const id = noticeId(this.#hook, `action ${action.id}`, 0, []);
    if (this.#notices.has(id)) return;
    const none = { thread: null, group: {}, alerts: [], standing: 0, wasMuted: false };
    const state = { attempts: 0, notBefore: at, isUnknown: false, isSending: false };
    this.add({ id, kind: 'action', action, made: at, ...none, ...state });
  }

  /** As it was saved: nothing has changed. */
  restore(notice: PendingNotice): void {
    this.#put(notice);
    this.#saved.add(notice.id);
  }

  add(notice: PendingNotice): void {
    this.#put(notice);
    this.#changed.add(notice.id);
  }

  /** The notice goes on about these alone. */
  narrow(notice: PendingNotice, alerts: readonly AlertMessage[], more: readonly string[]): void {
    this.remove(notice);
    if (alerts.length === 0) return;
    notice.alerts = alerts;
    if (notice.more !== undefined) notice.more = more;
    this.add(notice);
  }

  remove(notice: PendingNotice): void {
    ensure(!notice.isSending, 'what is under way is not taken back');
    this.#notices.delete(notice.id);
    for (const alert of alertsOf(notice)) this.#byAlert.delete(alert);
    this.#changed.add(notice.id);
  }

  /** Those whose next attempt may begin: urgent ones first, then the oldest. */
  ready(now: Millis): readonly PendingNotice[] {
    if (this.#notices.size === this.#sending) return [];
    return [...this.#notices.values()]
      .filter((notice) => !notice.isSending && notice.notBefore <= now)
      .sort((a, b) => Number(isUrgent(b)) - Number(isUrgent(a)) || a.made - b.made);
  }

  /** The clock was set back by so much: what waits waits no longer for that. */
  setBack(by: Millis): void {
    for (const notice of this.#notices.values()) {
      notice.notBefore -= by;
      this.#changed.add(notice.id);
    }
  }

  begin(notice: PendingNotice): void {
    ensure(!notice.isSending, 'one attempt at a time');
    notice.isSending = true;
    this.#sending++;
    this.#changed.add(notice.id);
  }

  ended(id: string): PendingNotice {
    const notice = must(this.#notices.get(id), 'an attempt that ends is of a notice that is pending');
    ensure(notice.isSending, 'an attempt that ends was under way');
    notice.isSending = false;
    notice.attempts++;
    this.#sending--;
    this.#changed.add(id);
    return notice;
  }

  takeChanged(): ReadonlyMap<string, PendingNotice | null> {
    return takeChanged(this.#changed, this.#saved, (id) => this.#notices.get(id));
  }

  #put(notice: PendingNotice): void {
    this.#notices.set(notice.id, notice);
    for (const alert of alertsOf(notice)) {
      ensure(!this.#byAlert.has(alert), 'an alert is in one notice at a time');
      this.#byAlert.set(alert, notice.id);
    }
  }
}
