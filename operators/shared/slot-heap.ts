/**
 * Slots of an owner's columns by an instant each, the earliest first: a binary heap in which a slot is found and moved, so that
 * nothing in it is out of date. Sixteen bytes a slot, no objects. At one instant the owner says which comes first.
 */
import { ensure } from '../../engine/core/must.ts';

export class SlotHeap {
  /** The heap: slots, and beside them their instants. */
  #slots = new Int32Array(16);
  #ats = new Float64Array(16);
  #size = 0;
  /** By slot, one more than its place in the heap; 0: it is not in it. */
  #places = new Int32Array(16);
  /** What is put in has no order yet. */
  #isFilling = false;
  readonly #comesFirst: (a: number, b: number) => boolean;

  constructor(comesFirst: (a: number, b: number) => boolean) {
    this.#comesFirst = comesFirst;
  }
  get size(): number {
    return this.#size;
  }
  /** −1: there is none. */
  get first(): number {
    return this.#size === 0 ? -1 : (this.#slots[0] as number);
  }
  /** Infinity: there is none. */
  get firstAt(): number {
    return this.#size === 0 ? Infinity : (this.#ats[0] as number);
  }

  /** Puts a slot in, or moves it. Infinity takes it out. */
  set(slot: number, at: number): void {
    if (slot >= this.#places.length) this.#places = grown(this.#places, new Int32Array(lengthFor(slot)));
    const place = (this.#places[slot] as number) - 1;
    if (at === Infinity) {
      if (place >= 0) this.#remove(place);
    } else if (place < 0) {
      if (this.#size === this.#slots.length) this.#grow();
      if (this.#isFilling) this.#put(this.#size++, slot, at);
      else this.#up(this.#size++, slot, at);
    } else if (this.#isFilling) this.#ats[place] = at;
    else {
      const before = this.#ats[place] as number;
      if (at < before) this.#up(place, slot, at);
      else if (at > before) this.#down(place, slot, at);
    }
  }
  /** What `run` sets is brought into order once, when it is done: for many at once. Nobody asks for the first meanwhile. */
  fill(run: () => void): void {
    this.#isFilling = true;
    run();
    this.#isFilling = false;
    for (let place = (this.#size >>> 1) - 1; place >= 0; place--)
      this.#down(place, this.#slots[place] as number, this.#ats[place] as number);
  }
  clear(): void {
    this.#size = 0;
    this.#places.fill(0);
  }

  #remove(place: number): void {
    this.#places[this.#slots[place] as number] = 0;
    const last = --this.#size;
    if (place === last) return;
    const slot = this.#slots[last] as number;
    const at = this.#ats[last] as number;
    if (this.#isFilling) this.#put(place, slot, at);
    else if (place > 0 && this.#isBefore(slot, at, (place - 1) >>> 1)) this.#up(place, slot, at);
    else this.#down(place, slot, at);
  }
  #up(from: number, slot: number, at: number): void {
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >>> 1;
      if (!this.#isBefore(slot, at, parent)) break;
      this.#put(place, this.#slots[parent] as number, this.#ats[parent] as number);
      place = parent;
    }
    this.#put(place, slot, at);
  }
  #down(from: number, slot: number, at: number): void {
    const size = this.#size;
    let place = from;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= size) break;
      const right = child + 1;
      if (right < size && this.#isBefore(this.#slots[right] as number, this.#ats[right] as number, child))
        child = right;
      const [childSlot, childAt] = [this.#slots[child] as number, this.#ats[child] as number];
      if (at < childAt || (at === childAt && this.#comesFirst(slot, childSlot))) break;
      this.#put(place, childSlot, childAt);
      place = child;
    }
    this.#put(place, slot, at);
  }
  #isBefore(slot: number, at: number, place: number): boolean {
    const other = this.#ats[place] as number;
    return at < other || (at === other && this.#comesFirst(slot, this.#slots[place] as number));
  }
  #put(place: number, slot: number, at: number): void {
    this.#slots[place] = slot;
    this.#ats[place] = at;
    this.#places[slot] = place + 1;
  }
  #grow(): void {
    const length = lengthFor(this.#slots.length);
    this.#slots = grown(this.#slots, new Int32Array(length));
    this.#ats = grown(this.#ats, new Float64Array(length));
  }
}

/** The next length of a column in which `slot` is to have a place: half as much again. */
export function lengthFor(slot: number): number {
  return Math.max(16, slot + 1, Math.ceil(slot * 1.5));
}
export function grown<T extends Int32Array | Float64Array | Uint8Array | Uint16Array | Int16Array>(
  from: T,
  into: T,
): T {
  ensure(into.length >= from.length, 'a column only grows');
  into.set(from);
  return into;
}
