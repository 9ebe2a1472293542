/** What the letters of one word say on their own, read letter by letter: for words that known-words.ts does not hold, and for its table. */
import { isOfPair, withoutFalse } from './exact-cues.ts';
import * as cue from './word-cues.ts';

/** Of a word of letters alone. */
export function cuesIn(text: string, start: number, end: number): number {
  let letters = 0;
  let cues = 0;
  for (let at = start; at < end; at += 1) {
    letters = cue.pushed(letters, text.charCodeAt(at));
    // Most letters say nothing.
    const place = cue.PART_PLACES[letters] as number;
    if (place !== 0) cues |= cue.PART_CUES[place] as number;
  }
  if (end - start <= MOST_OF_WHOLE) cues |= cue.cuesOfWord(text.charCodeAt(start), letters);
  return withoutFalse(text, start, end, cues);
}
/** Longer words are known by three letters in a row. */
const MOST_OF_WHOLE = 4;

/** Bits: is it a common word, a first name, a word that goes with names? */
export const COMMON = 1;
export const FIRST_NAME = 2;
export const OF_PAIR = 4;
export function traitsIn(text: string, start: number, end: number): number {
  return (
    (cue.isCommon(text, start, end) ? COMMON : 0) |
    (cue.isFirstName(text, start, end) ? FIRST_NAME : 0) |
    (isOfPair(text, start, end) ? OF_PAIR : 0)
  );
}
