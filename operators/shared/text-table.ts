/**
 * Texts of owners, each with a slot of its own, off the heap: a million of them cost the collector nothing. Plain ASCII takes a byte
 * a character, anything else two. Some 40 bytes a text beside its own; found by open addressing, in two or three lines of the
 * processor's cache. The slot of a text that was removed is given to another. (`OpenTable` is for what never goes, and leaves
 * comparing to its owner.)
 */
import { ensure } from '../../engine/core/must.ts';
import { spread } from '../../engine/core/hash.ts';
import { grown, lengthFor } from './slot-heap.ts';

/** Of a slot, side by side: where its text begins in `#bytes`, how many units it has, and which form. */
const ROW = 4;
const [HASH, OWNER, FROM, SIZE] = [0, 1, 2, 3] as const;
/** The owner of a slot that is free. */
const NOBODY = -1;
/** `SIZE` is the length in bytes; of a wide text, minus one minus that. */
const MOST_BYTES = 2 ** 31 - 1;
const SMALLEST = 64;
/** A text that lies further than this from where it belongs has met others that were chosen to hash alike: all get another seed. */
const MOST_PROBES = 192;
/** Shorter ones are put together faster than they are decoded: one list a length, to be filled. */
const MOST_UNITS = 64;

export class TextTable {
  /** Pairs: hash, and one more than the slot; 0: empty. */
  #table = new Int32Array(2 * SMALLEST);
  #rows = new Int32Array(16 * ROW);
  #bytes = new Uint8Array(1024);
  /** Bytes that are used, and those of them whose text is gone. */
  #end = 0;
  #gone = 0;
  #used = 0;
  #size = 0;
  #seed = 0;
  /** As many texts as there must be before another seed is tried: no sender makes it try for each text. */
  #seedAgainAt = 0;
  readonly #free: number[] = [];
  readonly #units: number[][] = [];

  get size(): number {
    return this.#size;
  }
  /** That texts take, those that are gone but have not made space yet included. */
  get bytes(): number {
    return this.#end;
  }
  /** All slots lie below it. */
  get slots(): number {
    return this.#used;
  }

