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
import { Actions } from './actions.ts';
import type { Batch } from './batches/batch.ts';
import { batchesOf, probeOf } from './batches/batches.ts';
import type { DueEscalation } from './escalations.ts';
import { FailedNotices } from './failed-notices.ts';
import { FollowedAlerts } from './followed-alerts.ts';
import { freeFor } from './batches/free-for.ts';
import type { HookRules } from './hook-rules.ts';
import { madeOf } from './batches/made.ts';
import type { Mutes } from './mutes.ts';
import { isUrgent } from './notice-id.ts';
import { markAccepted, markGivenUp, markUnknown } from './outcome-marks.ts';
import { PendingNotices } from './pending-notices.ts';
import { quietUntil } from './quiet.ts';
import { backOff } from './receiver/back-off.ts';
import { ReceiverState, type Trouble } from './receiver/receiver-state.ts';
import {
  alertsOf,
  type ActionMessage,
  type AlertRecord,
  type FailedNotice,
  type HookChanges,
  type Outcome,
  type PendingNotice,
  type SavedHook,
} from './records.ts';
import { leaveOutOver, noticeOver } from './superseded.ts';

/** A receiver that asks for a longer wait is asked again all the same. */
const LONGEST_WAIT: Millis = 3_600_000;
/** A clock that was set back by less changes nothing. */
const SET_BACK: Millis = 1000;

export class HookQueue {
  readonly rules: HookRules;
  readonly #pending: PendingNotices;
  readonly #followed: FollowedAlerts;
  readonly #actions = new Actions();
  readonly #failed = new FailedNotices();
  readonly #receiver: ReceiverState;
  #now: Millis = Number.NEGATIVE_INFINITY;

  constructor(rules: HookRules) {
    this.rules = rules;
    this.#pending = new PendingNotices(rules.id);
    this.#followed = new FollowedAlerts(rules, this.#pending);
    this.#receiver = new ReceiverState(rules.rates);
  }

