/**
 * The words that most texts are made of, with all that a look asks of a word: which rules start from it, whether it is a common word,
 * a first name, or goes with names. Each is found by its letters, five bits of each in two numbers, exactly: two words never share an
 * entry. What other words say is read letter by letter (word-shape.ts), with the same answers.
 */
import { COMMON_WORDS } from '../names/common-words.ts';
import { GIVEN_NAMES } from '../names/given-names.ts';
import { BEFORE_NAME, STREETS } from './exact-cues.ts';
import { cuesIn, traitsIn } from './word-shape.ts';

export const MOST_LETTERS = 12;
export const HALF = 6;
export const LETTER_BITS = 5;
export const LETTER_MASK = 31;

/** What is left of words at an apostrophe, and what stands in links. */
const PIECES =
  's t m d re ll ve don didn doesn isn wasn aren won couldn wouldn shouldn haven hasn http https www com co rt amp u ur im';
const WORDS: readonly string[] = [
  ...new Set([...COMMON_WORDS, ...GIVEN_NAMES, ...PIECES.split(' ')].map((word) => word.toLowerCase())),
].filter((word) => word.length <= MOST_LETTERS && /^[a-z]+$/.test(word));

const SLOTS = 1 << (33 - Math.clz32(WORDS.length));
const SHIFT = Math.clz32(SLOTS) + 1;
const HEADS = new Int32Array(SLOTS);
const TAILS = new Int32Array(SLOTS);
/** By place: which rules start from the word; the same right before a name; the same where it begins a street. */
export const CUES_OF: Int32Array = new Int32Array(SLOTS);
export const BEFORE_OF: Int32Array = new Int32Array(SLOTS);
export const STREETS_OF: Int32Array = new Int32Array(SLOTS);
/** Of word-shape.ts. */
export const TRAITS_OF: Uint8Array = new Uint8Array(SLOTS);

/** Where a word is; -1: it is not known. `head` holds its first letters, `tail` those from the seventh on. */
export function placeOf(head: number, tail: number): number {
  let slot = slotOf(head, tail);
  for (let found = HEADS[slot]; found !== 0; found = HEADS[slot]) {
    if (found === head && TAILS[slot] === tail) return slot;
    slot = (slot + 1) & (SLOTS - 1);
  }
  return -1;
}
function slotOf(head: number, tail: number): number {
  return Math.imul(Math.imul(head, 0x9e3779b1) ^ tail, 0x85ebca6b) >>> SHIFT;
}

for (const word of WORDS) {
  let [head, tail] = [0, 0];
  for (let at = 0; at < word.length; at += 1) {
    const letter = word.charCodeAt(at) & LETTER_MASK;
    if (at < HALF) head = (head << LETTER_BITS) | letter;
    else tail = (tail << LETTER_BITS) | letter;
  }
  let slot = slotOf(head, tail);
  while (HEADS[slot] !== 0) slot = (slot + 1) & (SLOTS - 1);
  HEADS[slot] = head;
  TAILS[slot] = tail;
  const cues = cuesIn(word, 0, word.length);
  CUES_OF[slot] = cues;
  BEFORE_OF[slot] = BEFORE_NAME.cuesOf(word, 0, word.length, cues);
  STREETS_OF[slot] = STREETS.cuesOf(word, 0, word.length, cues);
  TRAITS_OF[slot] = traitsIn(word, 0, word.length);
}
