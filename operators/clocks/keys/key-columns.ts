/**
 * All keys of all clocks in columns, a slot each, so that a million of them weigh little and cost the collector nothing: there are
 * objects only of what may still change, while it may (`Tail`). Whoever works on one key loads it and stores it again: what `load`
 * returns is the same object each time, and holds until the next `load`.
 *
 * Most keys that may still change have one record (lone-record.ts): of such a tail only verb and id are kept beside the numbers.
 */
import { at as elementAt, ensure, must } from '../../../engine/core/must.ts';
import type { ByteWriter } from '../../kpis/saved/bytes.ts';
import { grown, lengthFor } from '../../shared/slot-heap.ts';
import { TextTable } from '../../shared/text-table.ts';
import { VERBS, type KeyState, type Values, type Verb, type VerbRecord } from '../clock.ts';
import type { ClockKey, Tail } from '../key-log.ts';
import { copyInto, freshState } from '../key-state.ts';
import { loadedFrom, type LoadedKey } from './loaded-key.ts';
import { isAhead, LONE, loneIn, tailOfLone, type Lone } from './lone-record.ts';
import { ValueRows } from './value-rows.ts';

const OPEN = 1;
const BREACHED = 2;
const PAUSES = 4;
const DIRTY = 8;
const FOLDING = 16;
/** From this bit on, how far its one record has come; where nothing else is known of the key, `since` and `values` are that record's. */
const LONE_AT = 5;
const LONE_BITS = 7;
/** From this bit on, the verb of its one record. */
const VERB_AT = 8;

/** Numbers of a slot lie side by side, in one line of the processor's cache. */
const ROW = 8;
const [SINCE, TARGET, NEXT, RUN, LIFE, RESTARTS, FLAGS, STEP] = [0, 1, 2, 3, 4, 5, 6, 7] as const;
/** `STEP` holds how many warnings are done with, and the calendar, of which −1 is none. */
const CALENDARS = 1024;

export class KeyColumns {
  readonly #keys = new TextTable();
  readonly #sizes: number[];
  #rows = new Float64Array(16 * ROW);
  readonly values = new ValueRows();
  /** A text: the id of its one record. */
  readonly #tail: (Tail | string | null)[] = [];
  /** Of those with a tail of their own, beside their row: what the tail holds may be the same objects. */
  readonly #valuesOfTailed = new Map<number, Values>();
  readonly #pauses = new Map<number, number[]>();
  readonly #loaded: LoadedKey;
  readonly #state: KeyState;

  constructor(clocks: number) {
    this.#sizes = new Array<number>(clocks).fill(0);
    this.#loaded = loadedFrom(this.#keys);
    this.#state = this.#loaded.state;
  }

