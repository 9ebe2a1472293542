/** Slots of an owner's columns, each with the instant from which it is to be looked at: first in, first out. No objects. */
import { grown } from './slot-heap.ts';

export class SlotQueue {
  /** A ring: of `size` from `from` on. */
  #slots = new Int32Array(16);
  #ats = new Float64Array(16);
  #from = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }
  /** Infinity: it is empty. */
  get firstAt(): number {
    return this.#size === 0 ? Infinity : (this.#ats[this.#from] as number);
  }
  push(slot: number, at: number): void {
    if (this.#size === this.#slots.length) this.#grow();
    const place = (this.#from + this.#size) & (this.#slots.length - 1);
    this.#slots[place] = slot;
    this.#ats[place] = at;
    this.#size += 1;
  }
  /** −1: it is empty. */
  shift(): number {
    if (this.#size === 0) return -1;
    const slot = this.#slots[this.#from] as number;
    this.#from = (this.#from + 1) & (this.#slots.length - 1);
    this.#size -= 1;
    return slot;
  }
  clear(): void {
    this.#from = 0;
    this.#size = 0;
  }
  #grow(): void {
    const { length } = this.#slots;
    const from = this.#from;
    // Begins with its first one, then, so that the ring closes at the new length.
    const [slots, ats] = [this.#slots.slice(from), this.#ats.slice(from)];
    const [slotsBefore, atsBefore] = [this.#slots.subarray(0, from), this.#ats.subarray(0, from)];
    this.#slots = grown(slots, new Int32Array(2 * length));
    this.#slots.set(slotsBefore, length - from);
    this.#ats = grown(ats, new Float64Array(2 * length));
    this.#ats.set(atsBefore, length - from);
    this.#from = 0;
  }
}
