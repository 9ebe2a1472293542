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
import { SlotHeap } from '../shared/slot-heap.ts';
import { SlotLists } from '../shared/slot-lists.ts';
import { SlotQueue } from '../shared/slot-queue.ts';
import type { ClockPlan, VerbRecord } from './clock.ts';
import { KeyColumns } from './key-columns.ts';
import {
  advance,
  finish,
  fold,
  forgottenAt,
  isForgotten,
  nextRecordAt,
  take,
  type ClockKey,
  type KeyHearing,
} from './key-log.ts';

/** A key that is handed over holds until the call returns. */
export interface TableHearing extends KeyHearing {
  /** Later than its clock takes; one that ends a run that is open still does. */
  late(record: VerbRecord, now: Millis): void;
  /** There is no space for its key. */
  refused(record: VerbRecord): void;
  /** How a key stands may be otherwise since this instant. */
  changed?(entry: ClockKey, at: Millis): void;
}

/** So many keys are folded, at most, with each record that comes in. */
const FOLDS_AT_ONCE = 4;

export class ClockTable {
  readonly plans: readonly ClockPlan[];
  readonly columns: KeyColumns;
  readonly #timers: SlotHeap;
  readonly #pending: SlotHeap;
  /** By clock, in the order in which they may be folded. */
  readonly #folding: readonly SlotQueue[];
  /** By clock: those that may be forgotten if there must be, the longest ended first. */
  readonly #ended: SlotLists;
  #open = 0;
  /** By clock: changed since the last delta, and those that are gone. */
  readonly #dirty: readonly number[][];
  readonly #removed: readonly Set<string>[];

  constructor(plans: readonly ClockPlan[]) {
    this.plans = plans;
    const columns = new KeyColumns(plans.length);
    const comesFirst = (a: number, b: number): boolean => columns.comesFirst(a, b);
    this.columns = columns;
    this.#timers = new SlotHeap(comesFirst);
    this.#pending = new SlotHeap(comesFirst);
    this.#folding = plans.map(() => new SlotQueue());
    this.#ended = new SlotLists(plans.length);
    this.#dirty = plans.map(() => []);
    this.#removed = plans.map(() => new Set<string>());
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
      if (columns.sizeOf(clock) >= plan.maxKeys && !this.#forgetOne(clock)) {
        hearing.refused(record);
        return;
      }
      slot = columns.add(clock, key);
      elementAt(this.#removed, clock).delete(key);
    }
    const entry = columns.load(slot);
    const wasOpen = entry.state.isOpen;
    if (!take(plan, entry, record, now, hearing)) return;
    this.#changed(plan, slot, entry, wasOpen, now);
    if (record.at < now) hearing.changed?.(entry, record.at);
  }

