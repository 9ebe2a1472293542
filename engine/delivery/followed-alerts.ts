/**
 * The alerts that a hook follows: what each is to be told as, and what it waits for. Only what changed and whose time has come is
 * looked at.
 */
import { must } from '../core/must.ts';
import type { Millis } from '../core/types.ts';
import type { AlertMessage } from '../core/wire.ts';
import { Agenda } from './agenda.ts';
import { AlertRecords } from './alert-records.ts';
import { BriefAlerts } from './brief-alerts.ts';
import { DueTimes } from './due-times.ts';
import { Escalations, type DueEscalation } from './escalations.ts';
import { Flapping } from './flapping.ts';
import type { HookRules } from './hook-rules.ts';
import type { Mutes } from './mutes.ts';
import { courseOf } from './notice-id.ts';
import type { PendingNotices } from './pending-notices.ts';
import { quietUntil } from './quiet.ts';
import type { AlertRecord, PendingNotice } from './records.ts';
import { leaveOutOver } from './superseded.ts';
import { nextChange, nextWant } from './wants.ts';

export class FollowedAlerts {
  readonly records = new AlertRecords();
  readonly agenda: Agenda;
  readonly briefs = new BriefAlerts();
  readonly #rules: HookRules;
  readonly #pending: PendingNotices;
  readonly #looks = new DueTimes();
  readonly #muted = new Set<string>();
  /** What is to be said and was held back, by a silence, quiet hours or because it flaps. */
  readonly #heldBack = new Set<string>();
  readonly #escalations: Escalations;
  readonly flapping = new Flapping();
  #mutes = -1;

  constructor(rules: HookRules, pending: PendingNotices) {
    this.#rules = rules;
    this.#pending = pending;
    this.agenda = new Agenda(rules);
    this.#escalations = new Escalations(rules.escalate);
  }

  /** `at`: when the change was stored. Repeats of what is known change nothing. */
  changed(message: AlertMessage, seq: number, at: Millis): void {
    const known = this.records.get(message.alert);
    if (known === undefined) {
      if (message.state !== 'firing' || !this.#rules.matches(message)) return;
      this.records.add(message, seq, at, false);
      if (this.flapping.begins(courseOf(message), at) && this.#rules.readers === 'people')
        this.#tellFlapping(message, at);
      return;
    }
    if (seq <= known.seq) return;
    known.message = message;
    known.seq = seq;
    if (message.state === 'resolved') this.flapping.ends(courseOf(message), at);
    this.records.touch(known);
    this.#settle(known, at);
  }

  /** What is silenced is known from elsewhere: undefined where nothing is known of the alert. */
  overlay(of: (alert: string) => Pick<AlertMessage, 'silenced'> | undefined, now: Millis): void {
    for (const record of this.records.values()) {
      const { message } = record;
      const known = message.state === 'resolved' ? undefined : of(message.alert);
      if (known === undefined || known.silenced === message.silenced) continue;
      record.message = { ...message, silenced: known.silenced };
      this.records.touch(record);
      this.#settle(record, now);
    }
  }

  /** What ended while nobody listened is not told as brief. */
  forgetBrief(): void {
    for (const record of this.records.values()) if (record.want === 'brief') this.records.forget(record);
  }

  /** Since when the first of them could be said, where nothing held it back: its change was stored then. */
  dueSince(records: readonly AlertRecord[], now: Millis): Millis {
    const free = records.filter(({ message }) => !this.#heldBack.has(message.alert));
    return Math.min(now, ...free.map(({ wantAt }) => wantAt));
  }

  escalations(now: Millis): readonly DueEscalation[] {
    return this.#escalations.take(this.records, now);
  }

  /** Whatever may have changed: what ended leaves its notice, what is to be told takes its place. */
  examine(now: Millis, mutes: Mutes): void {
    this.flapping.tidy(now);
    for (const alert of this.#looks.take(now)) this.records.look(alert);
    if (this.#mutes !== mutes.version) for (const alert of this.#muted) this.records.look(alert);
    this.#mutes = mutes.version;
    for (;;) {
      const alerts = this.records.takeDoubtful();
      if (alerts.size === 0) return;
      // A notice of many is looked at once, however many of its alerts changed.
      const notices = new Set<PendingNotice>();
      for (const alert of alerts) {
        const notice = this.#pending.about(alert);
        if (notice !== undefined) notices.add(notice);
      }
      for (const notice of notices) leaveOutOver(notice, this.records, this.#pending, mutes);
      for (const alert of alerts) this.#place(alert, now, mutes);
    }
  }

  #tellFlapping(message: AlertMessage, at: Millis): void {
    const { thread } = must(this.records.get(message.alert), 'it has just been added');
    const about = { alerts: [message], more: [], at, thread, group: {}, standing: 0, wasMuted: false };
    this.#pending.make({ kind: 'flapping', ...about }, at);
  }

  /** What the alert is to be told as next; forgotten where that is nothing and it has ended. */
  #settle(record: AlertRecord, now: Millis): void {
    if (this.#pending.isAbout(record.message.alert)) return; // again when that notice has ended
    const isHeld = this.flapping.isHeld(courseOf(record.message), now);
    const want = nextWant(record, this.#rules, now, isHeld);
    if (want !== record.want) {
      record.want = want;
      record.wantAt = now;
      this.records.touch(record);
    }
    if (want === null && record.message.state === 'resolved') this.records.forget(record);
  }

  #place(alert: string, now: Millis, mutes: Mutes): void {
    const known = this.records.get(alert);
    if (known !== undefined) this.#settle(known, now);
    const record = this.records.get(alert); // it may have been forgotten
    const isAbout = this.#pending.isAbout(alert);
    const waits = record === undefined || isAbout ? null : this.#waitsFor(record, now, mutes);
    if (waits === 'voice') this.#muted.add(alert);
    else this.#muted.delete(alert);
    if (waits !== 'nothing') {
      const isToBeSaid = record !== undefined && record.want !== null;
      if (isToBeSaid && waits !== null) this.#heldBack.add(alert);
      else this.#heldBack.delete(alert);
    }
    this.briefs.place(alert, waits === 'nothing' && record?.want === 'brief', (oldest) => {
      const left = this.records.get(oldest);
      if (left !== undefined) this.records.forget(left);
    });
    if (record === undefined) {
      this.agenda.remove(alert);
      this.#looks.set(alert, null);
      this.#escalations.forget(alert);
      return;
    }
    const isOpen = record.message.state !== 'resolved' && (record.told !== 'never' || isAbout);
    this.agenda.place(record, isOpen, waits === 'nothing');
    this.#looks.set(alert, typeof waits === 'number' ? waits : null);
    this.#escalations.place(record);
  }

  /** `nothing`: it may be told now. `voice`: until it is not muted. A time: until then. null: for a change. */
  #waitsFor(record: AlertRecord, now: Millis, mutes: Mutes): 'nothing' | 'voice' | Millis | null {
    if (record.want === null) return nextChange(record, this.#rules);
    const { message } = record;
    const until = this.flapping.heldUntil(courseOf(message), now) ?? quietUntil(this.#rules, [message], now);
    if (until !== null) return until;
    const needsVoice = record.want !== 'resolved' && record.want !== 'acknowledged';
    if (!needsVoice || !mutes.isMuted(message)) return 'nothing';
    if (record.want === 'brief') this.records.forget(record);
    else if (!record.wasMuted) {
      record.wasMuted = true;
      this.records.touch(record);
    }
    return 'voice';
  }
}
