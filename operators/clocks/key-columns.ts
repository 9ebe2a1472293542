/**
 * All keys of all clocks in columns, a slot each, so that a million of them weigh little and cost the collector nothing: of objects
 * there are the key, its values, and what may still change while it may (`Tail`). Whoever works on one key loads it and stores it again:
 * what `load` returns is the same object each time, and holds until the next `load`.
 *
 * Most keys that may still change have nothing but the event that began their run: of such a tail only the id of the event is kept.
 */
import { at as elementAt, ensure, must } from '../../engine/core/must.ts';
import { grown, lengthFor } from '../shared/slot-heap.ts';
import type { KeyState, Values, VerbRecord } from './clock.ts';
import { freshKey, type ClockKey, type Tail } from './key-log.ts';
import { copyInto, freshState } from './key-state.ts';

const OPEN = 1;
const BREACHED = 2;
const PAUSES = 4;
const DIRTY = 8;
const FOLDING = 16;
/** Time has not passed the event that is to begin its run: `since` and `values` are that event's, and nothing else is known. */
const AWAITED = 32;

/** Numbers of a slot lie side by side, in one line of the processor's cache. */
const ROW = 8;
const [SINCE, TARGET, NEXT, RUN, LIFE, RESTARTS, FLAGS, STEP] = [0, 1, 2, 3, 4, 5, 6, 7] as const;
/** `STEP` holds how many warnings are done with, and the calendar, of which −1 is none. */
const CALENDARS = 1024;

const NO_VALUES: Values = [];

export class KeyColumns {
  readonly #slotOf: readonly Map<string, number>[];
  readonly #free: number[] = [];
  #used = 0;
  #size = 0;

  #rows = new Float64Array(16 * ROW);
  #clock = new Uint16Array(16);
  readonly #key: string[] = [];
  readonly #values: Values[] = [];
  /** A text: the id of the event that began the run, or will, and nothing else may change. */
  readonly #tail: (Tail | string | null)[] = [];
  readonly #pauses = new Map<number, number[]>();
  readonly #loaded: { clock: number; key: string; state: KeyState; tail: Tail | null } = freshKey(0, '');
  readonly #state: KeyState = this.#loaded.state;

  constructor(clocks: number) {
    this.#slotOf = Array.from({ length: clocks }, () => new Map<string, number>());
  }

