/**
 * What may still change of a run that one record ends, which is what most keys have once they are done: the record, how the run stood
 * before, and what was said of its end. Kept as numbers and not as objects while it may change (`Tail`); key-columns.ts has the key as it
 * stands now.
 */
import { at as elementAt } from '../../../engine/core/must.ts';
import type { ByteWriter } from '../../kpis/saved/bytes.ts';
import { SlotTexts } from '../../shared/slot-texts.ts';
import { grown, lengthFor } from '../../shared/slot-heap.ts';
import { VERBS, type Fact, type KeyState, type Said, type Values, type Verb, type VerbRecord } from '../clock.ts';
import type { Tail } from '../key-log.ts';
import { copyOf } from '../key-state.ts';
import { factOfEnd, type SaidNumbers } from './ending-record.ts';
import type { ValueNumbers } from './value-numbers.ts';
import { ValueRows } from './value-rows.ts';

/** Numbers of an ending lie side by side. `STARTED` to `MET` are known once it was said. */
const ROW = 8;
const [AT, VERB, STARTED, NEXT, DUE, WORKED, LATE_BY, MET] = [0, 1, 2, 3, 4, 5, 6, 7] as const;
/** Of `MET`: null. */
const NOT_JUDGED = -1;

/** What began the run, where that may still change, too. */
export type Start = Pick<VerbRecord, 'verb' | 'id'>;

export class Endings {
  /** By slot, one more than its ending; 0: it has none. */
  #of = new Int32Array(16);
  #rows = new Float64Array(16 * ROW);
  readonly #ids = new SlotTexts();
  /** Of the record, and of the run before it. */
  readonly #values: ValueRows;
  readonly #before: ValueRows;
  readonly #both: Endings['rows'];
  readonly #free: number[] = [];
  #used = 0;

  constructor(numbers: ValueNumbers) {
    this.#values = new ValueRows(numbers);
    this.#before = new ValueRows(numbers);
    this.#both = { record: this.#values, before: this.#before };
  }