  /** What was saved; an attempt that was under way then may have been accepted. */
  restore({ alerts, pending, failed = [], receiver, actions = [], courses = new Map() }: SavedHook): void {
    for (const record of alerts) this.#followed.records.restore({ ...record });
    for (const notice of pending) {
      const isUnknown = notice.isUnknown || notice.isSending;
      this.#pending.restore({ ...notice, isUnknown, isSending: false });
      if (isUnknown) markUnknown(this.#followed.records, notice);
    }
    this.#failed.restore(failed);
    this.#actions.restore(actions);
    this.#followed.flapping.restore(courses);
    if (receiver !== undefined) this.#receiver.restore(receiver);
  }

  /** `at`: when the change was stored. Repeats of what is known change nothing. */
  changed(message: AlertMessage, seq: number, at: Millis): void {
    this.#followed.changed(message, seq, at);
  }

  /** An action that somebody has to take; one that is known changes nothing. */
  act(action: ActionMessage, at: Millis): void {
    this.#actions.add(action, at);
  }

  /** What is silenced is known from elsewhere: undefined where nothing is known of the alert. */
  overlay(of: (alert: string) => Pick<AlertMessage, 'silenced'> | undefined, now: Millis): void {
    this.#followed.overlay(of, now);
  }

  /** What ended while nobody listened is not told as brief. */
  forgetBrief(): void {
    this.#followed.forgetBrief();
  }

  /** Another hook's escalation tells this one, whatever its matchers. */
  escalate(message: AlertMessage, seq: number, at: Millis): void {
    const { records } = this.#followed;
    if (records.get(message.alert) === undefined) records.add(message, seq, at, true);
  }

  /** Steps of escalation that are due: for each the hook to tell. Taken once. */
  escalations(now: Millis): readonly DueEscalation[] {
    return this.#followed.escalations(now);
  }

  /** The notices to be sent now, marked as under way: save `takeChanged` before they are. */
  due(now: Millis, mutes: Mutes): readonly PendingNotice[] {
    this.#keepTime(now);
    this.#followed.examine(now, mutes);
    // While the receiver is down one notice tries it; what comes meanwhile is gathered, as it then stands, when it is back.
    if (!this.#receiver.isDown || this.#pending.size === 0) this.#gather(now);
    return this.#begin(now, mutes);
  }

  /** What becomes of the notice. */
  ended(id: string, outcome: Outcome, now: Millis): 'accepted' | 'again' | 'given_up' {
    const { records } = this.#followed;
    const notice = this.#pending.ended(id);
    if (outcome.kind === 'delivered') {
      this.#receiver.accepted();
      this.#pending.remove(notice);
      markAccepted(records, notice, now, outcome.message);
      return 'accepted';
    }
    const trouble = { reason: outcome.reason, hint: outcome.hint };
    if (outcome.kind === 'dead' || now - notice.made >= this.rules.expire) {
      this.#receiver.gaveUp(trouble);
      this.#pending.remove(notice);
      this.#failed.add({ notice, at: now, ...trouble });
      markGivenUp(records, notice, now);
      return 'given_up';
    }
    if (outcome.kind === 'unknown') {
      notice.isUnknown = true;
      markUnknown(records, notice);
    }
    const after = outcome.kind === 'refused' ? Math.min(outcome.after ?? 0, LONGEST_WAIT) : 0; // most refusals say no time
    notice.notBefore = now + Math.max(after, backOff(notice.attempts, notice.id));
    this.#receiver.failed(trouble, notice.notBefore);
    return 'again';
  }

  /** Red: nothing gets through, and why. */
  get trouble(): Trouble | null {
    if (this.#receiver.isDown) return this.#receiver.last;
    return this.#failed.size === 0 ? null : (this.#receiver.last ?? must(this.#failed.values().at(-1)));
  }

  get waiting(): number {
    return this.#pending.size + this.#actions.size;
  }

  get following(): number {
    return this.#followed.records.size;
  }

  /** How an alert it follows stands; undefined: it does not follow it. */
  recordOf(alert: string): Readonly<AlertRecord> | undefined {
    return this.#followed.records.get(alert);
  }

  /** Brief alerts and actions that were not told, because too many waited. */
  get leftOut(): number {
    return this.#followed.briefs.leftOut + this.#actions.leftOut;
  }

  get failed(): readonly FailedNotice[] {
    return this.#failed.values();
  }

  /** Notices that were given up, those of these ids or all, are sent once more, each under its id; returns how many. */
  replay(now: Millis, ids: ReadonlySet<string> | null = null): number {
    const { records } = this.#followed;
    let count = 0;
    for (const { notice } of this.#failed.take(ids)) {
      // What stands is being told already; what is over is not told as if it stood.
      if (notice.alerts.some(({ alert }) => this.#pending.isAbout(alert)) || noticeOver(notice, records)) continue;
      this.#pending.add({ ...notice, attempts: 0, notBefore: now, isSending: false, made: now });
      for (const alert of alertsOf(notice)) records.look(alert);
      count++;
    }
    return count;
  }

  takeChanged(): HookChanges {
    return {
      alerts: this.#followed.records.takeChanged(),
      notices: this.#pending.takeChanged(),
      failed: this.#failed.takeChanged(),
      actions: this.#actions.takeChanged(),
      receiver: this.#receiver.takeChanged(),
      courses: this.#followed.flapping.takeChanged(),
    };
  }

  /** Of a clock that was set back, nothing waits for what it said before. */
  #keepTime(now: Millis): void {
    const by = this.#now - now;
    if (by > SET_BACK) {
      this.#pending.setBack(by);
      this.#receiver.setBack(by);
    }
    this.#now = now;
  }

  #gather(now: Millis): void {
    const { agenda } = this.#followed;
    const isIdle = agenda.groups('all').size === 0 && this.#actions.size === 0;
    if (isIdle || this.#receiver.openings(now, this.#pending.sending) <= 0) return;
    const free = freeFor(this.rules, this.#receiver, this.#pending, now);
    const all = batchesOf(agenda, this.rules, now, free);
    const { isDown } = this.#receiver;
    const batches = isDown ? probeOf(all) : all;
    for (const batch of batches) this.#make(batch, now);
    if (quietUntil(this.rules, [], now) !== null) return;
    const left = (isDown ? Math.min(1, free.other) : free.other) - batches.length;
    for (const record of this.#actions.waiting(left)) {
      this.#pending.makeAction(record.action, now);
      this.#actions.said(record);
    }
  }

  #make(batch: Batch, at: Millis): void {
    const { made, told } = madeOf(batch, at);
    this.#pending.make(made, this.#followed.dueSince(told, at));
    for (const record of told) {
      if (record.message.state !== 'resolved') record.toldAt ??= at;
      this.#followed.records.touch(record);
    }
  }

  #begin(now: Millis, mutes: Mutes): readonly PendingNotice[] {
    const begun: PendingNotice[] = [];
    let openings = this.#receiver.openings(now, this.#pending.sending);
    for (const notice of openings > 0 ? this.#pending.ready(now) : []) {
      if (openings <= 0 || this.#receiver.free(now, isUrgent(notice)) < 1) continue;
      if (quietUntil(this.rules, notice.alerts, now) !== null) continue; // it failed, and quiet hours began
      if (!leaveOutOver(notice, this.#followed.records, this.#pending, mutes)) continue;
      openings--;
      this.#receiver.take(now);
      this.#pending.begin(notice);
      begun.push(notice);
    }
    return begun;
  }
}
