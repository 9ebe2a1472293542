/** A number for each value that keys keep: equal values have one, however many hold it. It goes when the last that holds it does. */
import { at as elementAt } from '../../../engine/core/must.ts';
import type { Json } from '../../../engine/core/types.ts';
import { grown, lengthFor } from '../../shared/slot-heap.ts';

/** The number of what is not known, which nobody holds. */
export const UNKNOWN = 0;

export class ValueNumbers {
  /** By number. */
  readonly #values: (Json | undefined)[] = [undefined];
  #holders = new Int32Array(16);
  readonly #free: number[] = [];
  /** Numbers of plain values, and of lists and maps by their JSON. */
  readonly #numberOf = new Map<Json, number>();
  readonly #numberOfDeep = new Map<string, number>();

  valueOf(number: number): Json | undefined {
    return this.#values[number];
  }
  /** All numbers lie below it. */
  get count(): number {
    return this.#values.length;
  }
  /** Its number, which one more holds. */
  take(value: Json): number {
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
    this.hold(number);
    return number;
  }
  /** One more holds a number that is held. */
  hold(number: number): void {
    this.#holders[number] = (this.#holders[number] as number) + 1;
  }
  release(number: number): void {
    const left = (this.#holders[number] as number) - 1;
    this.#holders[number] = left;
    if (left > 0) return;
    const value = elementAt(this.#values, number) as Json;
    if (typeof value === 'object' && value !== null) this.#numberOfDeep.delete(JSON.stringify(value));
    else this.#numberOf.delete(value);
    this.#values[number] = undefined;
    this.#free.push(number);
  }
  clear(): void {
    this.#holders.fill(0);
    this.#values.length = 1;
    this.#free.length = 0;
    this.#numberOf.clear();
    this.#numberOfDeep.clear();
  }
}
