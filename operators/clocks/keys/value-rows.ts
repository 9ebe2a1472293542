/**
 * The values that keys keep, as a row of numbers each: equal values are kept once, however many keys have them, and a million rows are
 * one array. A value goes when the last row that holds it does.
 */
import { at as elementAt } from '../../../engine/core/must.ts';
import type { Json } from '../../../engine/core/types.ts';
import { grown, lengthFor } from '../../shared/slot-heap.ts';
import type { Values } from '../clock.ts';

const NO_VALUES: Values = [];
/** The number of what is not known. */
const UNKNOWN = 0;

export class ValueRows {
  /** By slot: how many values there are, then the number of each. */
  #rows = new Int32Array(0);
  /** Of a row. */
  #width = 1;
  /** By number. */
  readonly #values: (Json | undefined)[] = [undefined];
  #holders = new Int32Array(16);
  readonly #free: number[] = [];
  /** Numbers of plain values, and of lists and maps by their JSON. */
  readonly #numberOf = new Map<Json, number>();
  readonly #numberOfDeep = new Map<string, number>();

  /** How many of a slot. */
  countOf(slot: number): number {
    return this.#rows[slot * this.#width] ?? 0; // nothing was put there
  }
  /** The number of one of them, which equal ones share; 0: it is not known. Holds until the next `put` or `clear`. */
  numberAt(slot: number, i: number): number {
    return this.#rows[slot * this.#width + 1 + i] as number;
  }
  valueOf(number: number): Json | undefined {
    return this.#values[number];
  }
  /** All numbers lie below it. */
  get numbers(): number {
    return this.#values.length;
  }
  of(slot: number): Values {
    const count = this.countOf(slot);
    if (count === 0) return NO_VALUES;
    const values = new Array<Json | undefined>(count);
    const from = slot * this.#width + 1;
    for (let i = 0; i < count; i++) values[i] = this.#values[this.#rows[from + i] as number];
    return values;
  }

  put(slot: number, values: Values): void {
    const count = values.length;
    if (count >= this.#width || slot * this.#width >= this.#rows.length) this.#grow(slot, count + 1);
    const from = slot * this.#width + 1;
    const rows = this.#rows;
    const before = rows[from - 1] as number;
    for (let i = 0; i < count; i++) {
      const value = values[i];
      const held = i < before ? (rows[from + i] as number) : UNKNOWN;
      if (i < before && this.#values[held] === value) continue;
      rows[from + i] = value === undefined ? UNKNOWN : this.#take(value);
      if (held !== UNKNOWN) this.#release(held);
    }
    for (let i = count; i < before; i++) if (rows[from + i] !== UNKNOWN) this.#release(rows[from + i] as number);
    rows[from - 1] = count;
  }
  clear(): void {
    this.#rows = new Int32Array(0);
    this.#holders.fill(0);
    this.#values.length = 1;
    this.#free.length = 0;
    this.#numberOf.clear();
    this.#numberOfDeep.clear();
  }

  #take(value: Json): number {
    const isDeep = typeof value === 'object' && value !== null;
    const name = isDeep ? JSON.stringify(value) : value;
    const of: Map<Json, number> = isDeep ? this.#numberOfDeep : this.#numberOf;
    let number = of.get(name);
    if (number === undefined) {
      number = this.#free.pop() ?? this.#values.length; // none is free: a new one
      of.set(name, number);
      this.#values[number] = value;
      if (number >= this.#holders.length) this.#holders = grown(this.#holders, new Int32Array(lengthFor(number)));
    }
    this.#holders[number] = (this.#holders[number] as number) + 1;
    return number;
  }
  #release(number: number): void {
    const left = (this.#holders[number] as number) - 1;
    this.#holders[number] = left;
    if (left > 0) return;
    const value = elementAt(this.#values, number) as Json;
    if (typeof value === 'object' && value !== null) this.#numberOfDeep.delete(JSON.stringify(value));
    else this.#numberOf.delete(value);
    this.#values[number] = undefined;
    this.#free.push(number);
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
