/**
 * All keys of all clocks, and when each is looked at next. Records come in in any order; time goes forward. What becomes so is said
 * in the order of event time, and at one instant by clock and key, so that a restart says it in the same order.
 *
 * Lateness: a record at or after `now − allowed_lateness` counts as if it had come in time (key-log.ts); an earlier one is reported
 * late, and if it ends the run that is open, closes it. State: one slot of columns a key that is open, or remembered after its end;
 * `maxKeys` a clock. At that limit ended ones are forgotten, the longest ended first; where none has ended, a new key is refused and
 * counted. Cost: a heap of what falls due and a small one of records that time has not passed yet; nothing is ever searched.
 */
import { at as elementAt, ensure } from '../../engine/core/must.ts';
import type { Millis } from '../../engine/core/types.ts';
import type { ClockPlan, Said, Values, VerbRecord } from './clock.ts';
import { ComingRuns } from './keys/coming-runs.ts';
import { KeyChanges } from './keys/key-changes.ts';
import { KeyColumns } from './keys/key-columns.ts';
import { KeyPlans } from './keys/key-plans.ts';
import { advance, finish, fold, isForgotten, nextRecordAt, take, type ClockKey, type KeyHearing } from './key-log.ts';
import { endedBy, mayEnd } from './keys/ending-record.ts';
import { isAhead, isLone, isPlain, LONE, mayBegin } from './keys/lone-record.ts';

/** A key that is handed over holds until the call returns. */
export interface TableHearing extends KeyHearing {
  /** Later than its clock takes; one that ends a run that is open still does. */
  late(record: VerbRecord, now: Millis): void;
  /** There is no space for its key. */
  refused(record: VerbRecord): void;
  /** How a key stands may be otherwise since this instant. `hearsOf`: whether anybody heeds that of this clock. */
  changed?(entry: ClockKey, at: Millis): void;
  hearsOf?(clock: number): boolean;
}

export class ClockTable {
  readonly plans: readonly ClockPlan[];
  readonly columns: KeyColumns;
  readonly #plans: KeyPlans;
  readonly #coming: ComingRuns;
  #open = 0;
  /** Since the last delta. */
  readonly changes: KeyChanges;

  constructor(plans: readonly ClockPlan[]) {
    this.plans = plans;
    const columns = new KeyColumns(plans.length);
    this.columns = columns;
    this.#coming = new ComingRuns(columns);
    this.#plans = new KeyPlans(columns, plans.length);
    this.changes = new KeyChanges(columns, plans.length);
  }

  get size(): number {
    return this.columns.size;
  }
  get open(): number {
    return this.#open;
  }

  /** Holds until the next call of the table. */
  entryOf(clock: number, key: string): ClockKey | undefined {
    const slot = this.columns.find(clock, key);
    return slot < 0 ? undefined : this.columns.load(slot);
  }

  take(record: VerbRecord, now: Millis, hearing: TableHearing): void {
    this.#foldSome(now, hearing);
    const plan = elementAt(this.plans, record.clock);
    if (record.at >= now - plan.allowedLatenessMs) {
      this.#put(plan, record, now, hearing);
      return;
    }
    hearing.late(record, now);
    const slot = this.columns.find(record.clock, record.key);
    const isEnding = record.verb === 'stop' || record.verb === 'cancel';
    if (!isEnding || slot < 0 || !this.columns.isOpen(slot) || this.columns.sinceOf(slot) > record.at) return;
    // After all that was reported, which stands.
    this.#put(plan, { ...record, at: now - 1, lateOf: record.at }, now, hearing);
  }

  #put(plan: ClockPlan, record: VerbRecord, now: Millis, hearing: TableHearing): void {
    const { clock, key } = record;
    const { columns } = this;
    let slot = columns.find(clock, key);
    if (slot < 0) {
      if (columns.sizeOf(clock) >= plan.maxKeys && !this.#forgetOne(clock)) return hearing.refused(record);
      slot = columns.add(clock, key);
      this.changes.added(clock, key);
      if (record.at >= now && isPlain(record)) return this.#await(plan, slot, record, now);
    } else if (record.at >= now && mayEnd(record) && columns.mayAwaitEnd(slot)) {
      return this.#awaitEnd(plan, slot, record, now);
    }
    const entry = columns.load(slot);
    const { isOpen } = entry.state;
    if (!take(plan, entry, record, now, hearing)) return;
    this.#changed(plan, slot, entry, isOpen, now);
    if (record.at < now) hearing.changed?.(entry, record.at);
  }