  /** The lowest `now` at which `pass` has something to do; undefined: never. */
  dueAt(): Millis | undefined {
    const first = Math.min(this.#pending.firstAt, this.#timers.firstAt);
    return first === Infinity ? undefined : first + 1;
  }

  /** Says what became so before `now`. */
  pass(now: Millis, hearing: TableHearing): void {
    for (;;) {
      const at = Math.min(this.#pending.firstAt, this.#timers.firstAt);
      if (at >= now) break;
      const slot = this.#firstAt(at);
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
  /** Of what is due at one instant, the lowest by clock and key. */
  #firstAt(at: Millis): number {
    if (this.#pending.firstAt > at) return this.#timers.first;
    if (this.#timers.firstAt > at) return this.#pending.first;
    const [record, timer] = [this.#pending.first, this.#timers.first];
    return this.columns.comesFirst(record, timer) ? record : timer;
  }

  /** The end of time, which goes no further than `last`. Nothing stays behind; returns how many runs were open. */
  end(last: Millis, hearing: TableHearing): number {
    this.pass(last, hearing);
    const { columns } = this;
    const ending: { readonly slot: number; readonly at: Millis }[] = [];
    for (const slot of this.#slots()) {
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
    for (const slot of this.#slots()) if (columns.isOpen(slot)) open += 1;
    this.clear();
    return open;
  }
  *#slots(): Iterable<number> {
    for (let clock = 0; clock < this.plans.length; clock++) yield* this.columns.slotsOf(clock);
  }
  clear(): void {
    this.columns.clear();
    this.#timers.clear();
    this.#pending.clear();
    for (const folding of this.#folding) folding.clear();
    this.#ended.clear();
    for (const dirty of this.#dirty) dirty.length = 0;
    for (const removed of this.#removed) removed.clear();
    this.#open = 0;
  }

  get isChanged(): boolean {
    return this.#dirty.some(({ length }) => length > 0) || this.#removed.some(({ size }) => size > 0);
  }
  /** What changed since it was asked for last: slots, and keys that are gone. */
  takeChanges(clock: number): { readonly changed: readonly number[]; readonly gone: readonly string[] } {
    const dirty = elementAt(this.#dirty, clock);
    const changed: number[] = [];
    for (const slot of dirty) {
      // One that was removed since is dirty no more, or another key's, perhaps of another clock, which says so itself.
      if (!this.columns.isDirty(slot) || this.columns.clockOf(slot) !== clock) continue;
      this.columns.setDirty(slot, false);
      changed.push(slot);
    }
    dirty.length = 0;
    const removed = elementAt(this.#removed, clock);
    const gone = [...removed];
    removed.clear();
    return { changed, gone };
  }
  /** Puts an entry in as it was saved; one that was put in before is replaced. Returns its slot. */
  restore(entry: ClockKey): number {
    const known = this.columns.find(entry.clock, entry.key);
    const slot = known < 0 ? this.columns.add(entry.clock, entry.key) : known;
    this.columns.store(slot, entry);
    return slot;
  }
  /** Returns the slot that is free now; −1: it was not there. */
  dropRestored(clock: number, key: string): number {
    const slot = this.columns.find(clock, key);
    if (slot >= 0) this.columns.remove(slot);
    return slot;
  }
  restored(now: Millis): void {
    for (let clock = 0; clock < this.plans.length; clock++) {
      const ended: number[] = [];
      for (const slot of this.columns.slotsOf(clock)) {
        const entry = this.columns.load(slot);
        if (entry.state.isOpen) this.#open += 1;
        else if (entry.state.run > 0) ended.push(slot);
        this.#plan(elementAt(this.plans, clock), slot, entry, now);
      }
      for (const slot of ended) this.#ended.remove(clock, slot);
      ended.sort((a, b) => this.columns.sinceOf(a) - this.columns.sinceOf(b));
      for (const slot of ended) this.#ended.add(clock, slot);
    }
  }

  #changed(plan: ClockPlan, slot: number, entry: ClockKey, wasOpen: boolean, now: Millis): void {
    if (entry.state.isOpen !== wasOpen) this.#open += wasOpen ? -1 : 1;
    this.columns.store(slot, entry);
    this.#touch(slot);
    this.#plan(plan, slot, entry, now);
  }
  #touch(slot: number): void {
    if (this.columns.isDirty(slot)) return;
    this.columns.setDirty(slot, true);
    elementAt(this.#dirty, this.columns.clockOf(slot)).push(slot);
  }

  #plan(plan: ClockPlan, slot: number, entry: ClockKey, now: Millis): void {
    const { state, tail, clock } = entry;
    this.#pending.set(slot, nextRecordAt(entry));
    this.#timers.set(slot, state.isOpen || tail !== null ? state.next : forgottenAt(plan, entry));
    if (tail !== null && !this.columns.isFolding(slot)) this.#foldLater(plan, clock, slot, now);
    if (state.isOpen || state.run === 0) this.#ended.remove(clock, slot);
    else this.#ended.add(clock, slot);
  }
  #foldLater(plan: ClockPlan, clock: number, slot: number, now: Millis): void {
    this.columns.setFolding(slot, true);
    elementAt(this.#folding, clock).push(slot, now + plan.allowedLatenessMs + 1);
  }

  #foldSome(now: Millis, hearing: TableHearing): void {
    for (let clock = 0; clock < this.#folding.length; clock++) {
      const folding = elementAt(this.#folding, clock);
      for (let i = 0; i < FOLDS_AT_ONCE && folding.firstAt <= now; i++) this.#fold(folding.shift(), now, hearing);
    }
  }
  #fold(slot: number, now: Millis, hearing: TableHearing): void {
    const { columns } = this;
    columns.setFolding(slot, false);
    const clock = columns.clockOf(slot);
    const plan = elementAt(this.plans, clock);
    const bound = now - plan.allowedLatenessMs;
    if (columns.beginningOf(slot) !== null) {
      // What most keys are. Of a run that is open, nothing is planned otherwise then.
      if (columns.isOpen(slot) && columns.sinceOf(slot) < bound) columns.settleBeginning(slot);
      else this.#foldLater(plan, clock, slot, now);
      return;
    }
    if (!columns.hasTail(slot)) return;
    const entry = columns.load(slot);
    // What is left out here is left out by whoever restores it, too.
    const isToSave = fold(plan, entry, bound, hearing);
    columns.store(slot, entry);
    if (isToSave) this.#touch(slot);
    if (isForgotten(plan, entry, now)) this.#remove(slot);
    else this.#plan(plan, slot, entry, now);
  }

  #forgetOne(clock: number): boolean {
    for (let slot = this.#ended.firstOf(clock); slot >= 0; slot = this.#ended.nextOf(slot)) {
      if (this.columns.hasTail(slot)) continue;
      this.#remove(slot);
      return true;
    }
    return false;
  }
  #remove(slot: number): void {
    const clock = this.columns.clockOf(slot);
    this.#ended.remove(clock, slot);
    this.#pending.set(slot, Infinity);
    this.#timers.set(slot, Infinity);
    elementAt(this.#removed, clock).add(this.columns.keyOf(slot));
    this.columns.remove(slot);
  }
}
