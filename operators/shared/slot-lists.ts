/** Slots of an owner's columns in lists, each slot in one at most, in the order in which they joined. Eight bytes a slot, no objects. */
import { at as elementAt } from '../../engine/core/must.ts';
import { grown, lengthFor } from './slot-heap.ts';

const NONE = -1;
const OUT = -2;

export class SlotLists {
  /** By slot, its neighbours; `OUT`: it is in no list. */
  #before = new Int32Array(16).fill(OUT);
  #after = new Int32Array(16).fill(OUT);
  readonly #first: number[];
  readonly #last: number[];

  constructor(lists: number) {
    this.#first = new Array<number>(lists).fill(NONE);
    this.#last = new Array<number>(lists).fill(NONE);
  }
  /** −1: the list is empty. */
  firstOf(list: number): number {
    return elementAt(this.#first, list);
  }
  /** −1: it is the last. */
  nextOf(slot: number): number {
    return this.#after[slot] as number;
  }
  /** At the end; one that is in it stays where it is. */
  add(list: number, slot: number): void {
    if (slot >= this.#after.length) this.#grow(slot);
    if (this.#after[slot] !== OUT) return;
    const last = elementAt(this.#last, list);
    this.#before[slot] = last;
    this.#after[slot] = NONE;
    if (last === NONE) this.#first[list] = slot;
    else this.#after[last] = slot;
    this.#last[list] = slot;
  }
  /** One that is in no list stays out. */
  remove(list: number, slot: number): void {
    if (slot >= this.#after.length || this.#after[slot] === OUT) return;
    const [before, after] = [this.#before[slot] as number, this.#after[slot] as number];
    if (before === NONE) this.#first[list] = after;
    else this.#after[before] = after;
    if (after === NONE) this.#last[list] = before;
    else this.#before[after] = before;
    this.#before[slot] = OUT;
    this.#after[slot] = OUT;
  }
  clear(): void {
    this.#before.fill(OUT);
    this.#after.fill(OUT);
    this.#first.fill(NONE);
    this.#last.fill(NONE);
  }
  #grow(slot: number): void {
    const length = lengthFor(slot);
    this.#before = grown(this.#before, new Int32Array(length).fill(OUT));
    this.#after = grown(this.#after, new Int32Array(length).fill(OUT));
  }
}