  /** What most records are: the first of a key, which time has not passed. */
  #await(plan: ClockPlan, slot: number, record: VerbRecord, now: Millis): void {
    this.#coming.await(plan, slot, record);
    this.changes.touch(slot);
    this.#plans.planLone(plan, slot, now);
  }

  /** What most others are: it ends a run that is open. */
  #awaitEnd(plan: ClockPlan, slot: number, record: VerbRecord, now: Millis): void {
    this.columns.awaitEnd(slot, record);
    this.changes.touch(slot);
    this.#plans.awaitEnd(plan, slot, record.at, now);
  }

  /** The lowest `now` at which `pass` has something to do; undefined: never. */
  dueAt(): Millis | undefined {
    const first = this.#plans.schedule.at;
    return first === Infinity ? undefined : first + 1;
  }

  /** Says what became so before `now`. */
  pass(now: Millis, hearing: TableHearing): void {
    for (;;) {
      const { at } = this.#plans.schedule;
      if (at >= now) break;
      const slot = this.#plans.schedule.firstOf(at);
      if (this.#passPlain(slot, at, hearing)) continue;
      const entry = this.columns.load(slot);
      const plan = elementAt(this.plans, entry.clock);
      if (isForgotten(plan, entry, at)) {
        this.#remove(slot);
        continue;
      }
      ensure(entry.state.next <= at || nextRecordAt(entry) <= at, 'what is due has something to do');
      const wasOpen = entry.state.isOpen;
      advance(plan, entry, at + 1, hearing);
      this.#changed(plan, slot, entry, wasOpen, now);
      hearing.changed?.(entry, at);
    }
    this.#foldSome(now, hearing);
  }
  /** Of a key with a plain tail. False: nothing was done. */
  #passPlain(slot: number, at: Millis, hearing: TableHearing): boolean {
    const lone = this.columns.loneOf(slot);
    if (isAhead(lone)) return this.#passLone(slot, at, hearing);
    if (lone !== LONE.ending || this.columns.endings.atOf(slot) !== at) return false;
    this.#passEnd(slot, at, hearing);
    return true;
  }
  /** Time passes the record that ends a run. */
  #passEnd(slot: number, at: Millis, hearing: TableHearing): void {
    const { columns } = this;
    columns.overlayEnd(slot);
    const entry = columns.loadState(slot);
    const { state, clock } = entry;
    const record = { verb: columns.endings.verbOf(slot), at, values: NOTHING_NEW };
    const fact = endedBy(elementAt(this.plans, clock), state, record);
    const said: Said = { fact, revision: 0, isWithdrawn: false, lateByMs: hearing.lateBy(at) };
    columns.ended(slot, state, said);
    this.#open -= 1;
    this.changes.touch(slot);
    this.#plans.passEnd(slot);
    hearing.said(entry, said, null);
    hearing.changed?.(entry, at);
  }
  /** Time passes the one record of a key. False: more follows from it than the columns hold, and nothing was done. */
  #passLone(slot: number, at: Millis, hearing: TableHearing): boolean {
    const { columns } = this;
    if (columns.loneOf(slot) === LONE.coming) {
      columns.begun(slot);
      this.#open += 1;
      this.#plans.schedule.set(slot, Infinity, columns.nextOf(slot));
    } else {
      if (mayBegin(columns.verbOf(slot))) return false;
      columns.ignored(slot);
      this.#plans.schedule.set(slot, Infinity, Infinity);
    }
    this.changes.passed();
    if (hearing.hearsOf?.(columns.clockOf(slot)) === true) hearing.changed?.(columns.loadState(slot), at);
    return true;
  }

  /** The end of time, which goes no further than `last`. Nothing stays behind; returns how many runs were open. */
  end(last: Millis, hearing: TableHearing): number {
    this.pass(last, hearing);
    const { columns } = this;
    const ending: { readonly slot: number; readonly at: Millis }[] = [];
    for (let slot = 0; slot < columns.allSlots; slot++) {
      if (columns.clockOf(slot) < 0) continue;
      const entry = columns.load(slot);
      if (entry.tail !== null || entry.state.next < last) ending.push({ slot, at: nextRecordAt(entry) });
    }
    ending.sort((a, b) => (a.at === b.at ? (columns.comesFirst(a.slot, b.slot) ? -1 : 1) : a.at - b.at));
    for (const { slot } of ending) {
      const entry = columns.load(slot);
      finish(elementAt(this.plans, entry.clock), entry, last, hearing);
      columns.store(slot, entry);
    }
    let open = 0;
    for (let slot = 0; slot < columns.allSlots; slot++) if (columns.isOpen(slot)) open += 1;
    this.clear();
    return open;
  }
  clear(): void {
    this.columns.clear();
    this.#plans.clear();
    this.changes.clear();
    this.#open = 0;
  }

  /** Puts an entry in as it was saved; one that was put in before is replaced. Returns its slot. */
  restore(entry: ClockKey): number {
    const slot = this.columns.putIn(entry.clock, entry.key);
    this.columns.store(slot, entry);
    return slot;
  }
  /** Returns the slot that is free now; −1: it was not there. */
  dropRestored(clock: number, key: string): number {
    const slot = this.columns.find(clock, key);
    if (slot >= 0) this.columns.remove(slot);
    return slot;
  }
  /** All that was saved is in, when time was so far. */
  restored(reached: Millis): void {
    this.#plans.schedule.fill(() => this.#planAll(reached));
  }
  #planAll(reached: Millis): void {
    const { columns } = this;
    const ended: readonly number[][] = this.plans.map(() => []);
    for (let slot = 0; slot < columns.allSlots; slot++) {
      const clock = columns.clockOf(slot);
      if (clock < 0) continue;
      const plan = elementAt(this.plans, clock);
      this.#coming.restored(plan, slot, reached);
      if (columns.isOpen(slot)) this.#open += 1;
      const isEnded = !columns.isOpen(slot) && columns.hasRun(slot);
      if (isEnded && !isLone(columns.loneOf(slot))) elementAt(ended, clock).push(slot);
      this.#plans.planRestored(plan, slot);
    }
    for (const [clock, slots] of ended.entries()) this.#plans.ended.arrange(clock, slots);
  }

  #changed(plan: ClockPlan, slot: number, entry: ClockKey, wasOpen: boolean, now: Millis): void {
    if (entry.state.isOpen !== wasOpen) this.#open += wasOpen ? -1 : 1;
    this.columns.store(slot, entry);
    this.changes.touch(slot);
    this.#plans.plan(plan, slot, entry, now);
  }
  #foldSome(now: Millis, hearing: TableHearing): void {
    if (this.#plans.folding.isDue(now)) this.#plans.folding.takeDue(now, (slot) => this.#fold(slot, now, hearing));
  }
  #fold(slot: number, now: Millis, hearing: TableHearing): void {
    const { columns } = this;
    columns.setFolding(slot, false);
    const clock = columns.clockOf(slot);
    const plan = elementAt(this.plans, clock);
    const bound = now - plan.allowedLatenessMs;
    const lone = columns.loneOf(slot);
    if (isLone(lone)) {
      if (isAhead(lone) || columns.sinceOf(slot) >= bound)
        this.#plans.foldLater(plan, slot, now, columns.sinceOf(slot));
      // Of a run that is open, nothing is planned otherwise then.
      else if (lone === LONE.begun) columns.settle(slot);
      else {
        hearing.ignored(columns.loadState(slot), columns.verbOf(slot));
        this.#remove(slot);
      }
      return;
    }
    if (!columns.hasTail(slot)) return;
    if (lone === LONE.ended && columns.sinceOf(slot) < bound) return this.#settleEnd(plan, slot, now);
    const entry = columns.load(slot);
    // What is left out here is left out by whoever restores it, too.
    const isToSave = fold(plan, entry, bound, hearing);
    columns.store(slot, entry);
    if (isToSave) this.changes.touch(slot);
    if (isForgotten(plan, entry, now)) this.#remove(slot);
    else this.#plans.plan(plan, slot, entry, now);
  }

  /** What ended its run can no longer change. */
  #settleEnd(plan: ClockPlan, slot: number, now: Millis): void {
    this.columns.settle(slot);
    if (!this.#plans.settleEnd(plan, slot, now)) this.#remove(slot);
  }

  #forgetOne(clock: number): boolean {
    const slot = this.#plans.ended.firstToForget(clock);
    if (slot >= 0) this.#remove(slot);
    return slot >= 0;
  }
  #remove(slot: number): void {
    const clock = this.columns.clockOf(slot);
    this.#plans.remove(slot);
    this.changes.removed(clock, this.columns.keyOf(slot));
    this.columns.remove(slot);
  }
}
/** What the record says is in the state already. */
const NOTHING_NEW: Values = [];
