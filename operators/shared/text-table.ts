/**
 * Texts of owners, each with a slot of its own, off the heap: a million of them cost the collector nothing. Some 40
 * bytes a text beside its own (`text-bytes.ts`); found by open addressing, in two or three lines of the
 * processor's cache. The slot of a text that was removed is given to another. (`OpenTable` is for what never goes, and leaves
 * comparing to its owner.)
 */
import { ensure } from '../../engine/core/must.ts';
import { spread } from '../../engine/core/hash.ts';
import { grown, lengthFor } from './slot-heap.ts';
import { bytesOf, putPlain, putText, textAt, unitAt, unitsOf } from './text-bytes.ts';
import { hashOf, hashOfPlain } from './text-hash.ts';

/** Of a slot, side by side: where its text begins in `#bytes`, how many units it has, and which form. */
const ROW = 4;
const [HASH, OWNER, FROM, SIZE] = [0, 1, 2, 3] as const;
/** The owner of a slot that is free. */
const NOBODY = -1;
/** `SIZE` is that of text-bytes.ts. */
const MOST_BYTES = 2 ** 31 - 1;
const SMALLEST = 64;
/** A text that lies further than this from where it belongs has met others that were chosen to hash alike: all get another seed. */
const MOST_PROBES = 192;

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
  /** What was looked for last: what is not known is often put in next. */
  #asked = '';
  #askedOf = NOBODY;
  #askedHash = 0;
  readonly #free: number[] = [];

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
    this.#asked = text;
    this.#askedOf = owner;
    return this.#find(owner, text, (this.#askedHash = hashOf(this.#seed, owner, text)));
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
  /** The same of a text of plain ASCII, of which these are the bytes. */
  putInPlain(owner: number, source: Uint8Array, from: number, length: number): number {
    const hash = hashOfPlain(this.#seed, owner, source, from, length);
    const table = this.#table;
    const mask = (table.length >>> 1) - 1;
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const slot = (table[2 * at + 1] as number) - 1;
      if (slot < 0) break;
      const isOwners = table[2 * at] === hash && this.#rows[slot * ROW + OWNER] === owner;
      if (isOwners && this.#isPlainText(slot, source, from, length)) return slot;
    }
    const slot = this.#begin(owner, hash, length);
    return this.#placeNew(slot, hash, putPlain(this.#bytes, this.#end, source, from, length));
  }
  /** One that is not known. Returns its slot. */
  add(owner: number, text: string): number {
    const isAsked = this.#asked === text && this.#askedOf === owner;
    return this.#add(owner, text, isAsked ? this.#askedHash : hashOf(this.#seed, owner, text));
  }
  #add(owner: number, text: string, hash: number): number {
    const slot = this.#begin(owner, hash, 2 * text.length);
    return this.#placeNew(slot, hash, putText(this.#bytes, this.#end, text));
  }
  /** A text of so many bytes at most is to be put in. */
  #begin(owner: number, hash: number, most: number): number {
    if (3 * (this.#size + 1) > this.#table.length) this.#rehash(2 * this.#table.length);
    const slot = this.#free.pop() ?? this.#used++; // none is free: a new one
    if (slot * ROW >= this.#rows.length) this.#rows = grown(this.#rows, new Int32Array(lengthFor(slot) * ROW));
    this.#rows[slot * ROW + HASH] = hash;
    this.#rows[slot * ROW + OWNER] = owner;
    this.#reserve(most);
    return slot;
  }
  #placeNew(slot: number, hash: number, size: number): number {
    this.#rows[slot * ROW + FROM] = this.#end;
    this.#rows[slot * ROW + SIZE] = size;
    this.#end += bytesOf(size);
    this.#size += 1;
    if (this.#place(slot, hash) > MOST_PROBES && this.#size >= this.#seedAgainAt) this.#seedAgain();
    return slot;
  }
  /** So many texts are expected to join. */
  expect(more: number): void {
    let { length } = this.#table;
    while (3 * (this.#size + more) > length) length *= 2;
    if (length > this.#table.length) this.#rehash(length);
    const rows = (this.#used + more) * ROW;
    if (rows > this.#rows.length) this.#rows = grown(this.#rows, new Int32Array(rows));
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
    return textAt(this.#bytes, this.#rows[row + FROM] as number, this.#rows[row + SIZE] as number);
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
    const bytes = this.#bytes;
    const [lengthA, lengthB] = [this.#lengthOf(a), this.#lengthOf(b)];
    for (let i = 0; i < lengthA && i < lengthB; i++) {
      const [unitA, unitB] = [unitAt(bytes, fromA, isWideA, i), unitAt(bytes, fromB, isWideB, i)];
      if (unitA !== unitB) return unitA < unitB;
    }
    return lengthA < lengthB;
  }

  #isWide(slot: number): boolean {
    return (this.#rows[slot * ROW + SIZE] as number) < 0;
  }
  #bytesOf(slot: number): number {
    return bytesOf(this.#rows[slot * ROW + SIZE] as number);
  }
  #lengthOf(slot: number): number {
    return unitsOf(this.#rows[slot * ROW + SIZE] as number);
  }
  #is(slot: number, text: string): boolean {
    const { length } = text;
    if (this.#lengthOf(slot) !== length) return false;
    const from = this.#rows[slot * ROW + FROM] as number;
    const bytes = this.#bytes;
    if (this.#isWide(slot)) {
      for (let i = 0; i < length; i++) if (unitAt(bytes, from, true, i) !== text.charCodeAt(i)) return false;
    } else for (let i = 0; i < length; i++) if (bytes[from + i] !== text.charCodeAt(i)) return false;
    return true;
  }
  #isPlainText(slot: number, source: Uint8Array, from: number, length: number): boolean {
    if ((this.#rows[slot * ROW + SIZE] as number) !== length) return false;
    const [bytes, at] = [this.#bytes, this.#rows[slot * ROW + FROM] as number];
    for (let i = 0; i < length; i++) if (bytes[at + i] !== source[from + i]) return false;
    return true;
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
    this.#askedOf = NOBODY;
    for (let slot = 0; slot < this.#used; slot++) {
      const owner = this.ownerOf(slot);
      if (owner !== NOBODY) this.#rows[slot * ROW + HASH] = hashOf(this.#seed, owner, this.textOf(slot));
    }
    this.#rehash(this.#table.length);
  }
}
