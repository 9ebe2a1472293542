/** Notices that were made and are not accepted yet, by id and by the alerts they are about. */
import { ensure, must } from '../core/must.ts';
import type { Millis } from '../core/types.ts';
import type { AlertMessage } from '../core/wire.ts';
import { isUrgent, noticeId } from './notice-id.ts';
import type { ReceiverState } from './receiver-state.ts';
import type { NoticeKind, PendingNotice } from './records.ts';

/** What a notice is made of. */
export interface Made {
  readonly kind: NoticeKind;
  /** Worst first. */
  readonly alerts: readonly AlertMessage[];
  readonly at: Millis;
  readonly thread: string | null;
  readonly group: Readonly<Record<string, string>>;
  readonly standing: number;
  readonly wasMuted: boolean;
}

export class PendingNotices {
  readonly #hook: string;
  readonly #notices = new Map<string, PendingNotice>();
  /** Alert → the notice that it is in; an alert is in one at a time. */
  readonly #byAlert = new Map<string, string>();
  readonly #changed = new Set<string>();

  constructor(hook: string) {
    this.#hook = hook;
  }

  get size(): number {
    return this.#notices.size;
  }

  get(id: string): PendingNotice | undefined {
    return this.#notices.get(id);
  }

  values(): readonly PendingNotice[] {
    return [...this.#notices.values()];
  }

  isAbout(alert: string): boolean {
    return this.#byAlert.has(alert);
  }

  make({ kind, alerts, at, thread, group, standing, wasMuted }: Made): void {
    ensure(alerts.length > 0, 'a notice is about an alert');
    const id = noticeId(this.#hook, kind, at, alerts);
    const state = { attempts: 0, notBefore: at, isUnknown: false, isSending: false };
    this.put({ id, kind, thread, made: at, group, alerts, standing, wasMuted, ...state });
    this.#changed.add(id);
  }

  /** As it was saved: nothing has changed. */
  put(notice: PendingNotice): void {
    this.#notices.set(notice.id, notice);
    for (const { alert } of notice.alerts) {
      ensure(!this.#byAlert.has(alert), 'an alert is in one notice at a time');
      this.#byAlert.set(alert, notice.id);
    }
  }

  touch({ id }: PendingNotice): void {
    must(this.#notices.get(id), 'only what is pending changes');
    this.#changed.add(id);
  }

  /** The notice goes on about these alone. */
  narrow(notice: PendingNotice, alerts: readonly AlertMessage[]): void {
    this.remove(notice);
    if (alerts.length === 0) return;
    notice.alerts = alerts;
    this.put(notice);
  }

  remove(notice: PendingNotice): void {
    this.#notices.delete(notice.id);
    for (const { alert } of notice.alerts) this.#byAlert.delete(alert);
    this.#changed.add(notice.id);
  }

  /** Marked as under way: urgent ones first, then the oldest, as far as the receiver's rates and its state allow. */
  begin(now: Millis, receiver: ReceiverState): readonly PendingNotice[] {
    const all = this.values();
    let openings = receiver.openings(now, all.filter(({ isSending }) => isSending).length);
    const ready = all
      .filter((notice) => !notice.isSending && notice.notBefore <= now)
      .sort((a, b) => Number(isUrgent(b)) - Number(isUrgent(a)) || a.made - b.made);
    const begun: PendingNotice[] = [];
    for (const notice of ready) {
      if (openings <= 0 || receiver.free(now, isUrgent(notice)) < 1) continue;
      openings--;
      receiver.take(now);
      notice.isSending = true;
      this.#changed.add(notice.id);
      begun.push(notice);
    }
    return begun;
  }

  takeChanged(): ReadonlyMap<string, PendingNotice | null> {
    const changed = new Map([...this.#changed].map((id) => [id, this.#notices.get(id) ?? null]));
    this.#changed.clear();
    return changed;
  }
}
