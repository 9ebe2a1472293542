/** When each key is looked at again: for what becomes so, for what becomes final, and to make space once its run has ended. */
import { START_OF_TIME, type Millis } from '../../../engine/core/types.ts';
import type { ClockPlan } from '../clock.ts';
import { forgottenAfter, forgottenAt, lastRecordAt, nextRecordAt, type ClockKey } from '../key-log.ts';
import { EndedKeys } from './ended-keys.ts';
import { FoldQueues } from './fold-queues.ts';
import type { KeyColumns } from './key-columns.ts';
import { KeySchedule } from './key-schedule.ts';
import { isAhead, isEnding, isLone } from './lone-record.ts';

export class KeyPlans {
  readonly #columns: KeyColumns;
  readonly schedule: KeySchedule;
  readonly folding: FoldQueues;
  /** By clock: those that may be forgotten if there must be, the longest ended first. */
  readonly ended: EndedKeys;

  constructor(columns: KeyColumns, clocks: number) {
    this.#columns = columns;
    this.schedule = new KeySchedule(columns);
    this.folding = new FoldQueues(clocks);
    this.ended = new EndedKeys(columns, clocks);
  }

  plan(plan: ClockPlan, slot: number, entry: ClockKey, now: Millis): void {
    const { state, tail, clock } = entry;
    const timerAt = state.isOpen || tail !== null ? state.next : forgottenAt(plan, entry);
    this.schedule.set(slot, nextRecordAt(entry), timerAt);
    if (tail !== null && !this.#columns.isFolding(slot)) this.foldLater(plan, slot, now, lastRecordAt(entry));
    if (state.isOpen || state.run === 0) this.ended.remove(clock, slot);
    else this.ended.add(clock, slot, tail !== null);
  }
  /** Of a key of which nothing may change that happened, which was put in just now. */
  planSettled(plan: ClockPlan, slot: number): void {
    const columns = this.#columns;
    const isKnown = columns.isOpen(slot) || columns.hasRun(slot);
    const endedUntil = isKnown ? forgottenAfter(plan, columns.sinceOf(slot)) : START_OF_TIME;
    this.schedule.set(slot, Infinity, columns.isOpen(slot) ? columns.nextOf(slot) : endedUntil);
  }
  /** Of a key whose end can no longer change. False: it is known no more. */
  settleEnd(plan: ClockPlan, slot: number, now: Millis): boolean {
    if (now >= forgottenAfter(plan, this.#columns.sinceOf(slot))) return false;
    this.planSettled(plan, slot);
    this.ended.add(this.#columns.clockOf(slot), slot, false);
    return true;
  }
  /** Of a key as it was saved. */
  planRestored(plan: ClockPlan, slot: number): void {
    const lone = this.#columns.loneOf(slot);
    if (isLone(lone)) this.planLone(plan, slot, START_OF_TIME);
    else if (isEnding(lone)) this.#planEnding(plan, slot, START_OF_TIME);
    else if (this.#columns.hasTail(slot)) this.plan(plan, slot, this.#columns.load(slot), START_OF_TIME);
    else this.planSettled(plan, slot);
  }
  /** A record ends its run, or did. */
  #planEnding(plan: ClockPlan, slot: number, now: Millis): void {
    const at = this.#columns.endings.atOf(slot);
    if (this.#columns.isOpen(slot)) return this.awaitEnd(plan, slot, at, now);
    this.passEnd(slot);
    this.foldLater(plan, slot, now, at);
  }
  /** Of a key that was put in just now. */
  planLone(plan: ClockPlan, slot: number, now: Millis): void {
    const columns = this.#columns;
    if (isAhead(columns.loneOf(slot))) this.schedule.set(slot, columns.sinceOf(slot), Infinity);
    else this.schedule.set(slot, Infinity, columns.nextOf(slot));
    this.foldLater(plan, slot, now, columns.sinceOf(slot));
  }
  /** Once time is as far as nothing changes any more of what lies at `last`; no record that lies far ahead holds up the others. */
  foldLater(plan: ClockPlan, slot: number, now: Millis, last: Millis): void {
    const { allowedLatenessMs } = plan;
    this.#columns.setFolding(slot, true);
    const from = Math.min(Math.max(now, last), now + allowedLatenessMs);
    this.folding.push(this.#columns.clockOf(slot), slot, from + allowedLatenessMs + 1);
  }
  /** A record that lies so far will end the run of a key. */
  awaitEnd(plan: ClockPlan, slot: number, at: Millis, now: Millis): void {
    this.schedule.set(slot, at, this.#columns.nextOf(slot));
    if (!this.#columns.isFolding(slot)) this.foldLater(plan, slot, now, at);
  }
  /** It did, and may still be found not to have. */
  passEnd(slot: number): void {
    this.schedule.set(slot, Infinity, Infinity);
    this.ended.add(this.#columns.clockOf(slot), slot, true);
  }
  /** Of a key that goes. */
  remove(slot: number): void {
    this.ended.remove(this.#columns.clockOf(slot), slot);
    this.schedule.set(slot, Infinity, Infinity);
  }
  clear(): void {
    this.schedule.clear();
    this.folding.clear();
    this.ended.clear();
  }
}