  get size(): number {
    return this.#size;
  }
  sizeOf(clock: number): number {
    return elementAt(this.#slotOf, clock).size;
  }
  /** −1: it is not known. */
  find(clock: number, key: string): number {
    return elementAt(this.#slotOf, clock).get(key) ?? -1;
  }
  /** May be gone through while keys come and go. */
  slotsOf(clock: number): IterableIterator<number> {
    return elementAt(this.#slotOf, clock).values();
  }

  /** A key that is not known yet. */
  add(clock: number, key: string): number {
    const slot = this.#free.pop() ?? this.#used++; // none is free: a new one
    if (slot >= this.#clock.length) this.#grow(slot);
    elementAt(this.#slotOf, clock).set(key, slot);
    this.#size += 1;
    this.#clock[slot] = clock;
    this.#rows[slot * ROW + FLAGS] = 0;
    this.#key[slot] = key;
    this.#tail[slot] = null;
    this.store(slot, freshKey(clock, key));
    return slot;
  }
  remove(slot: number): void {
    ensure(!this.isFolding(slot), 'what is still to be folded is not removed');
    elementAt(this.#slotOf, this.clockOf(slot)).delete(this.keyOf(slot));
    this.#size -= 1;
    this.#rows[slot * ROW + FLAGS] = 0;
    this.#key[slot] = '';
    this.#values[slot] = NO_VALUES;
    this.#tail[slot] = null;
    this.#pauses.delete(slot);
    this.#free.push(slot);
  }
  clear(): void {
    for (const slots of this.#slotOf) slots.clear();
    this.#pauses.clear();
    for (const list of [this.#free, this.#key, this.#values, this.#tail]) list.length = 0;
    this.#used = 0;
    this.#size = 0;
  }

  clockOf(slot: number): number {
    return this.#clock[slot] as number;
  }
  keyOf(slot: number): string {
    return elementAt(this.#key, slot);
  }
  /** By clock, then key: the order of what becomes so at one instant. */
  comesFirst(a: number, b: number): boolean {
    const [clockA, clockB] = [this.clockOf(a), this.clockOf(b)];
    return clockA !== clockB ? clockA < clockB : this.keyOf(a) < this.keyOf(b);
  }
  isOpen(slot: number): boolean {
    return (this.#flagsOf(slot) & OPEN) !== 0;
  }
  sinceOf(slot: number): number {
    return this.#rows[slot * ROW + SINCE] as number;
  }
  hasTail(slot: number): boolean {
    return elementAt(this.#tail, slot) !== null;
  }
  /** The id of the event that begins its run, where nothing else may change; null: all or nothing may. */
  beginningOf(slot: number): string | null {
    const tail = elementAt(this.#tail, slot);
    return typeof tail === 'string' ? tail : null;
  }
  /** What began its run can no longer change. */
  settleBeginning(slot: number): void {
    this.#tail[slot] = null;
  }
  isDirty(slot: number): boolean {
    return (this.#flagsOf(slot) & DIRTY) !== 0;
  }
  setDirty(slot: number, isDirty: boolean): void {
    this.#setFlag(slot, DIRTY, isDirty);
  }
  isFolding(slot: number): boolean {
    return (this.#flagsOf(slot) & FOLDING) !== 0;
  }
  setFolding(slot: number, isFolding: boolean): void {
    this.#setFlag(slot, FOLDING, isFolding);
  }
  #setFlag(slot: number, flag: number, isSet: boolean): void {
    const flags = this.#flagsOf(slot);
    this.#rows[slot * ROW + FLAGS] = isSet ? flags | flag : flags & ~flag;
  }
  #flagsOf(slot: number): number {
    return this.#rows[slot * ROW + FLAGS] as number;
  }

  load(slot: number): ClockKey {
    const entry = this.#loaded;
    entry.clock = this.#clock[slot] as number;
    entry.key = elementAt(this.#key, slot);
    entry.state = this.#loadState(slot);
    const tail = elementAt(this.#tail, slot);
    if ((this.#flagsOf(slot) & AWAITED) !== 0) this.#await(slot, entry, tail as string);
    else entry.tail = typeof tail === 'string' ? tailOf(entry, { at: entry.state.since, id: tail, applied: 1 }) : tail;
    return entry;
  }
  #await(slot: number, entry: ClockKey, id: string): void {
    copyInto(entry.state, FRESH);
    entry.tail = tailOf(entry, { at: this.sinceOf(slot), id, applied: 0 }, elementAt(this.#values, slot));
  }
  #loadState(slot: number): KeyState {
    const state = this.#state;
    const rows = this.#rows;
    const row = slot * ROW;
    const flags = rows[row + FLAGS] as number;
    const step = rows[row + STEP] as number;
    state.run = rows[row + RUN] as number;
    state.life = rows[row + LIFE] as number;
    state.restarts = rows[row + RESTARTS] as number;
    state.isOpen = (flags & OPEN) !== 0;
    state.since = rows[row + SINCE] as number;
    state.targetMs = rows[row + TARGET] as number;
    state.calendar = (step % CALENDARS) - 1;
    state.isBreached = (flags & BREACHED) !== 0;
    state.warned = Math.floor(step / CALENDARS);
    state.pauses = (flags & PAUSES) === 0 ? null : must(this.#pauses.get(slot));
    state.values = elementAt(this.#values, slot);
    state.next = rows[row + NEXT] as number;
    return state;
  }
  store(slot: number, { state, tail }: Pick<ClockKey, 'state' | 'tail'>): void {
    const begins = tail === null ? null : beginningIn(state, tail);
    const isAwaited = begins !== null && !state.isOpen;
    const { pauses } = state;
    const rows = this.#rows;
    const row = slot * ROW;
    const flags = rows[row + FLAGS] as number;
    if (pauses !== null) this.#pauses.set(slot, pauses);
    else if ((flags & PAUSES) !== 0) this.#pauses.delete(slot);
    rows[row + FLAGS] =
      (flags & (DIRTY | FOLDING)) |
      (state.isOpen ? OPEN : 0) |
      (state.isBreached ? BREACHED : 0) |
      (pauses === null ? 0 : PAUSES) |
      (isAwaited ? AWAITED : 0);
    rows[row + RUN] = state.run;
    rows[row + LIFE] = state.life;
    rows[row + RESTARTS] = state.restarts;
    rows[row + SINCE] = isAwaited ? begins.at : state.since;
    rows[row + TARGET] = state.targetMs;
    rows[row + NEXT] = state.next;
    rows[row + STEP] = state.warned * CALENDARS + state.calendar + 1;
    this.#values[slot] = isAwaited ? begins.values : state.values;
    this.#tail[slot] = begins === null ? tail : begins.id;
  }

  #grow(slot: number): void {
    const length = lengthFor(slot);
    this.#clock = grown(this.#clock, new Uint16Array(length));
    this.#rows = grown(this.#rows, new Float64Array(length * ROW));
  }
}

const NONE: readonly never[] = [];
const FRESH: Readonly<KeyState> = freshState();

/** The event that began the run, or will, if that is all there is. */
function beginningIn(state: KeyState, { base, records, applied, said, ignored, from }: Tail): VerbRecord | null {
  if (base !== null || records.length !== 1 || said.length + ignored.length > 0 || from !== null) return null;
  const record = elementAt(records, 0);
  const { verb, lateOf, isMove, stock } = record;
  if (verb !== 'start' || lateOf !== undefined || isMove !== undefined || stock !== undefined) return null;
  if (applied === 0) return state.run === 0 && state.life === 0 && state.restarts === 0 ? record : null;
  const isAsBegun = state.isOpen && state.run === 1 && state.life === 0 && state.since === record.at;
  return isAsBegun && state.values === record.values ? record : null;
}
function tailOf(
  { clock, key, state }: ClockKey,
  { at, id, applied }: Pick<VerbRecord, 'at' | 'id'> & Pick<Tail, 'applied'>,
  values: Values = state.values,
): Tail {
  const record: VerbRecord = { clock, key, verb: 'start', at, id, values };
  return { base: null, records: [record], applied, said: NONE, ignored: NONE, from: null };
}
