/** Words that are looked for in a text where they stand, without cutting them out: by a hash that ignores case. */
export class WordTable {
  /** Open addressing; 0 is free. */
  readonly #hashes: Int32Array;
  readonly #last: number;

  constructor(words: Iterable<string>) {
    const all = [...words];
    const slots = 1 << (33 - Math.clz32(all.length * 2));
    this.#hashes = new Int32Array(slots);
    this.#last = slots - 1;
    for (const word of all) {
      const hash = hashOf(word, 0, word.length);
      let slot = hash & this.#last;
      while (this.#hashes[slot] !== 0) slot = (slot + 1) & this.#last;
      this.#hashes[slot] = hash;
    }
  }

  /** Is this part of the text one of them, in whatever case? One that only has the hash of one is taken for it. */
  has(text: string, from: number, to: number): boolean {
    const hash = hashOf(text, from, to);
    let slot = hash & this.#last;
    for (let found = this.#hashes[slot]; found !== 0; found = this.#hashes[slot]) {
      if (found === hash) return true;
      slot = (slot + 1) & this.#last;
    }
    return false;
  }
}

/** Lists of words, each a bit, in one table: a word is read once for all of them. One that only has the hash of another has its bits, too. */
export class WordLists {
  /** As in a WordTable, with the bits of each hash beside it. */
  readonly #hashes: Int32Array;
  readonly #bits: Uint8Array;
  readonly #last: number;

  constructor(lists: readonly (readonly [bit: number, words: Iterable<string>])[]) {
    const all = lists.flatMap(([bit, words]) => Array.from(words, (word): [number, string] => [bit, word]));
    const slots = 1 << (33 - Math.clz32(all.length * 2));
    this.#hashes = new Int32Array(slots);
    this.#bits = new Uint8Array(slots);
    this.#last = slots - 1;
    for (const [bit, word] of all) {
      const hash = hashOf(word, 0, word.length);
      let slot = hash & this.#last;
      while (this.#hashes[slot] !== 0 && this.#hashes[slot] !== hash) slot = (slot + 1) & this.#last;
      this.#hashes[slot] = hash;
      this.#bits[slot] = (this.#bits[slot] as number) | bit;
    }
  }

  /** Of the lists that this part of the text stands in, in whatever case; 0: of none. */
  bitsOf(text: string, from: number, to: number): number {
    const hash = hashOf(text, from, to);
    let slot = hash & this.#last;
    for (let found = this.#hashes[slot]; found !== 0; found = this.#hashes[slot]) {
      if (found === hash) return this.#bits[slot] as number;
      slot = (slot + 1) & this.#last;
    }
    return 0;
  }
}

function hashOf(text: string, from: number, to: number): number {
  let hash = 0;
  for (let at = from; at < to; at += 1) {
    const unit = text.charCodeAt(at);
    hash = (Math.imul(hash, 31) + (unit > 0x7f ? unit : unit | 0x20)) | 0;
  }
  // 0 marks what is free.
  return hash === 0 ? 1 : hash;
}
