/** Writes clocks as saved-form.ts says. Nothing is made to write a key. */
import { at as elementAt, must } from '../../../engine/core/must.ts';
import type { Json } from '../../../engine/core/types.ts';
import { ByteWriter } from '../../kpis/saved/bytes.ts';
import { grown, lengthFor } from '../../shared/slot-heap.ts';
import { VERBS, type Fact, type KeyState, type Said, type Values, type Verb, type VerbRecord } from '../clock.ts';
import type { KeyColumns } from '../keys/key-columns.ts';
import type { ValueRows } from '../keys/value-rows.ts';
import type { Tail } from '../key-log.ts';
import { factOfEnd, type SaidNumbers } from '../keys/ending-record.ts';
import { isEnding, isLone, LONE, type Lone } from '../keys/lone-record.ts';
import { FORMAT, KINDS, MET, RECORD_FLAGS, STATE_FLAGS, type SavedClock, type SavedTime } from './saved-form.ts';

export class ClockPartWriter {
  readonly #bytes = new ByteWriter(64 * 1024);
  /** Numbers of the texts of this part. */
  readonly #texts = new Map<string, number>();
  /** By the number of a kept value, `#base` and the number of its text; below `#base`: this part has not said it. */
  #seen = new Float64Array(16);
  #base = 1;
  /** The values of the state that was written last: where they stand, if by numbers alone; −1: they do not. */
  #stateValues: Values | null = null;
  #from = -1;
  #to = -1;

