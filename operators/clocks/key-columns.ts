/**
 * All keys of all clocks in columns, a slot each, so that a million of them weigh little and cost the collector nothing: of objects
 * there are the key, its values, and what may still change while it may (`Tail`). Whoever works on one key loads it and stores it again:
 * what `load` returns is the same object each time, and holds until the next `load`.
 *
 * Most keys that may still change have nothing but the event that began their run: of such a tail only the id of the event is kept.
 */
import { at as elementAt, ensure, must } from '../../engine/core/must.ts';
import { grown, roomFor } from '../shared/slot-heap.ts';
import type { KeyState, Values, VerbRecord } from './clock.ts';
import { freshKey, type ClockKey, type Tail } from './key-log.ts';

const OPEN = 1;
const BREACHED = 2;
const PAUSES = 4;
const DIRTY = 8;
const FOLDING = 16;
const NO_VALUES: Values = [];

export class KeyColumns {
  readonly #slotOf: readonly Map<string, number>[];
  readonly #free: number[] = [];
  #used = 0;
  #size = 0;

  #clock = new Uint16Array(16);
  #flags = new Uint8Array(16);
  #warned = new Uint8Array(16);
  #calendar = new Int16Array(16);
  #run = new Int32Array(16);
  #life = new Int32Array(16);
  #restarts = new Int32Array(16);
  #since = new Float64Array(16);
  #targetMs = new Float64Array(16);
  #next = new Float64Array(16);
  readonly #key: string[] = [];
  readonly #values: Values[] = [];
  /** A text: the id of the event that began the run, and nothing else may change. */
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
    this.#flags[slot] = 0;
    this.#key[slot] = key;
    this.#tail[slot] = null;
    this.store(slot, freshKey(clock, key));
    return slot;
  }
  remove(slot: number): void {
    ensure(!this.isFolding(slot), 'what is still to be folded is not removed');
    elementAt(this.#slotOf, this.clockOf(slot)).delete(this.keyOf(slot));
    this.#size -= 1;
    this.#flags[slot] = 0;
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
    return ((this.#flags[slot] as number) & OPEN) !== 0;
  }
  sinceOf(slot: number): number {
    return this.#since[slot] as number;
  }
  hasTail(slot: number): boolean {
    return elementAt(this.#tail, slot) !== null;
  }
  /** The id of the event that began its run, where nothing else may change; null: all or nothing may. */
  beginningOf(slot: number): string | null {
    const tail = elementAt(this.#tail, slot);
    return typeof tail === 'string' ? tail : null;
  }
  /** What began its run can no longer change. */
  settleBeginning(slot: number): void {
    this.#tail[slot] = null;
  }
  isDirty(slot: number): boolean {
    return ((this.#flags[slot] as number) & DIRTY) !== 0;
  }
  setDirty(slot: number, isDirty: boolean): void {
    this.#setFlag(slot, DIRTY, isDirty);
  }
  isFolding(slot: number): boolean {
    return ((this.#flags[slot] as number) & FOLDING) !== 0;
  }
  setFolding(slot: number, isFolding: boolean): void {
    this.#setFlag(slot, FOLDING, isFolding);
  }
  #setFlag(slot: number, flag: number, isSet: boolean): void {
    const flags = this.#flags[slot] as number;
    this.#flags[slot] = isSet ? flags | flag : flags & ~flag;
  }

  load(slot: number): ClockKey {
    const entry = this.#loaded;
    entry.clock = this.#clock[slot] as number;
    entry.key = elementAt(this.#key, slot);
    entry.state = this.loadState(slot);
    const tail = elementAt(this.#tail, slot);
    entry.tail = typeof tail === 'string' ? tailOfBeginning(entry, tail) : tail;
    return entry;
  }
  /** Without what may still change. */
  loadState(slot: number): KeyState {
    const state = this.#state;
    const flags = this.#flags[slot] as number;
    state.run = this.#run[slot] as number;
    state.life = this.#life[slot] as number;
    state.restarts = this.#restarts[slot] as number;
    state.isOpen = (flags & OPEN) !== 0;
    state.since = this.#since[slot] as number;
    state.targetMs = this.#targetMs[slot] as number;
    state.calendar = this.#calendar[slot] as number;
    state.isBreached = (flags & BREACHED) !== 0;
    state.warned = this.#warned[slot] as number;
    state.pauses = (flags & PAUSES) === 0 ? null : must(this.#pauses.get(slot));
    state.values = elementAt(this.#values, slot);
    state.next = this.#next[slot] as number;
    return state;
  }
  store(slot: number, { state, tail }: Pick<ClockKey, 'state' | 'tail'>): void {
    const { pauses } = state;
    const flags = (this.#flags[slot] as number) & (DIRTY | FOLDING | PAUSES);
    if (pauses !== null) this.#pauses.set(slot, pauses);
    else if ((flags & PAUSES) !== 0) this.#pauses.delete(slot);
    this.#flags[slot] =
      (flags & (DIRTY | FOLDING)) |
      (state.isOpen ? OPEN : 0) |
      (state.isBreached ? BREACHED : 0) |
      (pauses === null ? 0 : PAUSES);
    this.#run[slot] = state.run;
    this.#life[slot] = state.life;
    this.#restarts[slot] = state.restarts;
    this.#since[slot] = state.since;
    this.#targetMs[slot] = state.targetMs;
    this.#calendar[slot] = state.calendar;
    this.#warned[slot] = state.warned;
    this.#values[slot] = state.values;
    this.#next[slot] = state.next;
    this.#tail[slot] = tail === null ? null : (beginningIn(state, tail) ?? tail); // more may change
  }

  #grow(slot: number): void {
    const length = roomFor(slot);
    this.#clock = grown(this.#clock, new Uint16Array(length));
    this.#flags = grown(this.#flags, new Uint8Array(length));
    this.#warned = grown(this.#warned, new Uint8Array(length));
    this.#calendar = grown(this.#calendar, new Int16Array(length));
    this.#run = grown(this.#run, new Int32Array(length));
    this.#life = grown(this.#life, new Int32Array(length));
    this.#restarts = grown(this.#restarts, new Int32Array(length));
    this.#since = grown(this.#since, new Float64Array(length));
    this.#targetMs = grown(this.#targetMs, new Float64Array(length));
    this.#next = grown(this.#next, new Float64Array(length));
  }
}

const NONE: readonly never[] = [];

/** The id of the event that began the run, if that is all there is. */
function beginningIn(state: KeyState, tail: Tail): string | null {
  const { base, records, applied, said, ignored, from } = tail;
  if (base !== null || records.length !== 1 || applied !== 1 || said.length + ignored.length > 0 || from !== null)
    return null;
  const record = elementAt(records, 0);
  const { verb, at, id, values, lateOf, isMove, stock } = record;
  const isPlain = verb === 'start' && lateOf === undefined && isMove === undefined && stock === undefined;
  const isAsBegun = state.isOpen && state.run === 1 && state.life === 0 && state.since === at;
  return isPlain && isAsBegun && state.values === values ? id : null;
}
function tailOfBeginning({ clock, key, state }: ClockKey, id: string): Tail {
  const record: VerbRecord = { clock, key, verb: 'start', at: state.since, id, values: state.values };
  return { base: null, records: [record], applied: 1, said: NONE, ignored: NONE, from: null };
}
