/**
 * What one hook still has to tell. Fed with the changes of alerts, the wall clock's time and the outcome of attempts, it says
 * which notices leave now. For each alert the notices are in order: the next is made when the last has ended. A notice says
 * the same on every attempt, under the same id. What an alert is to be told as follows from how it stands and what was told:
 * an alert that resolved before its first notice left is not told (or told as brief), one whose notice may have arrived is
 * told as resolved in any case. Only what changed and what is due is looked at; a notice is made when it can leave.
 */
import { must } from '../core/must.ts';
import type { Millis } from '../core/types.ts';
import type { AlertMessage } from '../core/wire.ts';
import { backOff } from './receiver/back-off.ts';
import { Agenda } from './agenda.ts';
import { AlertRecords } from './alert-records.ts';
import type { Batch } from './batch.ts';
import { batchesOf } from './batches.ts';
import { BriefAlerts } from './brief-alerts.ts';
import { DueTimes } from './due-times.ts';
import { Escalations, type DueEscalation } from './escalations.ts';
import { freeFor } from './free-for.ts';
import { FailedNotices } from './failed-notices.ts';
import { Flapping } from './flapping.ts';
import type { HookRules } from './hook-rules.ts';
import type { Mutes } from './mutes.ts';
import { courseOf, isUrgent } from './notice-id.ts';
import { madeOf } from './made.ts';
import { markAccepted, markGivenUp, markUnknown } from './outcome-marks.ts';
import { PendingNotices } from './pending-notices.ts';
import { ReceiverState, type Trouble } from './receiver/receiver-state.ts';
import {
  alertsOf,
  type AlertRecord,
  type FailedNotice,
  type HookChanges,
  type Outcome,
  type PendingNotice,
  type SavedHook,
} from './records.ts';
import { leaveOutOver, noticeOver } from './superseded.ts';
import { nextChange, nextWant } from './wants.ts';

export class HookQueue {
  readonly rules: HookRules;
  readonly #alerts = new AlertRecords();
  readonly #agenda: Agenda;
  readonly #looks = new DueTimes();
  readonly #muted = new Set<string>();
  readonly #briefs = new BriefAlerts();
  readonly #escalations: Escalations;
  readonly #pending: PendingNotices;
  readonly #failed = new FailedNotices();
  readonly #receiver: ReceiverState;
  readonly #flapping = new Flapping();
  #mutes = -1;

  constructor(rules: HookRules) {
    this.rules = rules;
    this.#agenda = new Agenda(rules);
    this.#pending = new PendingNotices(rules.id);
    this.#receiver = new ReceiverState(rules.rates);
    this.#escalations = new Escalations(rules.escalate);
  }

