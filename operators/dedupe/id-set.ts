/** A set of 64-bit hashes of ids: open addressing in one typed array, 16 bytes an id at half load. */
import { wordAt } from '../../engine/core/must.ts';

const SMALLEST = 64;
/** Both words 0 mark an empty slot; that hash itself is stored as this. */
const FOR_ZERO = 1;

export class IdSet {
  size = 0;
  #capacity = SMALLEST;
  #words = new Uint32Array(2 * SMALLEST);

  has(high: number, low: number): boolean {
    const at = this.#find(high >>> 0, standIn(high, low));
    return wordAt(this.#words, at) !== 0 || wordAt(this.#words, at + 1) !== 0;
  }

  /** False: it was there already. */
  add(high: number, low: number): boolean {
    if (2 * (this.size + 1) > this.#capacity) this.#grow();
    const second = standIn(high, low);
    const at = this.#find(high >>> 0, second);
    if (wordAt(this.#words, at) !== 0 || wordAt(this.#words, at + 1) !== 0) return false;
    this.#words[at] = high;
    this.#words[at + 1] = second;
    this.size++;
    return true;
  }

  /** All hashes as pairs of words, at most `most` pairs a list. */
  *chunks(most: number): Generator<Uint32Array, void, undefined> {
    const words = this.#words;
    let chunk: number[] = [];
    for (let at = 0; at < words.length; at += 2) {
      const high = wordAt(words, at);
      const low = wordAt(words, at + 1);
      if (high === 0 && low === 0) continue;
      chunk.push(high, low);
      if (chunk.length < 2 * most) continue;
      yield Uint32Array.from(chunk);
      chunk = [];
    }
    if (chunk.length > 0) yield Uint32Array.from(chunk);
  }

  /** Index of its slot, or of the empty one where it would go. */
  #find(high: number, low: number): number {
    const words = this.#words;
    const mask = this.#capacity - 1;
    let slot = low & mask;
    for (;;) {
      const at = 2 * slot;
      const first = wordAt(words, at);
      const second = wordAt(words, at + 1);
      if ((first === high && second === low) || (first === 0 && second === 0)) return at;
      slot = (slot + 1) & mask;
    }
  }

  #grow(): void {
    const old = this.#words;
    this.#capacity *= 2;
    this.#words = new Uint32Array(2 * this.#capacity);
    for (let at = 0; at < old.length; at += 2) {
      const high = wordAt(old, at);
      const low = wordAt(old, at + 1);
      if (high === 0 && low === 0) continue;
      const to = this.#find(high, low);
      this.#words[to] = high;
      this.#words[to + 1] = low;
    }
  }
}

function standIn(high: number, low: number): number {
  return high >>> 0 === 0 && low >>> 0 === 0 ? FOR_ZERO : low >>> 0;
}