  /** −1: it is not known. */
  find(owner: number, text: string): number {
    return this.#find(owner, text, hashOf(this.#seed, owner, text));
  }
  #find(owner: number, text: string, hash: number): number {
    const table = this.#table;
    const mask = (table.length >>> 1) - 1;
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const slot = (table[2 * at + 1] as number) - 1;
      if (slot < 0) return -1;
      if (table[2 * at] === hash && this.#rows[slot * ROW + OWNER] === owner && this.#is(slot, text)) return slot;
    }
  }
  /** Returns where it is, or is now. */
  putIn(owner: number, text: string): number {
    const hash = hashOf(this.#seed, owner, text);
    const known = this.#find(owner, text, hash);
    return known < 0 ? this.#add(owner, text, hash) : known;
  }
  /** One that is not known. Returns its slot. */
  add(owner: number, text: string): number {
    return this.#add(owner, text, hashOf(this.#seed, owner, text));
  }
  #add(owner: number, text: string, hash: number): number {
    if (3 * (this.#size + 1) > this.#table.length) this.#rehash(2 * this.#table.length);
    const slot = this.#free.pop() ?? this.#used++; // none is free: a new one
    if (slot * ROW >= this.#rows.length) this.#rows = grown(this.#rows, new Int32Array(lengthFor(slot) * ROW));
    const row = slot * ROW;
    this.#rows[row + HASH] = hash;
    this.#rows[row + OWNER] = owner;
    this.#store(row, text);
    this.#size += 1;
    if (this.#place(slot, hash) > MOST_PROBES && this.#size >= this.#seedAgainAt) this.#seedAgain();
    return slot;
  }
  remove(slot: number): void {
    const row = slot * ROW;
    this.#takeOut(slot, this.#rows[row + HASH] as number);
    this.#gone += this.#bytesOf(slot);
    this.#rows[row + OWNER] = NOBODY;
    this.#free.push(slot);
    this.#size -= 1;
    if (2 * this.#gone > this.#end && this.#gone > 65_536) this.#compact();
  }
  clear(): void {
    this.#table = new Int32Array(2 * SMALLEST);
    this.#free.length = 0;
    [this.#end, this.#gone, this.#used, this.#size, this.#seedAgainAt] = [0, 0, 0, 0, 0];
  }

  /** −1: the slot is free. */
  ownerOf(slot: number): number {
    return this.#rows[slot * ROW + OWNER] as number;
  }
  textOf(slot: number): string {
    const row = slot * ROW;
    const from = this.#rows[row + FROM] as number;
    const size = this.#rows[row + SIZE] as number;
    const length = size < 0 ? (-1 - size) >> 1 : size;
    if (length > MOST_UNITS) return this.#longText(slot, length);
    const units = (this.#units[length] ??= new Array<number>(length).fill(0));
    const bytes = this.#bytes;
    if (size >= 0) for (let i = 0; i < length; i++) units[i] = bytes[from + i] as number;
    else for (let i = 0; i < length; i++) units[i] = this.#unitAt(from, true, i);
    return String.fromCharCode.apply(null, units);
  }
  #longText(slot: number, length: number): string {
    let text = '';
    const from = this.#rows[slot * ROW + FROM] as number;
    const isWide = this.#isWide(slot);
    for (let i = 0; i < length; i++) text += String.fromCharCode(this.#unitAt(from, isWide, i));
    return text;
  }
  /** Where the bytes of a text of plain ASCII lie; null: it is not plain. Holds until the next call. */
  plainBytes(slot: number): { readonly bytes: Uint8Array; readonly from: number; readonly length: number } | null {
    const size = this.#rows[slot * ROW + SIZE] as number;
    if (size < 0) return null;
    const plain = this.#plain;
    plain.bytes = this.#bytes;
    plain.from = this.#rows[slot * ROW + FROM] as number;
    plain.length = size;
    return plain;
  }
  readonly #plain = { bytes: this.#bytes, from: 0, length: 0 };

  /** By owner, then by the order of strings. */
  comesFirst(a: number, b: number): boolean {
    const [ownerA, ownerB] = [this.ownerOf(a), this.ownerOf(b)];
    if (ownerA !== ownerB) return ownerA < ownerB;
    const [fromA, fromB] = [this.#rows[a * ROW + FROM] as number, this.#rows[b * ROW + FROM] as number];
    const [isWideA, isWideB] = [this.#isWide(a), this.#isWide(b)];
    const [lengthA, lengthB] = [this.#lengthOf(a), this.#lengthOf(b)];
    for (let i = 0; i < lengthA && i < lengthB; i++) {
      const [unitA, unitB] = [this.#unitAt(fromA, isWideA, i), this.#unitAt(fromB, isWideB, i)];
      if (unitA !== unitB) return unitA < unitB;
    }
    return lengthA < lengthB;
  }

  #isWide(slot: number): boolean {
    return (this.#rows[slot * ROW + SIZE] as number) < 0;
  }
  #bytesOf(slot: number): number {
    const size = this.#rows[slot * ROW + SIZE] as number;
    return size < 0 ? -1 - size : size;
  }
  #lengthOf(slot: number): number {
    const size = this.#rows[slot * ROW + SIZE] as number;
    return size < 0 ? (-1 - size) >> 1 : size;
  }
  #unitAt(from: number, isWide: boolean, i: number): number {
    const bytes = this.#bytes;
    if (!isWide) return bytes[from + i] as number;
    return (bytes[from + 2 * i] as number) | ((bytes[from + 2 * i + 1] as number) << 8);
  }
  #is(slot: number, text: string): boolean {
    const { length } = text;
    if (this.#lengthOf(slot) !== length) return false;
    const from = this.#rows[slot * ROW + FROM] as number;
    const bytes = this.#bytes;
    if (this.#isWide(slot)) {
      for (let i = 0; i < length; i++) if (this.#unitAt(from, true, i) !== text.charCodeAt(i)) return false;
    } else for (let i = 0; i < length; i++) if (bytes[from + i] !== text.charCodeAt(i)) return false;
    return true;
  }

  #store(row: number, text: string): void {
    const { length } = text;
    const from = this.#end;
    this.#reserve(2 * length);
    const bytes = this.#bytes;
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
    this.#rows[row + FROM] = from;
    this.#rows[row + SIZE] = isPlain ? length : -1 - 2 * length;
    this.#end = from + (isPlain ? length : 2 * length);
  }
  #reserve(more: number): void {
    const least = this.#end + more;
    if (least <= this.#bytes.length) return;
    ensure(least < MOST_BYTES, 'all texts fit in two gigabytes');
    this.#bytes = grown(this.#bytes, new Uint8Array(Math.min(MOST_BYTES, Math.max(least, lengthFor(this.#end)))));
  }
  /** Texts that are there move together. */
  #compact(): void {
    const bytes = new Uint8Array(Math.max(1024, Math.ceil((this.#end - this.#gone) * 1.5)));
    let end = 0;
    for (let slot = 0; slot < this.#used; slot++) {
      if (this.ownerOf(slot) === NOBODY) continue;
      const from = this.#rows[slot * ROW + FROM] as number;
      const length = this.#bytesOf(slot);
      bytes.set(this.#bytes.subarray(from, from + length), end);
      this.#rows[slot * ROW + FROM] = end;
      end += length;
    }
    [this.#bytes, this.#end, this.#gone] = [bytes, end, 0];
  }

  /** How far from where it belongs it lies. */
  #place(slot: number, hash: number): number {
    const table = this.#table;
    const mask = (table.length >>> 1) - 1;
    let at = hash & mask;
    let probes = 0;
    for (; table[2 * at + 1] !== 0; probes++) at = (at + 1) & mask;
    table[2 * at] = hash;
    table[2 * at + 1] = slot + 1;
    return probes;
  }
  /** What was placed after it, because its place was taken, moves up: nothing marks where something was. */
  #takeOut(slot: number, hash: number): void {
    const table = this.#table;
    const mask = (table.length >>> 1) - 1;
    let hole = hash & mask;
    while (table[2 * hole + 1] !== slot + 1) hole = (hole + 1) & mask;
    for (let at = (hole + 1) & mask; table[2 * at + 1] !== 0; at = (at + 1) & mask) {
      const home = (table[2 * at] as number) & mask;
      if (((at - home) & mask) < ((at - hole) & mask)) continue;
      table[2 * hole] = table[2 * at] as number;
      table[2 * hole + 1] = table[2 * at + 1] as number;
      hole = at;
    }
    table[2 * hole + 1] = 0;
  }
  #rehash(length: number): void {
    this.#table = new Int32Array(length);
    for (let slot = 0; slot < this.#used; slot++)
      if (this.ownerOf(slot) !== NOBODY) this.#place(slot, this.#rows[slot * ROW + HASH] as number);
  }
  #seedAgain(): void {
    this.#seed = spread(this.#seed + this.#end + 1);
    this.#seedAgainAt = 2 * this.#size;
    for (let slot = 0; slot < this.#used; slot++) {
      const owner = this.ownerOf(slot);
      if (owner !== NOBODY) this.#rows[slot * ROW + HASH] = hashOf(this.#seed, owner, this.textOf(slot));
    }
    this.#rehash(this.#table.length);
  }
}

/** Each unit is mixed in with all that came before, so that another seed gives other collisions. */
function hashOf(seed: number, owner: number, text: string): number {
  let hash = spread(seed ^ (owner + 1));
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x5bd1e995);
    hash ^= hash >>> 15;
  }
  return spread(hash);
}
