/**
 * Which of some words a word of a text ends with. Three letters (word-cues.ts) say that it may be one of them; this says whether
 * it is, where that is worth a look: right before a name or a number.
 */
export class WordEnds {
  /** Open addressing; a cue of 0 is free. */
  readonly #hashes: Int32Array;
  readonly #cues: Int32Array;
  readonly #last: number;
  readonly #longest: number;
  /** All cues that it knows the words of. */
  readonly mask: number;

  constructor(words: readonly (readonly [cue: number, words: string])[]) {
    const all = words.flatMap(([cue, some]) => some.split(' ').map((word): [number, string] => [cue, word]));
    const slots = 1 << (34 - Math.clz32(all.length * 2));
    this.#hashes = new Int32Array(slots);
    this.#cues = new Int32Array(slots);
    this.#last = slots - 1;
    this.#longest = Math.max(...all.map(([, word]) => word.length));
    this.mask = all.reduce((mask, [cue]) => mask | cue, 0);
    for (const [cue, word] of all) {
      let hash = 0;
      for (let at = word.length - 1; at >= 0; at -= 1) hash = hashed(hash, word.charCodeAt(at));
      const slot = this.#slotOf(hash);
      this.#hashes[slot] = hash;
      this.#cues[slot] = (this.#cues[slot] as number) | cue;
    }
  }

  /** Those of the cues that the words at the end of this part of the text have, in whatever case; others stay as they are. */
  cuesOf(text: string, start: number, end: number, cues: number): number {
    if ((cues & this.mask) === 0) return cues;
    let own = 0;
    let hash = 0;
    const least = Math.max(start, end - this.#longest);
    for (let at = end - 1; at >= least; at -= 1) {
      hash = hashed(hash, text.charCodeAt(at));
      own |= this.#cues[this.#slotOf(hash)] as number;
    }
    return cues & (own | ~this.mask);
  }

  /** Where it is, or a free place. */
  #slotOf(hash: number): number {
    let slot = (hash ^ (hash >>> 15)) & this.#last;
    while (this.#cues[slot] !== 0 && this.#hashes[slot] !== hash) slot = (slot + 1) & this.#last;
    return slot;
  }
}

/** Capitals of Latin-1 are read as small letters, too. */
function hashed(hash: number, unit: number): number {
  return (Math.imul(hash, 31) + (unit < 0x100 ? unit | 0x20 : unit)) | 0;
}