  /** A run that is open, of a slot that has none, will be ended by this record. */
  add(slot: number, { verb, at, id, values }: Pick<VerbRecord, 'verb' | 'at' | 'id' | 'values'>): void {
    if (slot >= this.#of.length) this.#of = grown(this.#of, new Int32Array(lengthFor(slot)));
    const ending = this.#free.pop() ?? this.#used++; // none is free: a new one
    if (ending * ROW >= this.#rows.length) this.#rows = grown(this.#rows, new Float64Array(lengthFor(ending) * ROW));
    this.#of[slot] = ending + 1;
    this.#rows[ending * ROW + AT] = at;
    this.#rows[ending * ROW + VERB] = VERBS.indexOf(verb);
    this.#ids.set(ending, id);
    this.#values.put(ending, values);
  }
  /** What the run keeps before its end, which is about to come. */
  keepBefore(slot: number, values: ValueRows): void {
    this.#before.copy(this.#endingOf(slot), values, slot);
  }
  /** It was said. `next` is that of the run before. */
  said(slot: number, { fact, lateByMs }: Said, next: number): void {
    this.#put(this.#endingOf(slot), fact, lateByMs, next);
  }
  /** The same of what was restored. */
  saidBefore(slot: number, { fact, lateByMs }: Said, next: number, values: Values): void {
    const ending = this.#endingOf(slot);
    this.#before.put(ending, values);
    this.#put(ending, fact, lateByMs, next);
  }
  #put(ending: number, fact: Fact, lateByMs: number, next: number): void {
    const row = ending * ROW;
    const rows = this.#rows;
    rows[row + STARTED] = fact.started;
    rows[row + NEXT] = next;
    rows[row + DUE] = fact.due ?? NaN; // it has no target
    rows[row + WORKED] = fact.workingMs;
    rows[row + LATE_BY] = lateByMs;
    rows[row + MET] = fact.met === null ? NOT_JUDGED : Number(fact.met);
  }
  /** A slot that has none stays so. */
  remove(slot: number): void {
    const ending = (this.#of[slot] ?? 0) - 1; // it never had one
    if (ending < 0) return;
    this.#of[slot] = 0;
    this.#ids.remove(ending);
    this.#values.put(ending, NO_VALUES);
    this.#before.put(ending, NO_VALUES);
    this.#free.push(ending);
  }
  clear(): void {
    this.#of.fill(0);
    this.#ids.clear();
    this.#values.clear();
    this.#before.clear();
    this.#free.length = 0;
    this.#used = 0;
  }

  /** The instant of its record. */
  atOf(slot: number): number {
    return this.#rows[this.#endingOf(slot) * ROW + AT] as number;
  }
  verbOf(slot: number): Verb {
    return elementAt(VERBS, this.#rows[this.#endingOf(slot) * ROW + VERB] as number);
  }
  saidOf(slot: number): SaidNumbers {
    const row = this.#endingOf(slot) * ROW;
    const rows = this.#rows;
    const [due, met] = [rows[row + DUE] as number, rows[row + MET] as number];
    return {
      started: rows[row + STARTED] as number,
      next: rows[row + NEXT] as number,
      due: Number.isNaN(due) ? null : due,
      workingMs: rows[row + WORKED] as number,
      lateByMs: rows[row + LATE_BY] as number,
      met: met === NOT_JUDGED ? null : met === 1,
    };
  }
  writeId(slot: number, into: ByteWriter): void {
    this.#ids.write(this.#endingOf(slot), into);
  }
  /** Where its record's values lie, and those of the run before it. */
  get rows(): { readonly record: ValueRows; readonly before: ValueRows } {
    return this.#both;
  }
  placeOf(slot: number): number {
    return this.#endingOf(slot);
  }
  /** Its record, of this key. */
  recordOf(slot: number, { clock, key }: Pick<VerbRecord, 'clock' | 'key'>, state: Values): VerbRecord {
    const ending = this.#endingOf(slot);
    const [at, verb] = [this.#rows[ending * ROW + AT] as number, this.#rows[ending * ROW + VERB] as number];
    const said = this.#values.of(ending);
    // Values that are those of the key are shared with it: what is shared is saved once.
    const values = isEqual(said, state) ? state : said;
    return { clock, key, verb: elementAt(VERBS, verb), at, id: this.#ids.textOf(ending), values };
  }
  /** `start`: null: the run began before all that may change. */
  tailOf(slot: number, of: Pick<VerbRecord, 'clock' | 'key'>, state: KeyState, start: Start | null): Tail {
    const { clock, key } = of;
    const record = this.recordOf(slot, of, state.values);
    const said = state.isOpen ? NONE : [this.#saidOf(slot, state, record)];
    const before = this.#base(slot, state);
    return {
      base: start === null ? before : null,
      records: start === null ? [record] : [{ clock, key, ...start, at: before.since, values: before.values }, record],
      applied: (start === null ? 0 : 1) + said.length,
      said,
      ignored: NONE,
      from: null,
    };
  }
  /** The run as it stood before its end. */
  #base(slot: number, state: KeyState): KeyState {
    const base = copyOf(state);
    if (state.isOpen) return base;
    const ending = this.#endingOf(slot);
    const row = ending * ROW;
    base.isOpen = true;
    base.since = this.#rows[row + STARTED] as number;
    base.next = this.#rows[row + NEXT] as number;
    base.values = this.#before.of(ending);
    return base;
  }
  #saidOf(slot: number, state: KeyState, { verb, at }: VerbRecord): Said {
    const said = this.saidOf(slot);
    return {
      fact: factOfEnd(state, verb, at, said, state.values),
      revision: 0,
      isWithdrawn: false,
      lateByMs: said.lateByMs,
    };
  }
  #endingOf(slot: number): number {
    return (this.#of[slot] as number) - 1;
  }
}
const NONE: readonly never[] = [];
const NO_VALUES: Values = [];

function isEqual(a: Values, b: Values): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
