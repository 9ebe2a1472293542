/**
 * What one hook still has to tell. Fed with the changes of alerts, the wall clock's time and the outcome of attempts, it says
 * which notices leave now. For each alert the notices are in order: the next is made when the last has ended. A notice says
 * the same on every attempt, under the same id. What an alert is to be told as follows from how it stands and what was told:
 * an alert that resolved before its first notice left is not told (or told as brief), one whose notice may have arrived is
 * told as resolved in any case.
 */
import { must } from '../core/must.ts';
import type { Millis } from '../core/types.ts';
import type { AlertMessage } from '../core/wire.ts';
import { backOff } from './back-off.ts';
import { AlertRecords } from './alert-records.ts';
import { batchesOf, type Batch } from './batches.ts';
import { Flapping } from './flapping.ts';
import type { HookRules } from './hook-rules.ts';
import { courseOf } from './notice-id.ts';
import { PendingNotices } from './pending-notices.ts';
import {
  worstFirst,
  type AlertRecord,
  type FailedNotice,
  type NoticeKind,
  type Outcome,
  type PendingNotice,
  type SavedHook,
} from './records.ts';
import { ReceiverState, type Trouble } from './receiver-state.ts';
import { nextWant } from './wants.ts';

const MOST_FAILED = 1000;
/** Notices that stay true whatever follows. */
const LASTING: ReadonlySet<NoticeKind> = new Set(['resolved', 'brief', 'acknowledged', 'test']);

export class HookQueue {
  readonly rules: HookRules;
  readonly #alerts = new AlertRecords();
  readonly #pending: PendingNotices;
  readonly #failed: FailedNotice[] = [];
  readonly #receiver: ReceiverState;
  readonly #flapping = new Flapping();

  constructor(rules: HookRules) {
    this.rules = rules;
    this.#pending = new PendingNotices(rules.id);
    this.#receiver = new ReceiverState(rules.rates);
  }

