/** What a look through a text sees, and what it remembers on its way. */
export interface Seen {
  /** Of traits.ts. */
  traits: number;
  /** Of word-cues.ts: of all words. */
  cues: number;
  /** The same, of words right before one with a capital. */
  called: number;
  /** Some of the same, where that one is no common word. */
  named: number;
  /** The same, of words that have a capital themselves. */
  capital: number;
  /** Of word-order.ts. */
  order: number;
  /** Two words of a name stand nowhere before; cutting names out of the text may begin here. Nothing but a look knows it. */
  pairAt: number;
}
/** No two words of a name stand anywhere. */
export const NOWHERE = 0x3fffffff;

/** Long before the text. */
export const FAR = -1000;

/** What a look remembers on its way. */
export class Look {
  readonly seen: Seen = { traits: 0, cues: 0, called: 0, named: 0, capital: 0, order: 0, pairAt: NOWHERE };
  numberAt = FAR;
  inNumber = 0;
  wordAt = FAR;
  inWord = 0;
  placeAt = FAR;
  digits = 0;
  /** Where the last four digits stand. */
  digit1 = FAR;
  digit2 = FAR;
  digit3 = FAR;
  inDigits = 0;
  /** Letters and digits from a digit on. */
  inCode = 0;
  codeAt = FAR;
  /** Of the last word of letters and the two before it. */
  cues1 = 0;
  cues2 = 0;
  cues3 = 0;
  lettersStart = FAR;
  lettersEnd = FAR;
  /** Of the word before the last one. */
  start2 = FAR;
  end2 = FAR;
  /** The end of the last word for a paper. */
  paperAt = FAR;
  words = 0;
  /** Words for digits in a row. */
  spelled = 0;
  selfAt = FAR;
  /** Where the last word with a capital began that stands behind I'm, this is and the like. */
  selfNameAt = FAR;
  /** Of the last word with a capital. */
  capitalStart = FAR;
  /** Lists that it stands in (exact-cues.ts). */
  capitalLists = 0;
  /** Where the first of those began that stand near each other. */
  capitalsAt = FAR;
  capitalEnd = FAR;
  /** The same with what an apostrophe or a dash joins to it. */
  nameEnd = FAR;
  loudEnd = FAR;
  /** Was the last word of capitals alone behind a word that a name follows? */
  isLoudCued = false;
  /** Which word was the last of those for somebody's home. */
  livesAt = FAR;
  /** Of the last dot, dash and colon. */
  dotAt = FAR;
  dashAt = FAR;
  colonAt = FAR;
}
