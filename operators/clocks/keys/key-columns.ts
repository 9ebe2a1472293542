/**
 * All keys of all clocks in columns, a slot each, so that a million of them weigh little and cost the collector nothing: there are
 * objects only of what may still change, while it may (`Tail`). Whoever works on one key loads it and stores it again: what `load`
 * returns is the same object each time, and holds until the next `load`.
 *
 * Most keys that may still change have one record (lone-record.ts), or one that ends their run (endings.ts): such tails are numbers, too.
 */
import { at as elementAt, ensure, must } from '../../../engine/core/must.ts';
import type { ByteWriter } from '../../kpis/saved/bytes.ts';
import { SlotTexts } from '../../shared/slot-texts.ts';
import { TextTable } from '../../shared/text-table.ts';
import { VERBS, type KeyState, type Said, type Values, type VerbRecord } from '../clock.ts';
import type { ClockKey, Tail } from '../key-log.ts';
import { copyInto, freshState } from '../key-state.ts';
import { endingIn } from './ending-record.ts';
import { Endings } from './endings.ts';
import { BEGUN, KeyRows, OPEN, PAUSES, TAILED } from './key-rows.ts';
import { loadedFrom, type LoadedKey } from './loaded-key.ts';
import { isAhead, isEnding, isLone, LONE, loneIn, tailOfLone, type Lone } from './lone-record.ts';
import type { PlainKey } from './plain-key.ts';
import { ValueNumbers } from './value-numbers.ts';
import { ValueRows } from './value-rows.ts';

export class KeyColumns extends KeyRows {
  readonly #keys = new TextTable();
  readonly #sizes: number[];
  readonly valueNumbers = new ValueNumbers();
  readonly values = new ValueRows(this.valueNumbers);
  /** Of its one record, or of what began the run. */
  readonly #ids = new SlotTexts();
  readonly endings = new Endings(this.valueNumbers);
  readonly #tails = new Map<number, Tail>();
  /** Of those with a tail of their own, beside their row: what the tail holds may be the same objects. */
  readonly #valuesOfTailed = new Map<number, Values>();
  readonly #pauses = new Map<number, number[]>();
  readonly #loaded: LoadedKey;
  readonly #state: KeyState;