  get size(): number {
    return this.#keys.size;
  }
  sizeOf(clock: number): number {
    return elementAt(this.#sizes, clock);
  }
  /** −1: it is not known. */
  find(clock: number, key: string): number {
    return this.#keys.find(clock, key);
  }
  /** May be gone through while keys come and go. */
  *slotsOf(clock: number): IterableIterator<number> {
    for (let slot = 0; slot < this.#keys.slots; slot++) if (this.clockOf(slot) === clock) yield slot;
  }
  *slots(): IterableIterator<number> {
    for (let slot = 0; slot < this.#keys.slots; slot++) if (this.clockOf(slot) >= 0) yield slot;
  }

  /** A key that is not known yet. */
  add(clock: number, key: string): number {
    return this.#begin(clock, this.#keys.add(clock, key));
  }
  /** Where it is, or is now. */
  putIn(clock: number, key: string): number {
    const before = this.#keys.size;
    const slot = this.#keys.putIn(clock, key);
    return this.#keys.size === before ? slot : this.#begin(clock, slot);
  }
  #begin(clock: number, slot: number): number {
    if ((slot + 1) * ROW > this.#rows.length) this.#rows = grown(this.#rows, new Float64Array(lengthFor(slot) * ROW));
    this.#sizes[clock] = this.sizeOf(clock) + 1;
    this.#rows[slot * ROW + FLAGS] = 0;
    this.#put(slot, FRESH, null, LONE.none, 0);
    return slot;
  }
  remove(slot: number): void {
    ensure(!this.isFolding(slot), 'what is still to be folded is not removed');
    const clock = this.clockOf(slot);
    this.#sizes[clock] = this.sizeOf(clock) - 1;
    // Its values, too.
    this.#put(slot, FRESH, null, LONE.none, 0);
    this.#rows[slot * ROW + FLAGS] = 0;
    this.#keys.remove(slot);
  }
  clear(): void {
    this.#sizes.fill(0);
    this.#keys.clear();
    this.values.clear();
    this.#valuesOfTailed.clear();
    this.#pauses.clear();
    this.#tail.length = 0;
  }

  clockOf(slot: number): number {
    return this.#keys.ownerOf(slot);
  }
  keyOf(slot: number): string {
    return this.#keys.textOf(slot);
  }
  writeKey(slot: number, into: ByteWriter): void {
    const plain = this.#keys.plainBytes(slot);
    if (plain === null) into.string(this.keyOf(slot));
    else into.ascii(plain.bytes, plain.from, plain.length);
  }
  /** By clock, then key: the order of what becomes so at one instant. */
  comesFirst(a: number, b: number): boolean {
    return this.#keys.comesFirst(a, b);
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
    return ((this.#flagsOf(slot) >>> LONE_AT) & LONE_BITS) as Lone;
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
    return this.#valuesOfTailed.get(slot) ?? this.values.of(slot); // most have none of their own
  }
  /** Whether its values lie in its row only. */
  hasPlainValues(slot: number): boolean {
    return !this.#valuesOfTailed.has(slot);
  }
  /** A key that was added just now has this one record, which time has not passed. */
  await(slot: number, { verb, at, id, values }: VerbRecord): void {
    this.#rows[slot * ROW + SINCE] = at;
    this.values.put(slot, values);
    this.#tail[slot] = id;
    this.#setLone(slot, LONE.awaited, VERBS.indexOf(verb));
  }
  /** The same of one that will begin the run that this state describes. */
  awaitRun(slot: number, state: KeyState, { verb, id }: VerbRecord): void {
    this.#put(slot, state, id, LONE.coming, VERBS.indexOf(verb));
    this.#setFlag(slot, OPEN, false);
  }
  /** Time has passed what was to come: its run is open. */
  begun(slot: number): void {
    this.#setLone(slot, LONE.begun, this.#flagsOf(slot) >>> VERB_AT);
    this.#setFlag(slot, OPEN, true);
  }
  /** Its one record meant nothing. */
  ignored(slot: number): void {
    this.#setLone(slot, LONE.ignored, this.#flagsOf(slot) >>> VERB_AT);
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
    const entry = this.#load(slot);
    const lone = this.loneOf(slot);
    if (isAhead(lone) || lone === LONE.ignored) copyInto(entry.state, FRESH);
    else this.#loadState(slot);
    const tail = elementAt(this.#tail, slot);
    entry.tail = typeof tail === 'string' ? this.#loneTail(slot, entry, lone, tail) : tail;
    return entry;
  }
  #loneTail(slot: number, entry: ClockKey, lone: Lone, id: string): Tail {
    const values = lone === LONE.begun ? entry.state.values : this.valuesOf(slot);
    return tailOfLone(entry, lone, { verb: this.verbOf(slot), at: this.sinceOf(slot), id, values });
  }
  /** The same without its tail; of one whose run will begin, as it will stand then. */
  loadState(slot: number): ClockKey {
    const entry = this.#load(slot);
    const lone = this.loneOf(slot);
    if (lone === LONE.awaited || lone === LONE.ignored) copyInto(entry.state, FRESH);
    else this.#loadState(slot);
    if (lone === LONE.coming) entry.state.isOpen = true;
    return entry;
  }
  #load(slot: number): LoadedKey {
    const entry = this.#loaded;
    entry.of(slot);
    // Whoever had it before may have put another in.
    entry.state = this.#state;
    entry.tail = null;
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
    state.values = this.valuesOf(slot);
    state.next = rows[row + NEXT] as number;
  }
  store(slot: number, { state, tail }: Pick<ClockKey, 'state' | 'tail'>): void {
    const lone = tail === null ? LONE.none : loneIn(state, tail);
    if (tail === null || lone === LONE.none) return this.#put(slot, state, tail, LONE.none, 0);
    const record = elementAt(tail.records, 0);
    this.#put(slot, state, record.id, lone, VERBS.indexOf(record.verb));
    this.#rows[slot * ROW + SINCE] = record.at;
    this.values.put(slot, record.values);
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
    this.values.put(slot, state.values);
    if (typeof tail === 'object' && tail !== null) this.#valuesOfTailed.set(slot, state.values);
    else if (this.#valuesOfTailed.size > 0) this.#valuesOfTailed.delete(slot);
    this.#tail[slot] = tail;
  }
}

const FRESH: Readonly<KeyState> = freshState();
