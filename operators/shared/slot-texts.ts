/**
 * A text a slot, of those slots that have one, off the heap: texts that live for a minute cost the collector nothing. Eight bytes
 * a slot beside its own (`text-bytes.ts`). (`TextTable` finds slots by their text.)
 */
import type { ByteWriter } from '../kpis/saved/bytes.ts';
import { grown, lengthFor } from './slot-heap.ts';
import { bytesOf, putPlain, putText, textAt } from './text-bytes.ts';

/** So many bytes of texts that are gone are borne with. */
const FEW = 65_536;

export class SlotTexts {
  #bytes = new Uint8Array(1024);
  #end = 0;
  #gone = 0;
  #from = new Int32Array(16);
  /** By slot, the size of its text, of a plain one one more than that; 0: it has none. */
  #sizes = new Int32Array(16);

  /** That texts may take, those that are gone but have not made space yet included. */
  get bytes(): number {
    return this.#bytes.length;
  }
  set(slot: number, text: string): void {
    this.#begin(slot, 2 * text.length);
    this.#put(slot, putText(this.#bytes, this.#end, text));
  }
  /** A text of plain ASCII, of which these are the bytes. */
  setPlain(slot: number, source: Uint8Array, from: number, length: number): void {
    this.#begin(slot, length);
    this.#put(slot, putPlain(this.#bytes, this.#end, source, from, length));
  }
  #put(slot: number, size: number): void {
    this.#from[slot] = this.#end;
    this.#sizes[slot] = size < 0 ? size : size + 1;
    this.#end += bytesOf(size);
  }
  /** A text of so many bytes at most is to be put in. */
  #begin(slot: number, most: number): void {
    if (slot >= this.#sizes.length) {
      this.#sizes = grown(this.#sizes, new Int32Array(lengthFor(slot)));
      this.#from = grown(this.#from, new Int32Array(lengthFor(slot)));
    }
    this.remove(slot);
    if (this.#end + most > this.#bytes.length) this.#makeSpace(most);
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
    return textAt(this.#bytes, this.#from[slot] as number, size > 0 ? size - 1 : size);
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
