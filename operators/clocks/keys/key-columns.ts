/**
 * All keys of all clocks in columns, a slot each, so that a million of them weigh little and cost the collector nothing: of objects
 * there are the key, its values, and what may still change while it may (`Tail`). Whoever works on one key loads it and stores it again:
 * what `load` returns is the same object each time, and holds until the next `load`.
 *
 * Most keys that may still change have one record (lone-record.ts): of such a tail only verb and id are kept beside the numbers.
 */
import { at as elementAt, ensure, must } from '../../../engine/core/must.ts';
import { grown, lengthFor } from '../../shared/slot-heap.ts';
import { VERBS, type KeyState, type Values, type Verb, type VerbRecord } from '../clock.ts';
import { freshKey, type ClockKey, type Tail } from '../key-log.ts';
import { copyInto, freshState } from '../key-state.ts';
import { LONE, loneIn, tailOfLone, type Lone } from './lone-record.ts';

const OPEN = 1;
const BREACHED = 2;
const PAUSES = 4;
const DIRTY = 8;
const FOLDING = 16;
/** From this bit on, how far its one record has come; where nothing else is known of the key, `since` and `values` are that record's. */
const LONE_AT = 5;
/** From this bit on, the verb of its one record. */
const VERB_AT = 8;

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
  /** A text: the id of its one record. */
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
    this.#key[slot] = key;
    this.#rows[slot * ROW + FLAGS] = 0;
    this.#put(slot, FRESH, null, LONE.none, 0);
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
  /** When something happens by itself; Infinity: never. */
  nextOf(slot: number): number {
    return this.#rows[slot * ROW + NEXT] as number;
  }
  hasTail(slot: number): boolean {
    return elementAt(this.#tail, slot) !== null;
  }
  /** How far the one record of its tail has come; `none`: there is another, or no tail. */
  loneOf(slot: number): Lone {
    return ((this.#flagsOf(slot) >>> LONE_AT) & 3) as Lone;
  }
  /** Of its one record. */
  verbOf(slot: number): Verb {
    return elementAt(VERBS, this.#flagsOf(slot) >>> VERB_AT);
  }
  /** Of its one record. */
  idOf(slot: number): string {
    return elementAt(this.#tail, slot) as string;
  }
  /** What it keeps; of a key of which nothing is known but one record, that record's. */
  valuesOf(slot: number): Values {
    return elementAt(this.#values, slot);
  }
  /** A key that was added just now has this one record, which time has not passed. */
  await(slot: number, { verb, at, id, values }: VerbRecord): void {
    this.#rows[slot * ROW + SINCE] = at;
    this.#values[slot] = values;
    this.#tail[slot] = id;
    this.#setLone(slot, LONE.awaited, VERBS.indexOf(verb));
  }
  /** Its one record has begun its run, as this state says, or meant nothing. */
  passed(slot: number, state: KeyState): void {
    const { isOpen } = state;
    if (isOpen) this.#put(slot, state, this.idOf(slot), LONE.begun, this.#flagsOf(slot) >>> VERB_AT);
    else this.#setLone(slot, LONE.ignored, this.#flagsOf(slot) >>> VERB_AT);
  }
  /** What began its run can no longer change. */
  settle(slot: number): void {
    this.#tail[slot] = null;
    this.#setLone(slot, LONE.none, 0);
  }
  #setLone(slot: number, lone: Lone, verb: number): void {
    const flags = this.#flagsOf(slot) & ((1 << LONE_AT) - 1);
    this.#rows[slot * ROW + FLAGS] = flags | (lone << LONE_AT) | (verb << VERB_AT);
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
    const entry = this.loadState(slot);
    const tail = elementAt(this.#tail, slot);
    entry.tail = typeof tail === 'string' ? this.#loneTail(slot, entry, tail) : tail;
    return entry;
  }
  #loneTail(slot: number, entry: ClockKey, id: string): Tail {
    const record = { verb: this.verbOf(slot), at: this.sinceOf(slot), id, values: this.valuesOf(slot) };
    return tailOfLone(entry, this.loneOf(slot), record);
  }
  /** The same without its tail. */
  loadState(slot: number): ClockKey {
    const entry = this.#loaded;
    entry.clock = this.clockOf(slot);
    entry.key = this.keyOf(slot);
    // Whoever had it before may have put another in.
    entry.state = this.#state;
    entry.tail = null;
    const lone = this.loneOf(slot);
    if (lone === LONE.awaited || lone === LONE.ignored) copyInto(entry.state, FRESH);
    else this.#loadState(slot);
    return entry;
  }
  #loadState(slot: number): void {
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
  }
  store(slot: number, { state, tail }: Pick<ClockKey, 'state' | 'tail'>): void {
    const lone = tail === null ? LONE.none : loneIn(state, tail);
    if (tail === null || lone === LONE.none) return this.#put(slot, state, tail, LONE.none, 0);
    const record = elementAt(tail.records, 0);
    this.#put(slot, state, record.id, lone, VERBS.indexOf(record.verb));
    this.#rows[slot * ROW + SINCE] = record.at;
    this.#values[slot] = record.values;
  }
  #put(slot: number, state: Readonly<KeyState>, tail: Tail | string | null, lone: Lone, verb: number): void {
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
      (lone << LONE_AT) |
      (verb << VERB_AT);
    rows[row + RUN] = state.run;
    rows[row + LIFE] = state.life;
    rows[row + RESTARTS] = state.restarts;
    rows[row + SINCE] = state.since;
    rows[row + TARGET] = state.targetMs;
    rows[row + NEXT] = state.next;
    rows[row + STEP] = state.warned * CALENDARS + state.calendar + 1;
    this.#values[slot] = state.values;
    this.#tail[slot] = tail;
  }

  #grow(slot: number): void {
    const length = lengthFor(slot);
    this.#clock = grown(this.#clock, new Uint16Array(length));
    this.#rows = grown(this.#rows, new Float64Array(length * ROW));
  }
}

const FRESH: Readonly<KeyState> = freshState();