  constructor(clocks: number) {
    super();
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
  /** All slots lie below it. */
  get allSlots(): number {
    return this.#keys.slots;
  }
  /** May be gone through while keys come and go. */
  *slotsOf(clock: number): IterableIterator<number> {
    for (let slot = 0; slot < this.#keys.slots; slot++) if (this.clockOf(slot) === clock) yield slot;
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
    this.#join(clock, slot);
    this.putNumbers(slot, FRESH, false, LONE.none, 0);
    return slot;
  }
  #join(clock: number, slot: number): void {
    this.beginRow(slot);
    this.#sizes[clock] = this.sizeOf(clock) + 1;
  }
  /** A key as it was saved; one that was put in before is replaced. */
  putPlain(clock: number, plain: PlainKey): void {
    const before = this.#keys.size;
    const slot = this.#keys.putInPlain(clock, plain.source, plain.keyFrom, plain.keyLength);
    if (this.#keys.size > before) this.#join(clock, slot);
    else this.#dropMore(slot);
    this.putNumbers(slot, plain.state, false, plain.lone, plain.verb);
    this.values.putNumbers(slot, plain.values, 0, plain.count);
    if (plain.lone !== LONE.none) this.#ids.setPlain(slot, plain.source, plain.idFrom, plain.idLength);
  }
  /** So many keys are expected to join. */
  expect(more: number): void {
    this.#keys.expect(more);
    this.expectRows(this.allSlots + more);
  }
  remove(slot: number): void {
    ensure(!this.isFolding(slot), 'what is still to be folded is not removed');
    const clock = this.clockOf(slot);
    this.#sizes[clock] = this.sizeOf(clock) - 1;
    this.#put(slot, FRESH, null, LONE.none, 0); // its values, too
    this.setDirty(slot, false);
    this.#keys.remove(slot);
  }
  clear(): void {
    this.#sizes.fill(0);
    this.#keys.clear();
    this.values.clear();
    this.#valuesOfTailed.clear();
    this.#pauses.clear();
    this.#ids.clear();
    this.endings.clear();
    this.#tails.clear();
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
  hasTail(slot: number): boolean {
    return (this.flagsOf(slot) & TAILED) !== 0 || this.loneOf(slot) !== LONE.none;
  }
  /** Of its one record. */
  writeId(slot: number, into: ByteWriter): void {
    this.#ids.write(slot, into);
  }
  /** What it keeps; of a key of which nothing is known but one record, that record's. */
  valuesOf(slot: number): Values {
    return (this.flagsOf(slot) & TAILED) === 0 ? this.values.of(slot) : must(this.#valuesOfTailed.get(slot));
  }
  /** A key that was added just now has this one record, which time has not passed. */
  await(slot: number, { verb, at, id, values }: VerbRecord): void {
    this.setSince(slot, at);
    this.values.put(slot, values);
    this.#ids.set(slot, id);
    this.setLone(slot, LONE.awaited, VERBS.indexOf(verb));
  }
  /** The same of one that will begin the run that this state describes. */
  awaitRun(slot: number, state: KeyState, { verb, id }: VerbRecord): void {
    this.#put(slot, state, null, LONE.coming, VERBS.indexOf(verb));
    this.#ids.set(slot, id);
    this.setFlag(slot, OPEN, false);
  }
  /** Time has passed what was to come: its run is open. */
  begun(slot: number): void {
    this.become(slot, LONE.begun);
    this.setFlag(slot, OPEN, true);
  }
  /** Its one record meant nothing. */
  ignored(slot: number): void {
    this.become(slot, LONE.ignored);
  }
  /** Neither what began its run nor what ended it can change any longer. */
  settle(slot: number): void {
    this.#ids.remove(slot);
    if (isEnding(this.loneOf(slot))) this.endings.remove(slot);
    this.setLone(slot, LONE.none, 0);
  }
  /** Whether its run is open, and nothing may still change but what began it. */
  mayAwaitEnd(slot: number): boolean {
    const flags = this.flagsOf(slot);
    const lone = this.loneOf(slot);
    return (flags & (OPEN | PAUSES | TAILED)) === OPEN && (lone === LONE.none || lone === LONE.begun);
  }
  /** This record, which time has not passed, will end the run of such a key. */
  awaitEnd(slot: number, record: VerbRecord): void {
    this.setFlag(slot, BEGUN, this.loneOf(slot) === LONE.begun);
    this.endings.add(slot, record);
    this.become(slot, LONE.ending);
  }
  /** Whether what began such a run may still change, too. */
  isBegunInLog(slot: number): boolean {
    return (this.flagsOf(slot) & BEGUN) !== 0;
  }
  /** Time has passed it: what it says is laid over what the run keeps. */
  overlayEnd(slot: number): void {
    this.endings.keepBefore(slot, this.values);
    this.values.overlay(slot, this.endings.rows.record, this.endings.placeOf(slot));
  }
  /** After that: it was said; the run stands so. */
  ended(slot: number, state: KeyState, said: Said): void {
    this.endings.said(slot, said, this.nextOf(slot));
    this.setEnded(slot, state);
    this.become(slot, LONE.ended);
  }
  load(slot: number): ClockKey {
    const entry = this.#load(slot);
    const lone = this.loneOf(slot);
    if (isAhead(lone) || lone === LONE.ignored) copyInto(entry.state, FRESH);
    else this.#loadState(slot);
    entry.tail = this.#tailOf(slot, entry, lone);
    return entry;
  }
  #tailOf(slot: number, entry: ClockKey, lone: Lone): Tail | null {
    const flags = this.flagsOf(slot);
    if ((flags & TAILED) !== 0) return must(this.#tails.get(slot));
    if (lone === LONE.none) return null;
    const verb = this.verbOf(slot);
    if (isEnding(lone)) {
      const start = (flags & BEGUN) === 0 ? null : { verb, id: this.#ids.textOf(slot) };
      return this.endings.tailOf(slot, entry, entry.state, start);
    }
    const values = lone === LONE.begun ? entry.state.values : this.values.of(slot);
    return tailOfLone(entry, lone, { verb, at: this.sinceOf(slot), id: this.#ids.textOf(slot), values });
  }
  /** The numbers of `loadState`, without its values: what is saved of most keys. */
  numbersOf(slot: number): KeyState {
    const state = this.#load(slot).state;
    const lone = this.loneOf(slot);
    if (lone === LONE.awaited || lone === LONE.ignored) copyInto(state, FRESH);
    else this.loadNumbers(slot, state);
    if (lone === LONE.coming) state.isOpen = true;
    state.pauses = null;
    state.values = FRESH.values;
    return state;
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
    this.loadNumbers(slot, state);
    state.pauses = (this.flagsOf(slot) & PAUSES) === 0 ? null : must(this.#pauses.get(slot));
    state.values = this.valuesOf(slot);
  }
  store(slot: number, { state, tail }: Pick<ClockKey, 'state' | 'tail'>): void {
    if (tail === null) return this.#put(slot, state, null, LONE.none, 0);
    const lone = loneIn(state, tail);
    if (isLone(lone)) {
      const record = elementAt(tail.records, 0);
      this.#put(slot, state, null, lone, VERBS.indexOf(record.verb));
      this.#ids.set(slot, record.id);
      this.setSince(slot, record.at);
      this.values.put(slot, record.values);
      return;
    }
    const ending = endingIn(state, tail);
    if (isEnding(ending)) this.#putEnding(slot, state, tail, ending);
    else this.#put(slot, state, tail, LONE.none, 0);
  }
  #putEnding(slot: number, state: KeyState, { base, records, said }: Tail, lone: Lone): void {
    const [first, last] = [elementAt(records, 0), elementAt(records, records.length - 1)];
    this.#put(slot, state, null, lone, base === null ? VERBS.indexOf(first.verb) : 0);
    this.setFlag(slot, BEGUN, base === null);
    if (base === null) this.#ids.set(slot, first.id);
    this.endings.add(slot, last);
    if (lone !== LONE.ended) return;
    const next = base === null ? Infinity : base.next;
    this.endings.saidBefore(slot, elementAt(said, 0), next, (base ?? first).values);
  }
  #put(slot: number, state: Readonly<KeyState>, tail: Tail | null, lone: Lone, verb: number): void {
    const { pauses } = state;
    this.#dropMore(slot);
    if (pauses !== null) this.#pauses.set(slot, pauses);
    this.putNumbers(slot, state, tail !== null, lone, verb);
    this.values.put(slot, state.values);
    if (tail === null) return;
    this.#tails.set(slot, tail);
    this.#valuesOfTailed.set(slot, state.values);
  }
  /** What is known of a key beside its row. */
  #dropMore(slot: number): void {
    const flags = this.flagsOf(slot);
    const lone = this.loneOf(slot);
    if ((flags & PAUSES) !== 0) this.#pauses.delete(slot);
    if (lone !== LONE.none) this.#ids.remove(slot);
    if (isEnding(lone)) this.endings.remove(slot);
    if ((flags & TAILED) === 0) return;
    this.#tails.delete(slot);
    this.#valuesOfTailed.delete(slot);
  }
}

const FRESH: Readonly<KeyState> = freshState();
