/**
 * The values that keys keep, as a row of numbers each: equal values are kept once, however many keys have them, and a million rows are
 * one array. Rows of several tables may share their numbers.
 */
import type { Json } from '../../../engine/core/types.ts';
import { grown, lengthFor } from '../../shared/slot-heap.ts';
import type { Values } from '../clock.ts';
import { UNKNOWN, ValueNumbers } from './value-numbers.ts';

const NO_VALUES: Values = [];

export class ValueRows {
  /** By slot: how many values there are, then the number of each. */
  #rows = new Int32Array(0);
  /** Of a row. */
  #width = 1;
  readonly #numbers: ValueNumbers;

  constructor(numbers = new ValueNumbers()) {
    this.#numbers = numbers;
  }

  /** How many of a slot. */
  countOf(slot: number): number {
    return this.#rows[slot * this.#width] ?? 0; // nothing was put there
  }
  /** The number of one of them, which equal ones share; 0: it is not known. Holds until the next `put` or `clear`. */
  numberAt(slot: number, i: number): number {
    return this.#rows[slot * this.#width + 1 + i] as number;
  }
  valueOf(number: number): Json | undefined {
    return this.#numbers.valueOf(number);
  }
  /** All numbers lie below it. */
  get numbers(): number {
    return this.#numbers.count;
  }
  of(slot: number): Values {
    const count = this.countOf(slot);
    if (count === 0) return NO_VALUES;
    const values = new Array<Json | undefined>(count);
    const from = slot * this.#width + 1;
    for (let i = 0; i < count; i++) values[i] = this.#numbers.valueOf(this.#rows[from + i] as number);
    return values;
  }

  put(slot: number, values: Values): void {
    const count = values.length;
    this.#reserve(slot, count);
    const from = slot * this.#width + 1;
    const rows = this.#rows;
    const before = rows[from - 1] as number;
    for (let i = 0; i < count; i++) {
      const value = values[i];
      const held = i < before ? (rows[from + i] as number) : UNKNOWN;
      if (i < before && this.#numbers.valueOf(held) === value) continue;
      rows[from + i] = value === undefined ? UNKNOWN : this.#numbers.take(value);
      if (held !== UNKNOWN) this.#numbers.release(held);
    }
    this.#cut(from, count, before);
  }
  /** The row of a slot of another table that shares the numbers. */
  copy(slot: number, other: ValueRows, from: number): void {
    this.putNumbers(slot, other.#rows, from * other.#width + 1, other.countOf(from));
  }
  /** So many numbers of values that are held, of which this slot becomes one more holder. */
  putNumbers(slot: number, held: Int32Array, from: number, count: number): void {
    this.#reserve(slot, count);
    const to = slot * this.#width + 1;
    const rows = this.#rows;
    const before = rows[to - 1] as number;
    for (let i = 0; i < count; i++) {
      const number = held[from + i] as number;
      if (number !== UNKNOWN) this.#numbers.hold(number);
      if (i < before && rows[to + i] !== UNKNOWN) this.#numbers.release(rows[to + i] as number);
      rows[to + i] = number;
    }
    this.#cut(to, count, before);
  }
  /** What the row of a slot of such a table says is laid over this one; what it does not know stays. */
  overlay(slot: number, other: ValueRows, from: number): void {
    const count = other.countOf(from);
    this.#reserve(slot, count);
    const to = slot * this.#width + 1;
    const rows = this.#rows;
    const before = rows[to - 1] as number;
    for (let i = 0; i < count; i++) {
      const number = other.numberAt(from, i);
      const held = i < before ? (rows[to + i] as number) : UNKNOWN;
      if (i < before && (number === held || number === UNKNOWN)) continue;
      if (number !== UNKNOWN) this.#numbers.hold(number);
      if (held !== UNKNOWN) this.#numbers.release(held);
      rows[to + i] = number;
    }
    rows[to - 1] = Math.max(before, count);
  }
  /** Whether the rows of these slots say the same. */
  isSame(slot: number, other: ValueRows, of: number): boolean {
    const count = this.countOf(slot);
    if (other.countOf(of) !== count) return false;
    for (let i = 0; i < count; i++) if (this.numberAt(slot, i) !== other.numberAt(of, i)) return false;
    return true;
  }
  clear(): void {
    this.#rows = new Int32Array(0);
    this.#numbers.clear();
  }

  /** Of `before` values only the first `count` stay. */
  #cut(from: number, count: number, before: number): void {
    const rows = this.#rows;
    for (let i = count; i < before; i++)
      if (rows[from + i] !== UNKNOWN) this.#numbers.release(rows[from + i] as number);
    rows[from - 1] = count;
  }
  #reserve(slot: number, count: number): void {
    if (count >= this.#width || slot * this.#width >= this.#rows.length) this.#grow(slot, count + 1);
  }
  #grow(slot: number, width: number): void {
    if (width > this.#width) {
      const before = this.#rows;
      const of = this.#width;
      const wider = new Int32Array((before.length / of) * width);
      for (let from = 0, to = 0; from < before.length; from += of, to += width)
        wider.set(before.subarray(from, from + of), to);
      [this.#rows, this.#width] = [wider, width];
    }
    if (slot * this.#width >= this.#rows.length)
      this.#rows = grown(this.#rows, new Int32Array(lengthFor(slot) * this.#width));
  }
}
