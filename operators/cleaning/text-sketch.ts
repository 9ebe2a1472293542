/**
 * What of a text stays the same when a little of it changes: 32 bytes by which two texts are known to be nearly equal without
 * either being kept (MinHash, one permutation). Spaces, marks, emoji, capitals and which digits stand in it do not count.
 * Of two texts about as many bytes are equal, of 32, as their pieces of two Chinese characters or four other letters have in common.
 */
import { spread } from '../../engine/core/hash.ts';

export const SKETCH_BYTES = 32;
export const SKETCH_WORDS = SKETCH_BYTES / 4;
/** So many equal bytes are nearly the same text. */
const LEAST_EQUAL = 16;
const MOST_UNLIKE = SKETCH_BYTES - LEAST_EQUAL;

/** Who copies a text copies its beginning. */
const MAX_LOOK = 200;
const FREE = 0xffffffff;
const DIGIT = 0x30;
const FIRST_HAN = 0x2e80;

/** Han and Hangul: letters that have no other form. */
const FIRST_PLAIN = 0x3400;
const LAST_PLAIN = 0xd7a3;
const NO_LETTER = 0;
/** What each unit counts as: itself, in lower case, full-width letters as usual ones; a digit is a digit; 0: nothing. */
const LETTERS = Uint16Array.from({ length: 0x10000 }, (_, unit) =>
  unit >= FIRST_PLAIN && unit <= LAST_PLAIN ? unit : letterOf(unit),
);
function letterOf(unit: number): number {
  if (unit >= 0xd800 && unit < 0xe000) return NO_LETTER; // emoji, and Han that hardly anybody writes
  const character = String.fromCharCode(unit).normalize('NFKC').toLowerCase();
  if (/^\p{N}/u.test(character)) return DIGIT;
  return /^[\p{L}\p{M}]/u.test(character) ? character.charCodeAt(0) : NO_LETTER;
}

/** Makes sketches in memory of its own: nothing is made for a text. */
export class TextSketcher {
  /** Of the last text. */
  readonly bytes = new Uint8Array(SKETCH_BYTES);
  readonly #least = new Uint32Array(SKETCH_BYTES);

  /** Sketches a text; returns how long it is, in Chinese characters and words of other letters. */
  sketch(text: string): number {
    const least = this.#least.fill(FREE);
    const end = Math.min(text.length, MAX_LOOK);
    let words = 0;
    let a = 0;
    let b = 0;
    let c = 0;
    let wasInWord = false;
    for (let i = 0; i < end; i++) {
      const unit = text.charCodeAt(i);
      const letter = unit >= FIRST_PLAIN && unit <= LAST_PLAIN ? unit : (LETTERS[unit] as number);
      if (letter === NO_LETTER) {
        wasInWord = false;
        continue;
      }
      const isHan = letter >= FIRST_HAN;
      if (isHan || !wasInWord) words += 1;
      wasInWord = !isHan;
      if (letter === DIGIT && c === DIGIT) continue;
      const piece = isHan
        ? Math.imul(c, 0x10001) + letter
        : Math.imul(Math.imul(Math.imul(a, 31) + b, 31) + c, 31) + letter;
      const hash = spread(piece ^ 0x5bd1e995) >>> 0;
      const bin = hash & (SKETCH_BYTES - 1);
      if (hash < (least[bin] as number)) least[bin] = hash;
      a = b;
      b = c;
      c = letter;
    }
    this.#take(words > 0);
    return words;
  }

  /** An empty bin takes that of another, always the same one for texts in which the same are empty. */
  #take(hasAny: boolean): void {
    const least = this.#least;
    for (let bin = 0; bin < SKETCH_BYTES; bin++) {
      let value = least[bin] as number;
      for (let trial = 1; value === FREE && hasAny; trial++) {
        const from = least[spread(bin * 131 + trial) & (SKETCH_BYTES - 1)] as number;
        if (from !== FREE) value = spread(from + trial) >>> 0;
      }
      this.bytes[bin] = value >>> 9;
    }
  }
}

/** Whether two sketches, of eight words each, one of them from a place on, are of nearly the same text. */
export function isAlike(a: Int32Array, from: number, b: Int32Array): boolean {
  let unlike = 0;
  for (let i = 0; i < SKETCH_WORDS; i++) {
    const differing = (a[from + i] as number) ^ (b[i] as number);
    // The highest bit of each byte that is not 0, counted.
    const marks = ((differing & 0x7f7f7f7f) + 0x7f7f7f7f) | differing;
    unlike += Math.imul((marks >>> 7) & 0x01010101, 0x01010101) >>> 24;
    if (unlike > MOST_UNLIKE) return false;
  }
  return true;
}