  /** What was saved; an attempt that was under way then may have been accepted. */
  restore({ alerts, pending, failed = [], receiver }: SavedHook): void {
    for (const record of alerts) this.#alerts.restore({ ...record });
    for (const notice of pending) {
      const isUnknown = notice.isUnknown || notice.isSending;
      this.#pending.restore({ ...notice, isUnknown, isSending: false });
      if (isUnknown) markUnknown(this.#alerts, notice);
    }
    this.#failed.restore(failed);
    if (receiver !== undefined) this.#receiver.restore(receiver);
  }

  /** `at`: when the change was stored. Repeats of what is known change nothing. */
  changed(message: AlertMessage, seq: number, at: Millis): void {
    const known = this.#alerts.get(message.alert);
    if (known === undefined) {
      if (message.state !== 'firing' || !this.rules.matches(message)) return;
      this.#alerts.add(message, seq, at, false);
      if (this.#flapping.begins(courseOf(message), at) && this.rules.readers === 'people')
        this.#tellFlapping(message, at);
      return;
    }
    if (seq <= known.seq) return;
    known.message = message;
    known.seq = seq;
    if (message.state === 'resolved') this.#flapping.ends(courseOf(message), at);
    this.#alerts.touch(known);
    this.#settle(known, at);
  }

  /** What is silenced is known from elsewhere: undefined where nothing is known of the alert. */
  overlay(of: (alert: string) => Pick<AlertMessage, 'silenced'> | undefined, now: Millis): void {
    for (const record of this.#alerts.values()) {
      const { message } = record;
      const known = message.state === 'resolved' ? undefined : of(message.alert);
      if (known === undefined || known.silenced === message.silenced) continue;
      record.message = { ...message, silenced: known.silenced };
      this.#alerts.touch(record);
      this.#settle(record, now);
    }
  }

  /** What ended while nobody listened is not told as brief. */
  forgetBrief(): void {
    for (const record of this.#alerts.values()) if (record.want === 'brief') this.#alerts.forget(record);
  }

  /** Another hook's escalation tells this one, whatever its matchers. */
  escalate(message: AlertMessage, seq: number, at: Millis): void {
    if (this.#alerts.get(message.alert) === undefined) this.#alerts.add(message, seq, at, true);
  }

  /** Steps of escalation that are due: for each the hook to tell. Taken once. */
  escalations(now: Millis): readonly DueEscalation[] {
    return this.#escalations.take(this.#alerts, now);
  }

  /** The notices to be sent now, marked as under way: save `takeChanged` before they are. */
  due(now: Millis, mutes: Mutes): readonly PendingNotice[] {
    this.#flapping.tidy(now);
    for (const alert of this.#looks.take(now)) this.#alerts.look(alert);
    if (this.#mutes !== mutes.version) for (const alert of this.#muted) this.#alerts.look(alert);
    this.#mutes = mutes.version;
    this.#examine(now, mutes);
    // While the receiver is down one notice tries it; what comes meanwhile is gathered, as it then stands, when it is back.
    if (!this.#receiver.isDown || this.#pending.size === 0) this.#gather(now);
    return this.#begin(now, mutes);
  }

  ended(id: string, outcome: Outcome, now: Millis): void {
    const notice = this.#pending.ended(id);
    if (outcome.kind === 'delivered') {
      this.#receiver.accepted();
      this.#pending.remove(notice);
      markAccepted(this.#alerts, notice, now);
      return;
    }
    const trouble = { reason: outcome.reason, hint: outcome.hint };
    if (outcome.kind === 'dead' || now - notice.made >= this.rules.expire) {
      this.#receiver.gaveUp(trouble);
      this.#pending.remove(notice);
      this.#failed.add({ notice, at: now, ...trouble });
      markGivenUp(this.#alerts, notice, now);
      return;
    }
    if (outcome.kind === 'unknown') {
      notice.isUnknown = true;
      markUnknown(this.#alerts, notice);
    }
    const after = outcome.kind === 'refused' ? (outcome.after ?? 0) : 0; // not said: the usual back-off
    notice.notBefore = now + Math.max(after, backOff(notice.attempts, notice.id));
    this.#receiver.failed(trouble, notice.notBefore);
  }

  /** Red: nothing gets through, and why. */
  get trouble(): Trouble | null {
    if (this.#receiver.isDown) return this.#receiver.last;
    return this.#failed.size === 0 ? null : (this.#receiver.last ?? must(this.#failed.values().at(-1)));
  }

  get waiting(): number {
    return this.#pending.size;
  }

  get following(): number {
    return this.#alerts.size;
  }

  get leftOut(): number {
    return this.#briefs.leftOut;
  }

  get failed(): readonly FailedNotice[] {
    return this.#failed.values();
  }

  /** Notices that were given up, those of these ids or all, are sent once more, each under its id; returns how many. */
  replay(now: Millis, ids: ReadonlySet<string> | null = null): number {
    let count = 0;
    for (const { notice } of this.#failed.take(ids)) {
      // What stands is being told already; what is over is not told as if it stood.
      if (notice.alerts.some(({ alert }) => this.#pending.isAbout(alert)) || noticeOver(notice, this.#alerts)) continue;
      this.#pending.add({ ...notice, attempts: 0, notBefore: now, isSending: false, made: now });
      for (const alert of alertsOf(notice)) this.#alerts.look(alert);
      count++;
    }
    return count;
  }

  takeChanged(): HookChanges {
    return {
      alerts: this.#alerts.takeChanged(),
      notices: this.#pending.takeChanged(),
      failed: this.#failed.takeChanged(),
      receiver: this.#receiver.takeChanged(),
    };
  }

  #tellFlapping(message: AlertMessage, at: Millis): void {
    const { thread } = must(this.#alerts.get(message.alert), 'it has just been added');
    const about = { alerts: [message], more: [], at, thread, group: {}, standing: 0, wasMuted: false };
    this.#pending.make({ kind: 'flapping', ...about });
  }

  /** What the alert is to be told as next; forgotten where that is nothing and it has ended. */
  #settle(record: AlertRecord, now: Millis): void {
    if (this.#pending.isAbout(record.message.alert)) return; // again when that notice has ended
    const isHeld = this.#flapping.isHeld(courseOf(record.message), now);
    const want = nextWant(record, this.rules, now, isHeld);
    if (want !== record.want) {
      record.want = want;
      record.wantAt = now;
      this.#alerts.touch(record);
    }
    if (want === null && record.message.state === 'resolved') this.#alerts.forget(record);
  }

  /** Whatever may have changed: what ended leaves its notice, what is to be told takes its place. */
  #examine(now: Millis, mutes: Mutes): void {
    for (const alerts = new Set(this.#alerts.takeDoubtful()); alerts.size > 0;) {
      for (const alert of alerts) {
        const notice = this.#pending.about(alert);
        if (notice !== undefined) leaveOutOver(notice, this.#alerts, this.#pending, mutes);
        this.#place(alert, now, mutes);
      }
      alerts.clear();
      for (const alert of this.#alerts.takeDoubtful()) alerts.add(alert);
    }
  }

  #place(alert: string, now: Millis, mutes: Mutes): void {
    const known = this.#alerts.get(alert);
    if (known !== undefined) this.#settle(known, now);
    const record = this.#alerts.get(alert); // it may have been forgotten
    const isAbout = this.#pending.isAbout(alert);
    const waits = record === undefined || isAbout ? null : this.#waitsFor(record, now, mutes);
    if (waits === 'voice') this.#muted.add(alert);
    else this.#muted.delete(alert);
    this.#briefs.place(alert, waits === 'nothing' && record?.want === 'brief', (oldest) => {
      const left = this.#alerts.get(oldest);
      if (left !== undefined) this.#alerts.forget(left);
    });
    if (record === undefined) {
      this.#agenda.remove(alert);
      this.#looks.set(alert, null);
      this.#escalations.forget(alert);
      return;
    }
    const isOpen = record.message.state !== 'resolved' && (record.told !== 'never' || isAbout);
    this.#agenda.place(record, isOpen, waits === 'nothing');
    this.#looks.set(alert, typeof waits === 'number' ? waits : null);
    this.#escalations.place(record);
  }

  /** `nothing`: it may be told now. `voice`: until it is not muted. A time: until then. null: for a change. */
  #waitsFor(record: AlertRecord, now: Millis, mutes: Mutes): 'nothing' | 'voice' | Millis | null {
    if (record.want === null) return nextChange(record, this.rules);
    const heldUntil = this.#flapping.heldUntil(courseOf(record.message), now);
    if (heldUntil !== null) return heldUntil;
    const needsVoice = record.want !== 'resolved' && record.want !== 'acknowledged';
    if (!needsVoice || !mutes.isMuted(record.message)) return 'nothing';
    if (record.want === 'brief') this.#alerts.forget(record);
    else if (!record.wasMuted) {
      record.wasMuted = true;
      this.#alerts.touch(record);
    }
    return 'voice';
  }

  #gather(now: Millis): void {
    if (this.#agenda.groups('all').size === 0 || this.#receiver.openings(now, this.#pending.sending) <= 0) return;
    const free = freeFor(this.rules, this.#receiver, this.#pending, now);
    for (const batch of batchesOf(this.#agenda, this.rules, now, free)) this.#make(batch, now);
  }

  #make(batch: Batch, at: Millis): void {
    const { made, told } = madeOf(batch, at);
    this.#pending.make(made);
    for (const record of told) {
      if (record.message.state !== 'resolved') record.toldAt ??= at;
      this.#alerts.touch(record);
    }
  }

  #begin(now: Millis, mutes: Mutes): readonly PendingNotice[] {
    const begun: PendingNotice[] = [];
    let openings = this.#receiver.openings(now, this.#pending.sending);
    for (const notice of openings > 0 ? this.#pending.ready(now) : []) {
      if (openings <= 0 || this.#receiver.free(now, isUrgent(notice)) < 1) continue;
      if (!leaveOutOver(notice, this.#alerts, this.#pending, mutes)) continue;
      openings--;
      this.#receiver.take(now);
      this.#pending.begin(notice);
      begun.push(notice);
    }
    return begun;
  }
}
