/**
 * All keys of all clocks, and when each is looked at next. Records come in in any order; time goes forward. What becomes so is said
 * in the order of event time, and at one instant by clock and key, so that a restart says it in the same order.
 *
 * Lateness: a record at or after `now − allowed_lateness` counts as if it had come in time (key-log.ts); an earlier one is reported
 * late, and if it ends the run that is open, closes it. State: one entry a key that is open, or remembered after its end; `maxKeys`
 * a clock. At that limit ended ones are forgotten, the longest ended first; where none has ended, a new key is refused and counted.
 * Cost: a heap of what falls due and a small one of records that time has not passed yet; nothing is ever searched.
 */
import { at as elementAt } from '../../engine/core/must.ts';
import type { Millis } from '../../engine/core/types.ts';
import { Heap } from '../shared/heap.ts';
import type { ClockPlan, VerbRecord } from './clock.ts';
import {
  advance,
  finish,
  fold,
  freshKey,
  forgottenAt,
  isForgotten,
  nextRecordAt,
  take,
  type ClockKey,
  type KeyHearing,
  type Wake,
} from './key-log.ts';

export interface TableHearing extends KeyHearing {
  /** Later than its clock takes; one that ends a run that is open still does. */
  late(record: VerbRecord, now: Millis): void;
  /** There is no space for its key. */
  refused(record: VerbRecord): void;
  /** How a key stands may be otherwise since this instant. */
  changed?(entry: ClockKey, at: Millis): void;
}

const byInstant = (a: Wake, b: Wake): boolean => {
  if (a.at !== b.at) return a.at < b.at;
  if (a.entry.clock !== b.entry.clock) return a.entry.clock < b.entry.clock;
  return a.entry.key < b.entry.key;
};

/** So many keys are folded, at most, with each record that comes in. */
const FOLDS_AT_ONCE = 4;
/** Heap entries that no longer count are cleared away once they are more than those that may, and so many. */
const LEAST_STALE = 1024;

export class ClockTable {
  readonly plans: readonly ClockPlan[];
  readonly #keys: readonly Map<string, ClockKey>[];
  readonly #timers = new Heap<Wake>(byInstant);
  readonly #pending = new Heap<Wake>(byInstant);
  /** By clock, in the order in which they may be folded. */
  readonly #folding: Wake[][];
  readonly #folded: number[];
  /** Those that may be forgotten if there must be, the longest ended first. */
  readonly #ended: readonly Set<ClockKey>[];
  #size = 0;
  #open = 0;
  /** Changed since the last delta, and those that are gone. */
  readonly dirty: ClockKey[] = [];
  readonly removed = new Set<ClockKey>();

  constructor(plans: readonly ClockPlan[]) {
    this.plans = plans;
    this.#keys = plans.map(() => new Map<string, ClockKey>());
    this.#folding = plans.map(() => []);
    this.#folded = plans.map(() => 0);
    this.#ended = plans.map(() => new Set<ClockKey>());
  }