  /** What was saved; an attempt that was under way then may have been accepted. */
  restore({ alerts, pending }: SavedHook): void {
    for (const record of alerts) this.#alerts.put({ ...record });
    for (const notice of pending) {
      const isUnknown = notice.isUnknown || notice.isSending;
      this.#pending.put({ ...notice, isUnknown, isSending: false });
    }
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
  escalations(now: Millis): readonly { readonly to: string; readonly message: AlertMessage; readonly seq: number }[] {
    const { escalate } = this.rules;
    const due: { to: string; message: AlertMessage; seq: number }[] = [];
    for (const record of escalate.length === 0 ? [] : this.#alerts.values()) {
      const { message, toldAt, seq } = record;
      if (toldAt === null || message.state === 'resolved' || message.acked !== null) continue;
      for (let step = escalate[record.steps]; step !== undefined; step = escalate[record.steps]) {
        if (now < toldAt + step.after) break;
        record.steps++;
        this.#alerts.touch(record);
        due.push({ to: step.to, message, seq });
      }
    }
    return due;
  }

  /** The notices to be sent now, marked as under way: save `takeChanged` before they are. */
  due(now: Millis, isMuted: (message: AlertMessage) => boolean): readonly PendingNotice[] {
    this.#flapping.tidy(now);
    this.#leaveOutSuperseded(isMuted);
    // While the receiver is down one notice tries it; what comes meanwhile is gathered, as it then stands, when it is back.
    if (!this.#receiver.isDown || this.#pending.size === 0) this.#gather(now, isMuted);
    return this.#pending.begin(now, this.#receiver);
  }

  ended(id: string, outcome: Outcome, now: Millis): void {
    const notice = must(this.#pending.get(id), 'an attempt that ends is of a notice that is pending');
    notice.isSending = false;
    notice.attempts++;
    this.#pending.touch(notice);
    if (outcome.kind === 'delivered') {
      this.#receiver.accepted();
      this.#accepted(notice, now);
      return;
    }
    const trouble = { reason: outcome.reason, hint: outcome.hint };
    if (outcome.kind === 'dead' || now - notice.made >= this.rules.expire) {
      this.#receiver.gaveUp(trouble);
      this.#giveUp(notice, trouble, now);
      return;
    }
    const pause = backOff(notice.attempts, notice.id);
    if (outcome.kind === 'unknown') this.#mayHaveArrived(notice);
    const after = outcome.kind === 'refused' ? (outcome.after ?? 0) : 0; // most refusals say no time
    notice.notBefore = now + Math.max(after, pause);
    this.#receiver.failed(trouble, notice.notBefore);
  }

  /** Red: nothing gets through, and why. */
  get trouble(): Trouble | null {
    return this.#receiver.isDown || this.#failed.length > 0 ? this.#receiver.last : null;
  }

  get waiting(): number {
    return this.#pending.size;
  }

  get failed(): readonly FailedNotice[] {
    return this.#failed;
  }

  /** Notices that were given up are sent once more, each under its id. */
  replay(now: Millis): number {
    let count = 0;
    for (const { notice } of this.#failed.splice(0)) {
      if (notice.alerts.some(({ alert }) => this.#pending.isAbout(alert))) continue; // what stands is being told already
      const again = { ...notice, attempts: 0, notBefore: now, isSending: false, made: now };
      this.#pending.put(again);
      this.#pending.touch(again);
      count++;
    }
    return count;
  }

  /** What is to be saved: null where it is no more. */
  takeChanged(): {
    readonly alerts: ReadonlyMap<string, AlertRecord | null>;
    readonly notices: ReadonlyMap<string, PendingNotice | null>;
  } {
    return { alerts: this.#alerts.takeChanged(), notices: this.#pending.takeChanged() };
  }

  #tellFlapping(message: AlertMessage, at: Millis): void {
    const { thread } = must(this.#alerts.get(message.alert), 'it has just been added');
    const about = { alerts: [message], at, thread, group: {}, standing: 0, wasMuted: false };
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

  /**
   * Before each attempt: what has ended or been muted meanwhile is left out of its notice, which is dropped when nothing is
   * left. A notice that may have arrived stays as it was, unless all of its alerts have ended: they are told as ended.
   */
  #leaveOutSuperseded(isMuted: (message: AlertMessage) => boolean): void {
    for (const notice of this.#pending.values()) {
      if (notice.isSending || LASTING.has(notice.kind)) continue;
      const standing = notice.alerts.filter(({ alert }) => {
        const record = this.#alerts.get(alert);
        if (record === undefined || record.message.state === 'resolved') return false;
        return notice.isUnknown || !isMuted(record.message);
      });
      if (standing.length === notice.alerts.length || (notice.isUnknown && standing.length > 0)) continue;
      const before = notice.alerts;
      this.#pending.narrow(notice, standing);
      for (const { alert } of before) {
        const record = this.#alerts.get(alert);
        if (record !== undefined) this.#settle(record, record.wantAt);
      }
    }
  }

  #gather(now: Millis, isMuted: (message: AlertMessage) => boolean): void {
    const ready: AlertRecord[] = [];
    for (const record of this.#alerts.values()) {
      if (this.#pending.isAbout(record.message.alert)) continue;
      this.#settle(record, now);
      if (record.want === null || this.#flapping.isHeld(courseOf(record.message), now)) continue;
      const needsVoice = record.want !== 'resolved' && record.want !== 'acknowledged';
      if (needsVoice && isMuted(record.message)) {
        if (record.want === 'brief') this.#alerts.forget(record);
        else if (!record.wasMuted) {
          record.wasMuted = true;
          this.#alerts.touch(record);
        }
        continue;
      }
      ready.push(record);
    }
    const isKnown = ({ told, message }: AlertRecord): boolean =>
      told !== 'never' || this.#pending.isAbout(message.alert);
    const open = this.#alerts.values().filter(isKnown);
    for (const batch of batchesOf(ready, open, this.rules, now, this.#receiver.free(now, false)))
      this.#make(batch, now);
  }

  #make({ kind, records, group, standing }: Batch, at: Millis): void {
    const alerts = records.map(({ message }) => message).sort(worstFirst);
    const worst = must(alerts[0], 'a batch has alerts');
    const thread = this.#alerts.get(worst.alert)?.thread ?? null; // a first notice begins a thread
    const wasMuted = records.some((record) => record.wasMuted && record.want === 'first');
    this.#pending.make({ kind, alerts, at, thread, group, standing, wasMuted });
  }

  #accepted(notice: PendingNotice, now: Millis): void {
    this.#pending.remove(notice);
    for (const said of notice.alerts) {
      const record = this.#alerts.get(said.alert);
      if (record === undefined) continue;
      this.#alerts.touch(record);
      if (said.state === 'resolved') {
        this.#alerts.forget(record);
        continue;
      }
      record.told = 'firing';
      record.thread ??= notice.id;
      record.toldAt ??= now;
      record.lastToldAt = now;
      record.wasMuted = false;
      record.ackTold = said.acked !== null;
      record.want = null;
      this.#settle(record, now);
    }
  }

  #mayHaveArrived(notice: PendingNotice): void {
    notice.isUnknown = true;
    for (const { alert } of notice.alerts) {
      const record = this.#alerts.get(alert);
      if (record?.told !== 'never') continue;
      record.told = 'unknown';
      this.#alerts.touch(record);
    }
  }

  #giveUp(notice: PendingNotice, { reason, hint }: Trouble, now: Millis): void {
    this.#pending.remove(notice);
    this.#failed.push({ notice, at: now, reason, hint });
    if (this.#failed.length > MOST_FAILED) this.#failed.shift();
    for (const { alert } of notice.alerts) {
      const record = this.#alerts.get(alert);
      if (record === undefined) continue;
      if (record.told === 'never') record.told = 'given_up';
      record.lastToldAt = now;
      record.ackTold = record.message.acked !== null;
      if (record.message.state === 'resolved') this.#alerts.forget(record);
      else this.#settle(record, now);
      this.#alerts.touch(record);
    }
  }
}
