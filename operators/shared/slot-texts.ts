/**
 * A text a slot, of those slots that have one, off the heap: texts that live for a minute cost the collector nothing. Plain ASCII takes
 * a byte a character, anything else two; eight bytes a slot beside. (`TextTable` finds slots by their text.)
 */
import type { ByteWriter } from '../kpis/saved/bytes.ts';
import { grown, lengthFor } from './slot-heap.ts';

/** So many bytes of texts that are gone are borne with. */
const FEW = 65_536;
/** Shorter ones are put together faster than they are decoded: one list a length, to be filled. */
const MOST_UNITS = 64;

export class SlotTexts {
  #bytes = new Uint8Array(1024);
  #end = 0;
  #gone = 0;
  #from = new Int32Array(16);
  /** By slot, one more than the bytes of its text; of a wide text, minus that; 0: it has none. */
  #sizes = new Int32Array(16);
  readonly #units: number[][] = [];

  /** That texts may take, those that are gone but have not made space yet included. */
  get bytes(): number {
    return this.#bytes.length;
  }
  set(slot: number, text: string): void {
    if (slot >= this.#sizes.length) {
      this.#sizes = grown(this.#sizes, new Int32Array(lengthFor(slot)));
      this.#from = grown(this.#from, new Int32Array(lengthFor(slot)));
    }
    this.remove(slot);
    const { length } = text;
    if (this.#end + 2 * length > this.#bytes.length) this.#makeSpace(2 * length);
    const bytes = this.#bytes;
    const from = this.#end;
    let i = 0;
    for (; i < length; i++) {
      const unit = text.charCodeAt(i);
      if (unit >= 0x80) break;
      bytes[from + i] = unit;
    }
    const isPlain = i === length;
    if (!isPlain)
      for (i = 0; i < length; i++) {
        const unit = text.charCodeAt(i);
        bytes[from + 2 * i] = unit;
        bytes[from + 2 * i + 1] = unit >>> 8;
      }
    this.#from[slot] = from;
    this.#sizes[slot] = isPlain ? length + 1 : -(2 * length + 1);
    this.#end = from + (isPlain ? length : 2 * length);
  }
  /** One that has none stays so. */
  remove(slot: number): void {
    const size = this.#sizes[slot] ?? 0; // it never had one
    if (size === 0) return;
    this.#gone += Math.abs(size) - 1;
    this.#sizes[slot] = 0;
  }
  /** Of a slot that has one. */
  textOf(slot: number): string {
    const size = this.#sizes[slot] as number;
    const from = this.#from[slot] as number;
    const bytes = this.#bytes;
    const length = size > 0 ? size - 1 : (-size - 1) >> 1;
    if (length > MOST_UNITS) {
      let text = '';
      for (let i = 0; i < length; i++) text += String.fromCharCode(this.#unitAt(from, size < 0, i));
      return text;
    }
    const units = (this.#units[length] ??= new Array<number>(length).fill(0));
    if (size > 0) for (let i = 0; i < length; i++) units[i] = bytes[from + i] as number;
    else for (let i = 0; i < length; i++) units[i] = this.#unitAt(from, true, i);
    return String.fromCharCode.apply(null, units);
  }
  /** The text of a slot that has one. */
  write(slot: number, into: ByteWriter): void {
    const size = this.#sizes[slot] as number;
    if (size > 0) into.ascii(this.#bytes, this.#from[slot] as number, size - 1);
    else into.string(this.textOf(slot));
  }
  clear(): void {
    this.#sizes.fill(0);
    [this.#end, this.#gone] = [0, 0];
  }

  #unitAt(from: number, isWide: boolean, i: number): number {
    const bytes = this.#bytes;
    if (!isWide) return bytes[from + i] as number;
    return (bytes[from + 2 * i] as number) | ((bytes[from + 2 * i + 1] as number) << 8);
  }
  /** Texts that are there move together where many are gone. */
  #makeSpace(more: number): void {
    const isWorthIt = this.#gone > FEW && 2 * this.#gone > this.#end;
    const kept = isWorthIt ? this.#end - this.#gone : this.#end;
    const bytes = new Uint8Array(Math.max(2 * kept, kept + more, isWorthIt ? 4 * FEW : 1024));
    if (isWorthIt) this.#moveInto(bytes);
    else bytes.set(this.#bytes.subarray(0, this.#end));
    this.#bytes = bytes;
  }
  #moveInto(bytes: Uint8Array): void {
    let end = 0;
    for (let slot = 0; slot < this.#sizes.length; slot++) {
      const size = this.#sizes[slot] as number;
      if (size === 0) continue;
      const from = this.#from[slot] as number;
      const length = Math.abs(size) - 1;
      bytes.set(this.#bytes.subarray(from, from + length), end);
      this.#from[slot] = end;
      end += length;
    }
    [this.#end, this.#gone] = [end, 0];
  }
}