  get size(): number {
    return this.#size;
  }
  get open(): number {
    return this.#open;
  }
  keysOf(clock: number): ReadonlyMap<string, ClockKey> {
    return elementAt(this.#keys, clock);
  }

  take(record: VerbRecord, now: Millis, hearing: TableHearing): void {
    this.#foldSome(now, hearing);
    const plan = elementAt(this.plans, record.clock);
    if (record.at >= now - plan.allowedLatenessMs) {
      this.#put(plan, record, now, hearing);
      return;
    }
    hearing.late(record, now);
    const entry = elementAt(this.#keys, record.clock).get(record.key);
    const isEnding = record.verb === 'stop' || record.verb === 'cancel';
    if (!isEnding || entry?.state.isOpen !== true || entry.state.since > record.at) return;
    // After all that was reported, which stands.
    this.#put(plan, { ...record, at: now - 1, lateOf: record.at }, now, hearing);
  }

  #put(plan: ClockPlan, record: VerbRecord, now: Millis, hearing: TableHearing): void {
    const keys = elementAt(this.#keys, record.clock);
    let entry = keys.get(record.key);
    if (entry === undefined) {
      if (keys.size >= plan.maxKeys && !this.#forgetOne(record.clock)) {
        hearing.refused(record);
        return;
      }
      entry = freshKey(record.clock, record.key);
      keys.set(record.key, entry);
      this.removed.delete(entry);
      this.#size += 1;
    }
    const wasOpen = entry.state.isOpen;
    if (!take(plan, entry, record, now, hearing)) return;
    this.#changed(plan, entry, wasOpen, now);
    if (record.at < now) hearing.changed?.(entry, record.at);
  }

  /** The lowest `now` at which `pass` has something to do; undefined: never. */
  dueAt(): Millis | undefined {
    const first = this.#first();
    return first === undefined ? undefined : first.at + 1;
  }

  /** Says what became so before `now`. */
  pass(now: Millis, hearing: TableHearing): void {
    for (let first = this.#first(); first !== undefined && first.at < now; first = this.#first()) {
      const { at, entry } = first;
      this.#heapOf(first).pop();
      entry.wake = null;
      const plan = elementAt(this.plans, entry.clock);
      if (isForgotten(plan, entry, at)) {
        this.#remove(entry);
        continue;
      }
      if (entry.state.next > at && nextRecordAt(entry) > at) {
        // It was planned for something that came otherwise.
        this.#plan(plan, entry, now);
        continue;
      }
      const wasOpen = entry.state.isOpen;
      advance(plan, entry, at + 1, hearing);
      this.#changed(plan, entry, wasOpen, now);
      hearing.changed?.(entry, at);
    }
    this.#foldSome(now, hearing);
  }

  /** The end of time, which goes no further than `last`. Nothing stays behind; returns how many runs were open. */
  end(last: Millis, hearing: TableHearing): number {
    this.pass(last, hearing);
    const entries = this.#keys
      .flatMap((keys) => [...keys.values()])
      .filter(({ tail, state }) => tail !== null || state.next < last);
    const order = (entry: ClockKey): Wake => ({ at: nextRecordAt(entry), entry });
    entries.sort((a, b) => (byInstant(order(a), order(b)) ? -1 : 1));
    for (const entry of entries) finish(elementAt(this.plans, entry.clock), entry, last, hearing);
    let open = 0;
    for (const keys of this.#keys) for (const { state } of keys.values()) if (state.isOpen) open += 1;
    this.clear();
    return open;
  }
  clear(): void {
    for (const keys of this.#keys) keys.clear();
    this.#timers.clear();
    this.#pending.clear();
    for (const folding of this.#folding) folding.length = 0;
    this.#folded.fill(0);
    for (const ended of this.#ended) ended.clear();
    this.dirty.length = 0;
    this.removed.clear();
    this.#size = 0;
    this.#open = 0;
  }

  /** Puts an entry in as it was saved; one that was put in before is replaced. */
  restore(entry: ClockKey): void {
    const keys = elementAt(this.#keys, entry.clock);
    if (!keys.has(entry.key)) this.#size += 1;
    keys.set(entry.key, entry);
  }
  dropRestored(clock: number, key: string): void {
    if (elementAt(this.#keys, clock).delete(key)) this.#size -= 1;
  }
  restored(now: Millis): void {
    for (const keys of this.#keys) {
      for (const entry of keys.values()) {
        if (entry.state.isOpen) this.#open += 1;
        this.#plan(elementAt(this.plans, entry.clock), entry, now);
      }
    }
    this.#sortEnded();
  }
  #sortEnded(): void {
    for (const ended of this.#ended) {
      const sorted = [...ended].sort((a, b) => a.state.since - b.state.since);
      ended.clear();
      for (const entry of sorted) ended.add(entry);
    }
  }

  #first(): Wake | undefined {
    const timer = firstOf(this.#timers);
    const pending = firstOf(this.#pending);
    if (timer === undefined || pending === undefined) return timer ?? pending;
    return byInstant(pending, timer) ? pending : timer;
  }
  #heapOf(wake: Wake): Heap<Wake> {
    return this.#pending.first === wake ? this.#pending : this.#timers;
  }

  #changed(plan: ClockPlan, entry: ClockKey, wasOpen: boolean, now: Millis): void {
    if (entry.state.isOpen !== wasOpen) this.#open += wasOpen ? -1 : 1;
    this.touch(entry);
    this.#plan(plan, entry, now);
  }
  touch(entry: ClockKey): void {
    if (entry.isDirty) return;
    entry.isDirty = true;
    this.dirty.push(entry);
  }

  /** When it is looked at next, if that is earlier than planned; later, and it is found out then. */
  #plan(plan: ClockPlan, entry: ClockKey, now: Millis): void {
    const { state } = entry;
    const record = nextRecordAt(entry);
    const timer = state.isOpen || entry.tail !== null ? state.next : forgottenAt(plan, entry);
    const at = Math.min(record, timer);
    if (at < (entry.wake?.at ?? Infinity)) {
      entry.wake = { at, entry };
      (record <= timer ? this.#pending : this.#timers).push(entry.wake);
      if (this.#timers.size > 2 * this.#size + LEAST_STALE) this.#sweep();
    }
    if (entry.tail !== null && !entry.isFolding) {
      entry.isFolding = true;
      elementAt(this.#folding, entry.clock).push({ at: now + plan.allowedLatenessMs + 1, entry });
    }
    const ended = elementAt(this.#ended, entry.clock);
    if (state.isOpen || state.run === 0) ended.delete(entry);
    else ended.add(entry);
  }
  #sweep(): void {
    const kept: Wake[] = [];
    for (let wake = this.#timers.pop(); wake !== undefined; wake = this.#timers.pop())
      if (counts(wake)) kept.push(wake);
    for (const wake of kept) this.#timers.push(wake);
  }

  #foldSome(now: Millis, hearing: TableHearing): void {
    for (let clock = 0; clock < this.#folding.length; clock++) {
      const folding = elementAt(this.#folding, clock);
      for (let i = 0; i < FOLDS_AT_ONCE; i++) {
        const next = folding[elementAt(this.#folded, clock)];
        if (next === undefined || next.at > now) break;
        this.#folded[clock] = elementAt(this.#folded, clock) + 1;
        this.#fold(next.entry, now, hearing);
      }
      const done = elementAt(this.#folded, clock);
      if (done > LEAST_STALE && done * 2 > folding.length) {
        folding.splice(0, done);
        this.#folded[clock] = 0;
      }
    }
  }
  #fold(entry: ClockKey, now: Millis, hearing: TableHearing): void {
    entry.isFolding = false;
    const plan = elementAt(this.plans, entry.clock);
    if (entry.tail === null || this.#keys[entry.clock]?.get(entry.key) !== entry) return;
    // What is left out here is left out by whoever restores it, too.
    if (fold(plan, entry, now - plan.allowedLatenessMs, hearing)) this.touch(entry);
    if (isForgotten(plan, entry, now)) this.#remove(entry);
    else this.#plan(plan, entry, now);
  }

  #forgetOne(clock: number): boolean {
    for (const entry of elementAt(this.#ended, clock)) {
      if (entry.tail !== null) continue;
      this.#remove(entry);
      return true;
    }
    return false;
  }
  #remove(entry: ClockKey): void {
    elementAt(this.#keys, entry.clock).delete(entry.key);
    elementAt(this.#ended, entry.clock).delete(entry);
    entry.wake = null;
    this.#size -= 1;
    this.removed.add(entry);
  }
}

function counts(wake: Wake): boolean {
  return wake.entry.wake === wake;
}
function firstOf(heap: Heap<Wake>): Wake | undefined {
  while (heap.first !== undefined && !counts(heap.first)) heap.pop();
  return heap.first;
}