  begin({ maxTs, now }: SavedTime): void {
    this.#base += this.#texts.size;
    this.#texts.clear();
    this.#stateValues = null;
    this.#bytes.uint(FORMAT);
    this.#bytes.number(maxTs);
    this.#bytes.number(now);
  }
  clock({ id, fields, timing, choosing }: SavedClock, keys: number): void {
    const bytes = this.#bytes;
    bytes.string(id);
    bytes.uint(fields.length);
    for (const field of fields) bytes.string(field);
    bytes.string(timing);
    bytes.string(choosing);
    bytes.uint(keys);
  }
  slot(columns: KeyColumns, slot: number): void {
    const lone = columns.loneOf(slot);
    columns.writeKey(slot, this.#bytes);
    this.#bytes.uint(1);
    if (isLone(lone)) {
      // What one record says of a key of which nothing else is known is not the key's.
      const isOfKey = lone === LONE.begun || lone === LONE.coming;
      this.#state(columns.numbersOf(slot), isOfKey ? columns.values : null, slot);
      return this.#lone(columns, slot, lone);
    }
    if (isEnding(lone)) {
      const state = columns.numbersOf(slot);
      this.#state(state, columns.values, slot);
      return this.#ending(columns, slot, state, lone);
    }
    const { state, tail } = columns.load(slot);
    this.#state(state, columns.values, slot);
    this.#bytes.uint(tail === null ? 0 : 1);
    if (tail !== null) this.#tail(tail, state.values);
  }
  /** The tail of one record, as `#tail` would write it. */
  #lone(columns: KeyColumns, slot: number, lone: Lone): void {
    const bytes = this.#bytes;
    const verb = VERBS.indexOf(columns.verbOf(slot));
    bytes.uint(1);
    bytes.uint(0); // no base
    bytes.uint(lone === LONE.awaited ? 0 : 1);
    bytes.uint(0); // never cut
    bytes.uint(1);
    bytes.uint(verb);
    bytes.number(columns.sinceOf(slot));
    columns.writeId(slot, bytes);
    const isOfState = lone === LONE.begun || lone === LONE.coming;
    bytes.uint(isOfState ? RECORD_FLAGS.sameValues : 0);
    if (!isOfState) this.#row(columns.values, slot);
    bytes.uint(0); // nothing said
    bytes.uint(lone === LONE.ignored ? 1 : 0);
    if (lone === LONE.ignored) bytes.uint(verb);
  }
  /** The tail of one record that ends a run, as `#tail` would write it. */
  #ending(columns: KeyColumns, slot: number, state: KeyState, lone: Lone): void {
    const bytes = this.#bytes;
    const { endings, values } = columns;
    const { record, before } = endings.rows;
    const place = endings.placeOf(slot);
    const said = lone === LONE.ended ? endings.saidOf(slot) : null;
    const isBegun = columns.isBegunInLog(slot);
    const [rows, row] = said === null ? [values, slot] : [before, place];
    bytes.uint(1);
    bytes.uint(isBegun ? 0 : 1);
    // As it stood before its end.
    if (said !== null) asBefore(state, said);
    if (!isBegun) this.#numbers(state);
    if (!isBegun) this.#rowAgain(rows, row, values, slot);
    bytes.uint((isBegun ? 1 : 0) + (said === null ? 0 : 1));
    bytes.uint(0); // never cut
    bytes.uint(isBegun ? 2 : 1);
    if (isBegun) {
      this.#place(columns.verbOf(slot), state.since);
      columns.writeId(slot, bytes);
      this.#rowOfRecord(rows, row, values, slot);
    }
    this.#place(endings.verbOf(slot), endings.atOf(slot));
    endings.writeId(slot, bytes);
    this.#rowOfRecord(record, place, values, slot);
    bytes.uint(said === null ? 0 : 1);
    if (said !== null) {
      this.#revision(0, false, said.lateByMs);
      this.#factNumbers(factOfEnd(state, endings.verbOf(slot), endings.atOf(slot), said, state.values));
      this.#rowAgain(values, slot, values, slot);
    }
    bytes.uint(0); // none was ignored
  }
  #place(verb: Verb, at: number): void {
    this.#bytes.uint(VERBS.indexOf(verb));
    this.#bytes.number(at);
  }
  gone(key: string): void {
    this.#bytes.string(key);
    this.#bytes.uint(0);
  }
  take(): Uint8Array {
    return this.#bytes.take();
  }

  /** `rows`: its values lie there, too, at `slot`. */
  #state(state: KeyState, rows: ValueRows | null, slot: number): void {
    const bytes = this.#bytes;
    this.#numbers(state);
    this.#valuesOfState(state.values, rows, slot);
    if (state.pauses === null) return;
    bytes.uint(state.pauses.length);
    for (const at of state.pauses) bytes.number(at);
  }
  #numbers(state: KeyState): void {
    const bytes = this.#bytes;
    const { open, breached, pauses } = STATE_FLAGS;
    bytes.uint((state.isOpen ? open : 0) + (state.isBreached ? breached : 0) + (state.pauses === null ? 0 : pauses));
    bytes.uint(state.run);
    bytes.uint(state.life);
    bytes.uint(state.restarts);
    bytes.number(state.since);
    bytes.number(state.targetMs);
    bytes.number(state.calendar);
    bytes.uint(state.warned);
    bytes.number(state.next);
  }

  #tail({ base, records, applied, said, ignored, from }: Tail, ofKey: Values): void {
    const bytes = this.#bytes;
    bytes.uint(base === null ? 0 : 1);
    if (base !== null) this.#state(base, null, -1);
    bytes.uint(applied);
    bytes.uint(from === null ? 0 : 1);
    if (from !== null) bytes.number(from);
    bytes.uint(records.length);
    for (let i = 0; i < records.length; i++) this.#record(elementAt(records, i), ofKey);
    bytes.uint(said.length);
    for (let i = 0; i < said.length; i++) this.#said(elementAt(said, i));
    bytes.uint(ignored.length);
    for (let i = 0; i < ignored.length; i++) bytes.uint(VERBS.indexOf(elementAt(ignored, i)));
  }

  #record({ verb, at, id, values, lateOf, stock, isMove }: VerbRecord, ofKey: Values): void {
    const bytes = this.#bytes;
    const { late, stock: ofStock, move, sameValues } = RECORD_FLAGS;
    bytes.uint(VERBS.indexOf(verb));
    bytes.number(at);
    bytes.string(id);
    bytes.uint(
      (lateOf === undefined ? 0 : late) +
        (stock === undefined ? 0 : ofStock) +
        (isMove === true ? move : 0) +
        (values === ofKey ? sameValues : 0),
    );
    if (values !== ofKey) this.#values(values);
    if (lateOf !== undefined) bytes.number(lateOf);
    if (stock === undefined) return;
    bytes.number(stock.opened);
    bytes.number(stock.pausedMs);
    bytes.uint(stock.isPaused ? 1 : 0);
  }

  #said({ fact, revision, isWithdrawn, lateByMs }: Said): void {
    this.#revision(revision, isWithdrawn, lateByMs);
    this.#factNumbers(fact);
    this.#values(fact.values);
  }
  #revision(revision: number, isWithdrawn: boolean, lateByMs: number): void {
    const bytes = this.#bytes;
    bytes.uint(revision);
    bytes.uint(isWithdrawn ? 1 : 0);
    bytes.number(lateByMs);
  }
  #factNumbers(fact: Omit<Fact, 'values'>): void {
    const bytes = this.#bytes;
    bytes.uint(KINDS.indexOf(fact.kind));
    bytes.uint(fact.percent);
    bytes.uint(fact.run);
    bytes.uint(fact.life);
    bytes.number(fact.at);
    bytes.number(fact.started);
    this.#maybe(fact.ended);
    this.#maybe(fact.due);
    bytes.number(fact.elapsedMs);
    bytes.number(fact.workingMs);
    bytes.number(fact.pausedMs);
    this.#maybe(fact.targetMs);
    bytes.uint(MET.indexOf(fact.met));
    bytes.uint(fact.restarts);
    bytes.uint(fact.isLate ? 1 : 0);
  }
  #maybe(value: number | null): void {
    this.#bytes.uint(value === null ? 0 : 1);
    if (value !== null) this.#bytes.number(value);
  }

  #valuesOfState(values: Values, rows: ValueRows | null, slot: number): void {
    const from = this.#bytes.length;
    const { size } = this.#texts;
    if (rows === null) this.#values(values);
    else this.#row(rows, slot);
    this.#stateValues = values;
    this.#from = size === this.#texts.size ? from : -1;
    this.#to = this.#bytes.length;
  }
  #values(values: Values): void {
    if (values === this.#stateValues && this.#from >= 0) return this.#bytes.again(this.#from, this.#to);
    this.#bytes.uint(values.length);
    for (let i = 0; i < values.length; i++) this.#value(values[i]);
  }
  /** The same of a row: the text of a value is looked for once a part. */
  #row(rows: ValueRows, slot: number): void {
    const bytes = this.#bytes;
    const count = rows.countOf(slot);
    bytes.uint(count);
    if (rows.numbers > this.#seen.length) this.#seen = grown(this.#seen, new Float64Array(lengthFor(rows.numbers)));
    const seen = this.#seen;
    for (let i = 0; i < count; i++) {
      const number = rows.numberAt(slot, i);
      const text = (seen[number] as number) - this.#base;
      if (text >= 0) {
        bytes.uint(typeof rows.valueOf(number) === 'string' ? 1 : 2);
        bytes.uint(text);
        continue;
      }
      const value = rows.valueOf(number);
      this.#value(value);
      if (value !== undefined) seen[number] = this.#base + must(this.#texts.get(textOf(value)));
    }
  }
  /** Of a record: whether they are those of the key, or which they are. */
  #rowOfRecord(rows: ValueRows, row: number, ofKey: ValueRows, slot: number): void {
    const isOfKey = isSameRow(rows, row, ofKey, slot);
    this.#bytes.uint(isOfKey ? RECORD_FLAGS.sameValues : 0);
    if (!isOfKey) this.#row(rows, row);
  }
  /** The same of values that are the key's, or of others. */
  #rowAgain(rows: ValueRows, row: number, ofKey: ValueRows, slot: number): void {
    if (this.#from >= 0 && isSameRow(rows, row, ofKey, slot)) this.#bytes.again(this.#from, this.#to);
    else this.#row(rows, row);
  }
  #value(value: Json | undefined): void {
    if (value === undefined) {
      this.#bytes.uint(0);
      return;
    }
    this.#bytes.uint(typeof value === 'string' ? 1 : 2);
    const text = textOf(value);
    const known = this.#texts.get(text);
    this.#bytes.uint(known ?? this.#texts.size); // the next number, and with it what it is
    if (known !== undefined) return;
    this.#texts.set(text, this.#texts.size);
    this.#bytes.string(text);
  }
}

function asBefore(state: KeyState, { started, next }: SaidNumbers): void {
  state.isOpen = true;
  state.since = started;
  state.next = next;
}
function isSameRow(rows: ValueRows, row: number, others: ValueRows, other: number): boolean {
  return (rows === others && row === other) || rows.isSame(row, others, other);
}
function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
